"""Whatever is asked, the databases go through one index in the order of time, and look up everything else by its own.

In a database of its own, whose statistics are what they can be: of now, of another time, or none. SQLite makes them
only when it is asked to, and PostgreSQL when it gets to it.
"""

import re
from itertools import combinations

import pytest
from sqlalchemy import text

from bench.filling import SECRET, TABLES, fill
from lms.app import create_app
from lms.db import db, looking
from lms.xapi import planning
from lms.xapi.models import AUTHORITY, DIRECT
from lms.xapi.planning import ACTIVITY, AGENT, ASSERTED, FOUND_BY, REGISTRATION, VERB

# Enough for PostgreSQL's tables to have pages to go through.
SIZE = 3_000
PARTS = ((AGENT, DIRECT), (ACTIVITY, DIRECT), (ASSERTED, AUTHORITY))
# By what each condition is walked, and looked up.
INDEXES = {
    "": "uq_statement_organisation_id_stored",
    REGISTRATION: "ix_statement_organisation_id_registration_stored",
    VERB: "ix_statement_organisation_id_verb_stored",
    AGENT: "pk_statement_agent",
    ACTIVITY: "pk_statement_activity",
    ASSERTED: "pk_statement_agent",
}
CONDITIONS = [some for size in range(4) for some in combinations((*FOUND_BY, ASSERTED), size)]
ASKED = [(some, walked) for some in CONDITIONS for walked in some or ("",)]

OURS = f"({', '.join(repr(name) for name in TABLES)})"
FORGET = f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relname IN {OURS})"
BELIEVE = f"UPDATE pg_class SET reltuples = {{}}, relpages = {{}} WHERE relname IN {OURS}"
# What PostgreSQL can know of tables: what is there; nothing yet; that they were empty; that nothing was in them though
# they were large, as while an import was under way; that there was little in them, and the same in every row.
POSTGRESQL = {
    "honest": ["ANALYZE"],
    "none": [FORGET, BELIEVE.format(-1, 0)],
    "of empty tables": [FORGET, BELIEVE.format(0, 0)],
    "of tables whose rows cannot be seen": [FORGET, BELIEVE.format(0, 1000)],
    "of small tables": [
        "ANALYZE",
        BELIEVE.format(20, 1),
        "UPDATE pg_statistic SET stadistinct = 1, stanumbers1 = '{1}'",
    ],
}
SQLITE = {
    "honest": ["ANALYZE"],
    "none": ["ANALYZE", "DELETE FROM sqlite_stat1"],
    "of small tables": ["ANALYZE", "UPDATE sqlite_stat1 SET stat = '1 1 1 1 1'"],
    "of rows that are alike": ["ANALYZE", "UPDATE sqlite_stat1 SET stat = '1000000 1000000 1000000 1000000 1'"],
}
KNOWN = [
    *(pytest.param(("sqlite", sql), id=f"sqlite, {name}") for name, sql in SQLITE.items()),
    *(
        pytest.param(("postgresql", sql), id=f"postgresql, {name}", marks=pytest.mark.postgresql)
        for name, sql in POSTGRESQL.items()
    ),
]


@pytest.fixture(scope="module")
def filled(request, tmp_path_factory):
    """`filled("sqlite")`: the app on a database with some statements in it."""
    made = {}

    def app(kind):
        if kind not in made:
            on_sqlite = kind == "sqlite"
            file = tmp_path_factory.mktemp("planning") / "kunna.sqlite"
            url = f"sqlite:///{file}" if on_sqlite else request.getfixturevalue("postgresql_server").new_database()
            fill(url, SIZE)
            made[kind] = create_app(DATABASE_URL=url, SECRET_KEY=SECRET, SITE_URL="https://kunna.test")
        return made[kind]

    yield app
    for one in made.values():
        with one.app_context():
            db.engine.dispose()


@pytest.fixture
def plan(request, filled):
    """`plan(sql)`: how the database would answer it, in its own words, whatever the values."""
    kind, statistics = request.param
    with filled(kind).app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for sql in statistics:
                connection.execute(text(sql))
        db.engine.dispose()
        with looking() as driver:
            planned = _planned_by_sqlite if driver.is_sqlite else _planned_by_postgresql

            def plan(sql):
                return planned(driver, sql)

            plan.on_sqlite = driver.is_sqlite
            yield plan
        db.session.remove()


def _planned_by_sqlite(driver, sql):
    names = re.findall(r":(\w+)", sql)
    return [row[3] for row in driver.ask(f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(names, 1))]


def _planned_by_postgresql(driver, sql):
    connection = driver._connection.driver_connection
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    for number, name in enumerate(names, 1):
        sql = sql.replace(f"%({name})s", f"${number}")
    # A table with little in it is read as a whole, however it is asked for.
    connection.execute("SET enable_seqscan = off")
    connection.execute(f"PREPARE asked AS {sql}")
    given = f"({', '.join(['NULL'] * len(names))})" if names else ""
    found = connection.execute(f"EXPLAIN EXECUTE asked{given}").fetchall()
    connection.execute("DEALLOCATE asked")
    return [row[0] for row in found]


def used(lines):
    """The indexes, in the order in which they are named. SQLite says of a table without rowid that it is its key."""
    found = re.findall(r"(?:using|INDEX) ((?:uq|ix|pk)_\w+)|SEARCH (\w+) USING PRIMARY KEY", "\n".join(lines))
    return [index or f"pk_statement_{'activity' if alias == 'activity' else 'agent'}" for index, alias in found]


@pytest.mark.parametrize("plan", KNOWN, indirect=True)
def test_a_question_walks_what_it_is_told_to_and_sorts_nothing(plan):
    for (conditions, walked), ascending in [(asked, way) for asked in ASKED for way in (True, False)]:
        path = planning.Path(walked, PARTS)
        asked = planning.question(
            conditions, (path,), through=False, ends=False, ascending=ascending, on_sqlite=plan.on_sqlite
        )
        lines = plan(asked)
        said = "\n".join([str((conditions, walked)), *lines])
        assert not re.search(r"Sort|TEMP B-TREE|SCAN|Seq Scan|Bitmap|Hash|Merge", said), said
        # Both of a pair, or all that begin with the same are walked.
        assert not re.search(r"\b(verb|registration)[<>]\?|<= ROW\([^)]*\(\+", said), said
        first, *others = used(lines)
        assert first == INDEXES[walked], said
        # The statement itself is read once it is known to meet the conditions.
        itself = [] if (first.startswith("ix_statement") and len(conditions) == 1) or not walked else [INDEXES[""]]
        assert sorted(others) == sorted([*(INDEXES[name] for name in conditions if name != walked), *itself]), said
        assert not itself or others[-1] == INDEXES[""], said


@pytest.mark.parametrize("plan", [KNOWN[0], KNOWN[len(SQLITE)]], indirect=True)
def test_where_the_time_asked_for_ends_so_does_the_walk(plan):
    """Of a pair, PostgreSQL does not end by the second."""
    for (conditions, walked), ascending in [(asked, way) for asked in ASKED for way in (True, False)]:
        path = planning.Path(walked, PARTS)
        asked = planning.question(
            conditions, (path,), through=False, ends=True, ascending=ascending, on_sqlite=plan.on_sqlite
        )
        lines = plan(asked)
        said = "\n".join([str((conditions, walked)), *lines])
        assert not re.search(r"Sort|TEMP B-TREE|SCAN|Seq Scan|Bitmap|Hash|Merge", said), said
        assert used(lines)[0] == INDEXES[walked], said
        first = next(line for line in lines if "Index Cond" in line or "SEARCH" in line)
        assert re.search(r"stored > .*stored <= |stored>\? AND stored<\?|,stored\)>.*,stored\)<", first), said


@pytest.mark.parametrize("plan", KNOWN, indirect=True)
def test_what_is_found_through_targets_begins_there(plan):
    for conditions in CONDITIONS:
        if set(conditions) <= {ASSERTED}:
            continue
        asked = planning.question(conditions, (), through=True, ends=False, ascending=False, on_sqlite=plan.on_sqlite)
        said = "\n".join([str(conditions), *plan(asked)])
        assert not re.search(r"Seq Scan|Bitmap|Hash Join|Merge Join", said), said
        # One is of what comes together, which is no more than a page.
        assert len(re.findall(r"Sort Key|USE TEMP B-TREE", said)) <= 1, said


@pytest.mark.parametrize("plan", KNOWN, indirect=True)
def test_how_much_there_is_can_be_told_from_indexes_alone(plan):
    weighed = tuple((name, 1) for name in (*FOUND_BY, ASSERTED))
    for ascending in (True, False):
        lines = plan(planning.look(1, weighed, AGENT, ends=False, ascending=ascending, on_sqlite=plan.on_sqlite))
        said = "\n".join(lines)
        assert not re.search(r"Sort|TEMP B-TREE|Bitmap", said), said
        assert {INDEXES[name] for name, _ in weighed} <= set(used(lines)), said
        assert INDEXES[""] not in used(lines), said

"""Whatever is asked, the databases go through one index in the order of time, and look up everything else by its own.

Looked at without statistics, which SQLite does not make by itself and PostgreSQL not at once.
"""

import re
from itertools import combinations

import pytest
from sqlalchemy import text

from lms.db import db
from lms.xapi import planning
from lms.xapi.models import AUTHORITY, DIRECT
from lms.xapi.planning import ACTIVITY, AGENT, ASSERTED, FOUND_BY, REGISTRATION, VERB

PARTS = ((AGENT, DIRECT), (ACTIVITY, DIRECT), (ASSERTED, AUTHORITY))
# By what each condition is walked, and looked up.
INDEXES = {
    "": {"uq_statement_organisation_id_stored"},
    REGISTRATION: {"ix_statement_organisation_id_registration_stored"},
    VERB: {"ix_statement_organisation_id_verb_stored"},
    AGENT: {"pk_statement_agent"},
    ACTIVITY: {"pk_statement_activity"},
    ASSERTED: {"pk_statement_agent"},
}
CONDITIONS = [some for size in range(4) for some in combinations((*FOUND_BY, ASSERTED), size)]
ASKED = [(some, walked) for some in CONDITIONS for walked in some or ("",)]


@pytest.fixture
def plan(app, session):
    """`plan(sql)`: how the database would answer it, in its own words, whatever the values."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    if not on_sqlite:
        # A table with little in it is read as a whole, however it is asked for.
        for setting in ("enable_seqscan = off", "enable_bitmapscan = off", "plan_cache_mode = force_generic_plan"):
            session.execute(text(f"SET LOCAL {setting}"))

    def planned(sql):
        cursor = session.connection().connection.cursor()
        if on_sqlite:
            return [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(names(sql), 1))]
        numbered, types = sql, []
        for number, name in enumerate(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)), 1):
            numbered = numbered.replace(f"%({name})s", f"${number}")
            types.append("NULL")
        cursor.execute(f"PREPARE asked AS {numbered}")
        found = cursor.execute(f"EXPLAIN EXECUTE asked ({', '.join(types)})").fetchall()
        cursor.execute("DEALLOCATE asked")
        return [row[0] for row in found]

    def names(sql):
        return re.findall(r":(\w+)", sql)

    planned.on_sqlite = on_sqlite
    return planned


def used(lines):
    """The indexes, in the order in which they are named. SQLite says of a table without rowid that it is its key."""
    found = re.findall(
        r"(?:using|INDEX) ((?:uq|ix|pk)_\w+)|SEARCH (\w+) USING PRIMARY KEY", "\n".join(lines), re.MULTILINE
    )
    return [index or f"pk_statement_{'activity' if alias == 'activity' else 'agent'}" for index, alias in found]


@pytest.mark.parametrize("ascending", [True, False])
def test_a_question_walks_what_it_is_told_to_and_sorts_nothing(plan, ascending):
    for conditions, walked in ASKED:
        path = planning.Path(walked, PARTS)
        asked = planning.question(conditions, (path,), through=False, ascending=ascending, on_sqlite=plan.on_sqlite)
        lines = plan(asked)
        said = "\n".join(lines)
        assert "Sort" not in said, (conditions, walked, said)
        assert "TEMP B-TREE" not in said, (conditions, walked, said)
        assert "SCAN" not in said, (conditions, walked, said)
        indexes = used(lines)
        assert indexes[0] in INDEXES[walked], (conditions, walked, said)
        for other in conditions:
            assert INDEXES[other] & set(indexes), (conditions, walked, other, said)
        # The statement itself is read once it is known to meet the conditions.
        assert indexes[-1] == "uq_statement_organisation_id_stored" or len(conditions) == 1, (conditions, walked, said)


def test_how_much_there_is_can_be_told_from_indexes_alone(plan):
    weighed = tuple((name, 1) for name in (*FOUND_BY, ASSERTED))
    for ascending in (True, False):
        lines = plan(planning.look(1, weighed, AGENT, ascending=ascending, on_sqlite=plan.on_sqlite))
        said = "\n".join(lines)
        assert "Sort" not in said
        assert "TEMP B-TREE" not in said
        assert set().union(*(INDEXES[name] for name, _ in weighed)) <= set(used(lines))

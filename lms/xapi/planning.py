"""How the tables are asked, so that each answer comes by the right index, in order, and ends where the page does.

A question is asked in simple parts, each of which walks one index in the order of `stored`. A condition with OR, a
list of organisations, or one thing found as this or as that would all have to be gathered and sorted before the
first could be given out, and an agent can have a million statements. What is walked is what there is least of: a look
beforehand tells, and the SQL leaves the database no other way. So it needs no statistics, which SQLite has not until
somebody asks it to make them, and PostgreSQL can keep one plan for all values.

The SQL is written once for each form that a question can have, for the driver itself: SQLAlchemy takes longer to
pass such a question on than the database to answer it. Looked at with 100,000 to 10,000,000 statements.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from lms.xapi.models import AUTHORITY

AGENT: Final = "agent"
ACTIVITY: Final = "activity"
VERB: Final = "verb"
REGISTRATION: Final = "registration"
# What a statement, or one that it targets, is found by; what there is likely to be least of comes first.
FOUND_BY: Final = (REGISTRATION, AGENT, ACTIVITY, VERB)
# Who asserts it, which is asked of the statement itself, whatever it is found through.
ASSERTED: Final = "authority"

# Where it stands, with an index that begins with it and goes on in the order of `stored`.
_KEPT: Final = {
    REGISTRATION: ("statement", "registration"),
    AGENT: ("statement_agent", "agent"),
    ACTIVITY: ("statement_activity", "activity"),
    VERB: ("statement", "verb"),
    ASSERTED: ("statement_agent", "agent"),
}
_WHOLE: Final = "s.stored, s.organisation_id, s.id, s.timestamp, s.text"
# So many of the nearest tell how close together they are.
_MANY: Final = 100
EVER: Final = (1 << 63) - 1
_PARAMETER: Final = re.compile(r":([a-z_0-9]+)")


class Path(NamedTuple):
    """One way to what is asked for: what is walked, and as what each thing is to be in a statement."""

    walked: str
    parts: tuple[tuple[str, int], ...]


@lru_cache(maxsize=1024)
def look(
    places: int, weighed: Sequence[tuple[str, int]], through: str | None, *, ascending: bool, on_sqlite: bool
) -> str:
    """For each of so many organisations: when it last stored something, whether anything is found by `through` that
    a statement targets, and how much there is of each of `weighed`, in that part.

    How much is the number of statements where they are few, and else a larger number that tells how close together
    they are where the page begins. Where there is one thing to go through, any is many.
    """
    columns = ["c.organisation_id", "c.last", f"EXISTS ({_targeted(through)})" if through else "false"]
    many = _MANY if len({name for name, _ in weighed}) > 1 else 1
    columns += [f"({_amount(name, part, many, ascending)})" for name, part in weighed]
    among = ", ".join(f":place_{number}" for number in range(places))
    asked = f"SELECT {', '.join(columns)} FROM statement_clock AS c WHERE c.organisation_id IN ({among})"
    return _written(asked, on_sqlite)


@lru_cache(maxsize=1024)
def question(
    conditions: Sequence[str], paths: Sequence[Path], *, through: bool, ascending: bool, on_sqlite: bool
) -> str:
    """Statements that meet the conditions themselves, along each of the paths, and `through` those that they target.
    In no certain order."""
    if len(paths) == 1 and not through:
        return _written(_direct(_WHOLE, conditions, paths[0], ascending), on_sqlite)
    parts = [_direct("{}.stored", conditions, path, ascending) for path in paths]
    parts += [_through_target(conditions, ascending)] if through else []
    either = " UNION ".join(f"SELECT stored FROM ({part}) AS part_{number}" for number, part in enumerate(parts))
    first = f"SELECT stored FROM ({either}) AS any_of_them ORDER BY stored {_order(ascending)} LIMIT :limit"
    asked = (
        f"SELECT {_WHOLE} FROM ({first}) AS found CROSS JOIN statement AS s "
        "WHERE s.organisation_id = :organisation AND s.stored = found.stored"
    )
    return _written(asked, on_sqlite)


def _direct(columns: str, conditions: Sequence[str], path: Path, ascending: bool) -> str:
    walked = path.walked
    begins = walked if len(conditions) > 1 or _is_beside(walked) else "s"
    tables = "statement AS s"
    where = ["s.organisation_id = :organisation", "NOT s.voided", _within(begins)]
    if begins == walked:
        # SQLite goes through a CROSS JOIN in the order in which it is written.
        tables = f"{_KEPT[walked][0]} AS {walked} CROSS JOIN statement AS s"
        where += [f"s.stored = {walked}.stored", f"{walked}.organisation_id = :organisation"]
    if walked:
        where += _met(walked, begins, path)
    for other in conditions:
        if other != walked:
            # As a span, or SQLite takes the index of `stored` and reads the whole row to know its verb.
            same = f"{other}.stored BETWEEN {begins}.stored AND {begins}.stored"
            met = " AND ".join([f"{other}.organisation_id = :organisation", *_met(other, other, path), same])
            # OFFSET keeps PostgreSQL from making a join of it, which it could begin at the other end.
            where.append(f"EXISTS (SELECT 1 FROM {_KEPT[other][0]} AS {other} WHERE {met} LIMIT 1 OFFSET 0)")
    return (
        f"SELECT {columns.format(begins)} FROM {tables} WHERE {' AND '.join(where)} "
        f"ORDER BY {begins}.stored {_order(ascending)} LIMIT :limit"
    )


def _through_target(conditions: Sequence[str], ascending: bool) -> str:
    """One target meets all the conditions (Communication 2.1.3). Time is the statement's own, and so is whether it
    is voided (2.1.4) and who asserts it."""
    first, *others = [name for name in conditions if name != ASSERTED]
    tables = [*(f"statement_reach AS {name}" for name in (first, *others)), "statement AS s"]
    where = ["s.organisation_id = :organisation", f"s.stored = {first}.stored", "NOT s.voided", _within(first)]
    for name in (first, *others):
        where += [f"{name}.organisation_id = :organisation", f"{name}.term = :{_term(name)}"]
        where += [f"{name}.part = :reach_of_{name}"]
    where += [f"{other}.stored = {first}.stored AND {other}.target = {first}.target" for other in others]
    if ASSERTED in conditions:
        where.append(
            "EXISTS (SELECT 1 FROM statement_agent AS a WHERE a.organisation_id = :organisation "
            f"AND a.agent = :{ASSERTED} AND a.part = {AUTHORITY} AND a.stored = s.stored)"
        )
    return (
        f"SELECT DISTINCT {first}.stored FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(where)} "
        f"ORDER BY {first}.stored {_order(ascending)} LIMIT :limit"
    )


def _is_beside(name: str) -> bool:
    """Whether it is kept in a table of its own, as one part or another of a statement."""
    return bool(name) and _KEPT[name][0] != "statement"


def _met(name: str, table: str, path: Path) -> list[str]:
    met = f"{table}.{_KEPT[name][1]} = :{name}"
    return [met, f"{table}.part = {dict(path.parts)[name]}"] if _is_beside(name) else [met]


def _targeted(name: str) -> str:
    return (
        "SELECT 1 FROM statement_reach AS r WHERE r.organisation_id = c.organisation_id "
        f"AND r.term = :{_term(name)} AND r.part = :reach_of_{name} AND {_within('r')}"
    )


def _amount(name: str, part: int, many: int, ascending: bool) -> str:
    table, column = _KEPT[name]
    as_part = f"AND {name}.part = {part} " if _is_beside(name) else ""
    close = f"{EVER - many} - max(few.stored)" if ascending else "min(few.stored)"
    return (
        f"SELECT CASE WHEN count(*) < {many} THEN count(*) ELSE {many} + {close} END "
        f"FROM (SELECT {name}.stored FROM {table} AS {name} WHERE {name}.organisation_id = c.organisation_id "
        f"AND {name}.{column} = :{name} {as_part}AND {_within(name)} "
        f"ORDER BY {name}.stored {_order(ascending)} LIMIT {many}) AS few"
    )


def _within(table: str) -> str:
    return f"{table}.stored > :after AND {table}.stored <= :until"


def _order(ascending: bool) -> str:
    return "ASC" if ascending else "DESC"


def _term(name: str) -> str:
    """What stands for it in the table of what is reached: a digest, as for all others, also for a registration."""
    return "registration_term" if name == REGISTRATION else name


def _written(asked: str, on_sqlite: bool) -> str:
    """With parameters as the driver wants them."""
    return asked if on_sqlite else _PARAMETER.sub(r"%(\1)s", asked)

"""How the tables are asked, so that each answer comes by the right index, in order, and ends where the page does.

A question is asked in simple parts, each of which walks one index in the order of `stored`. A condition with OR, a
list of organisations, or one thing found as this or as that would all have to be gathered and sorted before the
first could be given out, and an agent can have a million statements. What is walked is what there is least of.

The SQL is written once for each form that a question can have, for the driver itself: SQLAlchemy takes longer to
pass such a question on than the database to answer it. CROSS JOIN tells SQLite, which has no statistics
until somebody asks it to make them, in which order to go; PostgreSQL plans for the values it is asked with
(`db.behave`). Looked at with 100,000 to 10,000,000 statements, with statistics and without.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

AGENT: Final = "agent"
ACTIVITY: Final = "activity"
VERB: Final = "verb"
REGISTRATION: Final = "registration"
# What a statement, or one that it targets, is found by; what there is likely to be least of comes first.
FOUND_BY: Final = (REGISTRATION, AGENT, ACTIVITY, VERB)
# Who asserts it, which is asked of the statement itself, whatever it is found through.
ASSERTED: Final = "authority"

# The table and the column of what is kept beside the statement.
_LINKS: Final = {
    AGENT: ("statement_agent", "agent"),
    ACTIVITY: ("statement_activity", "activity"),
    ASSERTED: ("statement_agent", "agent"),
}
_WHOLE: Final = "s.stored, s.organisation_id, s.id, s.timestamp, s.text"
# So many of the nearest tell how close together they are.
_MANY: Final = 100
EVER: Final = (1 << 63) - 1
_PARAMETER: Final = re.compile(r":([a-z_0-9]+)")


@lru_cache(maxsize=1024)
def look(
    places: int, weighed: Sequence[tuple[str, int]], through: str | None, *, ascending: bool, on_sqlite: bool
) -> str:
    """For each of so many organisations: when it last stored something, whether anything is found by `through` that
    a statement targets, and how much there is of each of `weighed`, in that part.

    How much is the number of statements where they are few, and else a larger number that tells how close together
    they are where the page begins.
    """
    columns = ["c.organisation_id", "c.last", f"EXISTS ({_targeted(through)})" if through else "false"]
    columns += [f"({_amount(name, part, ascending)})" for name, part in weighed]
    among = ", ".join(f":place_{number}" for number in range(places))
    asked = f"SELECT {', '.join(columns)} FROM statement_clock AS c WHERE c.organisation_id IN ({among})"
    return _written(asked, on_sqlite)


@lru_cache(maxsize=1024)
def direct(conditions: Sequence[str], walked: str | None, *, ascending: bool, on_sqlite: bool) -> str:
    """Statements that meet the conditions themselves, going through those that meet `walked`."""
    links = sorted((name for name in conditions if name in _LINKS), key=lambda name: name != walked)
    tables = [f"{_LINKS[name][0]} AS {name}" for name in links]
    begins = walked if walked in _LINKS else "s"
    tables.insert(0 if begins == "s" else len(tables), "statement AS s")
    where = ["s.organisation_id = :organisation", "NOT s.voided", _within(begins)]
    for name in conditions:
        if name in _LINKS:
            where += [f"{name}.organisation_id = :organisation", f"{name}.{_LINKS[name][1]} = :{name}"]
            where += [f"{name}.part = :part_of_{name}"]
        else:
            # The sign keeps SQLite from this one's index where another is walked.
            where.append(f"{'+' if on_sqlite and name != walked else ''}s.{name} = :{name}")
    where += [f"{other}.stored = {begins}.stored" for other in ("s", *links) if other != begins]
    asked = (
        f"SELECT {_WHOLE} FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(where)} "
        f"ORDER BY {begins}.stored {_order(ascending)} LIMIT :limit"
    )
    return _written(asked, on_sqlite)


@lru_cache(maxsize=256)
def through_target(conditions: Sequence[str], *, asserted: bool, ascending: bool, on_sqlite: bool) -> str:
    """Statements with a target that meets all the conditions (Communication 2.1.3). Time is their own, and so is
    whether they are voided (2.1.4) and who asserts them."""
    first, *others = conditions
    tables = [*(f"statement_reach AS {name}" for name in conditions), "statement AS own"]
    where = ["own.organisation_id = :organisation", f"own.stored = {first}.stored", "NOT own.voided", _within(first)]
    for name in conditions:
        where += [f"{name}.organisation_id = :organisation", f"{name}.term = :{_term(name)}"]
        where += [f"{name}.part = :reach_of_{name}"]
    where += [f"{other}.stored = {first}.stored AND {other}.target = {first}.target" for other in others]
    if asserted:
        where.append(
            "EXISTS (SELECT 1 FROM statement_agent AS a WHERE a.organisation_id = :organisation "
            f"AND a.agent = :{ASSERTED} AND a.part = :part_of_{ASSERTED} AND a.stored = own.stored)"
        )
    reached = (
        f"SELECT DISTINCT {first}.stored FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(where)} "
        f"ORDER BY {first}.stored {_order(ascending)} LIMIT :limit"
    )
    asked = (
        f"SELECT {_WHOLE} FROM ({reached}) AS reached CROSS JOIN statement AS s "
        f"WHERE s.organisation_id = :organisation AND s.stored = reached.stored ORDER BY s.stored {_order(ascending)}"
    )
    return _written(asked, on_sqlite)


def _targeted(name: str) -> str:
    return (
        "SELECT 1 FROM statement_reach AS r WHERE r.organisation_id = c.organisation_id "
        f"AND r.term = :{_term(name)} AND r.part = :reach_of_{name} AND {_within('r')}"
    )


def _amount(name: str, part: int, ascending: bool) -> str:
    if name in _LINKS:
        table, column = _LINKS[name]
        condition = f"l.{column} = :{name} AND l.part = {part}"
    else:
        table, condition = "statement", f"l.{name} = :{name}"
    close = f"{EVER - _MANY} - max(few.stored)" if ascending else "min(few.stored)"
    return (
        f"SELECT CASE WHEN count(*) < {_MANY} THEN count(*) ELSE {_MANY} + {close} END FROM (SELECT l.stored "
        f"FROM {table} AS l WHERE l.organisation_id = c.organisation_id AND {condition} AND {_within('l')} "
        f"ORDER BY l.stored {_order(ascending)} LIMIT {_MANY}) AS few"
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

"""How the tables are asked, so that each answer comes by the right index, in order, and ends where the page does.

A question is asked in simple parts, each of which walks one index in the order of `stored`. A condition with OR, a
list of organisations, or one thing found as this or as that would all have to be gathered and sorted before the
first could be given out, and an agent can have a million statements. What is walked is what there is least of: a look
beforehand tells, and the SQL leaves the database no other way. So it needs no statistics, which SQLite has not until
somebody asks it to make them, and which on PostgreSQL can be of a time when the table was small or empty.

No other way, because every part asks for the order of the one index that is meant, and ends after so many. A table
that has several is asked for `(verb, stored)` in that order: for `verb = …` in the order of `stored`, a database that
thinks that there is little goes through all of the organisation's statements. PostgreSQL is told not to sort
(`lms.db.looking`). Of such a pair it knows where to begin, but ends only where the verb does: so where the question
ends earlier, it is asked in the other way after all, and at worst goes through all of that time.

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
    "": ("statement", ""),
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


class _Span(NamedTuple):
    """From when to when something is looked for: `above` is > or >=, as the first instant belongs to it."""

    above: str
    first: str
    last: str


_ASKED: Final = _Span(">", ":after", ":until")


@lru_cache(maxsize=1024)
def look(
    places: int,
    weighed: Sequence[tuple[str, int]],
    through: str | None,
    *,
    ends: bool,
    ascending: bool,
    on_sqlite: bool,
) -> str:
    """For each of so many organisations: when it last stored something, whether anything is found by `through` that
    a statement targets, and how much there is of each of `weighed`, in that part.

    How much is the number of statements where they are few, and else a larger number that tells how close together
    they are where the page begins. Where there is one thing to go through, any is many. `ends`: the time that is asked
    for is over before all there is in this order has been gone through.
    """
    columns = ["c.organisation_id", "c.last", f"EXISTS ({_targeted(through)})" if through else "false"]
    many = _MANY if len({name for name, _ in weighed}) > 1 else 1
    pairs = on_sqlite or not ends
    columns += [f"({_amount(name, part, many, ascending, pairs)})" for name, part in weighed]
    among = ", ".join(f":place_{number}" for number in range(places))
    asked = f"SELECT {', '.join(columns)} FROM statement_clock AS c WHERE c.organisation_id IN ({among})"
    return _written(asked, on_sqlite)


@lru_cache(maxsize=1024)
def question(
    conditions: Sequence[str], paths: Sequence[Path], *, through: bool, ends: bool, ascending: bool, on_sqlite: bool
) -> str:
    """Statements that meet the conditions themselves, along each of the paths, and `through` those that they target.
    In no certain order."""
    if len(paths) == 1 and not through:
        return _written(_direct(_WHOLE, conditions, paths[0], ends, ascending, on_sqlite), on_sqlite)
    parts = [_direct("{}.stored", conditions, path, ends, ascending, on_sqlite) for path in paths]
    parts += [_through_target(conditions, ascending, on_sqlite)] if through else []
    either = " UNION ".join(f"SELECT stored FROM ({part}) AS part_{number}" for number, part in enumerate(parts))
    first = f"SELECT stored FROM ({either}) AS any_of_them ORDER BY stored {_order(ascending)} LIMIT :limit"
    return _written(f"SELECT {_WHOLE} FROM ({first}) AS found {_statement_of('found', on_sqlite)}", on_sqlite)


def _direct(columns: str, conditions: Sequence[str], path: Path, ends: bool, ascending: bool, on_sqlite: bool) -> str:
    walked, parts = path.walked, dict(path.parts)
    table = _KEPT[walked][0]
    begins = walked if len(conditions) > 1 or table != "statement" else "s"
    where = [*_met(walked, begins, parts.get(walked), pairs=on_sqlite or not ends), "NOT s.voided"]
    where += [
        f"EXISTS ({_probe(other, begins, parts.get(other), on_sqlite)})" for other in conditions if other != walked
    ]
    beside = "" if begins == "s" else f" {_statement_of(begins, on_sqlite)}"
    return (
        f"SELECT {columns.format(begins)} FROM {table} AS {begins}{beside} WHERE {' AND '.join(where)} "
        f"ORDER BY {_in_order(walked, begins, ascending)} LIMIT :limit"
    )


def _through_target(conditions: Sequence[str], ascending: bool, on_sqlite: bool) -> str:
    """One target meets all the conditions (Communication 2.1.3). Time is the statement's own, and so is whether it
    is voided (2.1.4) and who asserts it."""
    first, *others = [name for name in conditions if name != ASSERTED]
    where = [*_reached(first, first), _within(first), "NOT s.voided"]
    for other in others:
        this = f"{other}.stored = {first}.stored AND {other}.target = {first}.target"
        where.append(f"EXISTS ({_first_of('statement_reach', other, [*_reached(other, other), this])})")
    if ASSERTED in conditions:
        where.append(f"EXISTS ({_probe(ASSERTED, first, AUTHORITY, on_sqlite)})")
    return (
        f"SELECT DISTINCT {first}.stored FROM statement_reach AS {first} {_statement_of(first, on_sqlite)} "
        f"WHERE {' AND '.join(where)} ORDER BY {first}.stored {_order(ascending)} LIMIT :limit"
    )


def _statement_of(found: str, on_sqlite: bool) -> str:
    """The statement itself, looked up once it is found: either database could else begin with statements.

    SQLite goes through a CROSS JOIN in the order in which it is written, and PostgreSQL has no other order for what
    is LATERAL and ends after one.
    """
    here = "s.organisation_id = :organisation"
    if on_sqlite:
        return f"CROSS JOIN statement AS s ON {here} AND s.stored = {found}.stored"
    this = f"s.stored BETWEEN {found}.stored AND {found}.stored"
    one = _first_of("statement", "s", [here, this], "s.stored", columns=_WHOLE + ", s.voided")
    return f"CROSS JOIN LATERAL ({one}) AS s"


def _probe(name: str, beside: str, part: int | None, on_sqlite: bool) -> str:
    """Whether the statement that `beside` has found meets this as well: one step into an index that has all of it.

    The + makes a value of the other table's column: next to a column, SQLite takes of a pair only the first to the
    index, and so steps over all statements with the verb. PostgreSQL, which would do that to end, takes the next one
    and looks whether it is this.
    """
    table, column = _KEPT[name]
    stored = f"+{beside}.stored"
    if table == "statement" and not on_sqlite:
        here = f"{name}.organisation_id = :organisation AND ({name}.{column}, {name}.stored) >= (:{name}, {stored})"
        first = _first_of(table, name, [here, *_known(name, name)], _in_order(name, name, ascending=True), "*")
        return f"SELECT 1 FROM ({first}) AS next WHERE next.{column} = :{name} AND next.stored = {beside}.stored"
    met = _met(name, name, part, span=_Span(">=", stored, stored))
    return _first_of(table, name, met, _in_order(name, name, ascending=True))


def _first_of(table: str, alias: str, met: Sequence[str], order: str = "", columns: str = "1") -> str:
    """OFFSET keeps PostgreSQL from making a join of it, which it could begin at the other end."""
    by = f" ORDER BY {order}" if order else ""
    return f"SELECT {columns} FROM {table} AS {alias} WHERE {' AND '.join(met)}{by} LIMIT 1 OFFSET 0"


def _met(
    name: str,
    alias: str,
    part: int | None,
    *,
    span: _Span = _ASKED,
    pairs: bool = True,
    place: str = ":organisation",
) -> list[str]:
    """What rows of its table are those that are meant, of this time."""
    table, column = _KEPT[name]
    here, stored = f"{alias}.organisation_id = {place}", f"{alias}.stored"
    if table == "statement" and name and pairs:
        pair = f"({alias}.{column}, {stored})"
        met = f"{pair} {span.above} (:{name}, {span.first}) AND {pair} <= (:{name}, {span.last})"
        return [here, met, *_known(name, alias)]
    met = f"{stored} {span.above} {span.first} AND {stored} <= {span.last}"
    beside = [f"{alias}.{column} = :{name}", *([f"{alias}.part = {part}"] if table != "statement" else [])]
    return [here, met, *(beside if name else [])]


def _known(name: str, alias: str) -> list[str]:
    """The index of registrations has only those that there are."""
    return [f"{alias}.registration IS NOT NULL"] if name == REGISTRATION else []


def _in_order(name: str, alias: str, ascending: bool) -> str:
    """The order of the index that is meant."""
    table, column = _KEPT[name]
    columns = [column, "stored"] if table == "statement" and name else ["stored"]
    return ", ".join(f"{alias}.{one} {_order(ascending)}" for one in columns)


def _reached(name: str, alias: str, place: str = ":organisation") -> list[str]:
    """A digest stands for each term, also for a registration."""
    term = "registration_term" if name == REGISTRATION else name
    return [f"{alias}.organisation_id = {place}", f"{alias}.term = :{term}", f"{alias}.part = :reach_of_{name}"]


def _targeted(name: str) -> str:
    met = [*_reached(name, "r", "c.organisation_id"), _within("r")]
    return f"SELECT 1 FROM statement_reach AS r WHERE {' AND '.join(met)}"


def _amount(name: str, part: int, many: int, ascending: bool, pairs: bool) -> str:
    met = _met(name, name, part, pairs=pairs, place="c.organisation_id")
    close = f"{EVER - many} - max(few.stored)" if ascending else "min(few.stored)"
    return (
        f"SELECT CASE WHEN count(*) < {many} THEN count(*) ELSE {many} + {close} END "
        f"FROM (SELECT {name}.stored FROM {_KEPT[name][0]} AS {name} WHERE {' AND '.join(met)} "
        f"ORDER BY {_in_order(name, name, ascending)} LIMIT {many}) AS few"
    )


def _within(table: str) -> str:
    return f"{table}.stored > :after AND {table}.stored <= :until"


def _order(ascending: bool) -> str:
    return "ASC" if ascending else "DESC"


def _written(asked: str, on_sqlite: bool) -> str:
    """With parameters as the driver wants them."""
    return asked if on_sqlite else _PARAMETER.sub(r"%(\1)s", asked)

"""The way out: which statements answer a query, in which order, and where the next page begins.

Time is always `stored`, never `timestamp` (Communication 2.1.3: “since” and “until” are about when a
statement was stored). The order is that of `stored`, which is unique in an organisation, so paging neither
skips nor repeats. How the tables are asked is in `planning`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import Session

from lms.db import Driver, driver
from lms.errors import NotFound
from lms.xapi import planning
from lms.xapi.models import (
    AUTHORITY,
    DIRECT,
    RELATED,
    Reach,
    StatementAgent,
    StoredStatement,
    digest,
    instant,
    microseconds,
)
from lms.xapi.planning import ACTIVITY, AGENT, ASSERTED, EVER, FOUND_BY, VERB
from lms.xapi.recorded import Recorded, from_rows, recorded

# A transaction that stores statements reads the clock, stores and commits within this time.
CONSISTENT_AFTER: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last statement of a page."""

    stored: datetime
    organisation_id: int


@dataclass(frozen=True, slots=True)
class StatementQuery:
    organisations: Sequence[int]
    # Identifiers as `statement.Identified.key` writes them.
    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    limit: int = 100
    after: Cursor | None = None
    # Only statements that this agent asserts (the scope statements/read/mine).
    authority: str | None = None

    @property
    def conditions(self) -> tuple[str, ...]:
        """The names, in `planning`, of all that is asked for but time."""
        return tuple(name for name in (*FOUND_BY, ASSERTED) if getattr(self, name) is not None)

    @property
    def ways(self) -> list[Mapping[str, int]]:
        """As what a statement may have in it whoever and whatever is asked for."""
        agent = (DIRECT, RELATED, AUTHORITY) if self.agent and self.related_agents else (DIRECT,)
        activity = (DIRECT, RELATED) if self.activity and self.related_activities else (DIRECT,)
        return [
            {AGENT: as_agent, ACTIVITY: as_activity, ASSERTED: AUTHORITY}
            for as_agent, as_activity in product(agent, activity)
        ]


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the store can be seen: when the last statement was stored, in the organisation that has been
    quiet the longest and in the one that has been so the shortest."""

    first: datetime
    last: datetime

    def consistent_through(self, at: datetime) -> datetime:
        """Everything stored until then can be read (Communication 2.1.3,
        X-Experience-API-Consistent-Through).

        Statements of an organisation become visible in order, so that is true of the last one.
        """
        return max(self.first, settled(at))


# A statement as the database gives it: `stored`, organisation, id (on SQLite as a text), timestamp, text.
Row = tuple[int, int, Any, int, str]


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    # Where the next one begins, if there is one.
    more: Cursor | None
    # How far the store could be seen when this was asked.
    horizon: Horizon

    @property
    def texts(self) -> list[str]:
        """The statements as they are kept."""
        return [row[-1] for row in self.rows]

    @property
    def entries(self) -> list[Recorded]:
        """The same, with what is in them."""
        return [
            recorded(organisation_id, UUID(str(id)), instant(stored), instant(timestamp), text)
            for stored, organisation_id, id, timestamp, text in self.rows
        ]


@dataclass(frozen=True, slots=True)
class _Place:
    """What a look beforehand tells of an organisation."""

    organisation_id: int
    last: int
    # A statement may be found through one that it targets.
    reaches: bool = False
    # How much there is of each condition, in each part (`planning.look`).
    amounts: Mapping[tuple[str, int], int] = field(default_factory=dict)


def find(session: Session, query: StatementQuery) -> list[Recorded]:
    return page(session, query).entries


def page(session: Session, query: StatementQuery) -> Page:
    return answer(driver(session), query)


def answer(driver: Driver, query: StatementQuery) -> Page:
    """The first statements that answer a query, of those that are there when it is asked.

    Each organisation is asked by itself. What has been found sets how far the next need to look.
    """
    given = _given(query, driver.is_sqlite)
    places = _look(driver, query, given)
    found: list[Row] = []
    for place in sorted(places, key=lambda one: one.last, reverse=not query.ascending):
        after, until = _span(query, place, found)
        asked = _question(query, place, _ends(query, place, after, until), driver.is_sqlite)
        if asked is not None and after < until:
            within = {"organisation": place.organisation_id, "after": after, "until": until}
            found += driver.ask(asked, {**given, **within})
            found.sort(reverse=not query.ascending)
            del found[query.limit + 1 :]
    shown = found[: query.limit]
    more = Cursor(instant(shown[-1][0]), shown[-1][1]) if len(found) > query.limit else None
    return Page(shown, more, _horizon(query.organisations, places))


def get(
    session: Session,
    organisations: Sequence[int],
    id: UUID,
    *,
    voided: bool = False,
    authority: str | None = None,
) -> Recorded:
    """One statement; a voided one only when it is asked for as such (Communication 2.1.3)."""
    wanted = _WHOLE.where(
        StoredStatement.organisation_id.in_(organisations),
        StoredStatement.id == id,
        StoredStatement.voided.is_(voided),
    )
    if authority is not None:
        wanted = wanted.where(
            exists().where(
                StatementAgent.organisation_id == StoredStatement.organisation_id,
                StatementAgent.agent == digest(authority),
                StatementAgent.part == AUTHORITY,
                StatementAgent.stored == StoredStatement.stored,
            )
        )
    found = from_rows(session.execute(wanted.order_by(StoredStatement.organisation_id).limit(1)))
    if not found:
        raise NotFound("There is no such statement.")
    return found[0]


def each(session: Session, *, organisation_id: int | None = None, batch: int = 500) -> Iterator[list[Recorded]]:
    """The whole store in batches, without what is voided, one organisation after the other in the order of
    `stored`.

    For building again what readers keep. Holds one batch in memory.
    """
    place = tuple_(StoredStatement.organisation_id, StoredStatement.stored)
    wanted = _WHOLE.where(StoredStatement.voided.is_(False)).order_by(*place.clauses).limit(batch)
    if organisation_id is not None:
        wanted = wanted.where(StoredStatement.organisation_id == organisation_id)
    entries = from_rows(session.execute(wanted))
    while entries:
        yield entries
        last = entries[-1]
        entries = from_rows(session.execute(wanted.where(place > (last.organisation_id, last.stored))))


_WHOLE: Final = select(
    StoredStatement.organisation_id,
    StoredStatement.id,
    StoredStatement.stored,
    StoredStatement.timestamp,
    StoredStatement.text,
)


def horizon(session: Session, organisations: Sequence[int]) -> Horizon:
    query = StatementQuery(organisations)
    asking = driver(session)
    return _horizon(organisations, _look(asking, query, _given(query, asking.is_sqlite)))


def settled(at: datetime) -> datetime:
    """What was stored until then can be read: what is under way now has been given a later time."""
    return at - CONSISTENT_AFTER


def _horizon(organisations: Sequence[int], places: Sequence[_Place]) -> Horizon:
    lasts = [place.last for place in places]
    # An organisation that has never stored anything has no clock.
    first = min(lasts) if len(lasts) == len(organisations) else 0
    return Horizon(first=instant(first), last=instant(max(lasts, default=0)))


def _given(query: StatementQuery, on_sqlite: bool) -> dict[str, object]:
    """What is asked for, by the names that it has in `planning`."""
    given: dict[str, object] = {
        name: digest(getattr(query, name))
        for name in (AGENT, ACTIVITY, VERB, ASSERTED)
        if getattr(query, name) is not None
    }
    if query.registration is not None:
        given["registration"] = query.registration.hex if on_sqlite else query.registration
        given["registration_term"] = digest(str(query.registration))
    return given | {
        "reach_of_agent": (Reach.ANY_AGENT if query.related_agents else Reach.AGENT).value,
        "reach_of_activity": (Reach.ANY_ACTIVITY if query.related_activities else Reach.ACTIVITY).value,
        "reach_of_verb": Reach.VERB.value,
        "reach_of_registration": Reach.REGISTRATION.value,
        # One more than the page has room for tells whether there is another.
        "limit": query.limit + 1,
    }


def _look(driver: Driver, query: StatementQuery, given: Mapping[str, object]) -> list[_Place]:
    """Those of the organisations that have stored anything, and how much there is of what is asked for if there
    is anything to choose: one organisation that is asked in one way for one thing has it or has not."""
    conditions, ways = query.conditions, query.ways
    weighed = tuple(dict.fromkeys((name, way.get(name, 0)) for way in ways for name in conditions))
    if len(query.organisations) == len(weighed) == 1:
        weighed = ()
    through = next((name for name in FOUND_BY if name in conditions), None)
    organisations = {f"place_{number}": id for number, id in enumerate(query.organisations)}
    anywhere = _Place(0, EVER)
    after, until = _span(query, anywhere, [])
    ends = _ends(query, anywhere, after, until)
    asked = planning.look(
        len(organisations), weighed, through, ends=ends, ascending=query.ascending, on_sqlite=driver.is_sqlite
    )
    rows = driver.ask(asked, {**given, **organisations, "after": after, "until": until})
    return [
        _Place(id, last, bool(reaches), dict(zip(weighed, amounts, strict=True)))
        for id, last, reaches, *amounts in rows
    ]


def _question(query: StatementQuery, place: _Place, ends: bool, on_sqlite: bool) -> str | None:
    """How the organisation is asked; None if it has nothing to answer."""
    conditions, paths = query.conditions, []
    for way in query.ways:
        amounts = {name: place.amounts.get((name, way.get(name, 0)), 1) for name in conditions}
        if 0 not in amounts.values():
            walked = min(conditions, key=amounts.__getitem__, default="")
            paths.append(planning.Path(walked, tuple(way.items())))
    if not paths and not place.reaches:
        return None
    return planning.question(
        conditions, tuple(paths), through=place.reaches, ends=ends, ascending=query.ascending, on_sqlite=on_sqlite
    )


def _ends(query: StatementQuery, place: _Place, after: int, until: int) -> bool:
    """Whether the time to look in is over before all there is has been gone through."""
    return until < place.last if query.ascending else after > _NEVER


# Before anything was stored.
_NEVER: Final = -1


def _span(query: StatementQuery, place: _Place, found: Sequence[Row]) -> tuple[int, int]:
    """The time to look in, without its first instant and with its last, as “since” and “until” mean it
    (Communication 2.1.3)."""
    after = _NEVER if query.since is None else microseconds(query.since)
    until = place.last if query.until is None else min(place.last, microseconds(query.until))
    if query.after is not None:
        last = microseconds(query.after.stored)
        if query.ascending:
            after = max(after, last - (place.organisation_id > query.after.organisation_id))
        else:
            until = min(until, last - (place.organisation_id >= query.after.organisation_id))
    if len(found) > query.limit:
        # Another organisation may have stored something in the same instant as the last of these.
        if query.ascending:
            until = min(until, found[-1][0])
        else:
            after = max(after, found[-1][0] - 1)
    return after, until

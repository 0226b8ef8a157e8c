"""The way out: which statements answer a query, in which order, and where the next page begins.

Time is always `stored`, never `timestamp` (Communication 2.1.3: “since” and “until” are about when a
statement was stored). The order is that of `stored`, which is unique in an organisation, so paging neither
skips nor repeats.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Result, Row, Select, and_, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.errors import NotFound
from lms.xapi.models import (
    AUTHORITY,
    DIRECT,
    RELATED,
    StatementActivity,
    StatementAgent,
    StatementClock,
    StatementTarget,
    StoredStatement,
    digest,
    instant,
)
from lms.xapi.planning import unindexed
from lms.xapi.recorded import Recorded, from_rows

# A transaction that stores statements reads the clock, stores and commits within this time.
CONSISTENT_AFTER: Final = timedelta(seconds=10)

Whole = tuple[int, UUID, datetime, datetime, str]
Keys = Select[tuple[int, datetime]]
Parts = Sequence[int]
Stored = InstrumentedAttribute[datetime]


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
    def filters(self) -> bool:
        """Whether there is a condition that a targeted statement can meet instead."""
        return any(one is not None for one in (self.agent, self.verb, self.activity, self.registration))


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


def find(session: Session, query: StatementQuery) -> list[Recorded]:
    return from_rows(_ask(session, query))


def texts(session: Session, query: StatementQuery) -> tuple[list[str], Cursor | None]:
    """A page of statements as they are kept, and where the next begins."""
    rows, more = _page(session, query)
    return [row.text for row in rows], more


def page(session: Session, query: StatementQuery) -> tuple[list[Recorded], Cursor | None]:
    """The same, with what is in the statements."""
    rows, more = _page(session, query)
    return from_rows(rows), more


def _page(session: Session, query: StatementQuery) -> tuple[Sequence[Row[Whole]], Cursor | None]:
    rows = _ask(session, replace(query, limit=query.limit + 1)).all()
    shown = rows[: query.limit]
    more = Cursor(shown[-1].stored, shown[-1].organisation_id) if len(rows) > query.limit else None
    return shown, more


def get(
    session: Session,
    organisations: Sequence[int],
    id: UUID,
    *,
    voided: bool = False,
    authority: str | None = None,
) -> Recorded:
    """One statement; a voided one only when it is asked for as such (Communication 2.1.3)."""
    wanted = _whole().where(
        StoredStatement.organisation_id.in_(organisations),
        StoredStatement.id == id,
        StoredStatement.voided.is_(voided),
    )
    if authority is not None:
        wanted = wanted.where(_asserted_by(authority))
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
    wanted = _whole().where(StoredStatement.voided.is_(False)).order_by(*place.clauses).limit(batch)
    if organisation_id is not None:
        wanted = wanted.where(StoredStatement.organisation_id == organisation_id)
    entries = from_rows(session.execute(wanted))
    while entries:
        yield entries
        last = entries[-1]
        entries = from_rows(session.execute(wanted.where(place > (last.organisation_id, last.stored))))


def horizon(session: Session, organisations: Sequence[int]) -> Horizon:
    clocks = select(StatementClock.last).where(StatementClock.organisation_id.in_(organisations))
    lasts = [instant(microseconds) for microseconds in session.scalars(clocks)]
    return Horizon(
        first=min(lasts) if len(lasts) == len(organisations) else instant(0), last=max(lasts, default=instant(0))
    )


def settled(at: datetime) -> datetime:
    """What was stored until then can be read: what is under way now has been given a later time."""
    return at - CONSISTENT_AFTER


def statements(query: StatementQuery) -> Select[Whole]:
    """The statements that answer a query.

    Each organisation gives its first few, and so do those that answer themselves and those whose targets
    do: each part can stop early on an index, which a condition with OR, or on a list of organisations,
    could not.
    """
    parts = [part for one in query.organisations for part in _parts(query, one)]
    keys = union(*(select(part.subquery()) for part in parts)).subquery()
    order = [StoredStatement.stored, StoredStatement.organisation_id]
    return (
        _whole()
        .join(
            keys,
            (keys.c.organisation_id == StoredStatement.organisation_id) & (keys.c.stored == StoredStatement.stored),
        )
        .order_by(*(order if query.ascending else [column.desc() for column in order]))
        .limit(query.limit)
    )


def _ask(session: Session, query: StatementQuery) -> Result[Whole]:
    return session.execute(statements(query))


def _whole() -> Select[Whole]:
    return select(
        StoredStatement.organisation_id,
        StoredStatement.id,
        StoredStatement.stored,
        StoredStatement.timestamp,
        StoredStatement.text,
    )


def _parts(query: StatementQuery, organisation_id: int) -> Iterator[Keys]:
    for agent, activity in product(_as_agent(query), _as_activity(query)):
        yield _direct(query, organisation_id, [agent], [activity])
    if query.filters:
        yield _through_target(query, organisation_id)


def _as_agent(query: StatementQuery) -> Parts:
    """As what an agent in the query may be in a statement."""
    return (DIRECT, RELATED, AUTHORITY) if query.agent and query.related_agents else (DIRECT,)


def _as_activity(query: StatementQuery) -> Parts:
    return (DIRECT, RELATED) if query.activity and query.related_activities else (DIRECT,)


def _direct(query: StatementQuery, organisation_id: int, agent: Parts, activity: Parts) -> Keys:
    """Statements that meet the conditions themselves."""
    keys = select(StoredStatement.organisation_id, StoredStatement.stored).where(
        StoredStatement.organisation_id == organisation_id,
        StoredStatement.voided.is_(False),
        *_when(query, organisation_id, StoredStatement.stored),
    )
    keys, links = _meeting(keys, query, StoredStatement, agent, activity)
    if query.authority is not None:
        asserted = aliased(StatementAgent)
        keys = keys.join(asserted, _asserts(asserted, query.authority))
        links.append(asserted)
    # The databases do not see that what holds for the time of a statement holds for that of its links.
    for link in links:
        keys = keys.where(link.organisation_id == organisation_id, *_when(query, organisation_id, link.stored))
    return _first(keys, query, links[0].stored if links else StoredStatement.stored)


def _through_target(query: StatementQuery, organisation_id: int) -> Keys:
    """Statements whose targets meet the conditions, voided or not (Communication 2.1.4); time is their
    own."""
    target = aliased(StoredStatement)
    keys = (
        select(StatementTarget.organisation_id, StatementTarget.stored)
        .join(target, _same(target, StatementTarget) & (target.id == StatementTarget.target))
        .join(
            StoredStatement,
            _same(StoredStatement, StatementTarget) & (StoredStatement.stored == StatementTarget.stored),
        )
        .where(
            StatementTarget.organisation_id == organisation_id,
            StoredStatement.voided.is_(False),
            *_when(query, organisation_id, StatementTarget.stored),
        )
        .distinct()
    )
    keys, _ = _meeting(keys, query, target, _as_agent(query), _as_activity(query))
    if query.authority is not None:
        keys = keys.where(_asserted_by(query.authority))
    return _first(keys, query, StatementTarget.stored)


def _meeting(
    keys: Keys, query: StatementQuery, of: type[StoredStatement], as_agent: Parts, as_activity: Parts
) -> tuple[Keys, list[Any]]:
    """Add the conditions that are not about time, as far as `of` is concerned."""
    links: list[Any] = []
    if query.agent is not None:
        agent = aliased(StatementAgent)
        keys = keys.join(agent, _same(agent, of) & (agent.stored == of.stored)).where(
            agent.agent == digest(query.agent), agent.part.in_(as_agent)
        )
        links.append(agent)
    if query.activity is not None:
        activity = aliased(StatementActivity)
        keys = keys.join(activity, _same(activity, of) & (activity.stored == of.stored)).where(
            activity.activity == digest(query.activity), activity.part.in_(as_activity)
        )
        links.append(activity)
    if query.verb is not None:
        # Few statements have a certain person or activity in them, every second has the same verb.
        keys = keys.where((unindexed(of.verb) if links else of.verb) == digest(query.verb))
    if query.registration is not None:
        keys = keys.where(of.registration == query.registration)
    return keys, links


def _when(query: StatementQuery, organisation_id: int, stored: Stored) -> Iterator[ColumnElement[bool]]:
    """“Since” leaves its own instant out and “until” takes it in (Communication 2.1.3)."""
    if query.since is not None:
        yield stored > query.since
    if query.until is not None:
        yield stored <= query.until
    if query.after is not None:
        last = query.after
        if query.ascending:
            yield stored >= last.stored if organisation_id > last.organisation_id else stored > last.stored
        else:
            yield stored <= last.stored if organisation_id < last.organisation_id else stored < last.stored


def _asserted_by(authority: str) -> ColumnElement[bool]:
    link = aliased(StatementAgent)
    return select(link.stored).where(_asserts(link, authority)).exists()


def _asserts(link: Any, authority: str) -> ColumnElement[bool]:
    """This agent asserts the statement, as the link says."""
    return and_(
        _same(link, StoredStatement),
        link.agent == digest(authority),
        link.part == AUTHORITY,
        link.stored == StoredStatement.stored,
    )


def _first(keys: Keys, query: StatementQuery, stored: Stored) -> Keys:
    return keys.order_by(stored if query.ascending else stored.desc()).limit(query.limit)


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = one.organisation_id == other.organisation_id
    return matches

"""Looking through the statements of one organisation, newest first and voided ones too.

For people who look after what comes in; programs use `search`. A statement is found here by what it says
itself, never by what a statement that it targets says: whoever may see one of them need not be allowed to see
the other.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, true, union
from sqlalchemy.orm import Session, aliased

from lms.xapi.models import AUTHORITY, DIRECT, StatementActivity, StatementAgent, StoredStatement, digest
from lms.xapi.recorded import Recorded, recorded
from lms.xapi.vocabulary import VOIDED

BATCH: Final = 500
# So many of the nearest tell how close together they are.
_MANY: Final = 100
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    organisation_id: int
    # Only what one of these asserts. None: whoever does; empty: nothing.
    authorities: Sequence[str] | None
    # Who did it, or who it was done to, by any of these: as `statement.Identified.key` writes them.
    agents: Sequence[str] = ()
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    # When it was stored: from `since`, until just before `until`.
    since: datetime | None = None
    until: datetime | None = None
    # None: whether voided or not.
    voided: bool | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    entry: Recorded
    is_voided: bool


def find(session: Session, look: Look) -> list[Found]:
    if look.authorities is not None and not look.authorities:
        return []
    conditions = _conditions(look)
    # What there is least of is gone through, newest first, and everything is asked of each.
    walked = min(conditions, key=lambda one: _amount(session, one))
    stored = StoredStatement.stored
    keys = [
        way.where(*(one.holds(way.selected_columns[0]) for one in conditions)).limit(look.limit) for way in walked.ways
    ]
    newest = union(*(select(part.subquery()) for part in keys)).subquery()
    wanted = (
        _whole()
        .where(StoredStatement.organisation_id == look.organisation_id, stored.in_(select(newest.c[0])))
        .order_by(stored.desc())
        .limit(look.limit)
    )
    return [Found(recorded(*row[:-1]), row[-1]) for row in session.execute(wanted)]


def each(session: Session, look: Look) -> Iterator[Found]:
    """All of them, however many: one batch at a time is in memory."""
    look = replace(look, limit=BATCH)
    while found := find(session, look):
        yield from found
        look = replace(look, until=found[-1].entry.stored)


def get(session: Session, organisation_id: int, id: UUID) -> Found | None:
    row = session.execute(
        _whole().where(StoredStatement.organisation_id == organisation_id, StoredStatement.id == id)
    ).first()
    return None if row is None else Found(recorded(*row[:-1]), row[-1])


def stored_at(session: Session, organisation_id: int, moments: Collection[datetime]) -> dict[datetime, Recorded]:
    """Those stored at these times; there is one at most at each."""
    wanted = _whole().where(StoredStatement.organisation_id == organisation_id, StoredStatement.stored.in_(moments))
    found = [recorded(*row[:-1]) for row in session.execute(wanted)]
    return {one.stored: one for one in found}


def voided(session: Session, organisation_id: int, authorities: Collection[str]) -> int:
    """How many statements that one of these asserts are voided."""
    voiding, its = aliased(StoredStatement), aliased(StoredStatement)
    asserted = exists().where(
        StatementAgent.organisation_id == organisation_id,
        StatementAgent.part == AUTHORITY,
        StatementAgent.agent.in_([digest(one) for one in authorities]),
        StatementAgent.stored == its.stored,
    )
    counted = select(func.count(its.id.distinct())).where(
        voiding.organisation_id == organisation_id,
        voiding.verb == digest(VOIDED),
        its.organisation_id == organisation_id,
        its.id == voiding.target,
        its.voided.is_(True),
        asserted,
    )
    return session.scalar(counted) or 0


def voiding(session: Session, entry: Recorded) -> list[Recorded]:
    """The statements that void this one, or tried to."""
    rows = session.execute(
        _whole()
        .where(
            StoredStatement.organisation_id == entry.organisation_id,
            StoredStatement.target == entry.id,
            StoredStatement.verb == digest(VOIDED),
        )
        .order_by(StoredStatement.stored)
    )
    return [recorded(*row[:-1]) for row in rows]


def _whole() -> Select[Any]:
    return select(
        StoredStatement.organisation_id,
        StoredStatement.id,
        StoredStatement.stored,
        StoredStatement.timestamp,
        StoredStatement.text,
        StoredStatement.voided,
    )


@dataclass(frozen=True, slots=True)
class _Condition:
    """`ways` lead to the times at which the statements that meet it were stored, newest first, each through an
    index that has them in that order. `holds` asks it of a statement stored at a time."""

    ways: Sequence[Select[Any]]
    holds: Callable[[Any], ColumnElement[bool]]


def _conditions(look: Look) -> list[_Condition]:
    found = [_of_itself(look)]
    if look.authorities is not None:
        found.append(_linked(look, StatementAgent, StatementAgent.agent, look.authorities, AUTHORITY))
    if look.agents:
        found.append(_linked(look, StatementAgent, StatementAgent.agent, look.agents, DIRECT))
    if look.activity is not None:
        found.append(_linked(look, StatementActivity, StatementActivity.activity, [look.activity], DIRECT))
    if look.voided:
        found.append(_voided(look))
    return found


def _of_itself(look: Look) -> _Condition:
    """What the statement's own row says."""
    # Under another name: the way may go through the same table.
    other = aliased(StoredStatement)
    asked = [(name, getattr(look, name)) for name in ("registration", "voided") if getattr(look, name) is not None]
    if look.verb is not None:
        asked.append(("verb", digest(look.verb)))
    # No index has those that are voided.
    indexed = [getattr(StoredStatement, name) == value for name, value in asked if name != "voided"]
    way = _newest_first(look, StoredStatement.stored)
    way = way.where(StoredStatement.organisation_id == look.organisation_id, *indexed)
    if not asked:
        return _Condition([way], lambda _stored: true())
    own = [other.organisation_id == look.organisation_id, *(getattr(other, name) == value for name, value in asked)]
    return _Condition([way], lambda stored: exists().where(*own, other.stored == stored))


def _linked(look: Look, table: Any, column: Any, identifiers: Sequence[str], part: int) -> _Condition:
    digests = [digest(one) for one in identifiers]
    its = (table.organisation_id == look.organisation_id, table.part == part)
    ways = [_newest_first(look, table.stored).where(*its, column == one) for one in digests]
    other = aliased(table)
    own = (other.organisation_id == look.organisation_id, other.part == part, getattr(other, column.key).in_(digests))
    return _Condition(ways, lambda stored: exists().where(*own, other.stored == stored))


def _voided(look: Look) -> _Condition:
    """What is voided is found by what voids it: there is no index of the few that are."""
    voiding, voided = aliased(StoredStatement), aliased(StoredStatement)
    way = _newest_first(look, voided.stored).where(
        voiding.organisation_id == look.organisation_id,
        voiding.verb == digest(VOIDED),
        voided.organisation_id == look.organisation_id,
        voided.id == voiding.target,
        voided.voided.is_(True),
    )
    return _Condition([way.distinct()], lambda _stored: true())


def _amount(session: Session, condition: _Condition) -> tuple[int, datetime]:
    """How many there are; of those that are many, the ones that lie farther apart are fewer."""
    number, last = 0, _LATEST
    for way in condition.ways:
        few = way.limit(_MANY).subquery()
        count, oldest = session.execute(select(func.count(), func.min(few.c[0])).select_from(few)).one()
        number += count
        last = min(last, oldest or _LATEST)
    return min(number, _MANY), last


def _newest_first(look: Look, stored: Any) -> Select[Any]:
    way = select(stored.label("at")).order_by(stored.desc())
    if look.since is not None:
        way = way.where(stored >= look.since)
    if look.until is not None:
        way = way.where(stored < look.until)
    return way

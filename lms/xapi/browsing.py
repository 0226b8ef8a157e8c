"""Looking through the statements of one organisation, newest first and voided ones too.

For people who look after what comes in; programs use `search`. A statement is found here by what it says
itself, never by what a statement that it targets says: whoever may see one of them need not be allowed to see
the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, union
from sqlalchemy.orm import Session, aliased

from lms.xapi.models import AUTHORITY, DIRECT, StatementActivity, StatementAgent, StoredStatement, digest
from lms.xapi.recorded import Recorded, recorded
from lms.xapi.vocabulary import VOIDED

BATCH: Final = 500


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
    # For each of them on its own an index has the newest first.
    parts = [_keys(look, *pair) for pair in product(look.authorities or (None,), look.agents or (None,))]
    keys = union(*(select(part.subquery()) for part in parts)).subquery()
    wanted = (
        _whole()
        .join(keys, keys.c.stored == StoredStatement.stored)
        .where(StoredStatement.organisation_id == look.organisation_id)
        .order_by(StoredStatement.stored.desc())
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


def _keys(look: Look, authority: str | None, agent: str | None) -> Select[Any]:
    """When the newest of them were stored."""
    links: list[Any] = []
    keys = select(StoredStatement.stored).where(StoredStatement.organisation_id == look.organisation_id)
    for identifier, part in ((authority, AUTHORITY), (agent, DIRECT)):
        if identifier is not None:
            link = aliased(StatementAgent)
            keys = keys.join(link, _at(link)).where(link.agent == digest(identifier), link.part == part)
            links.append(link)
    if look.activity is not None:
        activity = aliased(StatementActivity)
        keys = keys.join(activity, _at(activity)).where(
            activity.activity == digest(look.activity), activity.part == DIRECT
        )
        links.append(activity)
    if look.verb is not None:
        keys = keys.where(StoredStatement.verb == digest(look.verb))
    if look.registration is not None:
        keys = keys.where(StoredStatement.registration == look.registration)
    if look.voided is not None:
        keys = keys.where(StoredStatement.voided.is_(look.voided))
    # The databases do not see that what holds for the time of a statement holds for that of its links.
    for table in (StoredStatement, *links):
        keys = keys.where(table.organisation_id == look.organisation_id, *_when(look, table.stored))
    first = links[0].stored if links else StoredStatement.stored
    return keys.order_by(first.desc()).limit(look.limit)


def _at(link: Any) -> ColumnElement[bool]:
    return and_(
        link.organisation_id == StoredStatement.organisation_id,
        link.stored == StoredStatement.stored,
    )


def _when(look: Look, stored: Any) -> Iterator[ColumnElement[bool]]:
    if look.since is not None:
        yield stored >= look.since
    if look.until is not None:
        yield stored < look.until

"""The way out: one organisation after the other, each in the order of `stored`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Invalid, Problem
from lms.xapi.formats import moment, written
from lms.xapi.models import StoredStatement
from lms.xapi.organisations import Named
from lms.xapi.recorded import Recorded, recorded

AT_A_TIME: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """The last statement that has gone out."""

    organisation: str
    stored: datetime

    def __str__(self) -> str:
        return f"{self.organisation}@{written(self.stored)}"


class Kept(NamedTuple):
    organisation_id: int
    id: UUID
    stored: datetime
    timestamp: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    # Before an organisation's first: a line that names it.
    heading: str | None
    entries: Sequence[Kept]
    place: Place

    @property
    def carrying(self) -> list[Recorded]:
        """Those that may have files."""
        return [recorded(*entry) for entry in self.entries if '"attachments":' in entry.text]

    @property
    def lines(self) -> bytes:
        lines = [*([self.heading] if self.heading else []), *(entry.text for entry in self.entries)]
        return "".join(f"{line}\n" for line in lines).encode()


def place(text: str) -> Place:
    """A place as an earlier export told of it. Raises Invalid."""
    organisation, _, stored = text.rpartition("@")
    try:
        return Place(organisation, moment(stored, strict=True))
    except ValueError:
        raise Invalid([Problem("after", "must be a place that an export has told of.")]) from None


def batches(
    session: Session,
    organisations: Sequence[Named],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Place | None = None,
    at_a_time: int = AT_A_TIME,
) -> Iterator[Batch]:
    """What is stored after `since` and until `until`, voided or not. Holds one batch.

    The caller may end the transaction between batches: an organisation's statements become visible in the
    order of `stored`, so nothing that is stored meanwhile is skipped.
    """
    for organisation in organisations[_first(organisations, after) :]:
        begun = after is not None and after.organisation == organisation.key
        last = max((one for one in (since, after.stored if after and begun else None) if one), default=None)
        heading = None if begun else msgspec.json.encode({"organisation": organisation.key}).decode()
        while found := _next(session, organisation.id, last, until, at_a_time):
            last = found[-1].stored
            yield Batch(heading, found, Place(organisation.key, last))
            heading = None


def _next(
    session: Session, organisation_id: int, last: datetime | None, until: datetime | None, limit: int
) -> list[Kept]:
    columns = (StoredStatement.organisation_id, StoredStatement.id, StoredStatement.stored, StoredStatement.timestamp)
    wanted = (
        select(*columns, StoredStatement.text)
        .where(StoredStatement.organisation_id == organisation_id)
        .order_by(StoredStatement.stored)
        .limit(limit)
    )
    if last is not None:
        wanted = wanted.where(StoredStatement.stored > last)
    if until is not None:
        wanted = wanted.where(StoredStatement.stored <= until)
    return [Kept(*row) for row in session.execute(wanted)]


def _first(organisations: Sequence[Named], after: Place | None) -> int:
    if after is None:
        return 0
    keys = [organisation.key for organisation in organisations]
    if after.organisation not in keys:
        raise Invalid([Problem("after", f"{after.organisation} is not among the organisations that go out.")])
    return keys.index(after.organisation)

"""What is required is decided in versions: frozen, each valid from a day, with who decided it, when and why.

A version holds from its day until one that is valid from a later day; of two from the same day the one decided last.
None is valid from before it was decided, so the picture of a day that has passed never changes.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lms.competence.models import Decided, NeedVersion, RoleProfileVersion
from lms.errors import Invalid, Problem
from lms.i18n import gettext

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Version = TypeVar("Version", bound=Decided)


class Origin(StrEnum):
    FORM = "form"
    IMPORT = "import"
    WORKSHOP = "workshop"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides what when. `by` is a person's id."""

    valid_from: date
    at: datetime
    by: int | None
    note: str = ""
    origin: Origin = Origin.FORM
    origin_key: str | None = None

    def check(self) -> None:
        if self.valid_from < self.at.date():
            raise Invalid([Problem("valid_from", gettext("Choose today or a later day: what has been cannot change."))])


def stamp(version: Version, decision: Decision, number: int) -> Version:
    """A version that is about to be added, with what is known of the decision."""
    decision.check()
    version.number, version.valid_from, version.note = number, decision.valid_from, decision.note
    version.decided_at, version.decided_by_id = decision.at, decision.by
    version.origin, version.origin_key = decision.origin, decision.origin_key
    return version


def in_force(versions: Iterable[Version], on: date) -> Version | None:
    """The one that holds on a day. None: nothing had been decided."""
    begun = [version for version in versions if version.valid_from <= on]
    return max(begun, key=lambda version: (version.valid_from, version.number), default=None)


def ids_in_force(
    table: type[RoleProfileVersion | NeedVersion], of: InstrumentedAttribute[int], on: date, known_at: datetime | None
) -> Select[tuple[int]]:
    """The same in the database: the version of each thing that holds on a day, as was known then."""
    newest = (table.valid_from.desc(), table.number.desc())
    ranked = select(table.id, func.row_number().over(partition_by=of, order_by=newest).label("place"))
    ranked = ranked.where(table.valid_from <= on)
    if known_at is not None:
        ranked = ranked.where(table.decided_at <= known_at)
    first = ranked.subquery()
    return select(first.c.id).where(first.c.place == 1)


@dataclass(frozen=True, slots=True)
class Change(Generic[Key, Value]):
    """One thing that a version says otherwise than the one before. None: it says nothing of it."""

    key: Key
    before: Value | None
    after: Value | None


def changes(before: Mapping[Key, Value], after: Mapping[Key, Value]) -> list[Change[Key, Value]]:
    """What has come, in the new order, then what has gone."""
    keys = [*after, *(key for key in before if key not in after)]
    return [Change(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]

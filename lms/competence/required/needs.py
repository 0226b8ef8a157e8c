"""Needs: how many holders of a competence at a level an organisation, or one of its units, must have, and when.

Decided in versions, all of a place's needs at once. A horizon is counted in months from the version's first day, so
that what was needed in a year is needed now when a year has gone.
"""

import calendar
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Final, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.competence.models import NeedDraft, NeedRow, NeedVersion
from lms.competence.required import versions
from lms.competence.required.versions import Decision
from lms.errors import Conflict, NotFound
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Kind, Membership, Organisation, Role

logger = logging.getLogger(__name__)

# Now, next year, and in three: months from the version's first day.
HORIZONS: Final = (0, 12, 36)


class Sought(NamedTuple):
    """What holders are to hold: the competence at this level or above."""

    key: str
    level: int


# How many holders, by horizon. One that is not said is as the one before it.
Numbers = Mapping[int, int]
Needs = Mapping[Sought, Numbers]


def due(valid_from: date, months: int) -> date:
    """The day that a horizon comes to: the same day of the month, or the month's last."""
    year, month = divmod(valid_from.month - 1 + months, 12)
    year, month = valid_from.year + year, month + 1
    return date(year, month, min(valid_from.day, calendar.monthrange(year, month)[1]))


def number_on(numbers: Numbers, valid_from: date, on: date) -> int | None:
    """How many are needed on a day, by the latest horizon that has come. None: nothing is said of so early a day."""
    come = [horizon for horizon in sorted(numbers) if due(valid_from, horizon) <= on]
    return numbers[come[-1]] if come else None


def rebased(needs: Needs, valid_from: date, on: date) -> dict[Sought, dict[int, int]]:
    """The same needs, with horizons counted from another day. A number that is as the one before is left out."""
    found = {}
    for sought, numbers in needs.items():
        ahead = {horizon: number_on(numbers, valid_from, due(on, horizon)) for horizon in HORIZONS}
        said: dict[int, int] = {}
        for horizon, number in ahead.items():
            if number is not None and number != next(reversed(said.values()), None):
                said[horizon] = number
        found[sought] = said
    return found


def shortfall(needed: int | None, holders: float | None) -> int | None:
    """How many are missing, part of one as one; more than are needed makes up for nothing elsewhere. None: one of them
    is not known."""
    return None if needed is None or holders is None else max(0, ceil(round(needed - holders, 6)))


def projected(holders: int, leavers: float, completions: float) -> float:
    """Holders at a horizon: those there are, less those expected to leave, and those expected to get there."""
    return max(0.0, holders - leavers + completions)


@dataclass(frozen=True, slots=True)
class InForce:
    """What a place needs, by the version that holds."""

    version: int
    valid_from: date
    needs: Needs

    def on(self, day: date) -> dict[Sought, int]:
        numbers = {sought: number_on(numbers, self.valid_from, day) for sought, numbers in self.needs.items()}
        return {sought: number for sought, number in numbers.items() if number is not None}


def resolve(
    session: Session, organisation_ids: Iterable[int], on: date, *, known_at: datetime | None = None
) -> dict[int, InForce]:
    """What holds on a day in each of these organisations and units. The same queries for any number."""
    current = versions.ids_in_force(NeedVersion, NeedVersion.organisation_id, on, known_at)
    rows = session.execute(
        select(NeedVersion.organisation_id, NeedVersion.number, NeedVersion.valid_from)
        .add_columns(NeedRow.competence_key, NeedRow.level, NeedRow.horizon, NeedRow.holders)
        .outerjoin(NeedVersion.needs)
        .where(NeedVersion.organisation_id.in_(set(organisation_ids)), NeedVersion.id.in_(current))
        .order_by(NeedRow.competence_key, NeedRow.level, NeedRow.horizon)
    )
    found: dict[int, InForce] = {}
    needs: dict[int, dict[Sought, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for organisation, number, valid_from, key, level, horizon, holders in rows:
        found[organisation] = InForce(number, valid_from, needs[organisation])
        if key is not None:
            needs[organisation][Sought(key, level)][horizon] = holders
    return found


def needs_of(version: NeedVersion | None) -> dict[Sought, dict[int, int]]:
    found: dict[Sought, dict[int, int]] = defaultdict(dict)
    for row in version.needs if version is not None else []:
        found[Sought(row.competence_key, row.level)][row.horizon] = row.holders
    return dict(found)


def last(session: Session, organisation_id: int, on: date) -> dict[Sought, dict[int, int]]:
    """What has been decided last, with horizons counted from a day."""
    decided = history(session, organisation_id)
    return rebased(needs_of(decided[-1]), decided[-1].valid_from, on) if decided else {}


def places(session: Session, viewer: Viewer) -> list[Organisation]:
    """Whose needs the viewer decides: an administrator those of their organisation and its units, a project leader
    those of the project, a manager those of their own unit."""
    own = session.get_one(Organisation, viewer.organisation_id)
    if viewer.has(Role.ADMINISTRATOR):
        return [own, *(child for child in own.children if child.kind == Kind.UNIT)]
    if viewer.has(Role.PROJECT_LEADER):
        return [own]
    unit_id = session.get_one(Membership, viewer.membership_id).unit_id
    return [session.get_one(Organisation, unit_id)] if viewer.has(Role.MANAGER) and unit_id is not None else []


def place(session: Session, viewer: Viewer, key: str) -> Organisation:
    found = next((one for one in places(session, viewer) if one.key == key), None)
    if found is None:
        raise NotFound(gettext("There is no such organisation here."))
    return found


def history(session: Session, organisation_id: int) -> Sequence[NeedVersion]:
    return session.scalars(_versions(organisation_id)).all()


def _versions(organisation_id: int) -> Select[tuple[NeedVersion]]:
    its = select(NeedVersion).where(NeedVersion.organisation_id == organisation_id).order_by(NeedVersion.number)
    return its.options(selectinload(NeedVersion.needs), joinedload(NeedVersion.decided_by))


def draft(session: Session, organisation_id: int) -> NeedDraft | None:
    return session.get(NeedDraft, organisation_id)


def publish(session: Session, organisation_id: int, needs: Needs, decision: Decision) -> NeedVersion:
    """The next version of all that the place needs, frozen from now on."""
    last = history(session, organisation_id)
    version = versions.stamp(NeedVersion(organisation_id=organisation_id), decision, len(last) + 1)
    version.needs = [
        NeedRow(competence_key=sought.key, level=sought.level, horizon=horizon, holders=holders)
        for sought, numbers in needs.items()
        for horizon, holders in numbers.items()
    ]
    try:
        with session.begin_nested():
            session.add(version)
    except IntegrityError as error:
        raise Conflict(gettext("Somebody else has just decided a version. Look at it first.")) from error
    logger.info("Version %s of the needs of %s decided by %s", version.number, organisation_id, decision.by)
    return version

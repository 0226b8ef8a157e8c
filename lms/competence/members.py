"""People as the map and the gap see them: who they are, what their work needs, and what they have shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.competence.day import Day, today
from lms.competence.gap import Cell
from lms.competence.required.profiles import Profile, Requirement, resolve
from lms.competence.shown import levels
from lms.competence.shown.level import Current, LevelRule, foreseen
from lms.competence.shown.levels import Expected
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation, Person
from lms.identity.periods import Places, places


@dataclass(frozen=True, slots=True)
class Member:
    person_uuid: UUID
    name: str
    membership_id: int
    organisation_id: int
    unit_id: int | None
    # The manager's membership.
    manager_id: int | None
    # None: they have been given none, or one that is not there.
    profile: Profile | None
    # What has been assessed, by competence key.
    levels: Mapping[str, Current]

    def level(self, key: str) -> int | None:
        found = self.levels.get(key)
        return found.level if found is not None else None

    def cell(self, key: str) -> Cell | None:
        """None: their work does not need this competence."""
        needed = self.profile.requirements.get(key) if self.profile is not None else None
        return _cell(needed, self.level(key)) if needed is not None else None

    def cells(self) -> list[Cell]:
        return list(self.cells_by_key().values())

    def cells_by_key(self) -> dict[str, Cell]:
        needed = self.profile.requirements if self.profile is not None else {}
        return {key: _cell(one, self.level(key)) for key, one in needed.items()}


def _cell(needed: Requirement, level: int | None) -> Cell:
    return Cell(needed.level, level, needed.weight, needed.consequence * needed.difficulty)


def load(session: Session, among: Select[tuple[Membership]], at: datetime) -> list[Member]:
    """Those among the memberships a viewer may see, as they are now."""
    return load_on(session, places(among), today(at))


def load_on(
    session: Session, places: Places, day: Day, *, rule: LevelRule | None = None, expected: Expected | None = None
) -> list[Member]:
    """Of a day, in order of name. The same few queries for any number. `expected` counts on a day to come."""
    its = places.subquery()
    rows = session.execute(
        select(
            Person.uuid,
            Person.name,
            its.c.membership_id,
            its.c.organisation_id,
            its.c.unit_id,
            its.c.manager_id,
            its.c.role_profile_key,
        )
        .join(its, its.c.person_id == Person.id)
        .order_by(Person.name, Person.uuid)
    ).all()
    whose = [(row.organisation_id, row.uuid) for row in rows]
    if day.is_past:
        known = levels.as_of(session, whose, day.on, rule=rule)
    else:
        known = levels.of(session, whose, day.at, rule=rule, valid_at=day.on)
    profiles = resolve(
        session,
        {(row.organisation_id, row.role_profile_key) for row in rows},
        day.on.date(),
        known_at=min(day.on, day.at),
    )
    found = [
        Member(
            row.uuid,
            row.name,
            row.membership_id,
            row.organisation_id,
            row.unit_id,
            row.manager_id,
            profiles.get((row.organisation_id, row.role_profile_key)),
            known.get((row.organisation_id, row.uuid), {}),
        )
        for row in rows
    ]
    if not expected or not day.is_ahead:
        return found
    return [reaching(one, expected.get(one.membership_id, {}), day.on) for one in found]


def reaching(member: Member, levels: Mapping[str, int], on: datetime) -> Member:
    """As they will be when they have reached these levels too. Nobody falls back."""
    higher = {key: level for key, level in levels.items() if level > (member.level(key) or -1)}
    if not higher:
        return member
    return replace(member, levels={**member.levels, **{key: foreseen(level, on) for key, level in higher.items()}})


class Place(NamedTuple):
    """A unit or a partner."""

    id: int
    key: str
    name: str


def places_of(session: Session, viewer: Viewer, organisation_ids: Iterable[int | None]) -> list[Place]:
    """In order of name."""
    wanted = [one for one in organisation_ids if one]
    if not wanted:
        return []
    found = access.organisations(viewer).where(Organisation.id.in_(wanted)).order_by(Organisation.name)
    columns = found.with_only_columns(Organisation.id, Organisation.key, Organisation.name)
    return [Place(*row) for row in session.execute(columns)]

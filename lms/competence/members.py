"""People as the map and the gap see them: who they are, what their work needs, and what they have shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.competence.gap import Cell
from lms.competence.level import Current, Shown, Source, current
from lms.competence.models import Standing
from lms.competence.profiles import Profile, resolve
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation, Person


@dataclass(frozen=True, slots=True)
class Member:
    person_uuid: UUID
    name: str
    organisation_id: int
    unit_id: int | None
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
        return Cell(needed.level, self.level(key), needed.weight) if needed is not None else None

    def cells(self) -> list[Cell]:
        needed = self.profile.requirements if self.profile is not None else {}
        return [Cell(one.level, self.level(key), one.weight) for key, one in needed.items()]


def load(session: Session, among: Select[tuple[Membership]], at: datetime) -> list[Member]:
    """Those among the memberships a viewer may see, in order of name. The same few queries for any number."""
    rows = session.execute(
        among.join(Membership.person)
        .with_only_columns(
            Person.uuid,
            Person.name,
            Membership.organisation_id,
            Membership.unit_id,
            Membership.role_profile_key,
        )
        .order_by(Person.name, Person.uuid)
    ).all()
    levels = _levels(session, among, at)
    profiles = resolve(session, {(row.organisation_id, row.role_profile_key) for row in rows}, at.date())
    return [
        Member(uuid, name, organisation, unit, profiles.get((organisation, key)), levels[organisation, uuid])
        for uuid, name, organisation, unit, key in rows
    ]


def _levels(
    session: Session, among: Select[tuple[Membership]], at: datetime
) -> dict[tuple[int, UUID], dict[str, Current]]:
    whose = among.with_only_columns(Membership.organisation_id, Membership.person_id).subquery()
    rows = session.execute(
        select(
            Standing.organisation_id,
            Standing.person_uuid,
            Standing.competence_key,
            Standing.source,
            Standing.level,
            Standing.shown_at,
        )
        .join(Person, Person.uuid == Standing.person_uuid)
        .join(
            whose,
            (whose.c.person_id == Person.id) & (whose.c.organisation_id == Standing.organisation_id),
        )
    )
    shown: dict[tuple[int, UUID], dict[str, list[Shown]]] = defaultdict(lambda: defaultdict(list))
    for organisation, person, key, source, level, shown_at in rows:
        shown[organisation, person][key].append(Shown(Source(source), level, shown_at))
    levels: dict[tuple[int, UUID], dict[str, Current]] = defaultdict(dict)
    for place, by_key in shown.items():
        levels[place] = {
            key: found for key, standings in by_key.items() if (found := current(standings, at)) is not None
        }
    return levels


class Place(NamedTuple):
    """A unit or a partner."""

    id: int
    key: str
    name: str


def places(session: Session, viewer: Viewer, organisation_ids: Iterable[int | None]) -> list[Place]:
    """In order of name."""
    wanted = [one for one in organisation_ids if one]
    if not wanted:
        return []
    found = access.organisations(viewer).where(Organisation.id.in_(wanted)).order_by(Organisation.name)
    columns = found.with_only_columns(Organisation.id, Organisation.key, Organisation.name)
    return [Place(*row) for row in session.execute(columns)]

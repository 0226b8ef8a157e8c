"""What a workshop decides: versions of role profiles and of needs, which carry its uuid as what they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.competence.models import NeedVersion, RoleProfile, RoleProfileVersion
from lms.competence.required import needs, profiles
from lms.competence.required.needs import Sought
from lms.competence.required.profiles import Requirement
from lms.competence.required.versions import Decision, Origin
from lms.errors import Invalid, NotAllowed, Problem
from lms.frameworks.framework import Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.workshops import items
from lms.workshops.items import Shown
from lms.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the workshop says that a kind of work will need, beside what it needs by what is decided already."""

    role_key: str
    role: str
    competences: Sequence[Shown]
    before: Mapping[str, Requirement]


def first_day(workshop: Workshop, at: datetime) -> date:
    """When what is decided is meant to hold: as far ahead as the workshop looks."""
    return needs.due(at.date(), workshop.horizon)


def proposals(session: Session, workshop: Workshop, frameworks: Frameworks, *, at: datetime) -> list[Proposal]:
    visible = [one for one in items.shown(session, workshop) if not one.item.is_hidden]
    # A framework may have been taken away since it was named.
    named = [one for one in visible if frameworks.find(one.item.competence_key or "") is not None]
    wanted = [(workshop.organisation_id, key) for key in workshop.roles]
    decided = profiles.resolve(session, wanted, first_day(workshop, at))
    found = []
    for key, name in workshop.roles.items():
        before = decided.get((workshop.organisation_id, key))
        its = [one for one in named if one.item.role_key == key]
        found.append(Proposal(key, name, its, before.requirements if before is not None else {}))
    return found


def may_decide_roles(viewer: Viewer) -> bool:
    """A manager leads workshops for the own unit; what a kind of work needs concerns all who have it."""
    return viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER)


def may_decide_needs(session: Session, viewer: Viewer, workshop: Workshop) -> bool:
    return any(place.id == workshop.place_id for place in needs.places(session, viewer))


def decide_role(
    session: Session,
    viewer: Viewer,
    workshop: Workshop,
    role_key: str,
    taken: Mapping[str, Requirement],
    *,
    valid_from: date,
    note: str,
    at: datetime,
) -> RoleProfileVersion:
    """The role profile as it will be on that day, with what was taken from the workshop."""
    if not may_decide_roles(viewer):
        raise NotAllowed(gettext("An administrator decides what a role needs."))
    if role_key not in workshop.roles:
        raise Invalid([Problem("role", gettext("This workshop does not speak of that role."))])
    place = workshop.organisation_id
    before = profiles.resolve(session, [(place, role_key)], valid_from).get((place, role_key))
    own = select(RoleProfile).where(RoleProfile.organisation_id == place, RoleProfile.key == role_key)
    profile = session.scalars(own).first()
    if profile is None:
        profile = profiles.begin(session, place, workshop.roles[role_key], at=at, key=role_key)
    requirements = dict(before.requirements if before is not None else {}) | dict(taken)
    return profiles.publish(session, profile, requirements, _decision(viewer, workshop, valid_from, note, at))


def decide_needs(
    session: Session,
    viewer: Viewer,
    workshop: Workshop,
    numbers: Mapping[Sought, int],
    *,
    valid_from: date,
    note: str,
    at: datetime,
) -> NeedVersion:
    """What the place needs already, with the numbers at the workshop's horizon."""
    if not may_decide_needs(session, viewer, workshop):
        raise NotAllowed(gettext("Somebody in charge of %(name)s decides what it needs.", name=workshop.place.name))
    if not numbers:
        raise Invalid(gettext("Enter how many are needed of at least one competence."))
    all_of_it = needs.last(session, workshop.place_id, valid_from)
    for sought, number in numbers.items():
        all_of_it[sought] = dict(sorted((all_of_it.get(sought, {}) | {workshop.horizon: number}).items()))
    decision = _decision(viewer, workshop, valid_from, note, at)
    return needs.publish(session, workshop.place_id, all_of_it, decision)


def _decision(viewer: Viewer, workshop: Workshop, valid_from: date, note: str, at: datetime) -> Decision:
    return Decision(valid_from, at, viewer.person_id, note, Origin.WORKSHOP, str(workshop.uuid))


def decided_roles(session: Session, workshop: Workshop) -> Sequence[RoleProfileVersion]:
    its = select(RoleProfileVersion).where(RoleProfileVersion.origin_key == str(workshop.uuid))
    its = its.options(joinedload(RoleProfileVersion.profile), joinedload(RoleProfileVersion.decided_by))
    return session.scalars(its.order_by(RoleProfileVersion.decided_at, RoleProfileVersion.id)).all()


def decided_needs(session: Session, workshop: Workshop) -> Sequence[NeedVersion]:
    its = select(NeedVersion).where(NeedVersion.origin_key == str(workshop.uuid))
    return session.scalars(its.options(joinedload(NeedVersion.decided_by)).order_by(NeedVersion.id)).all()

"""The one place where somebody's own levels are opened for somebody else: as far as the viewer may see, and noted.

Whatever shows people one by one takes them from here. Of those whose levels may be seen and not what they rest on,
nothing but the level comes out.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from lms.competence import members
from lms.competence.day import Day
from lms.competence.members import Member
from lms.competence.shown.levels import Expected
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity import access, looks
from lms.identity.access import Viewer
from lms.identity.looks import Looked
from lms.identity.models import Membership
from lms.identity.periods import Places


def one(session: Session, viewer: Viewer, person: UUID, looked: Looked, day: Day) -> Member:
    """NotFound of someone whose levels the viewer may not open, or could not on a day that has been."""
    membership = access.membership_of(session, access.levels(viewer), person)
    its = access.levels_on(viewer, day.on, at=day.at)
    found = _load(session, viewer, its.where(its.selected_columns.membership_id == membership.id), day)
    if not found:
        raise NotFound(gettext("There is no such person here."))
    looks.note(session, viewer, [person], looked, day.at)
    return found[0]


def team(session: Session, viewer: Viewer, day: Day, expected: Expected | None = None) -> list[Member]:
    """A manager's own team, but for those who are not to be seen. Whoever shows some of them says so by `shown`.
    `expected` counts on a day to come."""
    return _load(session, viewer, team_on(viewer, day.on, at=day.at), day, expected)


def team_on(viewer: Viewer, on: datetime, *, at: datetime) -> Places:
    """The same, to be counted together."""
    its = access.levels_on(viewer, on, at=at)
    return its.where(its.selected_columns.membership_id != viewer.membership_id)


def shown(session: Session, viewer: Viewer, people: Iterable[Member], looked: Looked, day: Day) -> None:
    looks.note(session, viewer, [member.person_uuid for member in people], looked, day.at)


def counted(session: Session, viewer: Viewer, day: Day, expected: Expected | None = None) -> list[Member]:
    """To be counted, with the viewer, and shown to nobody one by one. `expected` counts on a day to come."""
    return members.load_on(session, access.levels_on(viewer, day.on, at=day.at), day, expected=expected)


def known(session: Session, viewer: Viewer) -> set[int]:
    """The memberships of those whom the viewer may see one by one today, themselves among them: in figures of groups
    nobody else may be told by taking these out."""
    return set(session.scalars(access.levels(viewer).with_only_columns(Membership.id)))


def kept_back(session: Session, viewer: Viewer) -> int:
    """How many of a manager's team are not to be seen."""
    its = access.kept_back(viewer).with_only_columns(func.count())
    return session.scalars(its).one()


def shows_levels(session: Session, viewer: Viewer, person: UUID) -> bool:
    """Whether the viewer may see this person's levels."""
    return _is_among(session, access.levels(viewer), person)


def shows_evidence(session: Session, viewer: Viewer, person: UUID) -> bool:
    """Whether the viewer may see what this person's levels rest on."""
    return _is_among(session, access.evidence(viewer), person)


def _is_among(session: Session, those: Select[tuple[Membership]], person: UUID) -> bool:
    its = those.where(Membership.person.has(uuid=person)).with_only_columns(Membership.id)
    return session.scalars(its.limit(1)).first() is not None


def _load(session: Session, viewer: Viewer, among: Places, day: Day, expected: Expected | None = None) -> list[Member]:
    found = members.load_on(session, among, day, expected=expected)
    if all(member.membership_id == viewer.membership_id for member in found):
        return found
    ids = access.evidence(viewer).with_only_columns(Membership.id)
    whole = set(session.scalars(ids))
    return [one if one.membership_id in whole else _bare(one, day) for one in found]


def _bare(member: Member, day: Day) -> Member:
    return replace(member, levels={key: current.bare(day.on) for key, current in member.levels.items()})

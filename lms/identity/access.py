"""What a viewer may see. Every query about people, statements, evidence or reports starts here.

A viewer acts in one membership at a time and sees nothing of the organisations of their others until
they switch. What may not be seen is not found: an answer never tells that something exists elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from lms import clock
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity import insight
from lms.identity.models import Insight, Kind, Membership, MembershipPeriod, Organisation, Person, Role
from lms.identity.periods import Places, places, were


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone signed in, acting in one of their memberships. `organisation_id` is that membership's."""

    person_id: int
    person_uuid: UUID
    name: str
    language: str
    membership_id: int
    organisation_id: int
    roles: frozenset[Role]

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


def below(organisation_id: int) -> Select[tuple[int]]:
    """Ids of an organisation and everything under it."""
    tree = select(Organisation.id).where(Organisation.id == organisation_id).cte(recursive=True)
    tree = tree.union_all(select(Organisation.id).join(tree, Organisation.parent_id == tree.c.id))
    return select(tree.c.id)


def organisations(viewer: Viewer) -> Select[tuple[Organisation]]:
    """The viewer's own organisation and what is under it. (Under a region are its partners.)"""
    return select(Organisation).where(Organisation.id.in_(below(viewer.organisation_id)))


def people(viewer: Viewer) -> Select[tuple[Membership]]:
    """Whom the viewer may know of, by name and belonging. Levels and progress are `levels`."""
    whose: ColumnElement[bool] = Membership.id == viewer.membership_id
    if viewer.has(Role.MANAGER):
        whose = or_(whose, Membership.manager_id == viewer.membership_id)
    if viewer.has(Role.ADMINISTRATOR):
        whose = or_(whose, Membership.organisation_id == viewer.organisation_id)
    if viewer.has(Role.COORDINATOR, Role.PROJECT_LEADER):
        whose = or_(whose, Membership.organisation_id.in_(below(viewer.organisation_id)))
    return _current(whose)


def levels(viewer: Viewer) -> Select[tuple[Membership]]:
    """Whose own competence and learning the viewer may open: themselves and, as a manager, those of their own team
    of whom the organisation lets managers see that much (`insight`)."""
    return _seen_by(viewer, Insight.LEVELS)


def evidence(viewer: Viewer) -> Select[tuple[Membership]]:
    """Of those, whose levels the viewer may open down to what they rest on."""
    return _seen_by(viewer, Insight.EVIDENCE)


def team_of(viewer: Viewer) -> Select[tuple[Membership]]:
    """The viewer and, of a manager, the team, whatever the organisation lets managers see of it: for what each has
    handed in to the manager, and what the manager has said of each."""
    return _seen_by(viewer, Insight.SHARED)


def _seen_by(viewer: Viewer, least: Insight) -> Select[tuple[Membership]]:
    whose: ColumnElement[bool] = Membership.id == viewer.membership_id
    if viewer.has(Role.MANAGER):
        its = and_(Membership.manager_id == viewer.membership_id, insight.reaches(viewer.organisation_id, least))
        whose = or_(whose, its)
    return _current(whose)


def kept_back(viewer: Viewer) -> Select[tuple[Membership]]:
    """Those of a manager's team whose levels they may not open."""
    if not viewer.has(Role.MANAGER):
        return _current(false())
    seen = insight.reaches(viewer.organisation_id, Insight.LEVELS)
    return _current(and_(Membership.manager_id == viewer.membership_id, ~seen))


def aggregates(viewer: Viewer) -> Select[tuple[Membership]]:
    """Whose competence may be counted into figures of groups that the viewer sees; never shown one by one."""
    if viewer.has(Role.COORDINATOR, Role.PROJECT_LEADER):
        return _current(Membership.organisation_id.in_(below(viewer.organisation_id)))
    if viewer.has(Role.ADMINISTRATOR):
        return _current(Membership.organisation_id == viewer.organisation_id)
    return levels(viewer)


def in_charge_of(viewer: Viewer) -> Select[tuple[Membership]]:
    """Whose place the viewer decides: an administrator in their own organisation, nobody anywhere else."""
    if not viewer.has(Role.ADMINISTRATOR):
        return _current(false())
    return _current(Membership.organisation_id == viewer.organisation_id)


def grown_by(viewer: Viewer) -> Select[tuple[Organisation]]:
    """Under which organisations the viewer may put new ones: regions, partners and, in their own, units."""
    if viewer.has(Role.PROJECT_LEADER):
        return organisations(viewer).where(Organisation.kind != Kind.UNIT)
    own = Organisation.id == viewer.organisation_id if viewer.has(Role.ADMINISTRATOR) else false()
    return select(Organisation).where(own, Organisation.kind == Kind.PARTNER)


def current(on: datetime | None = None) -> ColumnElement[bool]:
    """Memberships that last, now or at an instant to come. One whose end is known lasts until then."""
    return or_(Membership.ended_at.is_(None), Membership.ended_at > (on or clock.now()))


def _current(whose: ColumnElement[bool]) -> Select[tuple[Membership]]:
    return select(Membership).where(whose, current())


def aggregates_on(viewer: Viewer, on: datetime, *, at: datetime) -> Places:
    """Whose competence counts in figures of a day: who belonged on it, and where. What the viewer may see is told
    by what they may see today. On a day to come: those who belong today and are not known to leave before it.
    `at` is now."""
    today = aggregates(viewer)
    if on >= at:
        return places(today.where(current(on)))
    if viewer.has(Role.COORDINATOR, Role.PROJECT_LEADER):
        return were(on).where(MembershipPeriod.organisation_id.in_(below(viewer.organisation_id)))
    if viewer.has(Role.ADMINISTRATOR):
        return were(on).where(MembershipPeriod.organisation_id == viewer.organisation_id)
    return levels_on(viewer, on, at=at)


def levels_on(viewer: Viewer, on: datetime, *, at: datetime) -> Places:
    """The same of those whose own levels the viewer may open: of a manager's team of that day those who are in it
    today as well. Of others nobody is shown, one by one, what they could do then."""
    today = levels(viewer)
    if on >= at:
        return places(today.where(current(on)))
    whose: ColumnElement[bool] = MembershipPeriod.membership_id == viewer.membership_id
    if viewer.has(Role.MANAGER):
        whose = or_(whose, MembershipPeriod.manager_id == viewer.membership_id)
    return were(on).where(whose, MembershipPeriod.membership_id.in_(today.with_only_columns(Membership.id)))


def membership_of(session: Session, among: Select[tuple[Membership]], person: UUID) -> Membership:
    """The membership of one person among those that may be seen, or NotFound."""
    found = session.scalars(among.join(Membership.person).where(Person.uuid == person)).first()
    if found is None:
        raise NotFound(gettext("There is no such person here."))
    return found

"""The two that a talk is between, as the one of them who looks meets the other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.errors import NotAllowed
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Person


@dataclass(frozen=True, slots=True)
class Pair:
    organisation_id: int
    person: Person
    # None: they have none for the time being, so there is nobody to talk with.
    manager: Person | None
    viewer_uuid: UUID

    @property
    def is_own(self) -> bool:
        """Whether the one who looks is the person, not the manager."""
        return self.viewer_uuid == self.person.uuid

    @property
    def other(self) -> Person | None:
        return self.manager if self.is_own else self.person

    def meets(self) -> tuple[Person, Person]:
        """The person and the manager, where there is one. Otherwise NotAllowed."""
        if self.manager is None:
            raise NotAllowed(gettext("You have no manager in Kunna yet. Whoever administers it can say who it is."))
        return self.person, self.manager


def of(session: Session, viewer: Viewer, person: UUID, *, at: datetime) -> Pair:
    """The viewer and themselves, or one of their team, whose levels they may see or not; otherwise NotFound."""
    membership = access.membership_of(session, access.team_of(viewer), person)
    above = membership.manager
    manager = above.person if above is not None and above.lasts(at) else None
    return Pair(membership.organisation_id, membership.person, manager, viewer.person_uuid)

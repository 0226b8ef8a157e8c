"""Which statements someone may look at. Every page, filter and download of statements starts here.

- Whoever administers an organisation, or leads the project, sees what came from the clients of that very
  organisation, as it came: that is what they have to answer for, and to put right.
- What Kunna itself records of people (courses, quizzes, how they assess themselves) they do not see, in no form
  and by no filter: learning and levels are for the person and the person's own manager (`identity.access`).
- Everyone sees what they have done themselves, whoever says so.

Others' statements are not found, as if they did not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence.outside import whose
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.xapi import browsing, clients
from lms.xapi.browsing import Found, Look
from lms.xapi.models import StoreClient
from lms.xapi.recorded import Recorded

# Who looks after an organisation's clients.
IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)


@dataclass(frozen=True, slots=True)
class Sight:
    organisation_id: int
    # Only what these have done, who are all the same person. None: what anyone has done.
    actors: Sequence[str] | None
    # Only what these clients assert, by what they assert it as. None: whoever asserts it.
    clients: Mapping[str, StoreClient] | None

    def look(self) -> Look:
        """All there is to see, to be narrowed by filters."""
        return Look(
            self.organisation_id,
            authorities=None if self.clients is None else list(self.clients),
            agents=self.actors or (),
        )

    def includes(self, entry: Recorded) -> bool:
        return (
            entry.organisation_id == self.organisation_id
            and (self.actors is None or entry.agent in self.actors)
            and (self.clients is None or asserted_by(entry) in self.clients)
        )

    def client(self, entry: Recorded) -> StoreClient | None:
        return (self.clients or {}).get(asserted_by(entry))

    def get(self, session: Session, id: UUID) -> Found:
        found = browsing.get(session, self.organisation_id, id)
        if found is None or not self.includes(found.entry):
            raise NotFound(gettext("There is no such statement."))
        return found


def of_traffic(session: Session, viewer: Viewer, base: str) -> Sight:
    """What came from the clients of the organisation that the viewer looks after; nothing for others."""
    own = clients.of(session, viewer.organisation_id) if viewer.has(*IN_CHARGE) else ()
    return Sight(
        viewer.organisation_id, actors=None, clients={clients.asserts_as(base, client.key): client for client in own}
    )


def of_oneself(session: Session, viewer: Viewer, base: str) -> Sight:
    """Also what other programs tell of what has been tied to the viewer."""
    return Sight(
        viewer.organisation_id,
        actors=whose.agents(session, viewer.organisation_id, viewer.person_uuid, base),
        clients=None,
    )


def asserted_by(entry: Recorded) -> str:
    vouching = entry.statement.authority
    return vouching.key if vouching is not None else ""

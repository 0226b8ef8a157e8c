"""Who is meant by an agent, and which agents are someone: as far as the viewer may know of people by name."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import Session

from lms.competence.outside import whose
from lms.i18n import gettext
from lms.identity import access, memberships
from lms.identity.access import Viewer
from lms.identity.actor import agent_key
from lms.identity.models import Membership, Person
from lms.xapi.recorded import Recorded

# More to choose from would not be looked through.
MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Known:
    uuid: UUID
    name: str
    email: str

    def agents(self, base: str) -> list[str]:
        """What the person is in statements: our own account, and the address that other programs know."""
        return [agent_key(self.uuid, base), by_address(self.email)]


def matching(session: Session, viewer: Viewer, words: str) -> list[Known]:
    found = session.scalars(memberships.matching(access.people(viewer), words).limit(MOST + 1)).unique()
    # Someone can belong to several organisations that the viewer sees.
    return list({one.person.uuid: known(one.person) for one in found}.values())


def get(session: Session, viewer: Viewer, uuid: UUID) -> Known:
    return known(access.membership_of(session, access.people(viewer), uuid).person)


def names(session: Session, viewer: Viewer, entries: Iterable[Recorded], base: str) -> Mapping[str, str]:
    """By agent; the viewer is “you”. Those that are nobody, or nobody whom the viewer may know of, are left out."""
    agents = {entry.agent for entry in entries}
    behind = whose.people_of(session, viewer.organisation_id, agents, base)
    addresses = [agent.removeprefix(_ADDRESS) for agent in agents if agent.startswith(_ADDRESS)]
    if not behind and not addresses:
        return {}
    among = access.people(viewer).join(Membership.person)
    found = session.scalars(
        among.where(or_(Person.uuid.in_(set(behind.values())), Person.email.in_(one.lower() for one in addresses)))
    )
    people = [known(one.person) for one in found]
    named = {agent: one.name for one in people for agent in one.agents(base)}
    # Who has been tied to it comes before whose address it looks like.
    uuids = {one.uuid: one.name for one in people} | {viewer.person_uuid: gettext("You")}
    tied = {agent: uuids[uuid] for agent, uuid in behind.items() if uuid in uuids}
    return named | {agent_key(viewer.person_uuid, base): gettext("You")} | tied


def by_uuid(session: Session, viewer: Viewer, uuids: Collection[UUID]) -> Mapping[UUID, str]:
    """Names of those whom the viewer may know of."""
    found = session.scalars(access.people(viewer).join(Membership.person).where(Person.uuid.in_(uuids)))
    return {one.person.uuid: one.person.name for one in found}


_ADDRESS: Final = "mbox|mailto:"


def by_address(email: str) -> str:
    return f"{_ADDRESS}{email}"


def known(person: Person) -> Known:
    return Known(person.uuid, person.name, person.email or "")

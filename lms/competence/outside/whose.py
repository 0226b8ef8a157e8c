"""Who somebody is in other programs: their own account here, and what has been tied to them."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from lms import signals
from lms.competence.outside.models import OutsideActor, OutsideAlias
from lms.errors import Conflict, NotFound
from lms.i18n import gettext
from lms.identity.actor import agent_key, person_uuid
from lms.identity.models import Organisation
from lms.xapi.models import digest

logger = logging.getLogger(__name__)

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """That an agent is a person, for a time. None: since ever, and still."""

    agent: bytes
    person: UUID
    since: datetime | None = None
    until: datetime | None = None


def behind(session: Session, organisation_id: int, agents: Iterable[str], base: str) -> set[UUID]:
    """The people whom any of these agents is, or has been."""
    wanted = set(agents)
    own = {uuid for agent in wanted if (uuid := person_uuid(agent, base)) is not None}
    digests = [digest(agent) for agent in wanted]
    tied = select(OutsideAlias.person_uuid).where(
        OutsideAlias.organisation_id == organisation_id, OutsideAlias.agent.in_(digests)
    )
    return own | set(session.scalars(tied)) if digests else own


def behind_digests(session: Session, organisation_id: int, agents: Sequence[bytes]) -> set[UUID]:
    """The same, of agents that have met a rule."""
    own = select(OutsideActor.person_uuid).where(
        OutsideActor.organisation_id == organisation_id,
        OutsideActor.agent.in_(agents),
        OutsideActor.person_uuid.is_not(None),
    )
    tied = select(OutsideAlias.person_uuid).where(
        OutsideAlias.organisation_id == organisation_id, OutsideAlias.agent.in_(agents)
    )
    return {uuid for found in (own, tied) for uuid in session.scalars(found) if uuid is not None}


def known(session: Session, organisation_id: int, people: Iterable[UUID], base: str) -> list[Known]:
    """All that these people are, and have been."""
    wanted = list(people)
    found = session.scalars(
        select(OutsideAlias).where(
            OutsideAlias.organisation_id == organisation_id, OutsideAlias.person_uuid.in_(wanted)
        )
    )
    return [*accounts(wanted, base), *(Known(one.agent, one.person_uuid, one.tied_at, one.untied_at) for one in found)]


def accounts(people: Iterable[UUID], base: str) -> list[Known]:
    """Only what Kunna itself calls them."""
    return [Known(digest(agent_key(person, base)), person) for person in people]


def agents(session: Session, organisation_id: int, person: UUID, base: str) -> list[str]:
    """What a person's statements name them by in an organisation, now."""
    tied = select(OutsideAlias.key).where(
        OutsideAlias.organisation_id == organisation_id,
        OutsideAlias.person_uuid == person,
        OutsideAlias.untied_at.is_(None),
    )
    return [agent_key(person, base), *session.scalars(tied)]


def people_of(session: Session, organisation_id: int, agents: Collection[str], base: str) -> dict[str, UUID]:
    """Whom these agents are now, by agent. Those that are nobody are left out."""
    own = {agent: uuid for agent in agents if (uuid := person_uuid(agent, base)) is not None}
    others = [digest(agent) for agent in agents if agent not in own]
    for start in range(0, len(others), CHUNK):
        tied = select(OutsideAlias.key, OutsideAlias.person_uuid).where(
            OutsideAlias.organisation_id == organisation_id,
            OutsideAlias.agent.in_(others[start : start + CHUNK]),
            OutsideAlias.untied_at.is_(None),
        )
        own |= {row.key: row.person_uuid for row in session.execute(tied)}
    return own


def tied(session: Session, organisation_id: int) -> Sequence[OutsideAlias]:
    """What is tied to people of an organisation now."""
    its = select(OutsideAlias).where(OutsideAlias.organisation_id == organisation_id, OutsideAlias.untied_at.is_(None))
    return session.scalars(its.order_by(OutsideAlias.tied_at.desc(), OutsideAlias.id.desc())).all()


def get(session: Session, organisation_id: int, id: int) -> OutsideAlias:
    found = session.get(OutsideAlias, id)
    if found is None or found.organisation_id != organisation_id or found.untied_at is not None:
        raise NotFound(gettext("That is tied to nobody here."))
    return found


def record_tie(session: Session, organisation_id: int, agent: str, person: UUID, *, by: int, at: datetime) -> None:
    if session.scalar(_tied(organisation_id, agent)) is not None:
        raise Conflict(gettext("That is tied to somebody already. Untie it first."))
    session.add(
        OutsideAlias(
            organisation_id=organisation_id,
            agent=digest(agent),
            key=agent,
            person_uuid=person,
            tied_at=at,
            tied_by_id=by,
        )
    )
    session.flush()
    logger.info("An agent was tied to person %s in organisation %s by %s", person, organisation_id, by)


def record_untie(alias: OutsideAlias, *, by: int, at: datetime) -> None:
    alias.untied_at, alias.untied_by_id = at, by
    logger.info("An agent was untied from person %s in organisation %s", alias.person_uuid, alias.organisation_id)


def _tied(organisation_id: int, agent: str) -> Select[tuple[OutsideAlias]]:
    return select(OutsideAlias).where(
        OutsideAlias.organisation_id == organisation_id,
        OutsideAlias.agent == digest(agent),
        OutsideAlias.untied_at.is_(None),
    )


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    session.execute(delete(OutsideAlias).where(OutsideAlias.person_uuid == person_uuid))


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """What is kept here about a person, for their own copy of it."""
    found = session.execute(
        select(OutsideAlias, Organisation.name)
        .join(Organisation, Organisation.id == OutsideAlias.organisation_id)
        .where(OutsideAlias.person_uuid == person)
        .order_by(OutsideAlias.tied_at, OutsideAlias.id)
    )
    return "known_elsewhere_as", [
        {
            "organisation": name,
            "identifier": one.key,
            "tied_at": one.tied_at.isoformat(),
            "untied_at": one.untied_at.isoformat() if one.untied_at is not None else None,
        }
        for one, name in found
    ]

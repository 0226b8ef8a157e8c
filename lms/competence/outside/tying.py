"""An agent is tied to a person, or untied: what it has met shows the person's competence from then, or until then."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence.outside import decided, reading, whose
from lms.competence.outside.models import OutsideAlias, OutsideHit
from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.identity.actor import person_uuid
from lms.xapi.models import digest
from lms.xapi.storing import Turn


def tie(session: Session, organisation_id: int, agent: str, person: UUID, *, base: str, by: int, at: datetime) -> None:
    """From now on what programs tell of an agent, and have told of it, is told of the person."""
    if not agent or person_uuid(agent, base) is not None:
        raise Invalid([Problem("agent", gettext("That is an account of Kunna's own, and says itself whose it is."))])
    # Nothing is recorded meanwhile, so that nothing slips past.
    Turn(session, organisation_id)
    whose.record_tie(session, organisation_id, agent, person, by=by, at=at)
    _settle(session, organisation_id, agent, person, base, at)


def untie(session: Session, alias: OutsideAlias, *, base: str, by: int, at: datetime) -> None:
    """From now on it is nobody's. Pictures of days on which it was tied stay as they were."""
    Turn(session, alias.organisation_id)
    whose.record_untie(alias, by=by, at=at)
    session.flush()
    _settle(session, alias.organisation_id, alias.key, alias.person_uuid, base, at)


def _settle(session: Session, organisation_id: int, agent: str, person: UUID, base: str, at: datetime) -> None:
    met = set(
        session.scalars(
            select(OutsideHit.version_id)
            .where(OutsideHit.organisation_id == organisation_id, OutsideHit.agent == digest(agent))
            .distinct()
        )
    )
    for version in decided.versions(session, organisation_id):
        if version.id in met:
            reading.settle(session, version, [person], base, at)

"""A person who is to be forgotten: GDPR, article 17."""

import logging
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms import signals
from lms.identity.models import Membership, PeopleDraft, Person
from lms.mail import Letter

logger = logging.getLogger(__name__)


def erase(session: Session, person: Person, at: datetime) -> None:
    """Takes away who it was. Statements stay, about an account that no longer leads to anyone."""
    signals.person_erased.send(session, person_uuid=person.uuid)
    own = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(update(Membership).where(Membership.manager_id.in_(own)).values(manager_id=None))
    session.execute(
        update(Membership)
        .where(Membership.person_id == person.id)
        .values(unit_id=None, manager_id=None, role_profile_key=None)
    )
    session.execute(
        update(Membership).where(Membership.person_id == person.id, Membership.ended_at.is_(None)).values(ended_at=at)
    )
    session.execute(delete(PeopleDraft).where(PeopleDraft.person_id == person.id))
    session.execute(delete(Letter).where(Letter.to == person.email))
    person.name, person.email, person.password_hash, person.signed_in_at = "–", None, None, None
    person.session_epoch += 1
    logger.info("Person %s was erased", person.uuid)

"""A person who is to be forgotten: GDPR, article 17."""

import logging
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms import signals
from lms.identity import keys, periods
from lms.identity.models import Membership, PeopleDraft, Person
from lms.mail import Letter

logger = logging.getLogger(__name__)


def erase(session: Session, person: Person, at: datetime) -> None:
    """Takes away who it was. Statements stay, about an account that no longer leads to anyone."""
    signals.person_erased.send(session, person_uuid=person.uuid)
    own = session.scalars(select(Membership).where(Membership.person_id == person.id)).all()
    for led in session.scalars(select(Membership).where(Membership.manager_id.in_([one.id for one in own]))):
        led.manager_id = None
    for membership in own:
        membership.unit_id = membership.manager_id = membership.role_profile_key = None
        if membership.ended_at is None or membership.ended_at > at:
            membership.ended_at = at
    # So that what these changes leave behind is there to be forgotten too.
    session.flush()
    periods.forget(session, person.id)
    keys.forget(session, [one.id for one in own])
    session.execute(delete(PeopleDraft).where(PeopleDraft.person_id == person.id))
    session.execute(delete(Letter).where(Letter.to == person.email))
    person.name, person.email, person.password_hash, person.signed_in_at = "–", None, None, None
    person.session_epoch += 1
    logger.info("Person %s was erased", person.uuid)

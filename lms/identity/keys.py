"""Keys with which programs see what a person sees in one of their memberships, and nothing else.

A key ends when its time is over, when the person takes it back, with the membership, and when the
person signs out everywhere or chooses a new password.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.errors import Conflict, NotFound
from lms.i18n import gettext
from lms.identity.access import Viewer, current
from lms.identity.models import Membership, Person, PersonalKey

logger = logging.getLogger(__name__)

# So that one that has strayed is recognised by whoever finds it.
PREFIX: Final = "kunna_"
# Days that a key can work.
DAYS: Final = (30, 90, 365)
MOST: Final = 20


def of(session: Session, viewer: Viewer) -> Sequence[PersonalKey]:
    """Those of the membership that the viewer acts in, the newest first."""
    return session.scalars(
        select(PersonalKey)
        .where(PersonalKey.membership_id == viewer.membership_id)
        .order_by(PersonalKey.created_at.desc(), PersonalKey.id.desc())
    ).all()


def make(session: Session, viewer: Viewer, name: str, *, days: int, at: datetime) -> tuple[PersonalKey, str]:
    """A key, and what it is, which is told this once."""
    if len(of(session, viewer)) >= MOST:
        raise Conflict(gettext("You have as many keys as you can have. Take one away first."))
    shown = PREFIX + secrets.token_urlsafe(32)
    key = PersonalKey(
        membership_id=viewer.membership_id,
        name=name.strip(),
        key_hash=_hash(shown),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(key)
    session.flush()
    logger.info("Personal key %s was made", key.uuid)
    return key, shown


def take_away(session: Session, viewer: Viewer, uuid: UUID) -> None:
    found = next((one for one in of(session, viewer) if one.uuid == uuid), None)
    if found is None:
        raise NotFound(gettext("There is no such key."))
    session.delete(found)
    logger.info("Personal key %s was taken away", uuid)


def membership_behind(session: Session, shown: str, at: datetime) -> Membership | None:
    """In which membership a program acts that shows this key. None: it works no more, or is none."""
    if not shown.startswith(PREFIX):
        return None
    return session.scalars(
        select(Membership)
        .join(PersonalKey, PersonalKey.membership_id == Membership.id)
        .join(Membership.person)
        .where(PersonalKey.key_hash == _hash(shown), PersonalKey.expires_at > at, current(at))
        .where(Person.email.is_not(None))
        .options(contains_eager(Membership.person), joinedload(Membership.organisation))
    ).first()


def end(session: Session, person: Person) -> None:
    """All of the person's, in every organisation."""
    theirs = select(Membership.id).where(Membership.person_id == person.id)
    session.execute(delete(PersonalKey).where(PersonalKey.membership_id.in_(theirs)))
    logger.info("Personal keys of %s were ended", person.uuid)


def forget(session: Session, memberships: Sequence[int]) -> None:
    session.execute(delete(PersonalKey).where(PersonalKey.membership_id.in_(memberships)))


def portion(session: Session, person_uuid: UUID) -> tuple[str, object]:
    """For the person's copy of what is kept. What the keys are is not known here either."""
    keys = session.scalars(
        select(PersonalKey)
        .join(PersonalKey.membership)
        .join(Membership.person)
        .where(Person.uuid == person_uuid)
        .order_by(PersonalKey.id)
    )
    return "keys_for_programs", [
        {"name": key.name, "created_at": key.created_at, "expires_at": key.expires_at} for key in keys
    ]


def _hash(shown: str) -> str:
    return sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()

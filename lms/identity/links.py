"""Links in letters that let their bearer choose a password: an invitation, or a forgotten one.

A link is the person's uuid and session epoch and the time it was made, signed. Choosing a password raises the
epoch, so a link works once, and all posted before it stop with it, without a table of links to keep,
to clean and to lose: the database holds nothing that lets anyone in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity.models import Person


class Purpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Seal:
    """What links are signed with, and how long each kind works."""

    secret: str
    invitation: timedelta
    reset: timedelta

    def lasts(self, purpose: Purpose) -> timedelta:
        return self.invitation if purpose is Purpose.INVITATION else self.reset

    @property
    def signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="kunna-link")


def token(seal: Seal, purpose: Purpose, person: Person, *, at: datetime) -> str:
    return str(seal.signer.dumps([purpose, str(person.uuid), person.session_epoch, int(at.timestamp())]))


def bearer(session: Session, seal: Seal, given: str, *, at: datetime) -> Person:
    """The person a link was posted to. The row is locked: two windows cannot both use the link."""
    try:
        purpose, person_uuid, epoch, made = seal.signer.loads(given)
    except BadData as error:
        raise _spent() from error
    if at > datetime.fromtimestamp(made, UTC) + seal.lasts(Purpose(purpose)):
        raise _spent()
    found = session.scalars(
        select(Person).where(Person.uuid == UUID(person_uuid), Person.session_epoch == epoch).with_for_update()
    ).first()
    if found is None or found.email is None:
        raise _spent()
    return found


def _spent() -> NotFound:
    return NotFound(gettext("This link has been used or is too old. Ask for a new one."))

"""Letters about getting in: invitations and forgotten passwords, in the language of whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from lms import mail
from lms.identity.links import Purpose, Seal, token
from lms.identity.models import Membership, Person

compose: Final = mail.Texts("lms.identity", "templates/identity/letters").compose


@dataclass(frozen=True, slots=True)
class Site:
    """Where links lead. Never the address of a request, which its sender chooses."""

    url: str
    seal: Seal

    def link(self, purpose: Purpose, person: Person, at: datetime) -> str:
        return f"{self.url}/choose-password/{token(self.seal, purpose, person, at=at)}"

    def invitation_of(self, person: Person, at: datetime) -> str | None:
        """The link to choose a password by. None for whoever has one: nobody else may hand out a way in."""
        return self.link(Purpose.INVITATION, person, at) if person.password_hash is None else None


def site_of(settings: Mapping[str, Any]) -> Site:
    seal = Seal(
        secret=settings["SECRET_KEY"],
        invitation=timedelta(days=settings["INVITATION_DAYS"]),
        reset=timedelta(minutes=settings["RESET_MINUTES"]),
    )
    return Site(settings["SITE_URL"], seal)


def post_invitation(session: Session, site: Site, membership: Membership, *, by: str, at: datetime) -> None:
    """Asks the person to choose a password; who has one elsewhere is told where they belong now."""
    person, link = membership.person, site.invitation_of(membership.person, at)
    words = {"name": person.name, "organisation": membership.organisation.name, "by": by}
    if link is not None:
        _post(session, person, "invitation", at, link=link, days=site.seal.invitation.days, **words)
    else:
        _post(session, person, "welcome", at, link=f"{site.url}/sign-in", **words)
    membership.invited_at = at


def post_reset(session: Session, site: Site, person: Person | None, email: str, language: str, at: datetime) -> None:
    """Whoever has the address gets a letter, known or not: the same work, so the answer takes as long."""
    if person is None:
        subject, text = compose("unknown", language, email=email, link=f"{site.url}/forgotten-password")
        mail.post(session, email, subject, text, at=at)
    else:
        minutes = int(site.seal.reset.total_seconds() // 60)
        link = site.link(Purpose.RESET, person, at)
        _post(session, person, "reset", at, name=person.name, link=link, minutes=minutes)


def _post(session: Session, person: Person, letter: str, at: datetime, /, **words: object) -> None:
    subject, text = compose(letter, person.language, **words)
    if person.email is not None:
        mail.post(session, person.email, subject, text, at=at)

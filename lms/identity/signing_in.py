"""Proving who one is, with an address and a password, and taking it back everywhere at once.

Whoever tries learns nothing about which addresses are known: the words, the time taken and the limits are the
same.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from limits import RateLimitItem, parse
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Invalid, Problem, TooMany
from lms.i18n import gettext
from lms.identity import addresses, keys, password
from lms.identity.models import Person

logger = logging.getLogger(__name__)

CALLERS_SHARE = 10


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets so many attempts of one kind through for an e-mail address, and ten times as many for a caller's.

    An office shares one caller's address, so a caller's attempts count only once they have failed.
    """

    limiter: MovingWindowRateLimiter
    limit: str
    kind: str

    def enter(self, email: str, caller: str, at: datetime) -> None:
        """Raises TooMany, with the seconds to wait."""
        if not self.limiter.test(self._callers, self.kind, "caller", caller):
            raise self._too_many(self._callers, "caller", caller, at)
        # Counted before the attempt is looked at, so that many at one moment are not let in together.
        if not self.limiter.hit(self._own, self.kind, "email", email):
            raise self._too_many(self._own, "email", email, at)

    def succeeded(self, email: str) -> None:
        self.limiter.clear(self._own, self.kind, "email", email)

    def failed(self, caller: str) -> None:
        self.limiter.hit(self._callers, self.kind, "caller", caller)

    @property
    def _own(self) -> RateLimitItem:
        return parse(self.limit)

    @property
    def _callers(self) -> RateLimitItem:
        own = self._own
        return type(own)(own.amount * CALLERS_SHARE, own.multiples)

    def _too_many(self, limit: RateLimitItem, whose: str, name: str, at: datetime) -> TooMany:
        until = self.limiter.get_window_stats(limit, self.kind, whose, name).reset_time
        seconds = max(1, ceil(until - at.timestamp()))
        sentence = gettext(
            "There have been too many attempts. Wait %(minutes)d min and try again.",
            minutes=ceil(seconds / 60),
        )
        return TooMany(sentence, seconds)


def sign_in(session: Session, gate: Gate, *, email: str, typed: str, caller: str, at: datetime) -> Person | None:
    """The person whose address and password these are, or None. Raises TooMany."""
    email = addresses.normal(email) or email.strip().lower()
    gate.enter(email, caller, at)
    person = session.scalars(select(Person).where(Person.email == email)).first()
    if not password.matches(person.password_hash if person else None, typed) or person is None:
        gate.failed(caller)
        return None
    gate.succeeded(email)
    if person.password_hash and password.is_outdated(person.password_hash):
        person.password_hash = password.hashed(typed)
    person.signed_in_at = at
    return person


def choose_password(session: Session, person: Person, new: str) -> None:
    """Sets it and ends every session, link and key the person has, wherever they are. Raises Invalid."""
    if weak := password.weaknesses(new, (person.name, person.email or "")):
        raise Invalid([Problem("password", sentence) for sentence in weak])
    person.password_hash = password.hashed(new)
    sign_out_everywhere(session, person)
    logger.info("Person %s chose a password", person.uuid)


def change_password(session: Session, person: Person, current: str, new: str) -> None:
    if not password.matches(person.password_hash, current):
        raise Invalid([Problem("current", gettext("That is not the password you have now."))])
    choose_password(session, person, new)


def sign_out_everywhere(session: Session, person: Person) -> None:
    """Keys too: whoever has been at the account may have made one."""
    person.session_epoch += 1
    keys.end(session, person)

"""Programs that may use the record store, each bound to an organisation.

A secret is 256 random bits, so nobody can guess it and a plain SHA-256 is enough to keep it by: a slow hash
protects secrets that people choose, and would cost every request of a player tens of milliseconds.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final

import limits
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.xapi import organisations
from lms.xapi.models import StoreClient
from lms.xapi.organisations import ORGANISATION

# Communication 4.2. “all/read” reads everything, documents too; “all” does everything, and may void.
STATE: Final = "state"
# Whose statements also say what activities are called. Storing a statement does not imply it.
DEFINE: Final = "define"
PROFILE: Final = "profile"
READING_OWN: Final = "statements/read/mine"
SCOPES: Final = ("statements/write", "statements/read", READING_OWN, STATE, DEFINE, PROFILE, "all/read", "all")
WRITING: Final = frozenset({"statements/write", "all"})
READING: Final = frozenset({"statements/read", "all/read", "all"})

# So long a revoked key, or a scope that was taken away, may still work in a process that has just seen it.
REMEMBERED: Final = timedelta(seconds=60)
MAX_REMEMBERED: Final = 1000

# How long the old secret can go on working beside a new one.
GRACE: Final = {"now": timedelta(), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Client:
    """A program that has shown who it is."""

    id: int
    key: str
    name: str
    organisation_id: int
    scopes: frozenset[str]
    # Its own organisation first, then those under it if it may see them.
    organisations: tuple[int, ...]
    # None: as the installation has it.
    rate_limit: str | None = None

    def has(self, *scopes: str) -> bool:
        return not self.scopes.isdisjoint(scopes)


@dataclass(frozen=True, slots=True)
class Known:
    """What a process remembers of a client that it has just seen."""

    client: Client
    secret_hash: str
    previous_hash: str | None
    previous_until: datetime | None
    is_revoked: bool
    at: datetime

    def lets_in(self, secret_hash: str, at: datetime) -> bool:
        if self.is_revoked:
            return False
        if hmac.compare_digest(self.secret_hash, secret_hash):
            return True
        if self.previous_hash is None or self.previous_until is None or at >= self.previous_until:
            return False
        return hmac.compare_digest(self.previous_hash, secret_hash)


_known: dict[str, Known] = {}


def add(
    session: Session,
    name: str,
    organisation: str,
    scopes: Sequence[str],
    *,
    below: bool,
    at: datetime,
    rate_limit: str | None = None,
) -> tuple[StoreClient, str]:
    """A new client and its secret, which is told this once. `organisation` is a key."""
    _check(name, scopes, rate_limit)
    secret = secrets.token_urlsafe(32)
    client = StoreClient(
        organisation_id=organisations.get(session, organisation).id,
        name=name.strip(),
        key=secrets.token_hex(10),
        secret_hash=_hash(secret),
        scopes=_written(scopes),
        below=below,
        created_at=at,
        rate_limit=rate_limit or None,
    )
    session.add(client)
    return client, secret


def change(
    client: StoreClient,
    *,
    name: str | None = None,
    scopes: Sequence[str] | None = None,
    below: bool | None = None,
    rate_limit: str | None = None,
) -> None:
    """Change what is given. An empty `rate_limit` is that of the installation.

    What was stored under the old name keeps it: statements are never changed, and the key is the same.
    """
    _refuse_revoked(client)
    new_name = client.name if name is None else name
    new_scopes = client.scopes.split() if scopes is None else scopes
    new_limit = client.rate_limit if rate_limit is None else rate_limit or None
    _check(new_name, new_scopes, new_limit)
    client.name, client.scopes, client.rate_limit = new_name.strip(), _written(new_scopes), new_limit
    client.below = client.below if below is None else below
    _known.pop(client.key, None)


def rotate(client: StoreClient, *, grace: timedelta, at: datetime) -> str:
    """A new secret, told this once. The one before it works until `grace` has passed; any older one no more."""
    _refuse_revoked(client)
    secret = secrets.token_urlsafe(32)
    client.previous_hash, client.previous_until = (client.secret_hash, at + grace) if grace else (None, None)
    client.secret_hash = _hash(secret)
    _known.pop(client.key, None)
    return secret


def revoke(session: Session, key: str, at: datetime) -> None:
    client = get(session, key)
    client.revoked_at = client.revoked_at or at
    _known.pop(key, None)


def get(session: Session, key: str, organisation_id: int | None = None) -> StoreClient:
    """The client with this key; if an organisation is named, only if it is that one's."""
    wanted = select(StoreClient).where(StoreClient.key == key)
    if organisation_id is not None:
        wanted = wanted.where(StoreClient.organisation_id == organisation_id)
    client = session.scalar(wanted) if _is_a_key(key) else None
    if client is None:
        raise NotFound(f"There is no client with the key {key}.")
    return client


def of(session: Session, organisation_id: int) -> Sequence[StoreClient]:
    """An organisation's clients, also those that were revoked."""
    return session.scalars(
        select(StoreClient)
        .where(StoreClient.organisation_id == organisation_id)
        .order_by(StoreClient.revoked_at.is_not(None), StoreClient.name, StoreClient.id)
    ).all()


def listed(session: Session) -> Sequence[tuple[StoreClient, str]]:
    """All clients with the keys of their organisations, those that still work first."""
    return [
        (client, organisation)
        for client, organisation in session.execute(
            select(StoreClient, ORGANISATION.c.key)
            .join(ORGANISATION, ORGANISATION.c.id == StoreClient.organisation_id)
            .order_by(StoreClient.revoked_at.is_not(None), ORGANISATION.c.key, StoreClient.name, StoreClient.id)
        )
    ]


def verify(session: Session, key: str, secret: str, at: datetime) -> Client | None:
    """The client whose key and secret these are. A good answer is remembered for a minute."""
    if not _is_a_key(key):
        return None
    if (client := remembered(key, secret, at)) is not None:
        return client
    # Also when it is remembered with another secret: another process may have given it a new one.
    known = _look_up(session, key, at)
    return known.client if known is not None and known.lets_in(_hash(secret), at) else None


def remembered(key: str, secret: str, at: datetime) -> Client | None:
    """The same, out of memory; None if nothing is remembered that lets it in."""
    known = _known.get(key)
    is_fresh = known is not None and timedelta() <= at - known.at < REMEMBERED
    return known.client if known is not None and is_fresh and known.lets_in(_hash(secret), at) else None


def behind(key: str) -> Known | None:
    """Whose key it is that `verify` has just refused; None if it is nobody's."""
    return _known.get(key)


def account(base: str, key: str) -> dict[str, str]:
    """What a client is in the authority of its statements (Data 2.4.9): an account of this record store."""
    return {"homePage": f"{base}/xapi", "name": key}


def asserts_as(base: str, key: str) -> str:
    """The same as readers of statements are told of it."""
    return f"account|{base}/xapi|{key}"


@lru_cache
def limit(text: str) -> limits.RateLimitItem | None:
    """A rate, such as “6000 per minute”; None for an empty text. Raises ValueError."""
    return limits.parse(text) if text else None


def _check(name: str, scopes: Sequence[str], rate_limit: str | None) -> None:
    problems = [
        Problem("scope", f"{scope} is not a scope; there are {', '.join(SCOPES)}.")
        for scope in scopes
        if scope not in SCOPES
    ]
    if not name.strip():
        problems.append(Problem("name", "Give the client a name that tells what it is."))
    if not scopes:
        problems.append(Problem("scope", "Say what the client may do."))
    try:
        limit(rate_limit or "")
    except ValueError:
        problems.append(Problem("rate_limit", f"{rate_limit} is not a rate; write it as “6000 per minute”."))
    if problems:
        raise Invalid(problems)


def _refuse_revoked(client: StoreClient) -> None:
    if client.revoked_at is not None:
        raise Conflict(f"The key {client.key} has been revoked; add a new client instead.")


def _look_up(session: Session, key: str, at: datetime) -> Known | None:
    found = session.scalar(select(StoreClient).where(StoreClient.key == key))
    if found is None:
        _known.pop(key, None)
        return None
    if len(_known) >= MAX_REMEMBERED:
        _known.clear()
    _known[key] = Known(
        client=Client(
            id=found.id,
            key=found.key,
            name=found.name,
            organisation_id=found.organisation_id,
            scopes=frozenset(found.scopes.split()),
            organisations=_organisations(session, found),
            rate_limit=found.rate_limit,
        ),
        secret_hash=found.secret_hash,
        previous_hash=found.previous_hash,
        previous_until=found.previous_until,
        is_revoked=found.revoked_at is not None,
        at=at,
    )
    return _known[key]


def _organisations(session: Session, client: StoreClient) -> tuple[int, ...]:
    if not client.below:
        return (client.organisation_id,)
    own = organisations.Named(client.organisation_id, "")
    return tuple(one.id for one in organisations.under(session, own))


def _written(scopes: Sequence[str]) -> str:
    return " ".join(scope for scope in SCOPES if scope in scopes)


def _is_a_key(text: str) -> bool:
    """Such are our keys; and not every database can be asked for a text with a NUL in it."""
    return text.isascii() and text.isalnum()


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

"""Programs that may use the record store, each bound to an organisation.

A secret is 256 random bits, so nobody can guess it and a plain SHA-256 is enough to keep it by: a slow hash
protects secrets that people choose, and would cost every request of a player tens of milliseconds.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import column, or_, select, table, update
from sqlalchemy.orm import Session

from lms.errors import Invalid, NotFound, Problem
from lms.xapi.models import StoreClient

# Communication 4.2. “all/read” reads everything, documents too; “all” does everything, and may void.
STATE: Final = "state"
# Whose statements also say what activities are called. Storing a statement does not imply it.
DEFINE: Final = "define"
PROFILE: Final = "profile"
READING_OWN: Final = "statements/read/mine"
SCOPES: Final = ("statements/write", "statements/read", READING_OWN, STATE, DEFINE, PROFILE, "all/read", "all")
WRITING: Final = frozenset({"statements/write", "all"})
READING: Final = frozenset({"statements/read", "all/read", "all"})

# So long a revoked key may still work in a process that has just seen it.
REMEMBERED: Final = timedelta(seconds=60)
MAX_REMEMBERED: Final = 1000
# How exactly we know when a key was last used.
NOTED: Final = timedelta(hours=1)

# The store knows of an organisation that it is there, what it is called by and what it is under.
_ORGANISATION: Final = table("organisation", column("id"), column("parent_id"), column("key"))


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

    def has(self, *scopes: str) -> bool:
        return not self.scopes.isdisjoint(scopes)


@dataclass(frozen=True, slots=True)
class _Seen:
    client: Client
    secret_hash: str
    at: datetime


_seen: dict[str, _Seen] = {}


def add(
    session: Session, name: str, organisation: str, scopes: Sequence[str], *, below: bool, at: datetime
) -> tuple[StoreClient, str]:
    """A new client and its secret, which is told this once. `organisation` is a key."""
    _check(name, scopes)
    organisation_id = session.scalar(select(_ORGANISATION.c.id).where(_ORGANISATION.c.key == organisation))
    if organisation_id is None:
        raise NotFound(f"There is no organisation with the key {organisation}.")
    secret = secrets.token_urlsafe(32)
    client = StoreClient(
        organisation_id=organisation_id,
        name=name,
        key=secrets.token_hex(10),
        secret_hash=_hash(secret),
        scopes=" ".join(scopes),
        below=below,
        created_at=at,
        revoked_at=None,
        last_used_at=None,
    )
    session.add(client)
    return client, secret


def revoke(session: Session, key: str, at: datetime) -> None:
    client = session.scalar(select(StoreClient).where(StoreClient.key == key))
    if client is None:
        raise NotFound(f"There is no client with the key {key}.")
    client.revoked_at = client.revoked_at or at
    _seen.pop(key, None)


def listed(session: Session) -> Sequence[tuple[StoreClient, str]]:
    """All clients with the keys of their organisations, those that still work first."""
    return [
        (client, organisation)
        for client, organisation in session.execute(
            select(StoreClient, _ORGANISATION.c.key)
            .join(_ORGANISATION, _ORGANISATION.c.id == StoreClient.organisation_id)
            .order_by(StoreClient.revoked_at.is_not(None), _ORGANISATION.c.key, StoreClient.name, StoreClient.id)
        )
    ]


def verify(session: Session, key: str, secret: str, at: datetime) -> Client | None:
    """The client whose key and secret these are. A good answer is remembered for a minute."""
    # Such are our keys; and not every database can be asked for a text with a NUL in it.
    if not (key.isascii() and key.isalnum()):
        return None
    secret_hash = _hash(secret)
    seen = _seen.get(key)
    if seen is None or not timedelta() <= at - seen.at < REMEMBERED:
        seen = _look_up(session, key, at)
    if seen is None or not hmac.compare_digest(seen.secret_hash, secret_hash):
        return None
    return seen.client


def note_use(session: Session, client: Client, at: datetime) -> None:
    """Remember that it was used; seldom enough that its writers do not wait for each other."""
    session.execute(
        update(StoreClient)
        .where(
            StoreClient.id == client.id,
            or_(StoreClient.last_used_at.is_(None), StoreClient.last_used_at < at - NOTED),
        )
        .values(last_used_at=at),
        execution_options={"synchronize_session": False},
    )


def _check(name: str, scopes: Sequence[str]) -> None:
    problems = [
        Problem("scope", f"{scope} is not a scope; there are {', '.join(SCOPES)}.")
        for scope in scopes
        if scope not in SCOPES
    ]
    if not name.strip():
        problems.append(Problem("name", "Give the client a name that tells what it is."))
    if not scopes:
        problems.append(Problem("scope", "Say what the client may do."))
    if problems:
        raise Invalid(problems)


def _look_up(session: Session, key: str, at: datetime) -> _Seen | None:
    found = session.scalar(select(StoreClient).where(StoreClient.key == key, StoreClient.revoked_at.is_(None)))
    if found is None:
        _seen.pop(key, None)
        return None
    client = Client(
        id=found.id,
        key=found.key,
        name=found.name,
        organisation_id=found.organisation_id,
        scopes=frozenset(found.scopes.split()),
        organisations=_organisations(session, found),
    )
    if len(_seen) >= MAX_REMEMBERED:
        _seen.clear()
    _seen[key] = _Seen(client, found.secret_hash, at)
    return _seen[key]


def _organisations(session: Session, client: StoreClient) -> tuple[int, ...]:
    if not client.below:
        return (client.organisation_id,)
    own = select(_ORGANISATION.c.id).where(_ORGANISATION.c.id == client.organisation_id).cte("own", recursive=True)
    tree = own.union(select(_ORGANISATION.c.id).where(_ORGANISATION.c.parent_id == own.c.id))
    under = session.scalars(select(tree.c.id).where(tree.c.id != client.organisation_id).order_by(tree.c.id))
    return (client.organisation_id, *under)


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

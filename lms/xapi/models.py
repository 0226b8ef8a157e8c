"""Tables of the record store. Organisation first in every key, so that it can be split by organisation.

People, verbs and activities are found by digests of their identifiers: fixed 16 bytes instead of long
texts, and no table of identifiers that every writer must look in first. The identifiers themselves are in
the statement's text. `stored` is unique in an organisation, so a statement can be referred to by it.

The tables that hang on `statement` have no foreign keys: they are written with it, by `storing`, and by
nobody else, and a check per row would cost more than the row.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Uuid,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from lms.db import Base

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# For the two indexes that only need the statements that have something to find.
_IS_REGISTERED: Final = literal_column("registration").is_not(None)
_HAS_TARGET: Final = literal_column("target").is_not(None)
_IS_WAITING: Final = literal_column("waiting_since").is_not(None)

# What an agent or an activity is in a statement: its actor or object (or a member of that); elsewhere in it;
# the agent who asserts it.
DIRECT: Final = 1
RELATED: Final = 2
AUTHORITY: Final = 3


class Microseconds(TypeDecorator[datetime]):
    """An instant as whole microseconds since 1970: exact, ordered and alike in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


def microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def digest(identifier: str) -> bytes:
    """What stands for an identifier in the tables. At 128 bits no two will ever be the same by accident."""
    return _remembered(identifier) if len(identifier) <= _SHORT else _sum(identifier)


def _sum(identifier: str) -> bytes:
    return hashlib.sha256(identifier.encode()).digest()[:16]


# The same few verbs and activities are in most statements. Remembered are those that take little room.
_SHORT: Final = 200
_remembered: Final = lru_cache(4096)(_sum)


class StoredStatement(Base):
    __tablename__ = "statement"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    stored: Mapped[datetime] = mapped_column(Microseconds)
    timestamp: Mapped[datetime] = mapped_column(Microseconds)
    verb: Mapped[bytes] = mapped_column(LargeBinary(16))
    registration: Mapped[UUID | None] = mapped_column(Uuid)
    # The statement that this one has as its object.
    target: Mapped[UUID | None] = mapped_column(Uuid)
    voided: Mapped[bool] = mapped_column(default=False)
    # JSON. Never changed once written.
    text: Mapped[str]

    __table_args__ = (
        Index("uq_statement_organisation_id_stored", "organisation_id", "stored", unique=True),
        Index("ix_statement_organisation_id_verb_stored", "organisation_id", "verb", "stored"),
        Index(
            "ix_statement_organisation_id_registration_stored",
            "organisation_id",
            "registration",
            "stored",
            postgresql_where=_IS_REGISTERED,
            sqlite_where=_IS_REGISTERED,
        ),
        Index(
            "ix_statement_organisation_id_target",
            "organisation_id",
            "target",
            postgresql_where=_HAS_TARGET,
            sqlite_where=_HAS_TARGET,
        ),
    )


class StatementAgent(Base):
    """Who is in a statement, found by who it is, as what, and then by time."""

    __tablename__ = "statement_agent"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    stored: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)


class StatementActivity(Base):
    """Which activities are in a statement."""

    __tablename__ = "statement_activity"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    activity: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    stored: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)


class StatementTarget(Base):
    """Which statements a statement targets, directly (depth 1) or through others (Communication 2.1.3)."""

    __tablename__ = "statement_target"

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    stored: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)
    target: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    depth: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (Index("ix_statement_target_organisation_id_target", "organisation_id", "target"),)


class StoredAttachment(Base):
    """The content of attachments, which itself lies on a shelf (see `shelf`)."""

    __tablename__ = "attachment"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # In hexadecimal digits, small letters; their number says which SHA-2 it is.
    sha2: Mapped[str] = mapped_column(primary_key=True)
    length: Mapped[int] = mapped_column(BigInteger)
    # Since when it waits for the statement it came with. None: a statement has it, and so it stays.
    waiting_since: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_attachment_waiting_since", "waiting_since", postgresql_where=_IS_WAITING, sqlite_where=_IS_WAITING),
    )


class StatementAttachment(Base):
    """Which statements came with which content.

    One that only names the hash of what came with another has not got it: else whoever knows a hash could
    read what it is the hash of.
    """

    __tablename__ = "statement_attachment"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    stored: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)
    sha2: Mapped[str] = mapped_column(primary_key=True)


class Reach(IntEnum):
    """What stands for a statement's target among those that it is found by."""

    AGENT = 1
    # Also in its context or as its authority.
    ANY_AGENT = 2
    ACTIVITY = 3
    ANY_ACTIVITY = 4
    VERB = 5
    REGISTRATION = 6


class StatementReach(Base):
    """What a statement is found by because one that it targets has it (Communication 2.1.3).

    With the target it is had from, since one target must meet all the conditions of a query.
    """

    __tablename__ = "statement_reach"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    # The digest of who or what it is.
    term: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    # A `Reach`.
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    stored: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)
    # When the target was stored.
    target: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)


class StatementClock(Base):
    """The last `stored` given out in an organisation.

    A writer holds this row until it commits. So statements of one organisation become visible in the order of
    `stored`, and what was read up to a certain time stays complete.
    """

    __tablename__ = "statement_clock"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # Microseconds since 1970, as in `statement.stored`; a number here, since the database counts on from it.
    last: Mapped[int] = mapped_column(BigInteger)
    # Drawn anew with every change to what is known of the organisation's activities (`definitions`).
    definitions: Mapped[int | None] = mapped_column(BigInteger)


class KnownActivity(Base):
    """What has been told of an activity in any statement of the organisation (Data 2.4.4.1)."""

    __tablename__ = "activity"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    activity: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    id: Mapped[str]
    # JSON.
    definition: Mapped[str]


class Document(Base):
    """A state, or the profile of an agent or an activity (Communication 2.2)."""

    __tablename__ = "document"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # Both in a state. The profile of one has nothing, which is no digest, for the other.
    activity: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    agent: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    # Of the registration and the id, which may be long.
    name: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    registration: Mapped[UUID | None] = mapped_column(Uuid)
    id: Mapped[str]
    updated: Mapped[datetime] = mapped_column(Microseconds)
    content_type: Mapped[str]
    contents: Mapped[bytes] = mapped_column(LargeBinary)


class StoreClient(Base):
    """A program that may use the record store of an organisation."""

    __tablename__ = "client"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    # The secret before that one, and until when it still works.
    previous_hash: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    # Separated by spaces, as the standard writes them (Communication 4.2).
    scopes: Mapped[str]
    # Sees the organisations under its own as well.
    below: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    # When it last asked for something, as `use` has written it down.
    last_used_at: Mapped[datetime | None]
    # Such as “600 per minute”. None: as the installation has it.
    rate_limit: Mapped[str | None]

    __table_args__ = (CheckConstraint("scopes <> ''", name="scopes_given"),)


class ClientUse(Base):
    """How much a client asked for on a day."""

    __tablename__ = "client_use"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    requests: Mapped[int]
    refused: Mapped[int]


class ClientRefusal(Base):
    """One of the last requests of a client that were refused, and why. Nothing of what it sent."""

    __tablename__ = "client_refusal"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Microseconds, primary_key=True)
    method: Mapped[str]
    # The path, without parameters: they can name people.
    resource: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]


class UnknownKeyUse(Base):
    """How many requests came with a key that nobody has: the operator's to know, since they are of no organisation."""

    __tablename__ = "unknown_key_use"

    day: Mapped[date] = mapped_column(primary_key=True)
    requests: Mapped[int]


def insert_into(session: Session, table: str) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what to do ON CONFLICT, which each database's dialect has its own class for."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Base.metadata.tables[table])
    return sqlite.insert(Base.metadata.tables[table])

"""The rows of statements, as the drivers take them fastest.

What is stored most often is not handed through SQLAlchemy's types: the values here are those that the
databases keep. Both ways give the same rows (`models`), and every other query reads them by the models.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.db import Base
from lms.xapi import mentions
from lms.xapi.models import digest, microseconds
from lms.xapi.recorded import Recorded
from lms.xapi.vocabulary import VOIDED

# From so many statements on COPY is faster than INSERT on PostgreSQL; it takes two answers for each table.
COPY_FROM: Final = 8

_TABLES: Final = ("statement", "statement_agent", "statement_activity")
_COLUMNS: Final = {name: [column.name for column in Base.metadata.tables[name].columns] for name in _TABLES}
_VOIDING: Final = digest(VOIDED)


class Known(NamedTuple):
    """What is stored already of some ids."""

    texts: Mapping[UUID, str]
    # Those that a statement has as its target; and those that one voids.
    awaited: AbstractSet[UUID]
    to_be_voided: AbstractSet[UUID]


class Turn(NamedTuple):
    # In microseconds.
    last: int
    # See `definitions`.
    definitions_number: int | None


class StatementRow(NamedTuple):
    """In the order of the table's columns; instants in microseconds, a digest for the verb."""

    organisation_id: int
    id: UUID
    stored: int
    timestamp: int
    verb: bytes
    registration: UUID | None
    target: UUID | None
    voided: bool
    text: str


# Organisation, digest, part, stored.
MentionRow = tuple[int, bytes, int, int]


def claim(session: Session, organisation_id: int, first: int, count: int) -> Turn:
    """Wait for the organisation's other writers, reserve `count` instants from `first` on, or from what comes after
    the last one, and return the last of them."""
    values = (organisation_id, first + count - 1, first, count)
    return Turn(*_ask(session.connection(), _CLAIM, values).one())


def known(session: Session, organisation_id: int, ids: Sequence[UUID]) -> Known:
    if not ids:
        return Known({}, frozenset(), frozenset())
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        listed: Any = list(ids)
        rows = _ask(connection, _KNOWN, (organisation_id, listed, organisation_id, listed)).all()
    else:
        listed = msgspec.json.encode([id.hex for id in ids]).decode()
        values = (organisation_id, listed, organisation_id, listed)
        rows = [(UUID(id), text, verb) for id, text, verb in _ask(connection, _KNOWN_OF_SQLITE, values)]
    return Known(
        texts={id: text for id, text, verb in rows if verb is None},
        awaited={id for id, _, verb in rows if verb is not None},
        to_be_voided={id for id, _, verb in rows if verb == _VOIDING},
    )


def insert(session: Session, entries: Sequence[Recorded], voided: AbstractSet[UUID]) -> None:
    connection = session.connection()
    rows = [_row(entry, entry.id in voided) for entry in entries]
    both = list(zip(entries, rows, strict=True))
    agents = [one for entry, row in both for one in _mentioned(mentions.agents(entry.statement), row)]
    activities = [one for entry, row in both for one in _mentioned(mentions.activities(entry.statement), row)]
    if connection.dialect.name == "postgresql":
        _insert_into_postgresql(connection, rows, agents, activities)
    else:
        _insert_into_sqlite(connection, rows, agents, activities)


def _row(entry: Recorded, voided: bool) -> StatementRow:
    return StatementRow(
        entry.organisation_id,
        entry.id,
        microseconds(entry.stored),
        microseconds(entry.timestamp),
        digest(entry.verb),
        entry.registration,
        entry.target,
        voided,
        entry.text,
    )


def _mentioned(found: Iterable[mentions.Mention], row: StatementRow) -> Iterator[MentionRow]:
    for identifier, part in found:
        yield row.organisation_id, digest(identifier), part, row.stored


def _ask(connection: Connection, sql: str, values: tuple[Any, ...]) -> Any:
    if connection.dialect.name == "postgresql":
        sql = sql.replace("?", "%s")
    return connection.exec_driver_sql(sql, values)


def _insert_into_sqlite(
    connection: Connection,
    rows: Iterable[StatementRow],
    agents: Sequence[MentionRow],
    activities: Sequence[MentionRow],
) -> None:
    kept = [
        (
            row.organisation_id,
            row.id.hex,
            row.stored,
            row.timestamp,
            row.verb,
            row.registration and row.registration.hex,
            row.target and row.target.hex,
            row.voided,
            row.text,
        )
        for row in rows
    ]
    for table, values in zip(_TABLES, (kept, agents, activities), strict=True):
        if values:
            connection.exec_driver_sql(_INSERT_INTO_SQLITE[table], values)


def _insert_into_postgresql(
    connection: Connection,
    rows: Sequence[StatementRow],
    agents: Sequence[MentionRow],
    activities: Sequence[MentionRow],
) -> None:
    with _errors_as_sqlalchemy_has_them(connection):
        driver: Any = connection.connection.driver_connection
        if len(rows) < COPY_FROM:
            with driver.pipeline(), driver.cursor() as cursor:
                for table, values in zip(_TABLES, (rows, agents, activities), strict=True):
                    cursor.executemany(_INSERT_INTO_POSTGRESQL[table], values)
        else:
            with driver.cursor() as cursor:
                _copy(cursor, "statement", map(_packed, rows))
                _copy(cursor, "statement_agent", (_MENTION(4, 4, a, 16, b, 2, c, 8, d) for a, b, c, d in agents))
                _copy(cursor, "statement_activity", (_MENTION(4, 4, a, 16, b, 2, c, 8, d) for a, b, c, d in activities))


def _copy(cursor: Any, table: str, rows: Iterable[bytes]) -> None:
    with cursor.copy(_COPY[table]) as copy:
        copy.write(b"".join([_BEGINNING, *rows, _END]))


@contextmanager
def _errors_as_sqlalchemy_has_them(connection: Connection) -> Iterator[None]:
    dialect = connection.dialect
    driver: Any = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        is_lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, driver.Error, connection_invalidated=is_lost, dialect=dialect
        ) from error


# What COPY reads (PostgreSQL, “Binary Format”): the number of columns, then each value after its length.
_BEGINNING: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_STATEMENT: Final = struct.Struct("!hiii16siqiqi16s").pack
_MENTION: Final = struct.Struct("!hiii16sihiq").pack
_SIXTEEN: Final = struct.pack("!i", 16)
_BOOLEAN: Final = {True: b"\0\0\0\1\1", False: b"\0\0\0\1\0"}


def _packed(row: StatementRow) -> bytes:
    text = row.text.encode()
    return b"".join(
        [
            _STATEMENT(9, 4, row.organisation_id, 16, row.id.bytes, 8, row.stored, 8, row.timestamp, 16, row.verb),
            _NULL if row.registration is None else _SIXTEEN + row.registration.bytes,
            _NULL if row.target is None else _SIXTEEN + row.target.bytes,
            _BOOLEAN[row.voided],
            len(text).to_bytes(4, "big"),
            text,
        ]
    )


def _insertion(table: str, mark: str) -> str:
    columns = _COLUMNS[table]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608


_INSERT_INTO_SQLITE: Final = {table: _insertion(table, "?") for table in _TABLES}
_INSERT_INTO_POSTGRESQL: Final = {table: _insertion(table, "%s") for table in _TABLES}
_COPY: Final = {
    table: f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)" for table, columns in _COLUMNS.items()
}
_CLAIM: Final = """
    INSERT INTO statement_clock (organisation_id, last) VALUES (?, ?)
    ON CONFLICT (organisation_id) DO UPDATE SET
        last = CASE WHEN statement_clock.last < ? THEN excluded.last ELSE statement_clock.last + ? END
    RETURNING last, definitions
"""
_KNOWN: Final = """
    SELECT id, text, NULL FROM statement WHERE organisation_id = ? AND id = ANY(?)
    UNION ALL
    SELECT target, NULL, verb FROM statement WHERE organisation_id = ? AND target = ANY(?)
"""
_KNOWN_OF_SQLITE: Final = """
    SELECT id, text, NULL FROM statement WHERE organisation_id = ? AND id IN (SELECT value FROM json_each(?))
    UNION ALL
    SELECT target, NULL, verb FROM statement
    WHERE organisation_id = ? AND target IN (SELECT value FROM json_each(?))
"""

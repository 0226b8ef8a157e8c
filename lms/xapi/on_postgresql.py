"""Storing on PostgreSQL: three answers to wait for in all, one of them to the commit.

The driver's connection lets its libpq be used underneath (psycopg, “pgconn”). Rows go there as arrays in
PostgreSQL's binary format, which takes a tenth of the time that a parameter for each value takes, and for up to
some hundreds of rows is as fast as COPY, which needs two answers for each table.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lms.xapi.rows import Clock, Known, Rows, known

# In libpq's words.
_IDLE: Final = 0
_FINE: Final = {1, 2}
# What types are called in an array (pg_type.oid).
_BOOL, _BYTEA, _BIGINT, _SMALLINT, _TEXT, _UUID = 16, 17, 20, 21, 25, 2950


def claim(connection: Connection, organisation_id: int) -> Clock:
    driver: Any = connection.connection.driver_connection
    # With what psycopg would say first, and wait for the answer to.
    begin = "BEGIN;" if driver.pgconn.transaction_status == _IDLE else ""
    found = _fine(connection, lambda: driver.pgconn.exec_((begin + _CLAIM % organisation_id).encode()))
    number = found.get_value(0, 1)
    return Clock(int(found.get_value(0, 0)), None if number is None else int(number))


def look_up(connection: Connection, organisation_id: int, ids: Sequence[UUID]) -> Known:
    found = _ask(connection, _KNOWN, [_integer(organisation_id), _uuids(ids)], binary=True)
    return known(
        (UUID(bytes=found.get_value(row, 0)), _text(found.get_value(row, 1)), found.get_value(row, 2))
        for row in range(found.ntuples)
    )


def insert(connection: Connection, rows: Rows) -> None:
    statements = rows.statements
    values = [
        _integer(statements[0].organisation_id),
        _uuids(row.id for row in statements),
        _numbers(row.stored for row in statements),
        _numbers(row.timestamp for row in statements),
        _digests(row.verb for row in statements),
        _uuids(row.registration for row in statements),
        _uuids(row.target for row in statements),
        _array(_BOOL, [_FLAG[row.voided] for row in statements]),
        _array(_TEXT, [_counted(row.text.encode()) for row in statements]),
    ]
    for mentioned in (rows.agents, rows.activities):
        values += [
            _digests(row.digest for row in mentioned),
            _array(_SMALLINT, [_SMALL(2, row.part) for row in mentioned]),
            _numbers(row.stored for row in mentioned),
        ]
    values.append(struct.pack("!q", statements[-1].stored))
    _ask(connection, _INSERT, values)


def _ask(connection: Connection, sql: bytes, values: Sequence[bytes], *, binary: bool = False) -> Any:
    driver: Any = connection.connection.driver_connection
    return _fine(connection, lambda: driver.pgconn.exec_params(sql, values, None, [1] * len(values), int(binary)))


def _fine(connection: Connection, ask: Callable[[], Any]) -> Any:
    """The answer, or the error that SQLAlchemy would have raised."""
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        found = ask()
    except dbapi.Error as error:
        # There is no connection any more to ask over.
        raise _raised(connection, error) from error
    if found.status in _FINE:
        return found
    told = dbapi.errors.error_from_result(found)
    raise _raised(connection, told) from told


def _raised(connection: Connection, error: Any) -> Exception:
    dialect = connection.dialect
    dbapi: Any = dialect.loaded_dbapi
    is_lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if is_lost:
        connection.invalidate(error)
        # The driver's word for it, also where libpq gave it no code.
        error = dbapi.OperationalError(str(error))
    raised: Exception = DBAPIError.instance(
        None, None, error, dbapi.Error, connection_invalidated=is_lost, dialect=dialect
    )
    return raised


# An array of one dimension that may hold nulls, beginning at 1; each value after its length.
_ARRAY: Final = struct.Struct("!iiiii").pack
_NULL: Final = b"\xff\xff\xff\xff"
_SIXTEEN: Final = struct.pack("!i", 16)
_BIG: Final = struct.Struct("!iq").pack
_SMALL: Final = struct.Struct("!ih").pack
_FLAG: Final = {True: b"\0\0\0\1\1", False: b"\0\0\0\1\0"}


def _array(oid: int, values: Sequence[bytes]) -> bytes:
    if not values:
        return _ARRAY(0, 0, oid, 0, 0)[:12]
    return b"".join([_ARRAY(1, 1, oid, len(values), 1), *values])


def _integer(value: int) -> bytes:
    return struct.pack("!i", value)


def _numbers(values: Iterable[int]) -> bytes:
    return _array(_BIGINT, [_BIG(8, value) for value in values])


def _digests(values: Iterable[bytes]) -> bytes:
    return _array(_BYTEA, [_SIXTEEN + value for value in values])


def _uuids(values: Iterable[UUID | None]) -> bytes:
    return _array(_UUID, [_NULL if value is None else _SIXTEEN + value.bytes for value in values])


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


_CLAIM: Final = """
    INSERT INTO statement_clock (organisation_id, last) VALUES (%d, 0)
    ON CONFLICT (organisation_id) DO UPDATE SET last = statement_clock.last
    RETURNING last, definitions
"""
_KNOWN: Final = b"""
    SELECT id, text, NULL FROM statement WHERE organisation_id = $1::int AND id = ANY ($2::uuid[])
    UNION ALL
    SELECT target, NULL, verb FROM statement WHERE organisation_id = $1::int AND target = ANY ($2::uuid[])
"""
_INSERT: Final = b"""
    WITH kept AS (
        INSERT INTO statement (organisation_id, id, stored, timestamp, verb, registration, target, voided, text)
        SELECT $1::int, * FROM unnest(
            $2::uuid[], $3::bigint[], $4::bigint[], $5::bytea[], $6::uuid[], $7::uuid[], $8::bool[], $9::text[]
        )
    ), agents AS (
        INSERT INTO statement_agent (organisation_id, agent, part, stored)
        SELECT $1::int, * FROM unnest($10::bytea[], $11::smallint[], $12::bigint[])
    ), clock AS (
        UPDATE statement_clock SET last = $16::bigint WHERE organisation_id = $1::int
    )
    INSERT INTO statement_activity (organisation_id, activity, part, stored)
    SELECT $1::int, * FROM unnest($13::bytea[], $14::smallint[], $15::bigint[])
"""

"""Storing on SQLite."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from lms.xapi.rows import Clock, Known, Rows, known


def claim(connection: Connection, organisation_id: int) -> Clock:
    found = connection.exec_driver_sql(_CLAIM, (organisation_id,)).one()
    return Clock(found[0], found[1])


def look_up(connection: Connection, organisation_id: int, ids: Sequence[UUID]) -> Known:
    wanted = (organisation_id, msgspec.json.encode([id.hex for id in ids]).decode())
    found = connection.exec_driver_sql(_KNOWN, wanted * 2)
    return known((UUID(id), text, verb) for id, text, verb in found)


def insert(connection: Connection, rows: Rows) -> None:
    statements = [
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
        for row in rows.statements
    ]
    connection.exec_driver_sql(_STATEMENTS, statements)
    connection.exec_driver_sql(_MOVE_CLOCK, (statements[-1][2], statements[-1][0]))
    for sql, mentioned in ((_AGENTS, rows.agents), (_ACTIVITIES, rows.activities)):
        if mentioned:
            connection.exec_driver_sql(sql, [tuple(row) for row in mentioned])


_CLAIM: Final = """
    INSERT INTO statement_clock (organisation_id, last) VALUES (?, 0)
    ON CONFLICT (organisation_id) DO UPDATE SET last = last
    RETURNING last, definitions
"""
_MOVE_CLOCK: Final = "UPDATE statement_clock SET last = ? WHERE organisation_id = ?"
_KNOWN: Final = """
    SELECT id, text, NULL FROM statement WHERE organisation_id = ? AND id IN (SELECT value FROM json_each(?))
    UNION ALL
    SELECT target, NULL, verb FROM statement
    WHERE organisation_id = ? AND target IN (SELECT value FROM json_each(?))
"""
_STATEMENTS: Final = """
    INSERT INTO statement (organisation_id, id, stored, timestamp, verb, registration, target, voided, text)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_AGENTS: Final = "INSERT INTO statement_agent (organisation_id, agent, part, stored) VALUES (?, ?, ?, ?)"
_ACTIVITIES: Final = "INSERT INTO statement_activity (organisation_id, activity, part, stored) VALUES (?, ?, ?, ?)"

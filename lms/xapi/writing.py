"""What storing asks of the database, in the way that each takes fastest."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from types import ModuleType
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from lms.xapi import on_postgresql, on_sqlite
from lms.xapi.recorded import Recorded
from lms.xapi.rows import Clock, Known, known, rows


def claim(session: Session, organisation_id: int) -> Clock:
    """Wait for the organisation's other writers; the others wait until this transaction ends."""
    connection = session.connection()
    clock: Clock = _way(connection).claim(connection, organisation_id)
    return clock


def look_up(session: Session, organisation_id: int, ids: Sequence[UUID]) -> Known:
    """What is stored of these ids already."""
    if not ids:
        return known([])
    connection = session.connection()
    found: Known = _way(connection).look_up(connection, organisation_id, ids)
    return found


def insert(session: Session, entries: Sequence[Recorded], voided: AbstractSet[UUID]) -> None:
    """Statements of one organisation in the order of `stored`, with who and what is in them; its clock goes with the
    last."""
    connection = session.connection()
    _way(connection).insert(connection, rows(entries, voided))


def _way(connection: Connection) -> ModuleType:
    return on_postgresql if connection.dialect.name == "postgresql" else on_sqlite

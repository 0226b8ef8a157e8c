"""What storing statements cannot cost less than: a Flask app with one view, and SQL written by hand.

The same rows in the same tables, with the same indexes and as durable as the record store's; nothing is checked, and
anyone may write. Its database has the record store's tables already (`bench.server.prepared`).
"""

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock, local
from time import time_ns
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from flask import Flask, request

URL = os.environ["DATABASE_URL"]
ORGANISATION = int(os.environ["FLOOR_ORGANISATION"])
AUTHORITY = {"objectType": "Agent", "name": "Floor", "account": {"homePage": "https://kunna.test/xapi", "name": "f"}}
IS_SQLITE = URL.startswith("sqlite")
COLUMNS = {
    "statement": ["organisation_id", "id", "stored", "timestamp", "verb", "registration", "voided", "text"],
    "statement_agent": ["organisation_id", "agent", "part", "stored"],
    "statement_activity": ["organisation_id", "activity", "part", "stored"],
}
MARK = "?" if IS_SQLITE else "%s"
INSERT = {
    table: f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(MARK for _ in columns)})"
    for table, columns in COLUMNS.items()
}
DIRECT, RELATED, ASSERTS = 1, 2, 3

app = Flask(__name__)
mine = local()


class Clock:
    """Instants that no other thread or worker gives out: the process is in their last digits."""

    def __init__(self) -> None:
        self._lock, self._last = Lock(), 0

    def reserve(self, number: int) -> range:
        with self._lock:
            first = max(time_ns() // 16_000, self._last + 1)
            self._last = first + number - 1
        return range(first * 16 + os.getpid() % 16, (first + number) * 16, 16)


clock = Clock()


@app.post("/xapi/statements")
def post() -> list[str]:
    given = msgspec.json.decode(request.get_data())
    ids, *rows = rows_of(given if isinstance(given, list) else [given])
    store(rows)
    return ids


def rows_of(statements: list[dict[str, Any]]) -> tuple[list[str], list[Any], list[Any], list[Any]]:
    ids, kept, agents, activities = [], [], [], []
    for given, stored in zip(statements, clock.reserve(len(statements)), strict=True):
        written = datetime.fromtimestamp(stored / 1_000_000, UTC).isoformat(timespec="microseconds")
        id, registration = uuid4(), UUID(given["context"]["registration"])
        timestamp = datetime.fromisoformat(given["timestamp"])
        text = msgspec.json.encode(
            {"id": str(id), **given, "stored": written, "authority": AUTHORITY, "version": "2.0.0"}
        ).decode()
        ids.append(str(id))
        kept.append(
            (
                ORGANISATION,
                id.hex if IS_SQLITE else id,
                stored,
                int(timestamp.timestamp() * 1_000_000),
                digest(given["verb"]["id"]),
                registration.hex if IS_SQLITE else registration,
                False,
                text,
            )
        )
        agents.append((ORGANISATION, digest(key(given["actor"])), DIRECT, stored))
        agents.append((ORGANISATION, digest(key(AUTHORITY)), ASSERTS, stored))
        activities += [(ORGANISATION, digest(iri), part, stored) for iri, part in mentioned(given).items()]
    return ids, kept, agents, activities


def mentioned(given: dict[str, Any]) -> dict[str, int]:
    about = [one["id"] for some in given["context"]["contextActivities"].values() for one in some]
    return dict.fromkeys(about, RELATED) | {given["object"]["id"]: DIRECT}


def key(agent: dict[str, Any]) -> str:
    return f"account|{agent['account']['homePage']}|{agent['account']['name']}"


def digest(identifier: str) -> bytes:
    return sha256(identifier.encode()).digest()[:16]


def store(rows: list[list[Any]]) -> None:
    connection = connected()
    cursor = connection.cursor()
    if IS_SQLITE:
        cursor.execute("BEGIN IMMEDIATE")
    for sql, some in zip(INSERT.values(), rows, strict=True):
        cursor.executemany(sql, some)
    connection.commit()


def connected() -> Any:
    """Each thread keeps its own connection."""
    if not hasattr(mine, "connection"):
        mine.connection = sqlite() if IS_SQLITE else psycopg.connect(URL.replace("+psycopg", ""))
    return mine.connection


def sqlite() -> sqlite3.Connection:
    connection = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in pragmas():
        connection.execute(f"PRAGMA {pragma}")
    return connection


def pragmas() -> Iterator[str]:
    """As `lms.db` has them."""
    yield "journal_mode=WAL"
    yield "synchronous=FULL"
    yield "busy_timeout=15000"
    yield "wal_autocheckpoint=20000"
    yield "cache_size=-4000"

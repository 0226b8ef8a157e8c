"""Large record stores, made at once: what `bench.inventing` invents, written straight into the tables.

The rows are those that `lms.xapi.storing.record` would make (a test compares). A store is kept in the folder that
KUNNA_BENCH_STORES names, for the next run; without it, it is thrown away when the run ends.
"""

import atexit
import inspect
import json
import os
import shutil
import sqlite3
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final, Protocol

import flask_migrate
import psycopg
from sqlalchemy import Uuid, make_url

from bench import inventing
from bench.inventing import BEGAN, SHARES, Invented, Inventor, digest
from lms.app import create_app
from lms.db import Base, db, session
from lms.identity.models import Organisation
from lms.xapi import clients
from lms.xapi.models import AUTHORITY, DIRECT, RELATED, Reach
from tests import postgresql

ROOT: Final = Path(__file__).parents[1]
SECRET: Final = "only for measuring, and long enough"
TABLES: Final = ("statement", "statement_agent", "statement_activity", "statement_target", "statement_reach")
COLUMNS: Final = {name: [column.name for column in Base.metadata.tables[name].columns] for name in TABLES}
# Where they have a UUID, which SQLite keeps as text without its dashes.
UUIDS: Final = {
    name: [place for place, column in enumerate(Base.metadata.tables[name].columns) if isinstance(column.type, Uuid)]
    for name in TABLES
}
BATCH: Final = 20_000
# As durable as a real one, with more memory than Debian gives it and seldom a checkpoint.
SETTINGS: Final = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
}

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Asked:
    kind: str
    asked: dict[str, str]
    answer: list[str]


@dataclass(frozen=True)
class Filled:
    """A large store: where it is, how a client of its large organisation calls, and what can be asked of it."""

    kind: str
    size: int
    url: str
    key: str
    secret: str
    organisation_id: int
    seconds: float
    questions: list[Asked]

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "SECRET_KEY": SECRET, "SITE_URL": "https://kunna.test"}

    @property
    def headers(self) -> dict[str, str]:
        basic = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "2.0.0"}

    def of_kind(self, kind: str) -> list[Asked]:
        return [one for one in self.questions if one.kind == kind]


class Writing(Protocol):
    def write(self, rows: Rows) -> None: ...

    def finish(self, voided: Sequence[tuple[int, str]], clocks: Iterable[tuple[int, int]]) -> None: ...


def rows(told: Invented, organisation_id: int) -> Rows:
    """What the store keeps of a statement, but for whether it is voided, which may not be known yet."""
    stored, target = told.stored, told.target
    return {
        "statement": [
            (
                organisation_id,
                told.id,
                stored,
                told.timestamp,
                told.verb,
                told.registration,
                target.id if target else None,
                False,
                told.text,
            )
        ],
        "statement_agent": [
            (organisation_id, told.authority, AUTHORITY, stored),
            *[(organisation_id, agent, DIRECT, stored) for agent in told.agents.direct],
            *[(organisation_id, agent, RELATED, stored) for agent in told.agents.related],
        ],
        "statement_activity": [
            *[(organisation_id, activity, DIRECT, stored) for activity in told.activities.direct],
            *[(organisation_id, activity, RELATED, stored) for activity in told.activities.related],
        ],
        "statement_target": [(organisation_id, stored, one.id, depth) for depth, one in enumerate(_chain(target), 1)],
        "statement_reach": [
            (organisation_id, term, part, stored, one.stored) for one in _chain(target) for term, part in _terms(one)
        ],
    }


def _terms(target: Invented) -> Iterator[tuple[bytes, int]]:
    """What a statement is found by that has this one as its target."""
    people, things = target.agents, target.activities
    yield target.verb, Reach.VERB
    if target.registration is not None:
        yield digest(target.registration), Reach.REGISTRATION
    yield from ((agent, Reach.AGENT) for agent in people.direct)
    yield from ((agent, Reach.ANY_AGENT) for agent in (*people.direct, *people.related, target.authority))
    yield from ((activity, Reach.ACTIVITY) for activity in things.direct)
    yield from ((activity, Reach.ANY_ACTIVITY) for activity in (*things.direct, *things.related))


def _chain(target: Invented | None) -> Iterator[Invented]:
    while target is not None:
        yield target
        target = target.target


class _SQLite:
    """Everything in one transaction that nothing else sees; what is in key order is put in order first."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        self._do("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-1000000", "PRAGMA threads=2")
        found = self._connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
            f"({','.join('?' * len(TABLES))})",
            TABLES,
        ).fetchall()
        self._indexes = [sql for _, sql in found]
        self._do(*(f"DROP INDEX {name}" for name, _ in found), "BEGIN")
        self._do(*(f"CREATE TEMP TABLE {name}_given AS SELECT * FROM {name}" for name in TABLES[1:]))
        into = {name: name if name == "statement" else f"{name}_given" for name in TABLES}
        self._insert = {
            name: f"INSERT INTO {into[name]} VALUES ({','.join('?' * len(COLUMNS[name]))})" for name in TABLES
        }

    def _do(self, *statements: str) -> None:
        for statement in statements:
            self._connection.execute(statement)

    def write(self, rows: Rows) -> None:
        for name, given in rows.items():
            plain = (_hexadecimal(row, UUIDS[name]) for row in given) if UUIDS[name] else given
            self._connection.executemany(self._insert[name], plain)

    def finish(self, voided: Sequence[tuple[int, str]], clocks: Iterable[tuple[int, int]]) -> None:
        for name in TABLES[1:]:
            keys = ",".join(column.name for column in Base.metadata.tables[name].primary_key)
            self._do(f"INSERT INTO {name} SELECT * FROM {name}_given ORDER BY {keys}", f"DROP TABLE {name}_given")
        self._do(*self._indexes)
        self._connection.executemany(
            "UPDATE statement SET voided = 1 WHERE organisation_id = ? AND id = ?",
            ((organisation_id, id.replace("-", "")) for organisation_id, id in voided),
        )
        self._connection.executemany("INSERT INTO statement_clock (organisation_id, last) VALUES (?, ?)", clocks)
        self._do("COMMIT", "PRAGMA analysis_limit=1000", "ANALYZE", "PRAGMA journal_mode=WAL")
        self._connection.close()


def _hexadecimal(row: Row, places: list[int]) -> list[Any]:
    plain = list(row)
    for place in places:
        if plain[place] is not None:
            plain[place] = plain[place].replace("-", "")
    return plain


class _PostgreSQL:
    """COPY into tables without indexes, which are made afterwards."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(raw(url), autocommit=False)
        self._do("SET maintenance_work_mem = '1GB'", "SET synchronous_commit = off")
        self._restore: list[str] = []
        for name in TABLES:
            self._bare(name)

    def _do(self, *statements: str) -> None:
        for statement in statements:
            self._connection.execute(statement.encode())

    def _bare(self, table: str) -> None:
        constraints = self._connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass", [table]
        ).fetchall()
        for name, definition in constraints:
            self._do(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            self._restore.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        indexes = self._connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table]
        ).fetchall()
        for name, definition in indexes:
            self._do(f"DROP INDEX {name}")
            self._restore.append(definition)

    def write(self, rows: Rows) -> None:
        with self._connection.cursor() as cursor:
            for name, given in rows.items():
                if given:
                    with cursor.copy(f"COPY {name} ({','.join(COLUMNS[name])}) FROM STDIN".encode()) as copy:
                        copy.write("".join(map(_line, given)))

    def finish(self, voided: Sequence[tuple[int, str]], clocks: Iterable[tuple[int, int]]) -> None:
        self._do(*self._restore)
        with self._connection.cursor() as cursor:
            cursor.executemany("UPDATE statement SET voided = true WHERE organisation_id = %s AND id = %s", voided)
            cursor.executemany("INSERT INTO statement_clock (organisation_id, last) VALUES (%s, %s)", list(clocks))
        self._connection.commit()
        self._connection.autocommit = True
        self._do(*(f"VACUUM (ANALYZE) {name}" for name in TABLES), "CHECKPOINT")
        self._connection.close()


def _line(row: Row) -> str:
    return "\t".join(map(_value, row)) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        return _bytea(value)
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\") if isinstance(value, str) else str(value)


@cache
def _bytea(value: bytes) -> str:
    return f"\\\\x{value.hex()}"


def raw(url: str) -> str:
    """The address as the driver itself wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def fill(url: str, size: int) -> dict[str, Any]:
    """Make the store of this size in an empty database, and return what is to be known of it."""
    began = monotonic()
    settled = settle(url)
    inventor = Inventor(size)
    writing: Writing = _SQLite(url) if url.startswith("sqlite") else _PostgreSQL(url)
    places, last, voided = settled["organisations"], {}, []
    told = iter(inventor)
    while batch := list(islice(told, BATCH)):
        gathered: Rows = {name: [] for name in TABLES}
        for one in batch:
            for name, more in rows(one, places[one.organisation]).items():
                gathered[name] += more
            last[places[one.organisation]] = one.stored
        voided += [(places[0], one.target.id) for one in batch if one.target is not None and one.target.voided]
        writing.write(gathered)
    writing.finish(voided, last.items())
    questions = [{"kind": one.kind, "asked": one.asked, "answer": one.answer} for one in inventor.questions]
    return {
        "key": settled["key"],
        "secret": settled["secret"],
        "organisation_id": places[0],
        "seconds": monotonic() - began,
        "questions": questions,
    }


def settle(url: str) -> dict[str, Any]:
    """Tables, ten organisations in a region, and a client of the first one."""
    app = create_app(DATABASE_URL=url, SECRET_KEY=SECRET, SITE_URL="https://kunna.test")
    with app.app_context():
        flask_migrate.upgrade()
        project = Organisation(kind="project", key="projektet", name="Projektet")
        region = Organisation(kind="region", key="regionen", name="Regionen", parent=project)
        partners = [
            Organisation(kind="partner", key=f"partner-{number}", name=f"Partner {number}", parent=region)
            for number in range(len(SHARES))
        ]
        session().add_all(partners)
        session().flush()
        client, secret = clients.add(session(), "Bench", partners[0].key, ["all"], below=False, at=BEGAN)
        found = {"organisations": [one.id for one in partners], "key": client.key, "secret": secret}
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found


@contextmanager
def filled(kind: str, size: int) -> Iterator[Filled]:
    """A store of this size on this kind of database; PostgreSQL runs as long as the block does, and only once."""
    folder = folder_of(kind, size)
    known = folder / "known.json"
    if folder.exists() and not known.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _database(kind, folder) as url:
        if not known.exists():
            known.write_text(json.dumps(fill(url, size)))
        _migrate(url)
        told = json.loads(known.read_text())
        questions = [Asked(**one) for one in told.pop("questions")]
        yield Filled(kind=kind, size=size, url=url, questions=questions, **told)


def folder_of(kind: str, size: int) -> Path:
    return _stores() / f"{kind}-{size}-{_version()}"


@contextmanager
def copied(kind: str, size: int) -> Iterator[Filled]:
    """The same to write into: thrown away, and the one that it is a copy of stays as it was."""
    with filled(kind, size) as store, ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kunna-bench-", dir=_stores()))
            url = f"sqlite:///{shutil.copy(make_url(store.url).database or '', folder)}"
        else:
            name = "kunna_copied"
            url = str(make_url(store.url).set(database=name))
            with psycopg.connect(raw(store.url), dbname="postgres", autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name}")
                connection.execute(f"CREATE DATABASE {name} TEMPLATE kunna_1")
        yield replace(store, url=url)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'kunna.sqlite'}"
        return
    with postgresql.kept_in(folder, **SETTINGS) as server:
        # `new_database` gives the first one this name.
        yield server.new_database() if not (folder / "known.json").exists() else server.url("kunna_1")


def _migrate(url: str) -> None:
    """A store that was kept may be older than the tables of today."""
    app = create_app(DATABASE_URL=url, SECRET_KEY=SECRET, SITE_URL="https://kunna.test")
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


@cache
def _stores() -> Path:
    named = os.environ.get("KUNNA_BENCH_STORES")
    if named:
        return Path(named)
    folder = Path(tempfile.mkdtemp(prefix="kunna-stores-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _version() -> str:
    """Changes with whatever decides what is in a store."""
    made = [inspect.getsource(one) for one in (inventing, settle, rows, _terms, _chain)]
    return sha256("".join(made).encode()).hexdigest()[:8]

"""The database: one base for all tables, one session per request, and SQLite made to behave.

SQLite starts a transaction that may write with BEGIN IMMEDIATE: a deferred one that is upgraded fails at once
when another has written, whatever the busy timeout. Requests that only read use a plain BEGIN and never wait.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

_only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)
_looking: ContextVar[bool] = ContextVar("looking", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Only aware values go in; aware UTC comes out, also from SQLite, which has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone is not an instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# JSON that we wrote ourselves; statements are kept as text.
Json = JSON(none_as_null=True)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}


# create_savepoint: bound to a connection that is already in a transaction, a commit is a savepoint's.
db = SQLAlchemy(metadata=Base.metadata, session_options={"join_transaction_mode": "create_savepoint"})


def session() -> Session:
    """The session of this request, command or task."""
    return db.session()


@dataclass(frozen=True, slots=True)
class Driver:
    """The database as its driver has it: for questions that SQLAlchemy takes longer to pass on than the database to
    answer."""

    _connection: Any
    is_sqlite: bool

    def ask(self, sql: str, parameters: Mapping[str, object]) -> list[Any]:
        """The rows, with values as the database has them. Parameters are written in the driver's own way."""
        rows: list[Any] = self._connection.cursor().execute(sql, parameters).fetchall()
        return rows


def driver(session: Session) -> Driver:
    """In the transaction that the session is in."""
    connection = session.connection()
    return Driver(connection.connection, connection.dialect.name == "sqlite")


@contextmanager
def looking() -> Iterator[Driver]:
    """With no transaction around the questions, which saves the database two words and us a session.

    They are to be such that there is one way to go, whatever the values: PostgreSQL plans them once, and sorts only
    where it must.
    """
    token = _looking.set(True)
    try:
        kept = db.engine.raw_connection()
    finally:
        _looking.reset(token)
    with closing(kept):
        # On SQLite there is a transaction only where we begin one.
        if db.engine.dialect.name == "sqlite":
            yield Driver(kept, is_sqlite=True)
            return
        connection: Any = kept.driver_connection
        connection.autocommit = True
        try:
            yield Driver(kept, is_sqlite=False)
        finally:
            connection.autocommit = False


@contextmanager
def only_reading(flag: bool = True) -> Iterator[None]:
    token = _only_reading.set(flag)
    try:
        yield
    finally:
        _only_reading.reset(token)


def behave(engine: Engine, *, sqlite_synchronous: str = "FULL") -> None:
    """Set up an engine of ours. On SQLite: WAL, foreign keys, patience, and transactions that we begin ourselves."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "checkout", _prepare_postgresql)
        return
    if sqlite_synchronous not in {"FULL", "NORMAL"}:
        raise ValueError(f"SQLITE_SYNCHRONOUS must be FULL or NORMAL, not {sqlite_synchronous!r}.")
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", partial(_prepare_sqlite, sqlite_synchronous))
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_postgresql(connection: Any, record: Any, _proxy: object) -> None:
    """Plan every query for the values it is asked with, but where somebody is `looking`.

    PostgreSQL makes one plan for all agents of a query that it has prepared, and one that is good for a person
    with thirty statements takes seconds for the authority of a million.
    """
    planning = _PLANNED_ONCE if _looking.get() else _PLANNED_EACH
    if record.info.get("planning") is not planning:
        connection.autocommit = True
        connection.execute(planning)
        connection.autocommit = False
        record.info["planning"] = planning


_PLANNED_EACH: Final = "SET plan_cache_mode = force_custom_plan; RESET enable_sort; RESET jit"
# Not sorting is a price that PostgreSQL puts on it, so high that for it alone it would compile a plan.
_PLANNED_ONCE: Final = "SET plan_cache_mode = force_generic_plan; SET enable_sort = off; SET jit = off"


def _prepare_sqlite(synchronous: str, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "wal_autocheckpoint=20000",
        # 4 MB for each connection; the pages of a larger database are in the system's own cache.
        "cache_size=-4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reading.get() else "BEGIN IMMEDIATE")

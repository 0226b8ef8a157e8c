"""An app on SQLite and on PostgreSQL, each test in a transaction that is thrown away; no network, a clock to hold.

PostgreSQL is started by the test run itself. Where it is missing its tests are skipped with a word about it, and
fail if CI=true.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask_migrate
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.db import db
from tests import postgresql
from tests.cast import Cast, settle

pytest_plugins = ["tests.browser"]

# How long an example takes says more of what else the machine does than of us.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

TEST_SETTINGS = {
    "DEFAULT_LANGUAGE": "sv",
    "IRI_BASE": "https://kunna.test",
    "MAIL_FROM": "Kunna <no-reply@kunna.test>",
    "SECRET_KEY": "only for tests, and long enough",
    "SESSION_COOKIE_SECURE": False,
    "SITE_URL": "https://kunna.test",
    "TESTING": True,
    "WTF_CSRF_ENABLED": False,
}


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Server]:
    if (missing := postgresql.missing()) and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'kunna.sqlite'}"
    return request.getfixturevalue("postgresql_server").new_database()


class Browser(FlaskClient):
    """Each request begins with an empty `g`, though the test holds one context open around them all."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app with its tables, made once; tests take `app`."""
    mail = tmp_path_factory.mktemp("mail")
    app = create_app(**TEST_SETTINGS, DATABASE_URL=database_url, MAIL_URL=f"file://{mail}")
    app.test_client_class = Browser
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(built_app: Flask) -> Iterator[Flask]:
    with thrown_away(built_app):
        yield built_app


@contextmanager
def thrown_away(app: Flask) -> Iterator[None]:
    """Everything the app commits in here stays in one transaction, which is rolled back."""
    with app.app_context():
        engines = db.engines
        engine = engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        connection.raw_connection = lambda: Lent(connection)  # type: ignore[attr-defined]
        engines[None] = connection  # type: ignore[assignment]
        app.extensions["kunna"].limiter.storage.reset()
        try:
            yield
        finally:
            db.session.remove()
            engines[None] = engine
            transaction.rollback()
            connection.close()


class Lent:
    """The test's own connection, as an engine lends out the driver's: nobody ends its transaction."""

    def __init__(self, connection: Any) -> None:
        self.cursor = connection.connection.cursor
        self.driver_connection = SimpleNamespace(autocommit=False)

    def close(self) -> None:
        """It stays with the test."""


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def hold_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`hold_clock(at)`: from now on it is that time."""
    return lambda moment: monkeypatch.setattr("lms.clock.now", lambda: moment)


@pytest.fixture
def cast(session: Session, at: datetime) -> Cast:
    """The people and organisations of every test and of the demo."""
    people = settle(session, at)
    session.commit()
    return people


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """`sign_in(cast.alva)`: a browser in which she is signed in; `organisation=` says where she acts."""

    def signed_in(person: object, organisation: object = None) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"] = f"{person.uuid}.{person.session_epoch}"
            kept["_fresh"] = True
            if organisation is not None:
                kept["membership"] = next(m.id for m in person.memberships if m.organisation_id == organisation.id)
        return client

    return signed_in


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], "Counting"]:
    """`with count_queries() as counted: …; counted.number`"""
    return Counting


class Counting:
    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def number(self) -> int:
        return len(self.statements)

    def _count(self, _connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            self.statements.append(statement)

    def __enter__(self) -> "Counting":
        self._on = db.engines[None]
        event.listen(self._on, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_exception: object) -> None:
        event.remove(self._on, "before_cursor_execute", self._count)


@pytest.fixture
def letters(app: Flask) -> Callable[[], list[str]]:
    """`letters()`: the text of every letter that has left, oldest first; the folder starts empty."""
    import email
    from email.policy import default

    folder = Path(app.config["MAIL_URL"].removeprefix("file://"))
    for old in folder.glob("*.eml"):
        old.unlink()

    def texts() -> list[str]:
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        read = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [f"To: {m['To']}\nSubject: {m['Subject']}\n\n{m.get_content()}" for m in read]

    return texts

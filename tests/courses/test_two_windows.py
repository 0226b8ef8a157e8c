"""One person in several windows at once, on a database that really commits: what may be said once is said once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import flask_migrate
import pytest
from sqlalchemy import select

from lms.app import create_app
from lms.courses.models import Attempt, ModuleProgress
from lms.db import db
from lms.xapi.search import StatementQuery, find
from tests.cast import settle
from tests.conftest import TEST_SETTINGS
from tests.courses.test_journey import filled

WINDOWS = 6
FORE = "/courses/moten/fore"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def living(request, tmp_path, library, at):
    """An app, someone's way of signing in to it, and where they belong."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    app = create_app(**TEST_SETTINGS, DATABASE_URL=url, MAIL_URL=f"file://{tmp_path}")
    app.extensions["kunna"] = replace(app.extensions["kunna"], library=library)
    with app.app_context():
        flask_migrate.upgrade()
        cast = settle(db.session(), at)
        db.session.commit()
        user, organisation = f"{cast.alva.uuid}.{cast.alva.session_epoch}", cast.fyren.id

    def window():
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = user, True
        return client

    yield app, window, organisation
    with app.app_context():
        db.engine.dispose()


def at_once(window, path, data=None):
    start = Barrier(WINDOWS)

    def press(client):
        start.wait()
        return client.post(path, data=data).status_code

    with ThreadPoolExecutor(WINDOWS) as pool:
        return list(pool.map(press, [window() for _ in range(WINDOWS)]))


def test_pressing_everything_many_times_says_everything_once(living, meetings_quiz):
    app, window, organisation = living
    assert set(at_once(window, "/courses/moten/start")) == {303}
    for key in ("syfte", "vilka", "kallelse", "tanke"):
        assert set(at_once(window, f"{FORE}/{key}", {f"note.{name}": "x" for name in ("syfte", "hur")})) == {303}
    assert set(at_once(window, f"{FORE}/quiz")) == {303}
    with app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        form = filled(attempt, meetings_quiz)
    assert set(at_once(window, f"{FORE}/quiz/answers", form)) == {303}
    with app.app_context():
        entries = find(db.session(), StatementQuery([organisation], ascending=True))
        told = Counter(entry.verb.rpartition("/")[2] for entry in entries)
        assert {verb: told[verb] for verb in ("registered", "experienced", "passed", "completed", "answered")} == {
            "registered": 1,
            "experienced": 4,
            "passed": 1,
            "completed": 1,
            "answered": 7,
        }
        assert told["initialized"] == told["terminated"]
        assert db.session.scalars(select(ModuleProgress)).one().completed_at


@pytest.fixture
def meetings_quiz(library):
    return library.get("moten").module("fore").original.quiz

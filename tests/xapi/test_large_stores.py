"""The stores that reading is measured on are such as the door makes, and say truly what is in them."""

import json
from datetime import timedelta

import flask_migrate
import pytest
from sqlalchemy import create_engine, select

from bench.filling import SECRET, TABLES, fill, settle
from bench.inventing import Inventor
from lms.app import create_app
from lms.db import Base, db, session
from lms.xapi.models import instant
from lms.xapi.storing import record
from tests.xapi.conftest import Caller, credentials

SIZE = 400


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request, tmp_path):
    """`empty("name")`: the address of a database with nothing in it."""
    if request.param == "sqlite":
        return lambda name: f"sqlite:///{tmp_path / name}"
    server = request.getfixturevalue("postgresql_server")
    return lambda _name: server.new_database()


def told_through_the_door(url):
    places = settle(url)["organisations"]
    app = create_app(DATABASE_URL=url, SECRET_KEY=SECRET)
    with app.app_context():
        for one in Inventor(SIZE):
            sent = json.loads(one.text)
            authority = sent.pop("authority")
            stored = sent.pop("stored")
            if sent["timestamp"] == stored:
                del sent["timestamp"]
            record(session(), places[one.organisation], [sent], authority=authority, at=instant(one.stored))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def rows_in(url, name):
    table = Base.metadata.tables[name]
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
    engine.dispose()
    return found


def test_its_rows_are_those_that_the_door_makes(empty):
    filled, told = empty("filled"), empty("told")
    fill(filled, SIZE)
    told_through_the_door(told)
    for name in TABLES:
        assert rows_in(filled, name) == rows_in(told, name), name
    clocks = [[row[:2] for row in rows_in(url, "statement_clock")] for url in (filled, told)]
    assert clocks[0] == clocks[1]


def test_it_knows_what_answers_each_question(empty):
    url = empty("filled")
    known = fill(url, 5 * SIZE)
    app = create_app(DATABASE_URL=url, SECRET_KEY=SECRET, TESTING=True)
    with app.app_context():
        caller = Caller(app.test_client(), credentials(known["key"], known["secret"]))
        answered = {one["kind"]: one for one in known["questions"] if one["answer"]}
        for one in answered.values():
            assert caller.ids(**one["asked"], limit=50) == one["answer"], one["kind"]
        db.session.remove()
        db.engine.dispose()
    assert {"agent", "agent+verb", "registration", "activity related", "verb+since"} <= set(answered)


def test_what_is_reached_is_found_again_when_its_table_is_made(empty):
    """A store that is older than the table."""
    url = empty("filled")
    fill(url, SIZE)
    before = rows_in(url, "statement_reach")
    app = create_app(DATABASE_URL=url, SECRET_KEY=SECRET)
    with app.app_context():
        flask_migrate.downgrade(revision="0007")
        flask_migrate.upgrade()
        db.engine.dispose()
    assert before
    assert rows_in(url, "statement_reach") == before


def test_it_is_the_same_every_time():
    first, again = ([one.text for one in Inventor(SIZE)] for _ in range(2))
    assert first == again


def test_time_goes_on():
    moments = [one.stored for one in Inventor(SIZE)]
    assert instant(moments[-1]) - instant(moments[0]) > timedelta(days=600)
    assert moments == sorted(set(moments))

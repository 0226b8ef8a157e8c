"""What clients do is counted in the process, and written down beside their requests."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError

from lms.db import db
from lms.xapi import clients, use
from lms.xapi.models import StoreClient
from lms.xapi.use import KEPT, TAKEN_DOWN, Refusal, Use
from tests.xapi.conftest import Caller, credentials
from tests.xapi.living import living
from tests.xapi.statements import statement

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def made(session, cast, at):
    client, secret = clients.add(session, "Lekmiljö", "fyren", ["statements/write"], below=False, at=at)
    session.commit()
    return client, secret


@pytest.fixture
def program(client, made):
    return Caller(client, credentials(made[0].key, made[1]))


class TestCounting:
    def test_requests_of_all_kinds_are_counted_and_the_last_is_its_last_use(
        self, session, counting, made, program, hold_clock, at
    ):
        hold_clock(at)
        program.post(statement())
        hold_clock(at + timedelta(seconds=9))
        program.get()
        counting()
        [(day, count)] = use.since(session, made[0].organisation_id, at.date())[made[0].id].items()
        assert (day, count.requests, count.refused) == (at.date(), 2, 1)
        assert made[0].last_used_at == at + timedelta(seconds=9)

    def test_what_comes_later_is_added(self, session, counting, made, program, hold_clock, at):
        hold_clock(at)
        for _ in range(3):
            program.post(statement())
            counting()
        counted = use.since(session, made[0].organisation_id, at.date())[made[0].id]
        assert counted[at.date()].requests == 3
        assert use.since(session, made[0].organisation_id, at.date() + timedelta(days=1)) == {}

    def test_a_request_costs_no_write(self, counting, program, count_queries):
        program.post(statement())
        with count_queries() as counted:
            program.post(statement())
            program.get()
        assert [said for said in counted.statements if re.match(r"\s*(INSERT INTO|UPDATE) client", said)] == []

    def test_a_day_is_a_day_on_the_wall(self, session, counting, made, program, hold_clock, at):
        hold_clock(at.replace(hour=23, minute=30))
        program.post(statement())
        counting()
        assert list(use.since(session, made[0].organisation_id, at.date())[made[0].id]) == [date(2026, 11, 24)]

    def test_to_ask_for_what_is_not_there_is_no_error(self, session, counting, client, key, cast, hold_clock, at):
        hold_clock(at)
        reader = Caller(client, key(cast.fyren))
        assert reader.get(statementId="e5b1b4a0-0000-4000-8000-000000000000").status_code == 404
        counting()
        [[count]] = [days.values() for days in use.since(session, cast.fyren.id, at.date()).values()]
        assert (count.requests, count.refused) == (1, 0)


class TestRefusals:
    def test_what_was_refused_is_kept_with_the_reason_it_was_told(
        self, session, counting, client, made, program, hold_clock, at
    ):
        hold_clock(at)
        program.post({"actor": {}})
        hold_clock(at + timedelta(seconds=1))
        program.get(agent={"mbox": "mailto:someone@example.org"})
        hold_clock(at + timedelta(seconds=2))
        client.get("/xapi/statements", headers={"Authorization": program.headers["Authorization"]})
        counting()
        kept = [(one.at, one.method, one.resource, one.status) for one in use.refusals(session, made[0])]
        assert kept == [
            (at + timedelta(seconds=2), "GET", "/xapi/statements", 400),
            (at + timedelta(seconds=1), "GET", "/xapi/statements", 403),
            (at, "POST", "/xapi/statements", 400),
        ]
        reasons = [one.reason for one in use.refusals(session, made[0])]
        assert reasons[0].startswith("X-Experience-API-Version: must be")
        assert "scopes" in reasons[1]
        assert reasons[2].startswith("statement")
        assert "someone@example.org" not in "".join(reasons)

    def test_a_wrong_secret_and_a_revoked_key_are_told_to_whoever_looks_and_not_to_the_caller(
        self, session, counting, client, made, hold_clock, at
    ):
        hold_clock(at)
        wrong = Caller(client, credentials(made[0].key, "not the secret")).get()
        clients.revoke(session, made[0].key, at)
        session.commit()
        hold_clock(at + timedelta(seconds=1))
        revoked = Caller(client, credentials(made[0].key, made[1])).get()
        counting()
        assert wrong.json == revoked.json == {"error": "There is no client with this key and secret."}
        reasons = [one.reason for one in use.refusals(session, made[0])]
        assert reasons == ["The key has been revoked.", "The secret is not the right one."]
        assert "not the secret" not in repr([vars(one) for one in use.refusals(session, made[0])])

    def test_keys_that_nobody_has_are_counted_for_the_operator(self, session, counting, client, cast, hold_clock, at):
        hold_clock(at)
        for key in ("0123456789abcdef0123", "å", "a\x00b"):
            assert Caller(client, credentials(key, "x")).get().status_code == 401
        client.get("/xapi/statements", headers={"X-Experience-API-Version": "2.0.0"})
        counting()
        assert use.with_unknown_keys(session, at.date()) == 3
        assert use.with_unknown_keys(session, at.date() + timedelta(days=1)) == 0

    def test_the_last_ones_are_kept(self, session, counting, made, at):
        counted = session_use()
        for number in range(KEPT + 20):
            counted.note(known(made[0]), at, refusal(at + timedelta(seconds=number)))
            counted.write()
        kept = use.refusals(session, made[0])
        assert len(kept) == KEPT
        assert kept[-1].at == at + timedelta(seconds=20)

    def test_a_client_gone_wild_costs_a_few_rows(self, session, made, at):
        counted = session_use()
        for number in range(5000):
            counted.note(known(made[0]), at, refusal(at + timedelta(microseconds=number)))
        counted.write()
        assert len(use.refusals(session, made[0])) == TAKEN_DOWN
        [count] = use.since(session, made[0].organisation_id, at.date())[made[0].id].values()
        assert (count.requests, count.refused) == (5000, 5000)

    def test_what_a_database_cannot_hold_is_written_without_it(self, session, made, at):
        counted = session_use()
        counted.note(known(made[0]), at, Refusal(at, "GET", "/xapi/\x00", 400, "\ud800 " + "x" * 5000))
        counted.write()
        [kept] = use.refusals(session, made[0])
        assert (kept.resource, kept.reason[:3]) == ("/xapi/?", "? x")


class TestWriting:
    def test_what_cannot_be_written_now_is_written_next_time(self, session, made, at):
        broken = True

        def engine():
            if broken:
                raise OperationalError("BEGIN", {}, Exception("away"))
            return db.engine

        counted = Use(engine, STOCKHOLM, seconds=None)
        counted.note(known(made[0]), at, refusal(at))
        with pytest.raises(OperationalError):
            counted.write()
        broken = False
        counted.note(known(made[0]), at)
        counted.write()
        [count] = use.since(session, made[0].organisation_id, at.date())[made[0].id].values()
        assert (count.requests, count.refused) == (2, 1)
        assert len(use.refusals(session, made[0])) == 1

    def test_it_is_written_without_being_asked_and_only_while_there_is_something(self, database_of_its_own, at):
        app, client = database_of_its_own
        written = Event()

        class Watched(Use):
            def write(self):
                super().write()
                written.set()

        counted = Watched(engine_of(app), STOCKHOLM, seconds=0.01)
        assert counted._timer is None
        counted.note(client, at)
        assert written.wait(10)
        with app.app_context():
            assert db.session.get(StoreClient, client.id).last_used_at == at

    @pytest.mark.parametrize("started", ["by itself", "by a server"])
    def test_what_is_left_is_written_when_a_process_ends(self, database_of_its_own, started, at):
        app, client = database_of_its_own
        words = [app.config["DATABASE_URL"], str(client.id), str(client.organisation_id), started]
        subprocess.run([sys.executable, "-c", PROCESS, *words], check=True, timeout=120)
        with app.app_context():
            [count] = use.since(db.session, client.organisation_id, at.date())[client.id].values()
            assert (count.requests, count.refused) == (7, 0)

    def test_many_processes_add_to_the_same_rows(self, database_of_its_own, at):
        app, client = database_of_its_own

        def process(number):
            counted = Use(engine_of(app), STOCKHOLM, seconds=None)
            for step in range(5):
                counted.note(client, at, refusal(at + timedelta(microseconds=10 * number + step)))
                counted.note_unknown(at)
                counted.write()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(process, range(8)))
        with app.app_context():
            [count] = use.since(db.session, client.organisation_id, at.date())[client.id].values()
            assert (count.requests, count.refused) == (40, 40)
            assert use.with_unknown_keys(db.session, at.date()) == 40


# It counts, and ends long before it would write.
PROCESS = """
import multiprocessing, sys
from datetime import UTC, datetime
from sqlalchemy import create_engine
from lms.xapi.clients import Client
from lms.xapi.use import Use

def serve(url, id, organisation_id):
    use = Use(lambda: create_engine(url), UTC, seconds=3600)
    for _ in range(7):
        use.note(Client(int(id), "", "", int(organisation_id), frozenset(), ()), datetime(2026, 11, 23, 9, tzinfo=UTC))

if sys.argv[-1] == "by a server":
    worker = multiprocessing.get_context("fork").Process(target=serve, args=sys.argv[1:-1])
    worker.start()
    worker.join()
else:
    serve(*sys.argv[1:-1])
"""


@pytest.fixture
def database_of_its_own(database_url, request, tmp_path, at):
    """An app that really commits, and a client of it."""
    if database_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    with living(url, at) as (app, keys):
        with app.app_context():
            client = clients.verify(db.session, *keys["fyren"], at)
            db.session.remove()
        yield app, client


def engine_of(app):
    def engine():
        with app.app_context():
            return db.engine

    return engine


def session_use():
    return Use(lambda: db.engine, STOCKHOLM, seconds=None)


def known(client):
    return clients.Client(client.id, client.key, client.name, client.organisation_id, frozenset(), ())


def refusal(at):
    return Refusal(at, "POST", "/xapi/statements", 400, "statement: is wrong.")

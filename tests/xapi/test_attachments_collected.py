"""What no statement came to have is taken away, and nothing else, also when all happens at once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier, Event
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.db import db
from lms.xapi import attachments
from lms.xapi.models import StoredAttachment
from lms.xapi.shelf import Folder, shelf
from tests.xapi.conftest import Caller, credentials
from tests.xapi.living import living
from tests.xapi.parcels import BOUNDARY, WORDS, attachment, body, first, opened, part
from tests.xapi.statements import statement

SUM = hashlib.sha256(WORDS).hexdigest()
DAY = timedelta(days=1)
TYPE = f'multipart/mixed; boundary="{BOUNDARY}"'


def sent(caller, content, **parts):
    whole = statement(attachments=[attachment(content)], **parts)
    return caller._client.post(
        "/xapi/statements", data=body(first(whole), part(content)), content_type=TYPE, headers=caller.headers
    )


class TestContent:
    @pytest.fixture(autouse=True)
    def place(self, app, shelf_address):
        app.config["ATTACHMENTS_URL"] = shelf_address
        return shelf(shelf_address)

    @pytest.fixture
    def name(self, cast):
        return f"{cast.fyren.id}/{SUM}"

    @pytest.fixture
    def refused(self, caller, hold_clock, at):
        """A statement that was refused when its file was on the shelf already."""
        hold_clock(at)
        id = str(uuid4())
        caller.post(statement(id=id))
        assert sent(caller, WORDS, id=id).status_code == 409

    @pytest.fixture
    def sweep(self, app, hold_clock):
        """`sweep(at)`: the output of the command."""

        def swept(at):
            hold_clock(at)
            return app.test_cli_runner().invoke(args=["sweep"]).output

        return swept

    def test_of_a_refused_statement_is_taken_away_after_a_day(self, refused, sweep, place, name, at, session):
        assert "attachments: 0" in sweep(at + DAY)
        assert place.length(name) == len(WORDS)
        assert "attachments: 1" in sweep(at + DAY + timedelta(seconds=1))
        assert place.length(name) is None
        assert session.scalars(select(StoredAttachment)).all() == []

    def test_of_a_statement_stays(self, caller, sweep, place, name, hold_clock, at):
        hold_clock(at)
        assert sent(caller, WORDS).status_code == 200
        assert "attachments: 0" in sweep(at + 1000 * DAY)
        assert place.length(name) == len(WORDS)

    def test_that_another_statement_has_stays(self, refused, caller, sweep, place, name, at):
        assert sent(caller, WORDS).status_code == 200
        assert "attachments: 0" in sweep(at + 2 * DAY)
        assert place.length(name) == len(WORDS)

    def test_of_a_statement_stays_when_it_comes_with_a_refused_one(self, caller, sweep, place, name, hold_clock, at):
        hold_clock(at)
        id = str(uuid4())
        caller.post(statement(id=id))
        sent(caller, WORDS)
        assert sent(caller, WORDS, id=id).status_code == 409
        assert "attachments: 0" in sweep(at + 2 * DAY)
        assert place.length(name) == len(WORDS)

    def test_that_comes_again_waits_another_day(self, refused, caller, sweep, place, name, hold_clock, at):
        hold_clock(at + DAY)
        id = str(uuid4())
        caller.post(statement(id=id))
        assert sent(caller, WORDS, id=id).status_code == 409
        assert "attachments: 0" in sweep(at + 2 * DAY)
        assert "attachments: 1" in sweep(at + 3 * DAY)

    def test_that_never_reached_the_shelf_is_forgotten(self, refused, sweep, place, name, at, session):
        place.remove(name)
        assert "attachments: 1" in sweep(at + 2 * DAY)
        assert session.scalars(select(StoredAttachment)).all() == []

    def test_that_was_taken_away_can_come_again(self, refused, caller, sweep, at):
        sweep(at + 2 * DAY)
        assert sent(caller, WORDS).status_code == 200
        _, file = opened(caller.get(attachments=True))
        assert file.content == WORDS

    def test_waits_when_the_shelf_cannot_be_reached(self, refused, sweep, at, app, tmp_path, session):
        (tmp_path / "taken").touch()
        app.config["ATTACHMENTS_URL"] = f"file://{tmp_path / 'taken'}"
        assert "attachments: 0" in sweep(at + 2 * DAY)
        assert len(session.scalars(select(StoredAttachment)).all()) == 1

    def test_is_taken_away_a_few_at_a_time(self, caller, sweep, hold_clock, at, monkeypatch):
        monkeypatch.setattr(attachments, "COLLECTED_AT_A_TIME", 2)
        hold_clock(at)
        id = str(uuid4())
        caller.post(statement(id=id))
        for content in (b"1", b"2", b"3"):
            assert sent(caller, content, id=id).status_code == 409
        assert "attachments: 2" in sweep(at + 2 * DAY)
        assert "attachments: 1" in sweep(at + 2 * DAY)


class TestAtOnce:
    """With writers that really commit, beside a sweep in another thread."""

    @pytest.fixture
    def at(self):
        """Now, two days ago: the files that writers have begun are as old as they really are."""
        return datetime.now(UTC) - 2 * DAY

    @pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
    def store(self, request, tmp_path, at, hold_clock):
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
        else:
            url = request.getfixturevalue("postgresql_server").new_database()
        hold_clock(at)
        with living(url, at, ATTACHMENTS_URL=f"file://{tmp_path / 'attachments'}") as (app, keys):
            yield app, lambda: Caller(app.test_client(), credentials(*keys["fyren"]))

    def waiting(self, store, contents):
        """They came with a statement that was refused."""
        _, caller = store
        id = str(uuid4())
        caller().post(statement(id=id))
        for content in contents:
            assert sent(caller(), content, id=id).status_code == 409

    def collect(self, app):
        with app.app_context():
            return app.extensions["kunna"].jobs.run("attachments")

    def test_nothing_is_lost_that_comes_while_it_is_taken_away(self, store, monkeypatch, hold_clock, at):
        """Whoever brings it again waits until it is gone, and then puts it there."""
        app, caller = store
        self.waiting(store, [WORDS])
        hold_clock(at + 2 * DAY)
        removing, put = Event(), Event()
        remove, write = Folder.remove, Folder.put
        met = []

        def removes(self, name):
            removing.set()
            met.append(put.wait(0.5))
            remove(self, name)

        def puts(self, *args):
            put.set()
            write(self, *args)

        monkeypatch.setattr(Folder, "remove", removes)
        monkeypatch.setattr(Folder, "put", puts)

        def bring():
            assert removing.wait(10)
            return sent(caller(), WORDS).status_code

        with ThreadPoolExecutor(2) as pool:
            collected, brought = pool.submit(self.collect, app), pool.submit(bring)
            assert (collected.result(), brought.result()) == (1, 200)
        assert met == [False]
        _, file = opened(caller().get(attachments=True))
        assert file.content == WORDS

    def test_nothing_is_lost_whoever_comes_first(self, store, hold_clock, at):
        app, caller = store
        contents = [b"number %d" % number for number in range(12)]
        self.waiting(store, contents)
        hold_clock(at + 2 * DAY)
        start = Barrier(4)

        def writer(order):
            start.wait()
            return [sent(caller(), content).status_code for content in order]

        def collector():
            start.wait()
            return [self.collect(app) for _ in range(10)]

        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(writer, order) for order in (contents, contents[::-1])]
            collectors = [pool.submit(collector) for _ in range(2)]
            assert {status for one in writers for status in one.result()} == {200}
            assert sum(number for one in collectors for number in one.result()) <= len(contents)
        text, *files = opened(caller().get(attachments=True))
        assert sum("attachments" in one for one in text.json["statements"]) == 2 * len(contents)
        assert {file.content for file in files} == set(contents)

    def test_writers_of_the_same_files_in_any_order_do_not_wait_for_each_other_for_ever(self, store):
        app, caller = store
        contents = [b"number %d" % number for number in range(6)]
        writers = 6
        start = Barrier(writers)

        def writer(seed):
            random, one = Random(seed), caller()
            start.wait()
            return [self.send(one, random.sample(contents, 3)) for _ in range(8)]

        with ThreadPoolExecutor(writers) as pool:
            assert {status for one in pool.map(writer, range(writers)) for status in one} == {200}
        with app.app_context():
            rows = db.session.scalars(select(StoredAttachment)).all()
            assert [row.waiting_since for row in rows] == [None] * len(contents)

    def send(self, caller, contents):
        whole = statement(attachments=[attachment(content) for content in contents])
        answer = caller._client.post(
            "/xapi/statements", data=body(first(whole), *map(part, contents)), content_type=TYPE, headers=caller.headers
        )
        return answer.status_code

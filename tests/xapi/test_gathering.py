"""Requests of one process that come at the same time share a transaction, and none of them notices."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Semaphore
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from lms.db import db
from lms.signals import statements_recorded
from tests.xapi.conftest import Caller, credentials
from tests.xapi.living import living
from tests.xapi.statements import activity, identified, reference, statement, voiding

PATIENCE_SECONDS = 60


class Process:
    """A living store, and how to have requests come while another is being stored."""

    def __init__(self, app, keys):
        self.app, self._keys = app, keys
        self.commits = 0
        with app.app_context():
            event.listen(db.engine, "commit", self._count)

    def _count(self, _connection):
        self.commits += 1

    def caller(self, organisation="fyren"):
        return Caller(self.app.test_client(), credentials(*self._keys[organisation]))

    @contextmanager
    def busy(self):
        """A request is being stored while the block runs: what comes meanwhile waits."""
        entered, may_end = Event(), Event()

        def hold(_session, entries):
            statements_recorded.disconnect(hold)
            entered.set()
            assert may_end.wait(PATIENCE_SECONDS)

        with ThreadPoolExecutor(1) as pool, statements_recorded.connected_to(hold):
            first = pool.submit(self.caller().post, statement())
            try:
                assert entered.wait(PATIENCE_SECONDS)
                yield
            finally:
                may_end.set()
            assert first.result().status_code == 200

    def together(self, *requests) -> list:
        """The answers to requests that come, one after the other, while another is being stored."""
        gathering = self.app.extensions["kunna"].gathering
        with ThreadPoolExecutor(len(requests)) as pool:
            with self.busy():
                gathering._waiting = waiting = Telling()
                self.commits = 0
                answers: list[Future] = []
                for request in requests:
                    answers.append(pool.submit(request))
                    assert waiting.came.acquire(timeout=PATIENCE_SECONDS)
            return [answer.result() for answer in answers]


class Telling(deque):
    """Tells of each that it takes in."""

    def __init__(self):
        super().__init__()
        self.came = Semaphore(0)

    def append(self, one):
        super().append(one)
        self.came.release()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def process(request, tmp_path, at):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    with living(url, at) as living_store:
        yield Process(*living_store)


def test_requests_that_come_at_the_same_time_share_a_commit(process):
    posts = [lambda: process.caller().post(statement(), statement()) for _ in range(6)]
    answers = process.together(*posts)
    assert [answer.status_code for answer in answers] == [200] * 6
    # That of the one they came after, and theirs.
    assert process.commits == 2
    ids = [id for answer in answers for id in answer.json]
    assert set(ids) <= set(process.caller().ids())
    assert len(set(ids)) == 12


def test_each_is_told_when_the_store_is_consistent_and_can_read_what_it_stored(process):
    answers = process.together(*[lambda: process.caller().post(statement()) for _ in range(3)])
    last = max(one["stored"] for one in process.caller().get().json["statements"])
    assert {answer.headers["X-Experience-API-Consistent-Through"] for answer in answers} == {last}


def test_a_request_alone_does_not_wait_for_others(process):
    process.commits = 0
    assert process.caller().post(statement()).status_code == 200
    assert process.caller().post(statement()).status_code == 200
    assert process.commits == 2


def test_what_is_wrong_with_one_request_does_not_touch_the_others(process):
    known = identified()
    process.caller().post(known)
    new = identified()
    answers = process.together(
        lambda: process.caller().post(new),
        lambda: process.caller().post(statement(), known | {"object": activity("other")}),
        lambda: process.caller().post(known),
        lambda: process.caller().put(statement(), str(uuid4())),
    )
    assert [answer.status_code for answer in answers] == [200, 409, 200, 204]
    assert process.commits == 2
    # The one known, the one they came after, the new one and the one that was put.
    assert len(process.caller().ids()) == 4


def test_of_two_with_one_id_the_first_is_stored_and_the_other_is_told(process):
    one = identified()
    answers = process.together(
        lambda: process.caller().post(one),
        lambda: process.caller().post(one | {"object": activity("other")}),
        lambda: process.caller().post(one),
    )
    assert [answer.status_code for answer in answers] == [200, 409, 200]
    [stored] = [kept for kept in process.caller().get().json["statements"] if kept["id"] == one["id"]]
    assert stored["object"] == activity()


def test_statements_of_one_transaction_can_void_and_target_each_other(process):
    target, other = identified(), identified()
    answers = process.together(
        lambda: process.caller().post(voiding(target["id"])),
        lambda: process.caller().post(target),
        lambda: process.caller().post(statement(object=reference(other["id"]))),
        lambda: process.caller().post(other | {"actor": {"mbox": "mailto:end@kunna.test"}}),
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    assert process.caller().get(statementId=target["id"]).status_code == 404
    assert process.caller().get(voidedStatementId=target["id"]).status_code == 200
    assert len(process.caller().ids(agent={"mbox": "mailto:end@kunna.test"})) == 2


def test_organisations_share_a_commit_and_nothing_else(process):
    answers = process.together(
        lambda: process.caller("ekeby").post(statement()),
        lambda: process.caller("fyren").post(statement()),
        lambda: process.caller("ekeby").post(statement()),
    )
    assert [answer.status_code for answer in answers] == [200] * 3
    assert process.commits == 2
    assert len(process.caller("ekeby").ids()) == 2
    assert len(process.caller("fyren").ids()) == 2


def test_when_the_transaction_fails_all_are_told_and_nothing_is_stored(process):
    def fail(_session, entries):
        if len(entries) == 2:
            raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    with statements_recorded.connected_to(fail):
        answers = process.together(*[lambda: process.caller().post(statement()) for _ in range(2)])
    assert [answer.status_code for answer in answers] == [503, 503]
    assert len(process.caller().ids()) == 1
    assert process.caller().post(statement()).status_code == 200


def test_when_a_reader_fails_all_are_told_and_the_next_are_stored(process):
    def fail(_session, entries):
        if len(entries) == 2:
            raise LookupError("a mistake of ours")

    process.app.config["PROPAGATE_EXCEPTIONS"] = False
    with statements_recorded.connected_to(fail):
        answers = process.together(*[lambda: process.caller().post(statement()) for _ in range(2)])
    assert [answer.status_code for answer in answers] == [500, 500]
    assert process.caller().post(statement()).status_code == 200
    assert len(process.caller().ids()) == 2

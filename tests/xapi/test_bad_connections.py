"""Clients that are slow, or gone in the middle of what they say, and databases that are full."""

import re
import socket
from base64 import b64encode
from collections import deque
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from lms.db import db, session
from tests.xapi.conftest import Caller, credentials
from tests.xapi.living import living
from tests.xapi.serving import THREADS, Sender, program
from tests.xapi.statements import statement

AT = datetime(2026, 11, 23, tzinfo=UTC)
MORE_THAN_ANSWER_AT_ONCE = 3 * THREADS


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("served") / "kunna.sqlite"


@pytest.fixture(scope="module")
def served(file):
    """A server on SQLite, and a client's key and secret."""
    url = f"sqlite:///{file}"
    with living(url, AT) as (_, keys), program(url, file.parent / "mail", workers=1) as server:
        yield server, keys["fyren"]


def begun(server, key, secret, *length):
    """A request that says more is to come than comes."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    headers = [
        "POST /xapi/statements HTTP/1.1",
        "Host: kunna.test",
        f"Authorization: Basic {b64encode(f'{key}:{secret}'.encode()).decode()}",
        "X-Experience-API-Version: 2.0.0",
        "Content-Type: application/json",
        *(length or ["Content-Length: 1000"]),
    ]
    connection.sendall("\r\n".join([*headers, "", ""]).encode())
    return connection


@pytest.fixture
def sender(served):
    server, key = served
    one = Sender(server.port, *key)
    yield one
    one.close()


def stored(sender) -> int:
    return len(sender.send("GET", "statements")[1]["statements"])


def test_clients_that_go_away_in_the_middle_leave_nothing_behind(served, sender):
    server, key = served
    before = stored(sender)
    for _ in range(MORE_THAN_ANSWER_AT_ONCE):
        with begun(server, *key) as connection:
            connection.sendall(b'[{"actor":')
    assert stored(sender) == before
    assert sender.send("POST", "statements", statement())[0] == 200


def test_slow_clients_keep_no_other_writer_waiting(served, sender):
    """Each takes a thread, but nothing of the database: SQLite has room for one writer at a time."""
    server, key = served
    with ExitStack() as stack:
        for _ in range(THREADS - 1):
            stack.enter_context(begun(server, *key)).sendall(b"[")
        assert sender.send("POST", "statements", statement())[0] == 200


def test_slow_clients_that_give_up_take_no_thread_with_them(served, sender):
    server, key = served
    with ExitStack() as stack:
        for _ in range(MORE_THAN_ANSWER_AT_ONCE):
            stack.enter_context(begun(server, *key)).sendall(b"[")
    assert sender.send("POST", "statements", statement())[0] == 200


@pytest.mark.parametrize("length", ["Content-Length: 400000000", "Transfer-Encoding: chunked"])
def test_a_body_without_end_is_refused_before_it_fills_the_memory(served, sender, length):
    server, key = served
    sender.send("GET", "statements")
    before = resident(server)
    block = b"x" * 1_000_000
    if length.endswith("chunked"):
        block = b"f4240\r\n" + block + b"\r\n"
    with begun(server, *key, length) as connection, pytest.raises(OSError, match=r"Broken pipe|reset"):
        deque(map(connection.sendall, repeat(block, 400)))
    assert resident(server) - before < 60
    assert sender.send("POST", "statements", statement())[0] == 200


def resident(server) -> int:
    """Megabytes, of the worker that has most."""
    told = (Path(f"/proc/{worker}/status").read_text() for worker in server.workers())
    return max(int(re.search(r"VmRSS:\s+(\d+) kB", one)[1]) // 1000 for one in told)


def test_a_full_disk_is_said_and_leaves_nothing_half_there(served, sender, file):
    """What there is can still be read; when there is room again, it goes on."""
    server, _ = served
    assert sender.send("POST", "statements", statement())[0] == 200
    server.limit_files(Path(f"{file}-wal").stat().st_size + 300_000)
    status, before = 200, 0
    while status == 200:
        before = stored(sender)
        batch = [statement(id=str(uuid4()), result={"response": "x" * 20_000}) for _ in range(4)]
        status, answer = sender.send("POST", "statements", batch)
    assert status == 503
    assert "no room left" in answer["error"]
    for one in batch:
        assert sender.send("GET", f"statements?statementId={one['id']}")[0] == 404
    assert stored(sender) == before
    server.limit_files(-1)
    assert sender.send("POST", "statements", batch)[0] == 200
    assert stored(sender) == before + 4


@pytest.mark.postgresql
@pytest.mark.parametrize("when", ["IMMEDIATE", "DEFERRED"])
def test_a_full_postgresql_is_said_and_leaves_nothing_half_there(postgresql_server, at, when):
    """It says so of the last table that is written, or when all is to be committed."""
    with living(postgresql_server.new_database(), at) as (app, keys):
        caller = Caller(app.test_client(), credentials(*keys["fyren"]))
        run(
            app,
            """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$""",
            f"""CREATE CONSTRAINT TRIGGER no_room AFTER INSERT ON statement_activity
                DEFERRABLE INITIALLY {when} FOR EACH ROW EXECUTE FUNCTION no_room()""",
        )
        answer = caller.post(statement(), statement())
        assert answer.status_code == 503
        assert "no room left" in answer.json["error"]
        assert answer.headers["Retry-After"]
        assert caller.ids() == []
        run(app, "DROP TRIGGER no_room ON statement_activity")
        assert caller.post(statement()).status_code == 200
        assert len(caller.ids()) == 1


def run(app, *commands):
    with app.app_context():
        for command in commands:
            session().execute(text(command))
        db.session.commit()
        db.session.remove()

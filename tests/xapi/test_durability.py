"""What was acknowledged is there, whole and once, whatever is killed in between.

Clients write over HTTP to a server in processes of its own, and Kunna itself in another, on a database that writes for
real. How often they are killed: KUNNA_KILLS (each takes a few seconds).
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Semaphore
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.courses.models import ModuleProgress
from lms.db import db, session
from lms.identity.models import Person
from lms.xapi import mentions
from lms.xapi.models import KnownActivity, StatementActivity, StatementAgent, StoredStatement, digest
from lms.xapi.recorded import Recorded, recorded
from tests import postgresql
from tests.xapi.living import living
from tests.xapi.serving import Cluster, Program, Sender, Teller, Writer, program
from tests.xapi.statements import reference, statement, verb, voiding

KILLS = int(os.environ.get("KUNNA_KILLS", "1"))
WRITERS = 4


@dataclass
class Kept:
    """A database, and all that was ever sent to it."""

    app: Flask
    url: str
    key: tuple[str, str]
    people: list[UUID]
    mail: Path
    random: Random
    cluster: Cluster | None = None
    writers: list[Writer] = field(default_factory=list)
    tellers: list[Teller] = field(default_factory=list)

    def batch(self) -> list[dict[str, object]]:
        """Up to a dozen statements of the same people and activities; some void earlier ones, or speak of them."""
        batch = []
        for _ in range(self.random.randint(1, 12)):
            known = [ids[0] for writer in self.writers for ids in writer.acknowledged[-3:]]
            batch.append({"id": str(uuid4())} | self._made(known))
        return batch

    def _made(self, known: list[str]) -> dict[str, object]:
        person = {"account": {"homePage": "https://kunna.test", "name": str(self.random.choice(self.people))}}
        kind = self.random.random()
        if known and kind < 0.1:
            return voiding(self.random.choice(known), actor=person)
        if known and kind < 0.2:
            return statement(actor=person, object=reference(self.random.choice(known)))
        page = f"https://kunna.test/courses/c/m{self.random.randint(1, 3)}/p{self.random.randint(1, 30)}"
        name = {self.random.choice(["sv", "en", "fi", "de"]): str(kind)}
        return statement(actor=person, verb=verb("experienced"), object={"id": page, "definition": {"name": name}})

    @contextmanager
    def written_to(self, server: Program) -> Iterator[Semaphore]:
        """Clients write for as long as the block lasts; each answer they get counts."""
        answers = Semaphore(0)
        writers = [Writer(Sender(server.port, *self.key), self.batch, answers) for _ in range(WRITERS)]
        self.writers += writers
        said = self.mail.with_name(f"said-{len(self.tellers)}")
        teller = Teller(self.url, self.mail, said, self.people)
        self.tellers.append(teller)
        for writer in writers:
            writer.start()
        try:
            teller.wait_until_heard()
            yield answers
        finally:
            teller.kill()
            for writer in writers:
                writer.stop()

    def check(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
            here = self._stored()
            sources = [*self.writers, *self.tellers]
            acknowledged = list(chain(*(source.acknowledged for source in sources)))
            uncertain = list(chain(*(source.uncertain for source in sources)))
            assert set(chain(*acknowledged)) <= set(here), "acknowledged, and not there"
            assert set(here) <= set(chain(*acknowledged, *uncertain)), "there, and never sent"
            assert {sum(id in here for id in ids) / len(ids) for ids in uncertain} <= {0, 1}, "half a batch"
            self._check_voided(here)
            self._check_links(here)
            self._check_readers()

    def _stored(self) -> dict[str, tuple[Recorded, bool]]:
        """In the order of `stored`, which the database lets nobody have twice."""
        rows = session().scalars(select(StoredStatement).order_by(StoredStatement.stored)).all()
        return {
            str(row.id): (recorded(row.organisation_id, row.id, row.stored, row.timestamp, row.text), row.voided)
            for row in rows
        }

    @staticmethod
    def _check_voided(here: dict[str, tuple[Recorded, bool]]) -> None:
        aims = {str(entry.voids) for entry, _ in here.values() if entry.voids}
        for id, (entry, voided) in here.items():
            assert voided == (id in aims and entry.voids is None)

    @staticmethod
    def _check_links(here: dict[str, tuple[Recorded, bool]]) -> None:
        for table, identifier, of in (
            (StatementAgent, StatementAgent.agent, mentions.agents),
            (StatementActivity, StatementActivity.activity, mentions.activities),
        ):
            kept = sorted(tuple(row) for row in session().execute(select(table.stored, table.part, identifier)))
            meant = sorted(
                (entry.stored, part, digest(name)) for entry, _ in here.values() for name, part in of(entry.statement)
            )
            assert kept == meant

    def _check_readers(self) -> None:
        """What was read along the way is what is read from all of it together."""
        followed = self._read()
        assert all(followed)
        answer = self.app.test_cli_runner().invoke(args=["rebuild"])
        assert answer.exit_code == 0, answer.output
        assert self._read() == followed

    @staticmethod
    def _read() -> list[list[str]]:
        session().rollback()
        tables = [ModuleProgress.__table__, KnownActivity.__table__]
        return [sorted(repr(tuple(row)) for row in session().execute(select(table))) for table in tables]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kept(request, tmp_path, at):
    if request.param == "postgresql" and (missing := postgresql.missing()):
        pytest.skip(missing)
    with ExitStack() as stack:
        cluster = None
        if request.param == "postgresql":
            cluster = Cluster(Path(stack.enter_context(TemporaryDirectory(prefix="kunna-pg-"))))
            cluster.start()
            stack.callback(cluster.stop)
        url = cluster.server.new_database() if cluster else f"sqlite:///{tmp_path / 'kunna.sqlite'}"
        app, keys = stack.enter_context(living(url, at))
        with app.app_context():
            people = list(session().scalars(select(Person.uuid)))
            session().rollback()
        yield Kept(app, url, keys["fyren"], people, tmp_path / "mail", Random(request.node.name), cluster)


def wait_for(answers: Semaphore, count: int) -> None:
    for _ in range(count):
        assert answers.acquire(timeout=60), "no answers come any more"


def test_what_was_acknowledged_survives_that_the_server_is_killed(kept):
    for _ in range(KILLS):
        with program(kept.url, kept.mail) as server, kept.written_to(server) as answers:
            wait_for(answers, kept.random.randint(10, 60))
            server.kill()
            kept.tellers[-1].kill()
        kept.check()
    assert [refused for writer in kept.writers for refused in writer.refused] == []


@pytest.mark.postgresql
@pytest.mark.parametrize("kept", ["postgresql"], indirect=True)
def test_what_was_acknowledged_survives_that_the_database_is_killed(kept):
    """And the server, which was not killed, goes on when the database is back."""
    with program(kept.url, kept.mail) as server:
        for _ in range(KILLS):
            with kept.written_to(server) as answers:
                wait_for(answers, kept.random.randint(10, 60))
                kept.cluster.kill()
                kept.cluster.start()
                before = sum(len(writer.acknowledged) for writer in kept.writers)
                while sum(len(writer.acknowledged) for writer in kept.writers) < before + 10:
                    wait_for(answers, 1)
            kept.check()
    refused = [refused for writer in kept.writers for refused in writer.refused]
    assert {status for status, _ in refused} <= {503}
    assert all("what has an id is stored once" in answer["error"] for _, answer in refused)


def test_many_processes_write_of_the_same_people_and_activities_at_once(kept):
    """Two servers, and Kunna itself in two more: nobody is refused, nothing is lost, what is read of it is right."""
    with ExitStack() as stack:
        servers = [stack.enter_context(program(kept.url, kept.mail, workers=1)) for _ in range(2)]
        for answers in [stack.enter_context(kept.written_to(server)) for server in servers]:
            wait_for(answers, 40)
    kept.check()
    assert [refused for writer in kept.writers for refused in writer.refused] == []
    assert [ids for writer in kept.writers for ids in writer.uncertain] == []

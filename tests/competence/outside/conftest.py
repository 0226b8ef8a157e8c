"""A program of Ekeby's that Elsa can trust with something, and what it tells."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from lms.competence.outside import catching_up, decided, reading
from lms.competence.outside.rule import Asks, Condition, Says
from lms.competence.required.versions import Decision
from lms.xapi import clients, storing
from lms.xapi import vocabulary as v
from tests.competence.conftest import BASE

DRILL = "https://brand.example/drill"
ALARM = "https://brand.example/alarm"
FIRE = "digcomp-3/1.1"


def mailed(address):
    return {"objectType": "Agent", "mbox": f"mailto:{address}"}


def employee(number, site="https://brand.example"):
    return {"objectType": "Agent", "account": {"homePage": site, "name": number}}


def told(who, at: datetime, *, id: UUID | None = None, verb=v.PASSED, activity=DRILL, **result):
    return {
        "id": str(id or uuid4()),
        "actor": who,
        "verb": {"id": verb},
        "object": {"id": activity},
        "timestamp": at.isoformat(),
    } | ({"result": result} if result else {})


@pytest.fixture
def program(session, cast, at):
    client, _ = clients.add(session, "Brandövningen", "ekeby", ["statements/write"], below=False, at=at)
    session.commit()
    return client


@pytest.fixture
def send(session, at):
    """`send(program, *statements)`: through the door, as that client."""

    def sent(client, *statements, at=at):
        authority = {"objectType": "Agent", "account": clients.account(BASE, client.key)}
        ids = storing.record(session, client.organisation_id, statements, authority=authority, at=at)
        session.flush()
        return ids

    return sent


def says(program, *conditions, **more):
    usual = {"competence_key": FIRE, "level": 2, "clients": frozenset({program.key})}
    return Says(**(usual | more), conditions=conditions or (Condition(v.PASSED, DRILL),))


SCORED = Condition(v.PASSED, DRILL, asks=Asks.SCORE, at_least=70)
EITHER = Condition(v.COMPLETED, "https://brand.example/al", beginning=True)


def decision(cast, at):
    return Decision(at.date(), at, cast.elsa.id)


@pytest.fixture
def decide(session, cast, at):
    """`decide(says)`: a rule of Ekeby's, and all that came before it is read."""

    def rule(what, at=at, name="Brandövning"):
        made = decided.add(session, cast.ekeby.id, name, what, decision(cast, at))
        catch_up(session, at)
        return made

    return rule


def catch_up(session, at):
    while catching_up.piece(session, BASE, at):
        pass


def rebuild(session):
    from lms import signals
    from lms.competence.shown import evidence
    from lms.xapi import search

    for reader in (evidence, reading):
        reader.clear(session)
    for entries in search.each(session, batch=3):
        signals.statements_recorded.send(session, entries=entries)

"""Ekeby, whose administrator is Elsa, with a program that has sent something; and what Kunna itself recorded."""

from uuid import UUID

import pytest

from lms.competence.assessment import assessing
from lms.competence.shown import evidence
from lms.identity.actor import actor
from lms.xapi import clients
from lms.xapi.storing import record
from tests.xapi.conftest import counting

__all__ = ["counting"]

EXPERIENCED = "http://adlnet.gov/expapi/verbs/experienced"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
PAGE = "https://brand.example/ovning"


def told(who, verb=EXPERIENCED, activity=PAGE, **more):
    return {"actor": who, "verb": {"id": verb}, "object": {"id": activity}} | more


def mailed(address, **more):
    return {"mbox": f"mailto:{address}"} | more


@pytest.fixture
def base(app):
    return app.config["IRI_BASE"]


@pytest.fixture
def program(session, cast, at):
    """A client of Ekeby."""
    client, _ = clients.add(session, "Brandövningen", "ekeby", ["statements/write"], below=False, at=at)
    session.commit()
    return client


@pytest.fixture
def send(session, base, at):
    """`send(program, *statements)`: through the door, as that client; returns the ids."""

    def sent(client, *statements, **options):
        account = clients.account(base, client.key)
        authority = {"objectType": "Agent", "name": client.name, "account": account}
        ids = record(session, client.organisation_id, statements, **({"authority": authority, "at": at} | options))
        session.commit()
        return ids

    return sent


@pytest.fixture
def assessed(session, app, cast, base, at) -> UUID:
    """What Kunna itself recorded: that Farid assessed himself at Ekeby."""
    competence = app.extensions["kunna"].frameworks.get("self-leadership").competences[0]
    person = cast.farid.uuid
    assessing.assess(
        session, cast.ekeby.id, person, {competence.key: 2}, {competence.key: competence}, base=base, at=at
    )
    session.commit()
    [shown] = evidence.of(session, cast.ekeby.id, person, competence.key)
    return shown.statement_id


@pytest.fixture
def farid(cast, base):
    """Farid, as statements know him."""
    return actor(cast.farid.uuid, base)


@pytest.fixture
def elsa(cast, sign_in):
    return sign_in(cast.elsa)

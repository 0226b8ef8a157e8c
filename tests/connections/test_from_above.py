"""A project leader lets a rule count in the partners; each of them sees it, and can refuse it."""

import pytest

from lms.competence.outside import catching_up, decided
from lms.xapi import clients
from tests.connections.conftest import PAGE, told
from tests.connections.test_rules import SL2, filled


@pytest.fixture
def theirs(session, cast, at):
    client, _ = clients.add(
        session, "Projektets prov", cast.project.key, ["statements/write", "define"], below=False, at=at
    )
    session.commit()
    return client


def test_it_is_seen_opened_and_refused(session, cast, base, at, sign_in, theirs, send, farid):
    leader = sign_in(cast.cecilia)
    named = {"object": {"id": PAGE, "definition": {"name": {"sv": "Ledarprovet"}}}}
    send(theirs, told(farid) | named)
    assert 'name="below" value="y" checked' in leader.get("/connections/rules/add").get_data(as_text=True)
    form = filled(theirs, below="y")
    effect = leader.post("/connections/rules/add", data=form | {"do": "try"}).get_data(as_text=True)
    assert "1 person" in effect
    leader.post("/connections/rules/add", data=form | {"do": "decide"})
    while catching_up.piece(session, base, at):
        session.commit()
    [rule] = decided.of(session, cast.project.id)
    partner = sign_in(cast.elsa)
    seen = partner.get("/connections/rules").get_data(as_text=True)
    assert cast.project.name in seen
    assert "Projektets prov" in seen
    # The level is Farid's, and opens to what was told, which the project keeps.
    why = sign_in(cast.farid, cast.ekeby).get(f"/competence/why/{cast.farid.uuid}/{SL2}").get_data(as_text=True)
    assert "Ledarprovet" in why
    partner.post(f"/connections/rules/{rule.id}/refuse")
    assert f"/connections/rules/{rule.id}/accept" in partner.get("/connections/rules").get_data(as_text=True)
    # It is the project's: a partner does not open, change or withdraw it.
    for address in (f"/connections/rules/{rule.id}", f"/connections/rules/{rule.id}/change"):
        assert partner.get(address).status_code == 404
    partner.post(f"/connections/rules/{rule.id}/accept")
    assert f"/connections/rules/{rule.id}/refuse" in partner.get("/connections/rules").get_data(as_text=True)


def test_partners_have_nobody_below(elsa):
    assert 'name="below"' not in elsa.get("/connections/rules/add").get_data(as_text=True)

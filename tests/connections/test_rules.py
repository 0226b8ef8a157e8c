"""An administrator decides what counts of what programs send, and who is who in it; through the pages."""

from datetime import UTC

import pytest
from sqlalchemy import select

from lms.competence.models import Evidence
from lms.competence.outside import decided, whose
from lms.connections import agents, rule_form
from lms.connections.rule_form import ALL, BEGINNING
from lms.errors import Invalid
from tests.connections.conftest import PAGE, mailed, told

SL2 = "self-leadership/SL2"


def filled(program, **more):
    form = {
        "name": "Brandövning",
        "competence": SL2,
        "level": "2",
        "needed": "one",
        f"client:{program.key}": "y",
        "verb:0": "experienced",
        "activity:0": PAGE,
        "reach:0": "exact",
        "asks:0": "nothing",
    }
    return form | {name.replace("__", ":"): value for name, value in more.items()}


def wrong(program, **more):
    with pytest.raises(Invalid) as refused:
        parsed(program, **more)
    return {problem.field for problem in refused.value.problems}


def parsed(program, **more):
    return rule_form.parse(filled(program, **more), {SL2}, [program.key], UTC)


def test_the_form_says_what_is_decided_and_what_was_decided_fills_it(program):
    more = {"verb__1": "https://x.example/did", "activity__1": "https://x.example/a/", "reach__1": BEGINNING}
    says = parsed(program, needed=ALL, months="24", asks__1="score", at_least__1="70", **more)
    assert (says.needed, says.months, says.conditions[1].at_least, says.conditions[1].beginning) == (2, 24, 70, True)
    assert rule_form.parse(rule_form.fill("X", says, UTC), {SL2}, [program.key], UTC) == says


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"competence": "made/up"}, {"competence"}),
        ({"level": "0"}, {"level"}),
        ({"verb__0": "danced"}, {"verb:0"}),
        ({"activity__0": "a page"}, {"activity:0"}),
        ({"activity__0": "https://", "reach__0": BEGINNING}, {"activity:0"}),
        ({"asks__0": "score"}, {"at_least:0"}),
        ({"asks__0": "score", "at_least__0": "101"}, {"at_least:0"}),
        ({"months": "0"}, {"months"}),
        ({"counts_from": "soon"}, {"counts_from"}),
        ({"needed": "2"}, {"needed"}),
        ({"needed": "²"}, {"needed"}),
    ],
)
def test_what_cannot_be_decided_is_said_at_the_field(program, more, fields):
    assert wrong(program, **more) == fields


def test_a_program_of_somebody_else_cannot_be_trusted(program):
    with pytest.raises(Invalid):
        rule_form.parse(filled(program), {SL2}, ["another"], None)


def test_a_rule_is_tried_decided_changed_and_withdrawn(session, cast, program, send, elsa, farid, at):
    [sent] = send(program, told(farid))
    tried = elsa.post("/connections/rules/add", data=filled(program, do="try"))
    assert tried.status_code == 200
    assert decided.of(session, cast.ekeby.id) == []
    answer = elsa.post("/connections/rules/add", data=filled(program, do="decide"))
    assert answer.status_code == 303
    [rule] = decided.of(session, cast.ekeby.id)
    # What came before has been read.
    shown = session.scalars(select(Evidence).where(Evidence.statement_id == sent)).one()
    assert (shown.person_uuid, shown.level, shown.source) == (cast.farid.uuid, 2, "imported")
    page = elsa.get(f"/connections/statements/{sent}").get_data(as_text=True)
    assert "Brandövning" in page
    change = f"/connections/rules/{rule.id}/change"
    assert elsa.post(change, data=filled(program, do="decide", level="3", seen="0")).status_code == 400
    assert elsa.post(change, data=filled(program, do="decide", level="3", seen="1")).status_code == 303
    assert elsa.post(f"/connections/rules/{rule.id}/withdraw").status_code == 303
    session.expire_all()
    assert [version.number for version in rule.versions] == [1, 2, 3]
    found = session.scalars(select(Evidence).where(Evidence.statement_id == sent))
    assert all(one.valid_until is not None for one in found)


def test_a_row_is_added_and_taken_away_without_losing_what_was_typed(program, elsa):
    more = elsa.post("/connections/rules/add", data=filled(program, do="row")).get_data(as_text=True)
    assert 'name="verb:1"' in more
    assert PAGE in more
    fewer = elsa.post("/connections/rules/add", data=filled(program, verb__1="passed", remove="0"))
    assert 'name="verb:1"' not in fewer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "name", "site", "key"),
    [
        ("mbox", "Farid@Ekeby.Example", "", "mbox|mailto:Farid@ekeby.example"),
        ("mbox_sha1sum", "A" * 40, "", f"mbox_sha1sum|{'a' * 40}"),
        ("openid", "https://id.example/f", "", "openid|https://id.example/f"),
        ("account", "1001", "https://hr.example", "account|https://hr.example|1001"),
    ],
)
def test_what_somebody_is_known_by_is_written_as_the_record_store_has_it(kind, name, site, key):
    assert agents.key(kind, name, site) == key


@pytest.mark.parametrize(("kind", "name"), [("mbox", "nobody"), ("mbox_sha1sum", "a"), ("account", "1001")])
def test_what_is_no_identifier_is_refused(app, kind, name):
    with app.test_request_context(), pytest.raises(Invalid):
        agents.key(kind, name, "")


def test_an_address_is_tied_to_whom_it_seems_to_be_and_untied(session, cast, program, send, elsa, farid):
    address = f"mbox|mailto:{cast.farid.email}"
    [sent] = send(program, told(mailed(cast.farid.email)))
    elsa.post("/connections/rules/add", data=filled(program, do="decide"))
    page = elsa.get("/connections/who-is-who/tie", query_string={"agent": address}).get_data(as_text=True)
    assert str(cast.farid.uuid) in page
    elsa.post("/connections/who-is-who/tie", data={"agent": address, "person": cast.farid.uuid})
    [alias] = whose.tied(session, cast.ekeby.id)
    shown = session.scalars(select(Evidence).where(Evidence.statement_id == sent)).one()
    assert (shown.person_uuid, shown.valid_until) == (cast.farid.uuid, None)
    elsa.post(f"/connections/who-is-who/{alias.id}/untie")
    session.expire_all()
    assert shown.valid_until is not None
    assert whose.tied(session, cast.ekeby.id) == []


def test_nobody_of_another_organisation_can_be_tied(cast, elsa):
    given = {"agent": "mbox|mailto:x@example.org", "person": cast.gun.uuid}
    assert elsa.post("/connections/who-is-who/tie", data=given).status_code == 404


def test_an_account_of_kunnas_own_says_itself_whose_it_is(session, cast, elsa, base):
    given = {"agent": f"account|{base}|{cast.elsa.uuid}", "person": cast.farid.uuid}
    assert elsa.post("/connections/who-is-who/tie", data=given).status_code == 400
    assert whose.tied(session, cast.ekeby.id) == []


def test_people_open_what_counts_for_them_under_another_name(session, cast, program, send, elsa, sign_in):
    [sent] = send(program, told(mailed("f@elsewhere.example")))
    farid = sign_in(cast.farid, cast.ekeby)
    assert farid.get(f"/records/{sent}").status_code == 404
    elsa.post(
        "/connections/who-is-who/tie", data={"agent": "mbox|mailto:f@elsewhere.example", "person": cast.farid.uuid}
    )
    elsa.post("/connections/rules/add", data=filled(program, do="decide"))
    assert farid.get(f"/records/{sent}").status_code == 200
    assert str(sent) in farid.get("/records").get_data(as_text=True)
    why = farid.get(f"/competence/why/{cast.farid.uuid}/{SL2}").get_data(as_text=True)
    assert "Brandövning" in why
    assert f"/competence/statements/{sent}" in why
    assert farid.get(f"/competence/statements/{sent}").status_code == 200

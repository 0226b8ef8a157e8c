"""What counted for nothing stands in groups by why, and is gone from them once it has been put right."""

import html
import re

import pytest
from sqlalchemy import select

from lms.competence.models import Evidence
from lms.competence.outside import decided, unmatched, whose
from lms.competence.outside.unmatched import Reason
from lms.identity.actor import actor
from lms.xapi import clients
from tests.connections.conftest import PAGE, VOIDED, mailed, told
from tests.connections.test_rules import filled

ELSEWHERE = "https://other.example/thing"
PASSED = "http://adlnet.gov/expapi/verbs/passed"


@pytest.fixture
def groups(session, cast):
    def of(reason):
        session.expire_all()
        return unmatched.groups(session, cast.ekeby.id)[0][reason]

    return of


@pytest.fixture
def decide(elsa):
    def decided(program, **more):
        answer = elsa.post("/connections/rules/add", data=filled(program, do="decide", **more))
        assert answer.status_code == 303

    return decided


def test_what_is_in_the_way_is_said_and_gone_when_it_is_put_right(
    session, cast, program, send, elsa, farid, groups, decide
):
    [sent, _] = send(program, told(mailed(cast.farid.email)), told(farid, activity=ELSEWHERE))
    assert {one.activity for one in groups(Reason.ACTIVITY)} > {ELSEWHERE}
    decide(program)
    assert {one.activity for one in groups(Reason.ACTIVITY)} == {ELSEWHERE}
    [stranger] = groups(Reason.WHO)
    assert (stranger.statements, stranger.is_own) == (1, False)
    page = elsa.get("/connections/uncounted").get_data(as_text=True)
    assert cast.farid.name in page
    elsa.post("/connections/uncounted/tie")
    assert [alias.person_uuid for alias in whose.tied(session, cast.ekeby.id)] == [cast.farid.uuid]
    assert groups(Reason.WHO) == []
    assert session.scalars(select(Evidence.statement_id)).all() == [sent]


def test_almost_a_rule(session, program, send, farid, groups, decide, at):
    other, _ = clients.add(session, "Någon annan", "ekeby", ["statements/write"], below=False, at=at)
    session.commit()
    send(program, told(farid), told(farid, PASSED))
    send(other, told(farid))
    decide(program)
    assert {(one.verdict, *one.clients) for one in groups(Reason.RULE)} == {
        ("other-verb", program.key),
        ("untrusted", other.key),
    }
    assert [one.rules[0].number for one in groups(Reason.RULE)] == [1, 1]


def test_results_that_are_missing_and_not_enough(program, send, farid, groups, decide):
    send(
        program,
        told(farid),
        told(farid, result={"score": {"scaled": 0.2}}),
        told(farid, result={"score": {"scaled": 1}}),
    )
    decide(program, asks__0="score", at_least__0="70")
    assert {(one.verdict.value, one.statements) for one in groups(Reason.RESULT)} == {
        ("no-result", 1),
        ("not-enough", 1),
    }


def test_an_account_of_ours_that_nobody_here_has_can_be_tied_to_nobody(cast, program, send, groups, base):
    """Gun belongs to another organisation."""
    send(program, told(actor(cast.gun.uuid, base)))
    [stranger] = groups(Reason.WHO)
    assert stranger.is_own


def test_what_is_voided_is_in_no_group(program, send, elsa, farid, groups):
    [sent] = send(program, told(mailed("x@example.org")))
    send(program, told(farid, VOIDED, object={"objectType": "StatementRef", "id": str(sent)}))
    assert groups(Reason.WHO) == groups(Reason.ACTIVITY) == []
    assert "voided=yes" in elsa.get("/connections/uncounted").get_data(as_text=True)


def test_what_is_set_aside_stays_so_until_it_is_taken_back(program, send, elsa, farid, groups):
    send(program, told(farid))
    [group] = groups(Reason.ACTIVITY)
    elsa.post("/connections/uncounted/aside", data={"group": group.key})
    send(program, told(farid))
    assert groups(Reason.ACTIVITY) == []
    assert group.activity in elsa.get("/connections/uncounted?reason=aside").get_data(as_text=True)
    elsa.post("/connections/uncounted/back", data={"group": group.key})
    assert [one.statements for one in groups(Reason.ACTIVITY)] == [2]


def test_many_are_shown_in_pages(program, send, elsa, farid):
    send(program, *(told(farid, activity=f"{ELSEWHERE}/{number}") for number in range(30)))
    first, second = (elsa.get(f"/connections/uncounted?page={page}").get_data(as_text=True) for page in (1, 2))
    shown = [[f"{ELSEWHERE}/{number}<" in page for number in range(30)] for page in (first, second)]
    assert [sum(page) for page in shown] == [25, 5]
    assert all(one is not other for one, other in zip(*shown, strict=True))


def test_people_read_why_it_did_not_count(cast, program, send, sign_in, farid, decide):
    low, other = send(program, told(farid, result={"score": {"scaled": 0.2}}), told(farid, activity=ELSEWHERE))
    decide(program, asks__0="score", at_least__0="70")
    mine = sign_in(cast.farid, cast.ekeby)
    assert f"/records/{low}#read" in mine.get("/records").get_data(as_text=True)
    page = mine.get(f"/records/{low}").get_data(as_text=True)
    assert "70" in page
    assert "Brandövning" in page
    assert "/connections/rules" not in mine.get(f"/records/{other}").get_data(as_text=True)


def pressed(page, address):
    """What the form that posts there sends when it is pressed as it stands."""
    form = page.partition(f'class="one-press" id="row-1" method="post" action="{address}"')[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in hidden} | {"do": "decide"}


def test_one_press_decides_what_is_proposed_and_one_undoes_it(
    session, cast, program, send, elsa, farid, groups, decide
):
    beside = f"{PAGE.rpartition('/')[0]}/slackning"
    decide(program)
    send(program, told(farid, activity=beside))
    # Nothing tells that looking at something shows anything.
    assert "one-press" not in elsa.get("/connections/uncounted?reason=activity").get_data(as_text=True)
    send(program, told(farid, PASSED))
    page = elsa.get("/connections/uncounted?reason=rule").get_data(as_text=True)
    [rule] = decided.of(session, cast.ekeby.id)
    answer = elsa.post(
        f"/connections/rules/{rule.id}/change", data=pressed(page, f"/connections/rules/{rule.id}/change")
    )
    assert answer.location.endswith("/connections/uncounted?reason=rule")
    assert groups(Reason.RULE) == []
    page = elsa.get("/connections/uncounted").get_data(as_text=True)
    assert f"/connections/rules/{rule.id}/undo" in page
    elsa.post(f"/connections/rules/{rule.id}/undo", data={"seen": "2"})
    assert [one.verdict for one in groups(Reason.RULE)] == ["other-verb"]
    session.expire_all()
    assert decided.says(rule.versions[2]) == decided.says(rule.versions[0])
    # What has been undone is not there to be undone, nor does an old page undo something else.
    assert f"/connections/rules/{rule.id}/undo" not in elsa.get("/connections/uncounted").get_data(as_text=True)
    assert elsa.post(f"/connections/rules/{rule.id}/undo", data={"seen": "2"}).status_code == 409


def test_somebody_is_known_by_a_name_that_one_only_has_and_by_what_is_written(
    session, cast, program, send, elsa, groups
):
    send(program, told(mailed("farid@home.example", name=f" {cast.farid.name.upper()} ")))
    send(program, told(mailed("x@home.example", name="Somebody Else")))
    page = elsa.get("/connections/uncounted").get_data(as_text=True)
    assert page.count(str(cast.farid.uuid)) == 1
    agent = "mbox|mailto:x@home.example"
    unsure = elsa.post("/connections/who-is-who/tie", data={"agent": agent, "who": "Far", "back": "y"})
    assert "/connections/who-is-who/tie?" in unsure.location
    assert whose.tied(session, cast.ekeby.id) == []
    elsa.post("/connections/who-is-who/tie", data={"agent": agent, "who": cast.farid.email, "back": "y"})
    assert [one.key for one in whose.tied(session, cast.ekeby.id)] == [agent]

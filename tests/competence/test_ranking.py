"""Gaps in order, and places that somebody decides."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lms.competence.figures import placing
from lms.competence.figures.placing import Computed
from lms.competence.models import PlaceDecision
from lms.identity import periods

GOALS, SELF, LIMITS = "self-leadership/SL1", "self-leadership/SL2", "self-leadership/SL4"
PLACE = "/competence/gaps/self-leadership/SL2/place"


@pytest.mark.parametrize(
    ("decided", "order"),
    [
        ({}, "abcd"),
        ({"d": 1}, "dabc"),
        ({"a": 3}, "bcad"),
        ({"a": 4, "d": 1}, "dbca"),
        ({"b": 2}, "abcd"),
        ({"a": 99}, "bcda"),
        # Of two in the same place the one that figures put first is before.
        ({"c": 1, "d": 1}, "cdab"),
        ({"gone": 1}, "abcd"),
    ],
)
def test_those_with_a_place_stand_there_and_the_others_around_them(decided, order):
    assert "".join(placing.order("abcd", decided)) == order


def test_everyone_given_a_place_stands_in_it():
    assert placing.order("abcd", {"a": 4, "b": 3, "c": 2, "d": 1}) == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("then", "now", "days", "moved"),
    [
        (Computed(4, 0.5), Computed(4, 0.5), 10, False),
        (Computed(4, 0.5), Computed(6, 0.4), 10, False),
        (Computed(4, 0.5), Computed(7, 0.4), 10, True),
        (Computed(4, 0.5), Computed(4, 0.8), 10, True),
        (Computed(4, 0.5), Computed(4, 0.2), 10, True),
        (Computed(4, 0.0), Computed(3, 0.1), 10, True),
        (Computed(4, 0.5), Computed(None, None), 10, True),
        (Computed(4, 0.5), Computed(4, 0.5), 366, True),
    ],
)
def test_a_decision_on_other_figures_or_a_year_old_is_to_be_looked_at_again(at, then, now, days, moved):
    decision = SimpleNamespace(
        computed_place=then.place, computed_priority=then.priority, decided_at=at - timedelta(days=days)
    )
    assert placing.has_moved(decision, now, at) is moved


@pytest.fixture
def guides(cast, session, profile, show, hold_clock, at):
    """At Fyren, whom Björn manages: both reach little of SL2, which weighs most, and one of them lacks SL1."""
    hold_clock(at)
    profile(cast.project, "Guide", {GOALS: (3, 1), SELF: (3, 5), LIMITS: (2, 1)})
    with periods.taking_effect(session, at - timedelta(days=400)):
        for person in (cast.alva, cast.farid):
            cast.membership(person, cast.fyren).role_profile_key = "guide"
    for person, key, level in (
        (cast.alva, GOALS, 1),
        (cast.farid, GOALS, 3),
        (cast.alva, SELF, 1),
        (cast.farid, SELF, 2),
    ):
        show(cast.fyren, person, key, level)
    session.commit()


def names(page):
    """Competences in the table, in order."""
    table = page[page.index("<table") :]
    return [name for part in table.split('<th scope="row">')[1:] if (name := part.split(">")[1].split("<")[0])]


def test_a_manager_sees_the_gaps_in_order_with_whose_they_are_and_why(cast, guides, sign_in):
    page = sign_in(cast.bjorn).get("/competence/gaps").text
    assert names(page) == ["Reglera sig själv", "Sätta mål och prioritera"]
    # (5 × 2 + 5 × 1) / (5 × 3 + 5 × 3) × 9/5 × 1.
    assert "Prioritet 0,9 = gapindex 50 % × kritiskhet 1,8 × 1" in page
    assert f"/competence/why/{cast.alva.uuid}/{SELF}" in page
    # Nobody has been assessed in the third: it is there, without a place.
    assert "2 personer behöver den, ingen är bedömd" in page


def test_a_manager_opens_a_gap_down_to_each_person(cast, guides, sign_in):
    page = sign_in(cast.bjorn).get(f"/competence/why/team/{SELF}").text
    assert "summan av vikt × gap, 15, delad med summan av vikt × nivå som krävs, 30" in page
    assert cast.alva.name in page
    assert cast.farid.name in page


def test_another_place_is_decided_with_a_reason_and_stands_beside_what_the_figures_say(cast, guides, sign_in, session):
    bjorn = sign_in(cast.bjorn)
    sent = {"place": "2", "reason": "Det andra gäller säkerheten.", "seen": "0"}
    assert bjorn.post(PLACE, data=sent | {"reason": " "}).status_code == 400
    assert bjorn.post(PLACE, data=sent | {"place": "9"}).status_code == 400
    assert bjorn.post(PLACE, data=sent).status_code == 303
    page = bjorn.get("/competence/gaps").text
    assert names(page) == ["Sätta mål och prioritera", "Reglera sig själv"]
    assert "enligt siffrorna 1" in page
    # Of another horizon nothing has been decided.
    assert names(bjorn.get("/competence/gaps?horizon=12").text)[0] == "Reglera sig själv"
    form = bjorn.get(PLACE).text
    assert "Det andra gäller säkerheten." in form
    assert cast.bjorn.name in form
    # Two at the same time: what the second had not seen is not written over.
    assert "Någon annan har just bestämt platsen" in bjorn.post(PLACE, data=sent | {"place": "1"}).text
    assert bjorn.post(PLACE, data={"do": "as-computed", "reason": "Klart nu.", "seen": "1"}).status_code == 303
    assert names(bjorn.get("/competence/gaps").text)[0] == "Reglera sig själv"
    assert [(one.place, one.computed_place) for one in session.query(PlaceDecision)] == [(2, 1), (None, 1)]


def test_what_has_been_decided_cannot_be_changed(cast, guides, sign_in, session):
    sign_in(cast.bjorn).post(PLACE, data={"place": "2", "reason": "Därför.", "seen": "0"})
    decision = session.query(PlaceDecision).one()
    decision.reason = "Something else"
    with pytest.raises(TypeError, match="frozen"):
        session.flush()
    session.rollback()


def test_who_sees_a_list_that_is_not_theirs_to_decide_cannot(cast, guides, sign_in):
    """A coordinator reads the region's; a project leader decides the project's, not a partner's."""
    assert "Ändra plats" not in sign_in(cast.david).get("/competence/gaps").text
    sent = {"place": "2", "reason": "Därför.", "seen": "0"}
    assert sign_in(cast.david).post(PLACE, data=sent).status_code == 404
    assert sign_in(cast.cecilia).post(f"{PLACE}?group=fyren", data=sent).status_code == 404


def test_figures_of_a_small_group_have_no_place(cast, guides, sign_in):
    page = sign_in(cast.cecilia).get("/competence/gaps").text
    assert "Reglera sig själv" in page
    assert "Prioritet 0" not in page
    assert "Dolt" in page or "dold" in page.lower()
    assert cast.alva.name not in page

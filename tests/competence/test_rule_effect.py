"""Choosing how levels are told: what it would change is seen before, and nobody is seen in it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.competence.figures import rule_effect
from lms.competence.figures.rule_effect import BOTH, DOWN, SAME, UP, Moved
from lms.competence.models import LevelRuleVersion
from lms.competence.required.versions import Decision
from lms.competence.shown import level_rules
from lms.competence.shown.level import BEST_VALID_CONFIRMED, HIGHEST_SHOWN, LATEST, LEVEL_RULES, Source
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person, Role

GOALS, SELF = "self-leadership/SL1", "self-leadership/SL2"
PAGE = "/competence/level-rule"
K = 5


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.fixture
def join(cast, session, profile, at):
    """`join(cast.ekeby, 6)`: so many new people whose work needs two competences."""
    profile(cast.project, "Vägledare", {GOALS: (3, 5), SELF: (2, 1)})

    def joined(place, number):
        people = [
            Person(email=f"{place.key}{one}@kunna.test", name=f"{place.key} {one}", created_at=at)
            for one in range(number)
        ]
        for person in people:
            person.memberships.append(Membership(organisation=place, role_profile_key="vagledare", began_at=at))
        session.add_all(people)
        session.commit()
        return people

    return joined


@pytest.fixture
def effect(cast, session, at):
    def told(person, place, rule, role=Role.ADMINISTRATOR):
        its = cast.membership(person, place)
        viewer = Viewer(person.id, person.uuid, person.name, "sv", its.id, place.id, frozenset({role}))
        return rule_effect.of(session, viewer, rule, K, at=at)

    return told


def test_it_counts_people_and_levels_that_would_fall(cast, join, show, effect):
    people = join(cast.ekeby, 12)
    for person in people:
        show(cast.ekeby, person, GOALS, 2, Source.MANAGER)
        show(cast.ekeby, person, SELF, 2, Source.MANAGER)
    for person in people[:6]:
        show(cast.ekeby, person, GOALS, 4, Source.SELF)
    told = effect(cast.elsa, cast.ekeby, BEST_VALID_CONFIRMED)
    assert (told.people, told.levels) == (12, 24)
    assert told.moved == {UP: Moved(0, 0), DOWN: Moved(6, 6), BOTH: Moved(0, 0), SAME: Moved(6, 0)}


def test_too_few_who_change_are_hidden_with_what_would_give_them_away(cast, join, show, effect):
    people = join(cast.ekeby, 12)
    for person in people:
        show(cast.ekeby, person, GOALS, 2, Source.MANAGER)
    for person in people[:2]:
        show(cast.ekeby, person, GOALS, 4, Source.SELF)
    told = effect(cast.elsa, cast.ekeby, BEST_VALID_CONFIRMED)
    assert (told.moved[DOWN], told.moved[SAME]) == (None, None)


def test_nothing_is_said_of_fewer_than_k(cast, join, show, effect):
    for person in join(cast.ekeby, 4):
        show(cast.ekeby, person, GOALS, 2)
    told = effect(cast.elsa, cast.ekeby, LATEST)
    assert told.is_hidden
    assert (told.people, told.levels) == (0, 0)


def test_those_below_who_have_chosen_for_themselves_are_not_counted(cast, join, show, effect, session, at):
    for place in (cast.ekeby, cast.lindo):
        for person in join(place, 6):
            show(place, person, GOALS, 2)
    level_rules.choose(session, cast.lindo.id, LATEST, Decision(at.date(), at, None))
    session.commit()
    assert effect(cast.cecilia, cast.project, BEST_VALID_CONFIRMED, Role.PROJECT_LEADER).people == 6


@pytest.mark.parametrize("rule", LEVEL_RULES.values(), ids=LEVEL_RULES)
@pytest.mark.parametrize("source", list(Source))
def test_no_rule_makes_a_level_unknown(cast, join, show, effect, rule, source):
    for person in join(cast.ekeby, 6):
        show(cast.ekeby, person, GOALS, 2, source, days_ago=900)
    told = effect(cast.elsa, cast.ekeby, rule)
    assert (told.people, told.levels, told.moved[SAME]) == (6, 6, Moved(6, 0))


def test_a_choice_is_kept_with_who_and_why_and_holds_from_its_day(cast, session, sign_in, at):
    day = (at + timedelta(days=3)).date()
    elsa = sign_in(cast.elsa)
    answer = elsa.post(f"{PAGE}/latest", data={"valid_from": day.isoformat(), "note": "After the council", "seen": ""})
    assert answer.status_code == 303
    page = elsa.get(PAGE).text
    assert "After the council" in page
    assert cast.elsa.name in page
    assert level_rules.rule_of(session, cast.ekeby.id, at) is HIGHEST_SHOWN
    assert level_rules.rule_of(session, cast.ekeby.id, at + timedelta(days=3)) is LATEST


def test_sent_twice_is_decided_once(cast, session, sign_in, at):
    form = {"valid_from": at.date().isoformat(), "seen": ""}
    elsa = sign_in(cast.elsa)
    assert [elsa.post(f"{PAGE}/latest", data=form).status_code for _ in range(2)] == [303, 400]
    assert session.scalar(select(func.count()).select_from(LevelRuleVersion)) == 1


@pytest.mark.parametrize("form", [{"valid_from": "2020-01-01"}, {"valid_from": "soon"}, {"note": "x" * 2001}])
def test_what_cannot_be_decided_is_said(cast, session, sign_in, at, form):
    form = {"valid_from": at.date().isoformat(), "seen": ""} | form
    answer = sign_in(cast.elsa).post(f"{PAGE}/latest", data=form)
    assert answer.status_code == 400
    assert session.scalar(select(func.count()).select_from(LevelRuleVersion)) == 0


def test_every_other_rule_can_be_tried(cast, sign_in):
    cecilia = sign_in(cast.cecilia)
    tried = set(re.findall(r'href="/competence/level-rule/([\w-]+)"', cecilia.get(PAGE).text))
    assert tried == set(LEVEL_RULES) - {HIGHEST_SHOWN.key}
    assert {cecilia.get(f"{PAGE}/{key}").status_code for key in tried} == {200}
    assert cecilia.get(f"{PAGE}/gone").status_code == 404


@pytest.mark.parametrize("other", ["alva", "bjorn", "david"])
def test_it_is_for_those_in_charge(cast, sign_in, other):
    assert sign_in(getattr(cast, other)).get(PAGE).status_code == 403


def test_the_rule_is_said_where_a_level_is(cast, join, show, session, sign_in):
    cast.membership(cast.alva, cast.fyren).role_profile_key = "vagledare"
    session.commit()
    assert "Högst visade" in sign_in(cast.alva).get("/competence/").text

"""An administrator plans for units by what may be shown of them, and asks groups; what is decided beside courses."""

import html
import re
from datetime import date

import pytest

from lms.competence.day import today
from lms.competence.figures import groups
from lms.errors import Conflict, NotFound
from lms.identity import access
from lms.identity.models import Role
from lms.plans import assignments, measures, organisation
from lms.plans.measures import Wanted
from lms.plans.models import Assignment, Kind, Measure
from tests.plans.conftest import GOALS, NOWHERE

DAY = date(2027, 1, 31)
SCHOOL = "ekeby-skola"


@pytest.fixture
def elsa(cast, viewer):
    return viewer(cast.elsa, cast.ekeby, Role.ADMINISTRATOR)


@pytest.fixture
def school(cast, profile, staff):
    """Twelve who reach little of goals. Of six at another unit and four at none nothing may be shown."""
    profile(cast.project, "Guide", {GOALS: (3, 4), NOWHERE: (3, 1)})
    staff(cast.units["ekeby-arbetsmarknad"], [1] * 6)
    staff(None, [1] * 4, partner=cast.ekeby)
    return staff(cast.units[SCHOOL], [1] * 6 + [2] * 6)


@pytest.fixture
def planned(session, elsa, library, app, at):
    def plan(hours=200):
        counted = groups.count(session, elsa, 5, today(at))
        among = assignments.among(session, access.aggregates(elsa), library, at.date())
        known = app.extensions["kunna"].known.at(session, elsa.organisation_id)
        return organisation.plan(counted, assignments.levels_ahead(among), library, known, hours * 60)

    return plan


def test_only_what_may_be_shown_of_groups_is_planned_for(school, planned):
    plan = planned()
    assert {its.group for one in plan.suggested for its in one.groups} == {SCHOOL}
    assert {its.people for one in plan.suggested for its in one.groups} == {12}
    assert plan.minutes == sum(one.module.minutes * 12 for one in plan.suggested)
    # Nobody has been assessed in the other, which is not the same as hidden.
    assert ([one.key for one in plan.effects], plan.hidden) == ([GOALS], 0)
    [effect] = plan.effects
    assert effect.now == effect.with_assigned > effect.with_plan > 0


def test_a_budget_that_is_too_small_for_a_group_is_not_spent(school, planned):
    assert planned(1).suggested == []


def test_a_group_is_asked_without_telling_who_lacks_or_has_done_what(
    cast, school, planned, session, sign_in, hold_clock, at
):
    hold_clock(at)
    elsa = sign_in(cast.elsa)
    page = elsa.get("/competence/plan/").text
    [asked] = {html.unescape(one) for one in re.findall(r'name="asked" value="([^"]+)"', page) if SCHOOL in one}
    form = {"asked": asked, "hours": 200, "due_on": DAY.isoformat()}
    assert elsa.post("/competence/plan/organisation", data=form).status_code == 400
    assert elsa.post("/competence/plan/organisation", data=form | {"why": "Nytt läsår"}).status_code == 303
    assert {one.person_uuid for one in session.query(Assignment)} == {one.uuid for one in school}

    page = elsa.get("/competence/plan/").text
    assert "Nytt läsår" in page
    assert not [one.name for one in school if one.name in page]
    [effect] = planned().effects
    assert effect.with_assigned < effect.now

    first = session.query(Assignment).first().uuid
    assert sign_in(cast.bjorn).post(f"/competence/plan/assigned/{first}/withdraw-all").status_code == 403
    assert elsa.post(f"/competence/plan/assigned/{first}/withdraw-all").status_code == 303
    assert all(one.withdrawn_at is not None for one in session.query(Assignment))


def test_an_administrator_with_a_team_of_their_own_cannot_take_it_out(cast, school, session, viewer, elsa, app, at):
    """Nine of the twelve at the school are Elsa's own people, which leaves three, told together with the others."""
    goals = app.extensions["kunna"].known.at(session, elsa.organisation_id).competence(GOALS)
    assert groups.count(session, elsa, 5, today(at)).of(goals)[SCHOOL].shown
    for one in school[:9]:
        one.memberships[0].manager_id = elsa.membership_id
    session.flush()
    manages = viewer(cast.elsa, cast.ekeby, Role.ADMINISTRATOR, Role.MANAGER)
    found = groups.count(session, manages, 5, today(at)).of(goals)
    assert found[SCHOOL].shown is None
    assert found[groups.ALL].shown
    assert groups.count(session, elsa, 5, today(at)).of(goals)[SCHOOL].shown


def test_what_fewer_than_k_are_expected_to_reach_changes_no_figure(cast, school, session, elsa, app, at):
    known = app.extensions["kunna"].known.at(session, elsa.organisation_id)
    counted, goals = groups.count(session, elsa, 5, today(at)), known.competence(GOALS)
    now = counted.of(goals)

    def then(number):
        its = [one.memberships[0].id for one in school[:number]]
        return counted.expecting({one: {GOALS: 3} for one in its}).of(goals)

    assert then(4) == now
    five = then(5)
    assert five[SCHOOL].shown.index < now[SCHOOL].shown.index
    assert five[groups.ALL].shown.index < now[groups.ALL].shown.index


@pytest.fixture
def decide(session, at):
    def decided(viewer, view, what="En mentor från Lindö"):
        wanted = Wanted(GOALS, Kind.MENTOR, what, DAY)
        its = measures.decide(session, measures.scope(viewer, view), wanted, by=viewer.person_id, at=at)
        session.commit()
        return its

    return decided


def test_what_is_decided_for_a_team_is_for_its_manager(cast, session, viewer, elsa, decide, at):
    bjorn = viewer(cast.bjorn, cast.fyren, Role.MANAGER)
    measure = decide(bjorn, "team")
    assert measures.of(session, measures.scope(bjorn, "team")) == [measure]
    for other, view in ((elsa, "groups"), (viewer(cast.elsa, cast.ekeby, Role.MANAGER), "team")):
        assert measures.of(session, measures.scope(other, view)) == []
        with pytest.raises(NotFound):
            measures.end(session, other, measure.uuid, "done", at=at)
    with pytest.raises(NotFound):
        decide(viewer(cast.david, cast.east, Role.COORDINATOR), "groups")


def test_a_measure_stands_with_who_decided_it_and_what_came_of_it(cast, school, session, sign_in, hold_clock, elsa, at):
    hold_clock(at)
    browser = sign_in(cast.elsa)
    assert GOALS in browser.get("/competence/plan/measures/new?view=groups").text
    form = {"view": "groups", "competence": GOALS, "kind": "recruit", "due_on": DAY.isoformat()}
    assert browser.post("/competence/plan/measures", data=form).status_code == 400
    assert browser.post("/competence/plan/measures", data=form | {"what": "Står i annonsen"}).status_code == 303
    measure = session.query(Measure).one()
    assert "Står i annonsen" in browser.get("/competence/plan/").text
    assert browser.post(f"/competence/plan/measures/{measure.uuid}", data={"outcome": "done"}).status_code == 303
    session.expire_all()
    assert (measure.decided_by.name, measure.outcome, measure.ended_by.name) == ("Elsa Öberg", "done", "Elsa Öberg")
    with pytest.raises(Conflict):
        measures.end(session, elsa, measure.uuid, "dropped", at=at)
    assert [one["what"] for one in browser.get("/me/export").json["measures"]] == ["Står i annonsen"]

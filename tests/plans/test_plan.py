"""A manager plans for his people, asks them, and is told what comes of it."""

import html
import re
from datetime import date, timedelta

import pytest

from lms import signals
from lms.competence.day import ahead, today
from lms.courses.models import ModuleProgress
from lms.errors import Conflict, Invalid, NotFound
from lms.identity.models import Role
from lms.plans import assigning, assignments, team
from lms.plans.assignments import Lesson
from lms.plans.models import Assignment
from tests.plans.conftest import GOALS, NOWHERE, SELF

DAY = date(2027, 1, 31)


@pytest.fixture
def bjorn(cast, viewer):
    return viewer(cast.bjorn, cast.fyren, Role.MANAGER)


@pytest.fixture
def planned(session, bjorn, library, at):
    def plan(hours=20):
        its = assignments.of_team(session, bjorn, library, at.date())
        return team.plan(session, bjorn, library, its, hours * 60, today(at))

    return plan


@pytest.fixture
def ask(session, bjorn, library, at):
    def asked(*pairs, due=DAY, why="Inför våren"):
        terms = assigning.Terms(due, why)
        new = assigning.assign(session, bjorn, pairs, terms, library, at=at)
        session.commit()
        return new

    return asked


@pytest.fixture
def do(session, cast, at):
    """As the reader of progress would have it."""

    def done(person, lesson):
        its = ModuleProgress(
            organisation_id=cast.fyren.id,
            person_uuid=person.uuid,
            course_key=lesson.course_key,
            module_key=lesson.module_key,
            completed_at=at,
        )
        session.add(its)
        session.commit()
        return its

    return done


def first(plan, person):
    """The first module that the plan gives somebody."""
    return next(one.lesson for one in plan.suggested if person.uuid in [its.person_uuid for its, _ in one.people])


def test_the_plan_names_who_and_what_it_closes(cast, guides, planned):
    plan = planned()
    given = {(one.person_uuid, key) for its in plan.suggested for one, levels in its.people for key in levels}
    assert given == {(cast.alva.uuid, GOALS), (cast.farid.uuid, GOALS), (cast.farid.uuid, SELF)}
    assert plan.levels == 4
    assert all(one.now == one.with_assigned > one.with_plan for one in plan.effects)
    assert sum(one.with_plan for one in plan.effects) == pytest.approx(0)
    # Nobody has assessed Alva in the one, nor either of them in the other.
    assert plan.not_assessed == 3
    assert NOWHERE not in {key for one in plan.suggested for key in one.levels}


def test_a_small_budget_goes_where_most_is_closed_for_the_time(guides, planned):
    some, all = planned(1), planned(20)
    assert some.minutes <= 60 < all.minutes
    assert 0 < some.levels < all.levels


def test_what_is_assigned_is_not_suggested_again_and_counts_as_done(cast, guides, planned, ask):
    before = planned()
    ask((cast.alva.uuid, first(before, cast.alva)))
    after = planned()
    was, goals = ({one.key: one for one in plan.effects}[GOALS] for plan in (before, after))
    assert was.with_assigned == was.now == goals.now > goals.with_assigned
    assert cast.alva.uuid not in [one.person_uuid for its in after.suggested for one, _ in its.people]


def test_an_assignment_is_done_by_itself_and_undone_when_its_statement_is_voided(
    cast, session, guides, planned, ask, do, bjorn, library, at
):
    lesson = first(planned(), cast.alva)
    ask((cast.alva.uuid, lesson))

    def stands(on):
        [one] = assignments.of_team(session, bjorn, library, on)
        return one.is_done, one.is_late

    late = DAY + timedelta(days=1)
    assert (stands(DAY), stands(late)) == ((False, False), (False, True))
    done = do(cast.alva, lesson)
    assert stands(late) == (True, False)
    assert assignments.asked(library, session, cast.fyren.id, cast.alva.uuid, late) == []
    session.delete(done)
    session.commit()
    assert stands(late) == (False, True)


def test_a_whole_course_is_done_when_all_its_modules_are(cast, session, ask, do, bjorn, library, at):
    course = library.get("sjalvledarskap")
    ask((cast.alva.uuid, Lesson(course.key)))
    *some, last = course.modules
    for module in some:
        do(cast.alva, Lesson(course.key, module.key))
    assert [one.is_done for one in assignments.of_team(session, bjorn, library, at.date())] == [False]
    do(cast.alva, Lesson(course.key, last.key))
    assert [one.is_done for one in assignments.of_team(session, bjorn, library, at.date())] == [True]


def test_nobody_is_asked_twice_or_for_what_they_have_done(cast, guides, planned, ask, do, monkeypatch):
    lesson = first(planned(), cast.alva)
    do(cast.farid, lesson)
    assert [one.person_uuid for one in ask((cast.alva.uuid, lesson), (cast.farid.uuid, lesson))] == [cast.alva.uuid]
    assert ask((cast.alva.uuid, lesson)) == []
    # As when two ask in the same moment, and neither sees the other's.
    monkeypatch.setattr(assignments, "load", lambda *_: [])
    with pytest.raises(Conflict):
        ask((cast.alva.uuid, lesson))


def test_only_ones_own_team_is_asked_and_for_what_there_is(cast, guides, ask, library):
    lesson = Lesson("sjalvledarskap", library.get("sjalvledarskap").modules[0].key)
    for pair in (
        (cast.gun.uuid, lesson),
        (cast.alva.uuid, Lesson("nowhere")),
        (cast.alva.uuid, Lesson("sjalvledarskap", "x")),
    ):
        with pytest.raises(NotFound):
            ask(pair)
    with pytest.raises(Invalid):
        ask()


def test_the_forecast_counts_what_is_due_before_its_day(cast, session, guides, planned, ask, bjorn, library, at):
    lesson = first(planned(), cast.alva)
    ask((cast.alva.uuid, lesson), due=DAY.replace(year=2028))
    membership = cast.membership(cast.alva, cast.fyren).id
    assert assignments.expected(library, session, bjorn, today(at)) == {}
    assert assignments.expected(library, session, bjorn, ahead(at, 12)) == {}
    expected = assignments.expected(library, session, bjorn, ahead(at, 36))
    assert expected == {membership: library.get(lesson.course_key).module(lesson.module_key).develops}
    seen = {one.name: one.level(GOALS) for one in team.people(session, bjorn, ahead(at, 36), expected)}
    assert seen == {"Alva Ek": 3, "Farid Nazari": 2}


def test_the_pages_of_a_manager_and_of_who_is_asked(
    cast, guides, planned, sign_in, session, letters, hold_clock, at, app, count_queries
):
    hold_clock(at)
    bjorn, alva = sign_in(cast.bjorn), sign_in(cast.alva)
    page = bjorn.get("/competence/plan/?hours=20").text
    asked = [html.unescape(one) for one in re.findall(r'name="asked" value="([^"]+)"', page)]
    assert len(asked) == sum(len(one.people) for one in planned().suggested)

    refused = bjorn.post("/competence/plan/", data={"asked": asked[:1], "hours": 20, "due_on": "2026-01-01"})
    assert refused.status_code == 400
    # What was ticked, and what was not, is as it was.
    assert refused.text.count(" checked") == 1
    assert session.query(Assignment).count() == 0

    hers = [one for one in asked if one.startswith(str(cast.alva.uuid))]
    form = {"asked": hers, "hours": 20, "due_on": DAY.isoformat(), "why": "Vi leder nätverket i vår"}
    assert bjorn.post("/competence/plan/", data=form | {"letter": "yes"}).status_code == 303
    app.extensions["kunna"].jobs.run_all()
    [letter] = letters()
    assert "To: alva@fyren.example" in letter
    assert "Vi leder nätverket i vår" in letter

    for address in ("/", "/courses/", "/competence/"):
        text = alva.get(address).text
        assert "Vi leder nätverket i vår" in text, address
        assert "31 jan. 2027" in text, address
    assert "Vi leder nätverket i vår" not in sign_in(cast.farid).get("/").text
    with count_queries() as counted:
        assert "Alva Ek" in bjorn.get("/competence/plan/forecast").text
    assert counted.number < 60

    hold_clock(at + timedelta(days=100))
    assert "som du har tilldelat" in bjorn.get("/").text
    [one] = session.query(Assignment)
    assert alva.post(f"/competence/plan/assigned/{one.uuid}/withdraw").status_code == 403
    assert bjorn.post(f"/competence/plan/assigned/{one.uuid}/withdraw").status_code == 303
    assert "Vi leder nätverket i vår" not in alva.get("/").text
    assert [its["why"] for its in alva.get("/me/export").json["assignments"]] == ["Vi leder nätverket i vår"]


def test_what_was_asked_goes_with_the_person(cast, guides, planned, ask, session):
    ask((cast.alva.uuid, first(planned(), cast.alva)))
    name, kept = assignments.portion(session, cast.alva.uuid)
    assert (name, [one["why"] for one in kept]) == ("assignments", ["Inför våren"])
    signals.person_erased.send(session, person_uuid=cast.alva.uuid)
    assert session.query(Assignment).count() == 0

"""Development talks and the plan: who sees what, and that only what both agreed to is agreed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import CheckConstraint, select

from lms import signals
from lms.identity import insight
from lms.identity.access import Viewer
from lms.identity.models import Insight, Role, RoleHeld
from lms.talks import goals, kept, talks, team
from lms.talks.models import FollowUp, Goal, Preparation, Talk
from lms.talks.pairs import Pair

TALKS = "/competence/talks"


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.fixture
def with_alva(cast):
    return f"{TALKS}/with/{cast.alva.uuid}"


@pytest.fixture
def soon(at):
    return (at + timedelta(days=10)).date().isoformat()


@pytest.fixture
def propose(sign_in, with_alva, soon):
    """`propose(cast.bjorn, "What it says")`: the goal's address."""

    def proposed(who, text, **form):
        id = uuid4()
        answer = sign_in(who).post(f"{with_alva}/goals", data={"id": str(id), "text": text, "due": soon} | form)
        assert answer.status_code == 303, answer.text
        return f"{with_alva}/goals/{id}"

    return proposed


@pytest.fixture
def moves_on(cast, session, at):
    """Björn is no longer Alva's manager; Farid is."""

    def moved():
        farid, alva = (cast.membership(one, cast.fyren) for one in (cast.farid, cast.alva))
        farid.held.append(RoleHeld(role=Role.MANAGER))
        alva.manager = farid
        session.commit()

    return moved


def test_a_goal_is_in_the_plan_when_the_other_has_agreed(cast, propose, sign_in, session, with_alva):
    goal = propose(cast.bjorn, "Leads the camp")
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    assert "Leads the camp" in alva.get(f"{TALKS}/").text
    assert "föreslagit ett mål" in alva.get("/").text
    assert bjorn.post(f"{goal}/answer", data={"answer": "agreed"}).status_code == 403
    assert alva.post(f"{goal}/answer", data={"answer": "withdrawn"}).status_code == 403
    for _ in range(2):  # sent twice
        assert alva.post(f"{goal}/answer", data={"answer": "agreed"}).status_code == 303
    assert session.scalars(select(Goal)).one().is_in_force
    assert bjorn.post(f"{goal}/answer", data={"answer": "withdrawn"}).status_code == 409
    assert "Leads the camp" in bjorn.get(with_alva).text


def test_what_was_agreed_is_followed_up_until_it_ends(cast, propose, sign_in, session):
    goal = propose(cast.alva, "Holds the parents' meeting")
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    bjorn.post(f"{goal}/answer", data={"answer": "agreed"})
    wordless = alva.post(f"{goal}/follow-up", data={"standing": "needs_help"})
    assert wordless.status_code == 400
    assert 'href="#text"' in wordless.text
    alva.post(f"{goal}/follow-up", data={"standing": "needs_help", "text": "The hall is booked"})
    assert "The hall is booked" in bjorn.get(goal).text
    for _ in range(2):
        bjorn.post(f"{goal}/follow-up", data={"standing": "reached", "text": "Well done"})
    its = session.scalars(select(Goal)).one()
    assert (its.outcome, [one.standing for one in its.follow_ups]) == ("reached", ["needs_help", "reached"])
    assert alva.post(f"{goal}/follow-up", data={"standing": "on_track"}).status_code == 409


def test_another_goal_takes_its_place_only_when_both_want_that(cast, propose, sign_in, session):
    earlier = propose(cast.bjorn, "Leads the camp")
    sign_in(cast.alva).post(f"{earlier}/answer", data={"answer": "agreed"})
    form = sign_in(cast.alva).get(f"{earlier.rsplit('/', 1)[0]}/new?replaces={earlier.rsplit('/', 1)[1]}").text
    assert "Leads the camp" in form
    instead = propose(cast.alva, "Leads half the camp", replaces=earlier.rsplit("/", 1)[1])
    outcome = select(Goal.outcome).where(Goal.text == "Leads the camp")
    assert session.scalars(outcome).one() is None
    sign_in(cast.bjorn).post(f"{instead}/answer", data={"answer": "agreed"})
    session.expire_all()
    assert session.scalars(outcome).one() == "replaced"


def test_a_later_manager_sees_what_was_agreed_and_nothing_else(cast, propose, sign_in, with_alva, soon, moves_on):
    agreed, declined = propose(cast.bjorn, "Was agreed on"), propose(cast.bjorn, "Was said no to")
    waiting = propose(cast.alva, "Was only proposed")
    alva = sign_in(cast.alva)
    alva.post(f"{agreed}/answer", data={"answer": "agreed"})
    alva.post(f"{declined}/answer", data={"answer": "declined"})
    sign_in(cast.bjorn).post(f"{with_alva}/day", data={"day": soon})
    alva.post(f"{with_alva}/preparation", data={"since": "What Alva thinks"})
    moves_on()
    farid = sign_in(cast.farid, cast.fyren)
    page = farid.get(with_alva).text
    assert "Was agreed on" in page
    for unseen in ("Was said no to", "Was only proposed", "What Alva thinks"):
        assert unseen not in page
    assert farid.get(declined).status_code == farid.get(waiting).status_code == 404
    # The talk was with Björn. Farid sets one of his own.
    assert "Ingen tid är bestämd" in page
    assert farid.post(f"{with_alva}/day", data={"day": soon}).status_code == 303
    assert sign_in(cast.bjorn).get(with_alva).status_code == 404


def test_each_prepares_alone(cast, sign_in, session, with_alva, soon):
    bjorn, alva = sign_in(cast.bjorn), sign_in(cast.alva)
    bjorn.post(f"{with_alva}/day", data={"day": soon})
    assert (
        alva.post(f"{with_alva}/preparation", data={"since": "Alva's"}, headers={"X-Autosave": "1"}).status_code == 204
    )
    bjorn.post(f"{with_alva}/preparation", data={"since": "Björn's"})
    assert "Alva&#39;s" in alva.get(f"{TALKS}/").text
    assert "Björn&#39;s" not in alva.get(f"{TALKS}/").text
    assert "Alva&#39;s" not in bjorn.get(with_alva).text
    assert alva.post(f"{with_alva}/held").status_code == 403
    assert bjorn.post(f"{with_alva}/held").status_code == 303
    assert session.scalars(select(Talk)).one().held_at is not None
    assert "Alva&#39;s" in alva.get(f"{TALKS}/").text


def test_a_talk_is_moved_and_called_off_and_there_is_one_at_a_time(cast, sign_in, session, with_alva, soon, at):
    later = (at + timedelta(days=20)).date()
    alva = sign_in(cast.alva)
    for day in (soon, later.isoformat()):
        assert alva.post(f"{with_alva}/day", data={"day": day}).status_code == 303
    assert session.scalars(select(Talk.day)).all() == [later]
    assert alva.post(f"{with_alva}/day", data={"day": "2020-01-01"}).status_code == 400
    assert sign_in(cast.bjorn).post(f"{with_alva}/call-off").status_code == 303
    assert alva.post(f"{with_alva}/call-off").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"due": "soon"}, "due"),
        ({"due": "2020-01-01"}, "due"),
        ({"competence": "self-leadership/SL1"}, "level"),
        ({"level": "2"}, "competence"),
        ({"competence": "made/up", "level": "2"}, "competence"),
    ],
)
def test_what_cannot_be_a_goal_is_said_at_its_field_and_nothing_typed_is_lost(
    cast, sign_in, session, with_alva, soon, wrong, field
):
    form = {"text": "A goal", "due": soon, "how": "Step by step"} | wrong
    answer = sign_in(cast.alva).post(f"{with_alva}/goals", data=form)
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert "Step by step" in answer.text
    assert session.scalars(select(Goal)).all() == []


def test_without_a_manager_there_is_nobody_to_agree_with(cast, sign_in):
    page = sign_in(cast.elsa).get(f"{TALKS}/").text
    assert "ingen chef" in page
    answer = sign_in(cast.elsa).post(f"{TALKS}/with/{cast.elsa.uuid}/day", data={"day": "2099-01-01"})
    assert answer.status_code == 403


def test_a_manager_reads_who_waits_for_what(cast, session, sign_in, propose, at, count_queries):
    bjorn = Pair(cast.fyren.id, cast.alva, cast.bjorn, cast.bjorn.uuid)
    talk = talks.set_day(session, bjorn, (at - timedelta(days=400)).date(), at=at)
    talks.hold(bjorn, talk, at.date(), at=at - timedelta(days=400))
    session.commit()
    goal = propose(cast.alva, "Waits for Björn")
    propose(cast.bjorn, "Waits for Alva")
    page = sign_in(cast.bjorn).get(f"{TALKS}/team").text
    assert "Ett samtal" in page
    assert page.count("Ditt svar") == 1
    sign_in(cast.bjorn).post(f"{goal}/answer", data={"answer": "agreed"})
    assert "Ditt svar" not in sign_in(cast.bjorn).get(f"{TALKS}/team").text
    viewer = _viewer(cast)
    with count_queries() as counted:
        [row] = [row for row in team.of(session, viewer, at.date() + timedelta(days=30)) if row.name == cast.alva.name]
    assert (row.goals, row.overdue, row.asked, row.is_due) == (1, 1, 0, True)
    assert counted.number <= 4


def _viewer(cast):
    membership = cast.membership(cast.bjorn, cast.fyren)
    return Viewer(cast.bjorn.id, cast.bjorn.uuid, cast.bjorn.name, "sv", membership.id, cast.fyren.id, membership.roles)


def test_one_takes_it_along_and_is_forgotten(cast, propose, sign_in, session, with_alva, soon):
    goal = propose(cast.bjorn, "Leads the camp")
    alva = sign_in(cast.alva)
    alva.post(f"{goal}/answer", data={"answer": "agreed"})
    alva.post(f"{goal}/follow-up", data={"standing": "on_track", "text": "Half way"})
    sign_in(cast.bjorn).post(f"{with_alva}/day", data={"day": soon})
    alva.post(f"{with_alva}/preparation", data={"since": "Mine alone"})
    sign_in(cast.bjorn).post(f"{with_alva}/preparation", data={"since": "Björn's alone"})
    _, told = kept.portion(session, cast.alva.uuid)
    assert told["goals"][0]["follow_ups"][0]["text"] == "Half way"
    assert told["talks"][0]["my_preparation"]["since"] == "Mine alone"
    assert "Björn's alone" not in str(told)
    signals.person_erased.send(session, person_uuid=cast.alva.uuid)
    for table in (Talk, Preparation, Goal, FollowUp):
        assert session.scalars(select(table)).all() == []


def test_a_form_sent_twice_is_one_proposal(cast, sign_in, session, with_alva, soon):
    form = {"id": str(uuid4()), "text": "Once", "due": soon}
    for who in (cast.alva, cast.alva):
        assert sign_in(who).post(f"{with_alva}/goals", data=form).status_code == 303
    assert sign_in(cast.bjorn).post(f"{with_alva}/goals", data=form).status_code == 409
    assert len(session.scalars(select(Goal)).all()) == 1


def test_someone_who_shares_no_levels_has_talks_and_goals(cast, session, propose, sign_in, with_alva, soon, at):
    insight.decide(session, cast.fyren.id, Insight.SHARED, at.date(), "", by=None, at=at)
    session.commit()
    goal = propose(cast.alva, "I hold the meeting", competence="self-leadership/SL2", level="3")
    bjorn = sign_in(cast.bjorn)
    assert [row.name for row in team.of(session, _viewer(cast), at.date())].count("Alva Ek") == 1
    assert bjorn.post(f"{with_alva}/day", data={"day": soon}).status_code == 303
    assert bjorn.post(f"{goal}/answer", data={"answer": "agreed"}).status_code == 303
    page = bjorn.get(with_alva).text
    assert "I hold the meeting" in page
    assert "/calibrate" not in page
    assert 'name="competence"' not in bjorn.get(f"{with_alva}/goals/new").text


def test_every_answer_and_standing_is_one_the_database_knows():
    checks = {
        c.name: str(c.sqltext)
        for t in (Goal, FollowUp)
        for c in t.__table__.constraints
        if isinstance(c, CheckConstraint)
    }
    assert all(f"'{one.value}'" in checks["ck_goal_answer"] for one in goals.Answer)
    assert all(f"'{one.value}'" in checks["ck_goal_follow_up_standing"] for one in goals.Standing)

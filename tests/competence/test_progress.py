"""How far gaps have been closed: all, and the same people, without telling of who came or left."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from lms.competence import day
from lms.competence.figures import gate, progress
from lms.competence.figures.map import Filters
from lms.competence.figures.progress import Change, Point, Progress
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person, Role

ZONE = ZoneInfo("Europe/Stockholm")
P1 = "lifecomp/P1"
HERE, THERE, GUIDE = (1, 1), (1, 2), "guide"


@pytest.mark.parametrize(
    ("some", "all", "may"),
    [
        ({(HERE, GUIDE): 9}, {(HERE, GUIDE): 9}, True),
        ({(HERE, GUIDE): 9}, {(HERE, GUIDE): 10}, False),
        ({(HERE, GUIDE): 9}, {(HERE, GUIDE): 14}, True),
        ({(HERE, GUIDE): 3}, {(HERE, GUIDE): 14}, False),
        # A team of five newcomers, shown for itself, leaves the sixth newcomer over.
        ({(HERE, GUIDE): 9}, {(HERE, GUIDE): 10, (THERE, GUIDE): 5}, False),
        ({(HERE, GUIDE): 9, (THERE, GUIDE): 9}, {(HERE, GUIDE): 12, (THERE, GUIDE): 11}, True),
        ({}, {}, True),
    ],
)
def test_some_stand_beside_all_where_neither_those_nor_the_others_can_be_told(some, all, may):
    assert gate.may_compare(some, all, 5) is may


def test_what_has_been_closed_is_a_part_of_the_gap_there_was(at):
    now = day.today(at)
    assert Change(now, now, 0.4, 0.3, 9).closed == pytest.approx(0.25)
    assert Change(now, now, 0.4, 0.5, 9).closed == pytest.approx(-0.25)
    assert Change(now, now, 0, 0.5, 9).closed is None


def test_all_are_compared_over_the_same_time_as_the_same_people(at):
    first, second, now = day.month_ends(at, 2)
    found = Progress([Point(first, 9, 0.9, 1), Point(second, 9, 0.5, 1, 0.6, 8), Point(now, 9, 0.4, 1, 0.3, 8)], {})
    assert (found.same.before, found.same.after) == (0.6, 0.3)
    assert (found.all.before, found.all.after) == (0.5, 0.4)
    assert Progress([Point(first, 9, 0.9, 1), Point(second, 9, 0.5, 1)], {}).all.before == 0.9


@pytest.fixture
def lived(cast, session, profile, show, at):
    """Twelve at Fyren since long ago and one who came in April, all of them guides; in October one of them learnt."""
    profile(cast.project, "Guide", {P1: (3, 5)})
    for number in range(13):
        person = Person(uuid=uuid4(), name=f"P{number}", email=f"p{number}@fyren.example", created_at=at)
        began = at.replace(month=4, day=10) if number == 12 else at - timedelta(days=900)
        session.add(Membership(person=person, organisation=cast.fyren, began_at=began, role_profile_key="guide"))
        session.flush()
        show(cast.fyren, person, P1, 1, days_ago=600 if number < 12 else 160)
        if number == 0:
            show(cast.fyren, person, P1, 3, days_ago=20)
    session.commit()


@pytest.fixture
def cecilia(cast):
    member = cast.membership(cast.cecilia, cast.project)
    return Viewer(1, uuid4(), "", "sv", member.id, cast.project.id, frozenset({Role.PROJECT_LEADER}))


def test_who_came_within_a_half_year_hides_what_the_same_people_show_in_it(app, cast, session, lived, cecilia, at):
    ends, frameworks = progress.days(day.today(at), ZONE), app.extensions["kunna"].frameworks
    found = progress.of_groups(session, cecilia, frameworks, Filters(), 5, ends, ZONE)
    by_half = {one.half: one for one in found.points}
    # All of last year the same twelve, of whom everything may be told.
    assert by_half[at.year - 1, 2].same == by_half[at.year - 1, 2].index == pytest.approx(2 / 3)
    assert by_half[at.year, 1].same is None
    assert by_half[at.year, 1].index is not None
    # The half year that is not over is in none, and neither is today.
    assert (at.year, 2) not in by_half
    # She was assessed in June.
    assert found.same.last.on.month == 5
    # In a group the same people are not compared.
    fyren = progress.of_groups(session, cecilia, frameworks, Filters(group="fyren"), 5, ends, ZONE)
    assert [one.same for one in fyren.points if one.same is not None] == []
    assert fyren.points[-1].index == pytest.approx((12 * 2) / (13 * 3))


def test_a_manager_reads_how_far_the_team_has_come(cast, session, profile, show, sign_in, hold_clock, at):
    hold_clock(at)
    profile(cast.project, "Guide", {P1: (3, 5)})
    for person in (cast.alva, cast.farid):
        cast.membership(person, cast.fyren).role_profile_key = "guide"
        show(cast.fyren, person, P1, 1, days_ago=10)
    session.commit()
    page = sign_in(cast.bjorn).get("/competence/over-time").text
    assert "Gapen över tid" in page
    assert "67 %" in page

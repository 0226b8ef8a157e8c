"""Month by month, and a past that stays as it was."""

from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import false

from lms.competence import day
from lms.competence.day import past
from lms.competence.figures import matrix, tallies, trend
from lms.competence.shown.level import HIGHEST_SHOWN, Source
from lms.competence.shown.rules import authority
from lms.identity import access, periods
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person, Role
from lms.xapi import storing
from tests.competence.conftest import BASE, assessed, voided

P1, P2 = "lifecomp/P1", "lifecomp/P2"


@pytest.fixture
def guides(cast, session, profile, at):
    """Alva and Farid, who at Fyren have been youth leaders for two years."""
    profile(cast.project, "Guide", {P1: (3, 5), P2: (2, 1)})
    with periods.taking_effect(session, at - timedelta(days=700)):
        for person in (cast.alva, cast.farid):
            cast.membership(person, cast.fyren).role_profile_key = "guide"
    session.commit()


@pytest.fixture
def places_on(cast, at):
    member = cast.membership(cast.bjorn, cast.fyren)
    viewer = Viewer(1, uuid4(), "", "sv", member.id, cast.fyren.id, frozenset({Role.ADMINISTRATOR}))
    return lambda on: access.aggregates_on(viewer, on, at=at)


def months(at, number=12):
    return day.month_ends(at, number)


class TestDays:
    def test_a_year_from_a_leap_day_is_the_last_of_february(self, at):
        assert day.after(at.replace(year=2028, month=2, day=29), 12).date() == date(2029, 2, 28)
        assert day.after(at.replace(month=1, day=31), 1).date() == date(2026, 2, 28)

    def test_month_ends_come_in_order_and_then_today(self, at):
        found = day.month_ends(at, 3)
        assert [one.on.date() for one in found] == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), at.date()]
        assert not found[-1].is_past

    def test_a_day_ends_where_people_are(self, at):
        zone = ZoneInfo("Europe/Stockholm")
        assert past(at, date(2026, 3, 31), zone).on.astimezone(zone).date() == date(2026, 3, 31)
        assert past(at, date(2026, 3, 31), zone).on.hour == 21
        assert [one.on.hour for one in day.month_ends(at, 3, zone)][:3] == [21, 21, 22]


class TestTrend:
    def test_it_moves_when_something_comes_to_be_known(self, cast, session, guides, show, places_on, at):
        show(cast.fyren, cast.alva, P1, 1, days_ago=150)
        show(cast.fyren, cast.alva, P1, 3, Source.COURSE, days_ago=150, known_days_ago=60)
        found = trend.trend(session, places_on, months(at))
        indexes = [one.all.index for one in found]
        assert indexes[:6] == [None] * 6
        assert indexes[-6:] == [pytest.approx(2 / 3)] * 3 + [0] * 3
        assert found[-1].all.coverage == 1 / 4

    def test_old_evidence_is_set_aside_from_the_month_when_it_is_old(self, cast, session, guides, show, places_on, at):
        show(cast.fyren, cast.alva, P1, 3, Source.COURSE, days_ago=650)
        show(cast.fyren, cast.alva, P1, 1, Source.MANAGER, days_ago=300)
        ahead = at + timedelta(days=150)
        found = trend.trend(session, places_on, day.month_ends(ahead, 6))
        assert [one.all.index for one in found] == [0] * 4 + [pytest.approx(2 / 3)] * 3

    def test_who_came_later_is_not_one_of_the_same_people(self, cast, session, guides, show, places_on, at):
        show(cast.fyren, cast.alva, P1, 3, days_ago=350)
        late = Person(uuid=uuid4(), name="Late", email="late@fyren.example", created_at=at)
        began = at - timedelta(days=40)
        session.add(Membership(person=late, organisation=cast.fyren, began_at=began, role_profile_key="guide"))
        session.flush()
        show(cast.fyren, late, P1, 0, days_ago=35)
        session.commit()
        last = trend.trend(session, places_on, months(at, 6))[-1]
        assert (last.people, last.same_people) == (4, 3)
        assert last.same.index == 0
        assert last.all.index == pytest.approx(3 / 6)

    def test_of_nobody_it_says_nothing(self, cast, session, guides, at):
        nobody = trend.trend(session, lambda on: periods.were(on).where(false()), months(at, 2))
        assert [(one.people, one.all.index) for one in nobody] == [(0, None)] * 3

    def test_each_day_is_as_the_matrix_of_that_day(self, cast, session, guides, show, places_on, at):
        for number in range(30):
            person = (cast.alva, cast.farid)[number % 2]
            source = list(Source)[number % 7]
            ago = 30 * number
            show(
                cast.fyren, person, (P1, P2)[number % 3 % 2], number % 5, source, days_ago=ago,
                known_days_ago=ago // 2, ends_in=100 - ago if number % 4 == 0 else None,
            )  # fmt: skip
        for moment in trend.trend(session, places_on, months(at, 20)):
            built = matrix.load(session, places_on(moment.day.on), moment.day, rule=HIGHEST_SHOWN)
            assert moment.all == tallies.of(built, tallies.everyone(built)).whole(0)


arrivals = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from((P1, P2)),
        st.integers(0, 4),
        st.sampled_from(Source),
        st.integers(0, 900),
        st.one_of(st.none(), st.integers(-400, 400)),
    ),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals, arrivals, st.integers(1, 300))
def test_a_day_that_has_been_stays_as_it_was(cast, session, guides, show, places_on, at, before, after, days):
    """Whatever comes to be known after it, of whatever time."""
    that = past(at, (at - timedelta(days=days)).date())

    def arrive(happened, *, after_it):
        for is_alva, key, level, source, ago, end in happened:
            known = days - 1 if after_it else max(days + 1, ago)
            shown = max(ago, known)
            person = cast.alva if is_alva else cast.farid
            show(cast.fyren, person, key, level, source, days_ago=shown, known_days_ago=known, ends_in=end)

    def picture():
        its = matrix.load(session, places_on(that.on), that)
        return its.keys, its.current.tolist(), its.flags.tolist(), its.reliability.tolist()

    with session.begin_nested() as tried:
        arrive(before, after_it=False)
        was = picture()
        arrive(after, after_it=True)
        cast.membership(cast.alva, cast.fyren).role_profile_key = None
        cast.membership(cast.farid, cast.fyren).ended_at = at
        session.flush()
        assert picture() == was
        tried.rollback()


def test_a_voided_statement_changes_the_past_too(cast, session, guides, places_on, at):
    then = at - timedelta(days=100)
    known = assessed(cast.alva.uuid, P1, 2, then)
    (statement,) = storing.record(session, cast.fyren.id, [known], authority=authority(BASE), at=then)
    that = past(at, (at - timedelta(days=50)).date())
    assert matrix.load(session, places_on(that.on), that).current.max() == 2
    storing.record(session, cast.fyren.id, [voided(statement, at)], authority=authority(BASE), at=at)
    assert matrix.load(session, places_on(that.on), that).current.max() == -1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (date(2026, 3, 30), date(2026, 2, 28)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 1, 1), date(2025, 12, 31)),
        (date(2026, 10, 25), date(2026, 9, 30)),
    ],
)
def test_figures_of_groups_that_have_been_are_of_the_end_of_a_month(at, asked, told):
    zone = ZoneInfo("Europe/Stockholm")
    assert day.published(past(at, asked, zone), zone) == past(at, told, zone)
    assert day.published(day.today(at), zone) == day.today(at)

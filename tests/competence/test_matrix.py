"""What NumPy adds up is what `gap` says of the same people one by one."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competence import gap
from lms.competence.day import ahead, past, today
from lms.competence.figures import matrix, tallies
from lms.competence.figures.matrix import Matrix, Needs
from lms.competence.gap import Cell
from lms.competence.required.profiles import Profile, Requirement
from lms.competence.shown.level import LATEST, WEIGHTED, Source
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person, Role

KEYS = ("lifecomp/P1", "lifecomp/P2", "self-leadership/SL1")
P1, P2, SL1 = KEYS

requirements = st.dictionaries(
    st.sampled_from(KEYS),
    st.builds(
        Requirement,
        st.integers(1, 4),
        st.integers(1, 5),
        consequence=st.integers(1, 5),
        difficulty=st.integers(1, 5),
    ),
)
profiles = st.lists(requirements, min_size=1, max_size=3)
# Profile (none of them is one too), team, levels.
people = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.lists(st.integers(-1, 4), min_size=3, max_size=3)), max_size=12
)


def built(profiles, people):
    needs = Needs(
        [Profile(1, str(number), "", its, 1) for number, its in enumerate(profiles)],
        *(np.zeros((len(profiles) + 1, len(KEYS)), dtype=np.int8) for _ in range(4)),
    )
    for number, its in enumerate(profiles):
        for key, one in its.items():
            at = number, KEYS.index(key)
            needs.level[at], needs.weight[at] = one.level, one.weight
            needs.stakes[at] = one.consequence * one.difficulty
    count = len(people)
    return Matrix(
        KEYS,
        needs,
        np.arange(1, count + 1),
        np.ones(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.array([team for _, team, _ in people], dtype=np.int64),
        np.array([min(profile, len(profiles)) for profile, _, _ in people], dtype=np.int64),
        np.array([levels for _, _, levels in people], dtype=np.int8).reshape(count, len(KEYS)),
        np.zeros((count, len(KEYS)), dtype=np.uint8),
        np.zeros((count, len(KEYS)), dtype=np.uint8),
    )


def cells(profiles, people, team, key):
    found = []
    for profile, its, levels in people:
        needed = profiles[profile].get(key) if profile < len(profiles) else None
        if its == team and needed is not None:
            level = levels[KEYS.index(key)]
            stakes = needed.consequence * needed.difficulty
            found.append(Cell(needed.level, None if level < 0 else level, needed.weight, stakes))
    return found


@given(profiles, people)
def test_the_sums_are_those_of_the_cells_one_by_one(profiles, people):
    its = built(profiles, people)
    found = tallies.of(its, its.managers)
    assert found.groups.tolist() == sorted({team for _, team, _ in people})
    for place, team in enumerate(found.groups.tolist()):
        for column, key in enumerate(KEYS):
            assert found.tally(place, column) == gap.tally(cells(profiles, people, team, key))
        whole = [cell for key in KEYS for cell in cells(profiles, people, team, key)]
        assert found.whole(place) == gap.tally(whole)


@given(profiles, people)
def test_holders_are_counted_at_every_level(profiles, people):
    its = built(profiles, people)
    found = tallies.of(its, its.managers)
    for place, team in enumerate(found.groups.tolist()):
        for column in range(len(KEYS)):
            levels = [None if levels[column] < 0 else levels[column] for _, own, levels in people if own == team]
            counted = [gap.holders(levels, level) for level in range(5)]
            assert found.holders[place, column].tolist() == counted


@given(profiles, people, st.randoms())
def test_in_whatever_order_people_come_the_sums_are_the_same(profiles, people, chance):
    its = built(profiles, people)
    order = list(range(its.people))
    chance.shuffle(order)
    other = its.only(np.array(order, dtype=np.int64))
    left, right = tallies.of(its, its.managers), tallies.of(other, other.managers)
    assert all(np.array_equal(getattr(left, name), getattr(right, name)) for name in left.__dataclass_fields__)


@given(profiles, people, st.integers(0, 11), st.integers(0, 2))
def test_a_surplus_never_cancels_a_gap(profiles, people, who, column):
    """Whoever has what is needed can have more of it without any gap becoming smaller."""
    its = built(profiles, people)
    if who >= its.people or its.current[who, column] < its.required[who, column] or its.current[who, column] < 0:
        return
    before = tallies.of(its, tallies.everyone(its))
    its.current[who, column] = 4
    after = tallies.of(its, tallies.everyone(its))
    for name in ("sum_gap", "weighted_gap", "weighted_required", "at_or_above"):
        assert np.array_equal(getattr(before, name), getattr(after, name))


@given(profiles, people)
def test_who_is_not_assessed_counts_in_coverage_and_nowhere_else(profiles, people):
    its = built(profiles, people)
    known = (its.current >= 0).any(axis=1)
    found = tallies.of(its, tallies.everyone(its))
    left = tallies.of(its.only(known), tallies.everyone(its.only(known)))
    for name in ("assessed", "sum_gap", "weighted_gap", "weighted_required", "sum_current", "at_or_above"):
        assert getattr(found, name).sum() == getattr(left, name).sum()


class TestLoading:
    @pytest.fixture
    def team(self, cast, session, at, profile):
        """Three youth leaders of Fyren's: Alva, Farid and one without a manager."""
        profile(cast.project, "Guide", {P1: (3, 5), P2: (2, 1)})
        third = Person(uuid=uuid4(), name="Third", email="third@fyren.example", created_at=at)
        session.add(Membership(person=third, organisation=cast.fyren, began_at=at - timedelta(days=400)))
        session.flush()
        for person in (cast.alva, cast.farid, third):
            cast.membership(person, cast.fyren).role_profile_key = "guide"
        session.commit()
        return SimpleNamespace(alva=cast.alva, farid=cast.farid, third=third)

    @pytest.fixture
    def loaded(self, cast, session, at):
        def load(day=None, **asked):
            day = day or today(at)
            member = cast.membership(cast.bjorn, cast.fyren)
            viewer = Viewer(1, uuid4(), "", "sv", member.id, cast.fyren.id, frozenset({Role.ADMINISTRATOR}))
            return matrix.load(session, access.aggregates_on(viewer, day.on, at=at), day, **asked)

        return load

    @pytest.fixture
    def level(self, cast):
        def of(its, person, key=P1):
            row = its.memberships.tolist().index(cast.membership(person, cast.fyren).id)
            return int(its.current[row, its.keys.index(key)])

        return of

    def test_what_is_needed_and_what_there_is(self, team, loaded, level, show, cast):
        show(cast.fyren, team.alva, P1, 2)
        its = loaded()
        assert its.keys == [P1, P2]
        assert (level(its, team.alva), level(its, team.farid)) == (2, -1)
        assert its.people == 4
        found = tallies.of(its, tallies.everyone(its)).tally(0, 0)
        assert (found.required_of, found.assessed, found.weighted_gap, found.sum_stakes) == (3, 1, 5, 3 * 9)

    def test_by_another_rule_without_storing_it(self, team, loaded, level, show, cast):
        show(cast.fyren, team.alva, P1, 4, Source.COURSE, days_ago=90)
        show(cast.fyren, team.alva, P1, 1, Source.SELF, days_ago=3)
        assert level(loaded(), team.alva) == 4
        assert level(loaded(rule=LATEST), team.alva) == 1
        assert level(loaded(rule=WEIGHTED), team.alva) == 3
        assert level(loaded(), team.alva) == 4

    def test_the_past_counts_what_was_known_then(self, team, loaded, level, show, cast, at):
        show(cast.fyren, team.alva, P1, 1, days_ago=100)
        show(cast.fyren, team.alva, P1, 3, Source.COURSE, days_ago=100, known_days_ago=10)
        for days_ago, known in ((101, -1), (100, 1), (50, 1), (10, 3)):
            day = past(at, (at - timedelta(days=days_ago)).date())
            assert level(loaded(day, keys=[P1]), team.alva) == known
        assert level(loaded(), team.alva) == 3

    def test_what_ends_before_a_day_to_come_does_not_count_on_it(self, team, loaded, level, show, cast, at):
        show(cast.fyren, team.alva, P1, 4, Source.CERTIFICATE, ends_in=200)
        show(cast.fyren, team.alva, P1, 1)
        assert level(loaded(ahead(at, 0)), team.alva) == 4
        assert level(loaded(ahead(at, 12)), team.alva) == 1

    def test_levels_that_have_grown_old_since_are_picked_anew(self, team, loaded, level, show, cast, at):
        show(cast.fyren, team.alva, P1, 4, Source.COURSE, days_ago=729)
        show(cast.fyren, team.alva, P1, 1, days_ago=20)
        assert level(loaded(today(at)), team.alva) == 4
        assert level(loaded(today(at + timedelta(days=5))), team.alva) == 1

    def test_who_is_known_to_leave_is_not_counted_after_that(self, team, loaded, cast, session, hold_clock, at):
        hold_clock(at)
        cast.membership(team.farid, cast.fyren).ended_at = at + timedelta(days=100)
        session.commit()
        assert loaded(ahead(at, 0)).people == 4
        assert loaded(ahead(at, 12)).people == 3

    def test_the_same_few_queries_for_any_number(self, team, loaded, show, cast, session, at, count_queries):
        show(cast.fyren, team.alva, P1, 3)
        loaded()
        with count_queries() as few:
            loaded()
        for number in range(30):
            person = Person(uuid=uuid4(), name=f"P{number}", email=f"p{number}@fyren.example", created_at=at)
            session.add(Membership(person=person, organisation=cast.fyren, began_at=at, role_profile_key="guide"))
            session.flush()
            show(cast.fyren, person, P1, number % 5)
        session.commit()
        loaded()
        with count_queries() as many:
            loaded()
        assert many.number == few.number

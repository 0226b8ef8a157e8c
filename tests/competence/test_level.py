from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competence.level import FRESH, Shown, Source, current, where_it_stands

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def shown(source: Source, level: int, days_ago: int = 10) -> Shown:
    return Shown(source, level, AT - timedelta(days=days_ago))


shown_things = st.builds(shown, st.sampled_from(Source), st.integers(0, 4), st.integers(0, 2000))


def test_the_highest_level_that_any_source_shows():
    level = current([shown(Source.SELF, 2, 5), shown(Source.COURSE, 3, 90)], AT)
    assert (level.level, level.shown_by, level.reliability) == (3, (Source.COURSE,), 0.9)
    assert not level.only_self
    assert not level.is_old


def test_nothing_shown_is_not_assessed():
    assert current([], AT) is None


def test_assessed_as_not_yet_is_level_0_and_not_the_same_as_not_assessed():
    level = current([shown(Source.SELF, 0)], AT)
    assert level.level == 0
    assert level.only_self


def test_sources_that_show_the_same_level_are_all_named_newest_first():
    level = current([shown(Source.COURSE, 2, 90), shown(Source.SELF, 2, 5), shown(Source.TEST, 1, 1)], AT)
    assert level.shown_by == (Source.SELF, Source.COURSE)
    assert level.shown_at == AT - timedelta(days=5)
    assert level.reliability == 0.9


def test_what_is_older_than_24_months_is_set_aside_while_there_is_something_newer():
    level = current([shown(Source.CERTIFICATE, 4, 5 * 365), shown(Source.SELF, 2, 30)], AT)
    assert (level.level, level.is_old, level.only_self) == (2, False, True)


def test_when_everything_is_old_the_highest_stands_and_is_marked():
    level = current([shown(Source.SELF, 3, 900), shown(Source.COURSE, 2, 800)], AT)
    assert (level.level, level.is_old) == (3, True)


@pytest.mark.parametrize(("age", "is_old"), [(FRESH, False), (FRESH + timedelta(seconds=1), True)])
def test_exactly_24_months_is_not_old(age, is_old):
    assert current([Shown(Source.SELF, 2, AT - age)], AT).is_old is is_old


@pytest.mark.parametrize(("own", "manager", "apart"), [(3, 1, True), (1, 3, True), (3, 2, False)])
def test_self_and_manager_far_apart_are_pointed_out(own, manager, apart):
    assert current([shown(Source.SELF, own), shown(Source.MANAGER, manager)], AT).disagreement is apart


def test_the_latest_opinion_replaces_the_ones_before_even_when_it_is_lower():
    assert where_it_stands([shown(Source.SELF, 3, 20), shown(Source.SELF, 2, 10)]).level == 2


def test_an_easier_module_passed_later_takes_nothing_away():
    stands = where_it_stands([shown(Source.COURSE, 3, 20), shown(Source.COURSE, 1, 10), shown(Source.COURSE, 3, 30)])
    assert stands == shown(Source.COURSE, 3, 20)


@given(
    st.sampled_from(Source),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2000)), min_size=1),
    st.randoms(),
)
def test_the_order_of_evidence_does_not_matter(source, given_levels, chance):
    evidence = [shown(source, level, days) for level, days in given_levels]
    shuffled = evidence.copy()
    chance.shuffle(shuffled)
    assert where_it_stands(evidence) == where_it_stands(shuffled)


@given(st.lists(shown_things, min_size=1), shown_things)
def test_a_source_that_shows_more_never_lowers_a_level_of_the_same_freshness(standings, more):
    before, after = current(standings, AT), current([*standings, more], AT)
    if before.is_old == after.is_old:
        assert after.level >= before.level

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competence.shown import packing
from lms.competence.shown.level import (
    BEST_VALID_CONFIRMED,
    FRESH,
    HIGHEST_SHOWN,
    LATEST,
    LEVEL_RULES,
    OPINIONS,
    WEIGHTED,
    Shown,
    Source,
    where_it_stands,
)

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
current = HIGHEST_SHOWN.current


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


@given(st.lists(shown_things, min_size=1), shown_things.filter(lambda one: one.source not in OPINIONS))
def test_a_source_that_shows_more_never_lowers_a_level_of_the_same_freshness(evidence, more):
    before, after = current(evidence, AT), current([*evidence, more], AT)
    if before.is_old == after.is_old:
        assert after.level >= before.level


def test_what_has_ended_shows_nothing():
    ended = Shown(Source.CERTIFICATE, 4, AT - timedelta(days=90), AT)
    assert current([ended], AT) is None
    assert current([ended, shown(Source.SELF, 1)], AT).level == 1
    assert current([ended], AT - timedelta(seconds=1)).level == 4


def test_a_day_to_come_ends_evidence_but_makes_nothing_old():
    """Nobody knows what will have been assessed until then."""
    ending = Shown(Source.CERTIFICATE, 4, AT - timedelta(days=90), AT + timedelta(days=300))
    later = current([ending, shown(Source.COURSE, 2)], AT, valid_at=AT + timedelta(days=1000))
    assert (later.level, later.is_old) == (2, False)


class TestBestValidConfirmed:
    current = staticmethod(BEST_VALID_CONFIRMED.current)

    def test_what_others_confirm_counts_before_what_people_say_of_themselves(self):
        level = self.current([shown(Source.SELF, 4, 1), shown(Source.MANAGER, 2), shown(Source.COURSE, 3, 90)], AT)
        assert (level.level, level.confirmed, level.only_self) == (3, True, False)

    def test_an_own_assessment_alone_is_told_and_marked_as_that(self):
        level = self.current([shown(Source.SELF, 4)], AT)
        assert (level.level, level.confirmed, level.only_self) == (4, False, True)


class TestLatest:
    current = staticmethod(LATEST.current)

    def test_the_newest_counts_also_when_it_is_lower(self):
        level = self.current([shown(Source.CERTIFICATE, 4, 100), shown(Source.COURSE, 1, 3)], AT)
        assert (level.level, level.shown_by) == (1, (Source.COURSE,))

    def test_the_newest_of_one_source_counts_too(self):
        assert self.current([shown(Source.COURSE, 4, 100), shown(Source.COURSE, 1, 3)], AT).level == 1

    def test_of_several_at_the_same_instant_the_highest(self):
        assert self.current([shown(Source.TEST, 1), shown(Source.COURSE, 3)], AT).level == 3


class TestWeighted:
    current = staticmethod(WEIGHTED.current)

    @pytest.mark.parametrize(
        ("levels", "expected"),
        [
            # (5·4 + 8·2) / 13 = 2.77
            ({Source.SELF: 4, Source.MANAGER: 2}, 3),
            # (5·4 + 9·1) / 14 = 2.07
            ({Source.SELF: 4, Source.TEST: 1}, 2),
            # (9·2 + 9·3) / 18 = 2.5, which is evenly split.
            ({Source.TEST: 2, Source.COURSE: 3}, 2),
            ({Source.CERTIFICATE: 3}, 3),
            ({Source.SELF: 0}, 0),
        ],
    )
    def test_the_mean_by_how_far_each_source_can_be_trusted(self, levels, expected):
        assert self.current([shown(source, level) for source, level in levels.items()], AT).level == expected

    def test_it_is_as_reliable_as_its_sources_on_average(self):
        assert self.current([shown(Source.SELF, 2), shown(Source.CERTIFICATE, 2)], AT).reliability == 0.75


ending = st.one_of(st.none(), st.integers(-100, 2000))
pieces = st.lists(
    st.builds(
        lambda source, level, days, end: Shown(
            source,
            level,
            AT - timedelta(days=days),
            None if end is None else AT + timedelta(days=end),
        ),
        st.sampled_from(Source),
        st.integers(0, 4),
        st.integers(0, 1000),
        ending,
    ),
    max_size=12,
)


@pytest.mark.parametrize("rule", LEVEL_RULES.values(), ids=LEVEL_RULES)
@given(pieces, st.integers(0, 1500), st.integers(0, 1500))
def test_no_rule_can_ask_for_more_than_is_kept(rule, evidence, days, ahead):
    """Today, on any later day, and looked ahead from it."""
    kept = packing.unpack(packing.pack(packing.undominated(packed(evidence))))
    at, valid_at = AT + timedelta(days=days), AT + timedelta(days=days + ahead)
    found = rule.current(map(packing.shown, kept), at, valid_at=valid_at)
    whole = rule.current(evidence, at, valid_at=valid_at)
    assert found == whole


@given(pieces, pieces)
def test_what_is_kept_of_some_and_then_more_is_what_is_kept_of_all(some, more):
    first = packing.undominated(packed(some))
    assert packing.undominated([*first, *packed(more)]) == packing.undominated(packed([*more, *some]))


@pytest.mark.parametrize("rule", LEVEL_RULES.values(), ids=LEVEL_RULES)
@given(pieces.filter(bool), st.integers(0, 1500))
def test_a_picked_level_stays_good_until_it_says(rule, evidence, days):
    its = packing.undominated(packed(evidence))
    until, later = packing.good_until(its, AT), AT + timedelta(days=days)
    if until is None or later < until:
        by = packing.by_competence(its)
        assert packing.pick(by, rule, later) == packing.pick(by, rule, AT)


def packed(evidence):
    return [packing.piece(1, one.source, one.level, one.at, one.valid_until) for one in evidence]

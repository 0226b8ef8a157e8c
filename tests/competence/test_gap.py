import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competence.gap import (
    Cell,
    Vulnerability,
    criticality,
    gap,
    holders,
    match,
    priority,
    surplus,
    tally,
    vulnerability,
)

cells = st.builds(Cell, st.integers(1, 4), st.none() | st.integers(0, 4), st.integers(1, 5))
groups = st.lists(cells, max_size=30)


@pytest.mark.parametrize(
    ("required", "current", "missing", "extra"),
    [(3, 1, 2, 0), (3, 3, 0, 0), (2, 4, 0, 2), (4, 0, 4, 0), (3, None, None, None)],
)
def test_gap_and_surplus(required, current, missing, extra):
    assert gap(required, current) == missing
    assert surplus(required, current) == extra


def test_match_is_what_the_work_needs_and_the_person_has():
    assert match([Cell(4, 2, 3), Cell(2, 4, 1), Cell(3, None, 5)]) == (3 * 2 + 1 * 2) / (3 * 4 + 1 * 2)
    assert match([Cell(3, None)]) is None
    assert match([]) is None


def test_index_of_an_organisation():
    group = tally([Cell(4, 2, 3), Cell(2, 4, 1), Cell(3, None, 5), Cell(3, 3, 2)])
    assert group.index == (3 * 2) / (3 * 4 + 1 * 2 + 2 * 3)
    assert group.coverage == 3 / 4
    assert group.share_at_or_above == 2 / 3
    assert (group.mean_current, group.mean_required) == (3, 3)
    assert group.below == 1


def test_a_group_in_which_nobody_is_assessed_has_no_index_and_no_coverage():
    group = tally([Cell(3, None), Cell(2, None)])
    assert (group.index, group.share_at_or_above, group.mean_current, group.coverage) == (None, None, None, 0)
    assert tally([]).coverage is None


def test_holders_count_only_those_who_are_known_to_have_the_level():
    assert holders([3, 4, 2, None, 0], 3) == 2


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, Vulnerability.MISSING),
        (1, Vulnerability.SINGLE),
        (2, Vulnerability.THIN),
        (3, Vulnerability.OK),
        (9, Vulnerability.OK),
    ],
)
def test_vulnerability(number, said):
    assert vulnerability(number) is said


@pytest.mark.parametrize(("months", "factor"), [(0, 1.0), (12, 0.8), (36, 0.6)])
def test_priority_keeps_its_parts(months, factor):
    found = priority(0.5, criticality(consequence=4, difficulty=5), months)
    assert (found.index, found.criticality, found.horizon_factor) == (0.5, 4.0, factor)
    assert found.value == 0.5 * 4 * factor


def test_nothing_assessed_has_no_priority():
    assert priority(None, 5.0) is None


@given(groups, cells)
def test_a_surplus_never_cancels_a_gap(group, one):
    able = Cell(one.required, 4, one.weight)
    exact = Cell(one.required, one.required, one.weight)
    assert tally([*group, able]).weighted_gap == tally([*group, exact]).weighted_gap == tally(group).weighted_gap
    assert tally([*group, able]).index == tally([*group, exact]).index
    assert match([*group, able]) == match([*group, exact])


@given(groups, st.randoms())
def test_who_is_who_changes_nothing(group, chance):
    shuffled = group.copy()
    chance.shuffle(shuffled)
    assert tally(shuffled) == tally(group)
    assert match(shuffled) == match(group)


@given(groups, st.integers(1, 4), st.integers(1, 5))
def test_not_assessed_never_counts_as_zero(group, required, weight):
    before, after = tally(group), tally([*group, Cell(required, None, weight)])
    assert (after.index, after.share_at_or_above, after.mean_current) == (
        before.index,
        before.share_at_or_above,
        before.mean_current,
    )
    assert after.required_of == before.required_of + 1
    assert match([*group, Cell(required, None, weight)]) == match(group)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4), st.integers(1, 5)), min_size=1), st.data())
def test_learning_more_never_widens_a_gap(people, data):
    place = data.draw(st.integers(0, len(people) - 1))
    required, level, weight = people[place]
    better = [*people[:place], (required, data.draw(st.integers(level, 4)), weight), *people[place + 1 :]]
    before, after = (tally([Cell(r, c, w) for r, c, w in group]) for group in (people, better))
    assert after.index <= before.index
    assert after.share_at_or_above >= before.share_at_or_above


@given(groups)
def test_index_and_match_lie_between_0_and_1(group):
    assert 0 <= (tally(group).index or 0) <= 1
    assert 0 <= (match(group) or 0) <= 1

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.competence.hiding import hidden

K = 5
PROFILES = ("teacher", "guide")
tables = st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from(PROFILES)), st.integers(0, 12))


def one_profile(**counts):
    return {(unit, "teacher"): count for unit, count in counts.items()}


def shown_units(counts):
    secret = hidden(counts, K)
    return [row for row, _ in counts if (row, None) not in secret]


def test_nothing_is_hidden_when_every_group_is_large_enough():
    assert hidden(one_profile(school=8, work=5, leisure=12), K) == frozenset()


def test_a_group_that_is_too_small_takes_the_next_smallest_with_it():
    """Otherwise the total less the others would tell."""
    assert shown_units(one_profile(school=8, work=3, leisure=12)) == ["leisure"]


def test_two_small_groups_that_are_too_small_together_take_a_third():
    assert shown_units(one_profile(school=8, work=3, leisure=1, library=20)) == ["library"]
    assert shown_units(one_profile(school=8, work=3, leisure=2)) == ["school"]


def test_a_group_in_which_nobody_is_assessed_hides_nothing_and_protects_nothing():
    assert shown_units(one_profile(school=8, work=0, leisure=12)) == ["school", "work", "leisure"]
    assert shown_units(one_profile(school=8, work=3, leisure=0)) == ["leisure"]


def test_where_too_few_are_assessed_in_all_there_is_no_total():
    assert (None, None) in hidden(one_profile(school=2, work=2), K)
    assert (None, None) not in hidden(one_profile(school=3, work=3), K)


def test_a_filter_gives_nothing_away_by_subtraction():
    """All 13 of the school less its 10 teachers are its 3 guides; so are all guides less those at work."""
    secret = hidden({("school", "teacher"): 10, ("school", "guide"): 3, ("work", "guide"): 20}, K)
    assert {("school", "guide"), ("school", "teacher"), (None, "guide"), (None, "teacher")} <= secret
    assert secret.isdisjoint({("school", None), ("work", None), (None, None), ("work", "guide")})


def added_up(counts, place):
    return sum(
        number
        for (group, profile), number in counts.items()
        if place[0] in (None, group) and place[1] in (None, profile)
    )


def places(counts):
    groups = {group for group, _ in counts}
    return [*product([*groups, None], [*PROFILES, None])]


@given(tables)
def test_whatever_rests_on_too_few_is_hidden(counts):
    secret = hidden(counts, K)
    for place in places(counts):
        assert not 0 < added_up(counts, place) < K or place in secret


@settings(max_examples=300)
@given(tables)
def test_no_figure_that_rests_on_too_few_can_be_worked_out_from_those_shown(counts):
    """A hidden figure is safe when its cells are not a sum or difference of figures that are shown."""
    import fractions

    cells = [cell for cell, number in counts.items() if number]
    secret = hidden(counts, K)
    shown = [place for place in places(counts) if added_up(counts, place) and place not in secret]

    def over_cells(place):
        return [fractions.Fraction(place[0] in (None, g) and place[1] in (None, p)) for g, p in cells]

    known = [over_cells(place) for place in shown]
    for place in places(counts):
        if 0 < added_up(counts, place) < K:
            assert rank([*known, over_cells(place)]) > rank(known), (place, shown)


def rank(rows):
    rows, found = [row.copy() for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] / rows[found][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


@given(tables, st.randoms())
def test_the_order_of_groups_decides_nothing_about_what_is_too_small(counts, chance):
    shuffled = list(counts.items())
    chance.shuffle(shuffled)
    small = {place for place, count in counts.items() if 0 < count < K}
    assert small <= hidden(dict(shuffled), K)

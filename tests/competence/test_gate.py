from collections import defaultdict
from fractions import Fraction
from itertools import combinations, product
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.competence.figures.gate import Gate, Kinds, sensitive, without

K = 5
PROFILES = ("teacher", "guide", "leader")
PARTNERS = {"ekeby": ("school", "work"), "fyren": ("youth", "café")}
LEAVES = [(partner, unit) for partner, units in PARTNERS.items() for unit in units]
numbers = st.one_of(st.integers(0, 4), st.integers(0, 14))
tables = st.dictionaries(st.tuples(st.sampled_from(LEAVES), st.sampled_from(PROFILES)), numbers, max_size=12)


def one_profile(**counts):
    return {((unit,), "teacher"): count for unit, count in counts.items()}


def shown_units(counts):
    gate = Gate(counts, K)
    return [path[0] for path, _ in counts if gate.may_show([path])]


def test_nothing_is_hidden_when_every_group_is_large_enough():
    assert shown_units(one_profile(school=8, work=5, leisure=12)) == ["school", "work", "leisure"]


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
    assert not Gate(one_profile(school=2, work=2), K).may_show()
    assert Gate(one_profile(school=3, work=3), K).may_show()


def test_what_is_sensitive_needs_more_people():
    assert not Gate(one_profile(school=9), 10).may_show()
    assert Gate(one_profile(school=10), 10).may_show()


def test_a_filter_gives_nothing_away_by_subtraction():
    """All 13 of the school less its 10 teachers are its 3 guides; so are all guides less those at work."""
    gate = Gate({(("school",), "teacher"): 10, (("school",), "guide"): 3, (("work",), "guide"): 20}, K)
    school, work = [("school",)], [("work",)]
    for hidden in ((school, ["guide"]), (school, ["teacher"]), (None, ["guide"]), (None, ["teacher"])):
        assert not gate.may_show(*hidden)
    for shown in ((school,), (work,), (), (work, ["guide"]), (None, ["guide", "teacher"])):
        assert gate.may_show(*shown)


def test_few_in_each_of_many_places_are_enough_for_a_figure_of_their_role():
    counts = {((unit,), profile): 3 for unit in "abcd" for profile in PROFILES}
    gate = Gate(counts, K)
    assert all(gate.may_show(None, [profile]) for profile in PROFILES)
    assert all(gate.may_show([(unit,)]) for unit in "abcd")
    assert not any(gate.may_show([path], [profile]) for path, profile in counts)


def test_a_small_unit_is_put_with_another_of_its_own_partner():
    gate = Gate({(leaf, "guide"): number for leaf, number in zip(LEAVES, (3, 9, 6, 6), strict=True)}, K)
    assert [gate.may_show([leaf]) for leaf in LEAVES] == [False, False, True, True]
    assert gate.may_show(LEAVES[:2])


def test_a_place_that_tells_of_everyone_in_it_never_stands_alone():
    counts = one_profile(school=8, work=6, leisure=12)
    gate = Gate(counts, K, weak={("school",)})
    assert [gate.may_show([path]) for path, _ in counts] == [False, False, True]
    assert not Gate(one_profile(school=8), K, weak={("school",)}).may_show()


def test_a_figure_from_which_a_small_one_is_left_by_subtraction_is_in_round_numbers():
    gate = Gate(one_profile(school=7, work=20, leisure=20), K)
    assert [gate.is_coarse([(one,)]) for one in ("school", "work", "leisure")] == [True, False, False]
    assert gate.is_coarse()
    assert not Gate(one_profile(school=10, work=20), K).is_coarse()


def test_whoever_sees_some_one_by_one_learns_nothing_of_few_others():
    """All of the school less the eight of the viewer's own team are four others."""
    counts = one_profile(school=12, work=20, leisure=9)
    gate = Gate(counts, K, known=one_profile(school=8))
    assert [gate.may_show([path]) for path, _ in counts] == [False, True, False]
    assert gate.may_show()
    assert not Gate(one_profile(school=12), K, known=one_profile(school=8)).may_show()


def test_where_the_viewer_sees_everyone_one_by_one_the_rest_may_be_told_as_well():
    gate = Gate(one_profile(school=12, work=20), K, known=one_profile(school=12))
    assert gate.may_show([("school",)])
    assert gate.may_show([("work",)])
    # Exact sums of fourteen, of whom the viewer knows eight, could say that six are all alike.
    assert Gate(one_profile(school=14, work=20), K, known=one_profile(school=8)).is_coarse([("school",)])


def places():
    """Every place in the tree, a team of people from two units, and all of them."""
    return [
        *([leaf] for leaf in LEAVES),
        LEAVES[:2],
        LEAVES[2:],
        [LEAVES[0], LEAVES[2]],
        None,
    ]


def choices():
    return [None, *([profile] for profile in PROFILES), PROFILES[:2]]


def all_shown(counts, gate):
    """The cells that each figure shown is the sum of, over all pages, filters and exports."""
    cells = [cell for cell, number in counts.items() if number]
    sums = {
        tuple((its is None or cell[0] in its) and (columns is None or cell[1] in columns) for cell in cells)
        for its, columns in product(places(), choices())
        if gate.may_show(its, columns)
    }
    return cells, [[Fraction(value) for value in one] for one in sums]


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


def too_few(counts, cells):
    """Every choice of cells that rests on fewer than k people, and to which none can be added."""
    sizes = [counts[cell] for cell in cells]
    small = [one for one, size in enumerate(sizes) if size < K]
    for number in range(1, K):
        for chosen in combinations(small, number):
            people = sum(sizes[one] for one in chosen)
            if people < K and all(people + sizes[one] >= K for one in small if one not in chosen):
                yield set(chosen)


@settings(max_examples=100)
@given(tables)
def test_nothing_that_rests_on_too_few_can_be_computed_from_all_that_is_shown(counts):
    """Something about these cells alone follows when striking out all others leaves equations that say 0 = 0."""
    cells, known = all_shown(counts, Gate(counts, K))
    whole = rank(known)
    for few in too_few(counts, cells):
        others = [[value for place, value in enumerate(row) if place not in few] for row in known]
        assert rank(others) == whole, ([cells[one] for one in few], known)


@settings(max_examples=80)
@given(tables, st.data())
def test_no_choice_of_places_that_tell_of_everyone_weakens_it(counts, data):
    weak = data.draw(st.sets(st.sampled_from(LEAVES)))
    gate = Gate(counts, K, weak)
    cells, known = all_shown(counts, gate)
    whole = rank(known)
    for few in [*too_few(counts, cells), *({i for i, cell in enumerate(cells) if cell[0] == leaf} for leaf in weak)]:
        others = [[value for place, value in enumerate(row) if place not in few] for row in known]
        assert rank(others) == whole


def some_of(data, counts):
    return {one: data.draw(st.integers(0, number)) for one, number in counts.items()}


@settings(max_examples=100)
@given(tables, st.data())
def test_nor_can_it_by_someone_who_sees_some_of_the_people_one_by_one(counts, data):
    """What they see they strike out of every equation; what is left is about the others."""
    known = some_of(data, counts)
    left = without(counts, known)
    cells, sums = all_shown(counts, Gate(counts, K, known=known))
    others = [place for place, cell in enumerate(cells) if left[cell]]
    rows = [[row[place] for place in others] for row in sums]
    whole = rank(rows)
    for few in too_few(left, [cells[place] for place in others]):
        assert rank([[value for place, value in enumerate(row) if place not in few] for row in rows]) == whole


GENDERS = ("woman", "man", "")
crossed = st.dictionaries(
    st.tuples(st.tuples(st.sampled_from(LEAVES), st.sampled_from(PROFILES[:2])), st.sampled_from(GENDERS)),
    st.one_of(st.integers(0, 4), st.integers(0, 30)),
    max_size=24,
)


def of_cells(counts):
    found = defaultdict(int)
    for (cell, _), number in counts.items():
        found[cell] += number
    return found


def with_genders(counts, known=MappingProxyType({})):
    """The figures of places and profiles, and those of genders, each as what they are sums of: people of whom the
    viewer does not know all."""
    passing = Gate(of_cells(counts), K, known=of_cells(known))
    kinds = Kinds(passing, counts, sensitive(K), known)
    its = [one for one, number in without(counts, known).items() if number]
    by_place = {
        tuple((where is None or cell[0] in where) and (columns is None or cell[1] in columns) for cell, _ in its)
        for where, columns in product(places(), [None, *([profile] for profile in PROFILES[:2])])
        if passing.may_show(where, columns)
    }
    chosen = [one for one in GENDERS if kinds.people(None, {one}) and kinds.may_show(None, {one})]
    by_gender = {tuple(gender == one for _, gender in its) for one in chosen}
    return kinds, its, *([[Fraction(value) for value in row] for row in rows] for rows in (by_place, by_gender))


def told_of(few, rows):
    """How much can be computed that says something of these alone."""
    return rank(rows) - rank([[value for place, value in enumerate(row) if place not in few] for row in rows])


@settings(max_examples=30)
@given(crossed, st.randoms(), st.booleans(), st.data())
def test_genders_tell_of_nobody_what_places_do_not(counts, chance, knows, data):
    """Of fewer than 10 nothing is known from genders; what places tell of 5 or more they tell anyhow."""
    known = some_of(data, counts) if knows else {}
    _, its, by_place, by_gender = with_genders(counts, known)
    left = without(counts, known)
    if not by_gender:
        return
    for _ in range(5):
        chance.shuffle(order := list(range(len(its))))
        few, people = set(), 0
        for one in order:
            if people + left[its[one]] < sensitive(K):
                few.add(one)
                people += left[its[one]]
        assert told_of(few, by_place + by_gender) == told_of(few, by_place), [its[one] for one in few]


def test_genders_that_work_apart_are_not_told_apart():
    """All women but one at school, and all men at work: the women less the school are one man."""
    school, work = (("school",), "teacher"), (("work",), "teacher")
    kinds, *_ = with_genders({(school, "woman"): 20, (school, "man"): 1, (work, "man"): 20})
    assert not kinds.may_show(None, {"woman"})
    kinds, *_ = with_genders({(school, "woman"): 20, (school, "man"): 12, (work, "man"): 20})
    assert kinds.may_show(None, {"woman"})


def test_genders_are_told_to_no_one_who_knows_nearly_everyone_of_one():
    at_school = (("school",), "teacher")
    counts = {(at_school, "woman"): 30, (at_school, "man"): 30}
    kinds, *_ = with_genders(counts, {(at_school, "woman"): 22})
    assert not kinds.may_show(None, {"woman"})
    kinds, *_ = with_genders(counts, {(at_school, "woman"): 12})
    assert kinds.may_show(None, {"woman"})


def test_a_few_who_have_not_said_hide_all_genders():
    at_school = (("school",), "teacher")
    kinds, *_ = with_genders({(at_school, "woman"): 30, (at_school, "man"): 30, (at_school, ""): 3})
    assert [kinds.may_show(None, {one}) for one in GENDERS] == [False, False, False]


@settings(max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_whole_numbers_do_not_tell_what_equations_do_not(numbers):
    """Two units by two profiles: whoever tries all whole numbers finds several for each figure that is hidden,
    though they know which cells are not empty."""
    cells = [((unit,), profile) for unit in "ab" for profile in PROFILES[:2]]
    counts = dict(zip(cells, numbers, strict=True))
    gate = Gate(counts, K)
    asked = list(product([None, [("a",)], [("b",)]], [None, *([profile] for profile in PROFILES[:2])]))

    def added(table, its, columns):
        return sum(
            number
            for cell, number in table.items()
            if (its is None or cell[0] in its) and (columns is None or cell[1] in columns)
        )

    shown = [one for one in asked if gate.may_show(*one)]
    told = [added(counts, *one) for one in shown]
    if not shown:
        return
    # The sum of all is shown when anything is.
    assert gate.may_show()
    most = sum(numbers)
    tables = (
        dict(zip(cells, (*tried, most - sum(tried)), strict=True))
        for tried in product(range(1, most), repeat=3)
        if sum(tried) < most
    )
    possible = [table for table in tables if [added(table, *one) for one in shown] == told]
    for one in asked:
        if added(counts, *one) < K:
            assert len({added(table, *one) for table in possible}) > 1, (counts, one)


@settings(max_examples=50)
@given(tables, st.randoms())
def test_the_order_of_groups_decides_nothing(counts, chance):
    shuffled = list(counts.items())
    chance.shuffle(shuffled)
    one, other = Gate(counts, K), Gate(dict(shuffled), K)
    for asked in product(places(), choices()):
        assert one.may_show(*asked) == other.may_show(*asked)


@settings(max_examples=50)
@given(tables)
def test_whatever_rests_on_too_few_is_hidden(counts):
    gate = Gate(counts, K)
    for asked in product(places(), choices()):
        assert not (0 < gate.people(*asked) < K and gate.may_show(*asked))

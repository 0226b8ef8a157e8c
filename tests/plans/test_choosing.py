"""The plan under a budget, against trying everything."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.plans.choosing import Gap, Lesson, Row, choose

A, B, C = "f/A", "f/B", "f/C"


def benefit(pairs):
    """Of a set of rows with lessons, in whatever order: each gap shrinks to the highest level that one leads to."""
    reached = {}
    for row, lesson in pairs:
        for key, level in lesson.develops.items():
            if key in row.gaps:
                its = reached.setdefault((row.who, key), [row.gaps[key], row.gaps[key].current])
                its[1] = max(its[1], min(level, row.gaps[key].required))
    return sum((level - gap.current) * gap.worth for gap, level in reached.values())


def best(rows, lessons, budget, people):
    pairs = [(row, lesson) for row in rows for lesson in lessons]
    return max(
        benefit(chosen)
        for number in range(len(pairs) + 1)
        for chosen in combinations(pairs, number)
        if sum(lesson.minutes * people[row.who, lesson.what] for row, lesson in chosen) <= budget
    )


gaps = st.builds(
    lambda current, missing, worth: Gap(current, current + missing, worth),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(1, 20),
)
rows = st.lists(st.dictionaries(st.sampled_from([A, B, C]), gaps, max_size=3), min_size=1, max_size=3).map(
    lambda found: [Row(number, its) for number, its in enumerate(found)]
)


def many(rows, lessons):
    """Every other row is a group of two."""
    return {(row.who, lesson.what): 1 + row.who % 2 for row in rows for lesson in lessons}


def lessons_of(minutes):
    one = st.tuples(minutes, st.dictionaries(st.sampled_from([A, B, C]), st.integers(1, 4), min_size=1, max_size=2))
    return st.lists(one, min_size=1, max_size=3).map(
        lambda found: [Lesson(f"m{number}", *its) for number, its in enumerate(found)]
    )


@settings(max_examples=150)
@given(rows, lessons_of(st.integers(10, 90)), st.integers(0, 240))
def test_it_keeps_to_the_budget_and_is_never_far_from_the_best(rows, lessons, budget):
    people = many(rows, lessons)
    plan = choose(rows, lessons, budget, people=people)
    assert plan.minutes <= budget
    by_key = {row.who: row for row in rows}
    by_what = {lesson.what: lesson for lesson in lessons}
    assert plan.benefit == pytest.approx(benefit([(by_key[one.who], by_what[one.what]) for one in plan.choices]))
    assert all(one.benefit > 0 for one in plan.choices)
    assert plan.benefit >= 0.4 * best(rows, lessons, budget, people) - 1e-9


@settings(max_examples=60)
@given(rows, lessons_of(st.integers(10, 90)))
def test_with_time_for_everything_it_is_the_best(rows, lessons):
    budget = 2 * sum(lesson.minutes for lesson in lessons) * len(rows)
    people = many(rows, lessons)
    assert choose(rows, lessons, budget, people=people).benefit == pytest.approx(best(rows, lessons, budget, people))


@settings(max_examples=60)
@given(st.lists(st.tuples(gaps, gaps, gaps), min_size=1, max_size=3), st.integers(0, 6))
def test_lessons_as_long_as_each_other_that_have_nothing_in_common_are_chosen_for_the_best(found, number):
    rows = [Row(place, dict(zip((A, B, C), its, strict=True))) for place, its in enumerate(found)]
    lessons = [Lesson(key, 30, {key: 4}) for key in (A, B, C)]
    people = dict.fromkeys(many(rows, lessons), 1)
    assert choose(rows, lessons, 30 * number).benefit == pytest.approx(best(rows, lessons, 30 * number, people))


def test_a_small_lesson_does_not_keep_a_large_one_out():
    """By the minute the small one is worth more, and when it is taken there is no time for the other."""
    row = Row("alva", {A: Gap(0, 1, 2), B: Gap(0, 4, 25)})
    lessons = [Lesson("small", 1, {A: 1}), Lesson("large", 100, {B: 4})]
    assert [one.what for one in choose([row], lessons, 100).choices] == ["large"]


def test_of_lessons_that_lead_to_the_same_the_second_closes_only_what_is_left():
    row = Row("alva", {A: Gap(0, 4, 1)})
    plan = choose([row], [Lesson("basic", 10, {A: 2}), Lesson("advanced", 60, {A: 4})], 120)
    assert [(one.what, one.closes) for one in plan.choices] == [("basic", {A: 2}), ("advanced", {A: 2})]


def test_what_is_done_is_not_chosen_again():
    row = Row("alva", {A: Gap(0, 4, 1)})
    lessons = [Lesson("basic", 10, {A: 2}), Lesson("advanced", 60, {A: 4})]
    assert [one.what for one in choose([row], lessons, 120, excluded={("alva", "basic")}).choices] == ["advanced"]


def test_the_time_of_a_group_is_that_of_everyone_in_it():
    group, people = Row("school", {A: Gap(1.5, 3, 1)}), {("school", "m"): 12}
    assert choose([group], [Lesson("m", 10, {A: 3})], 119, people=people).choices == ()
    assert choose([group], [Lesson("m", 10, {A: 3})], 120, people=people).minutes == 120

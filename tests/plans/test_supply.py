"""Needs that no course serves, and courses that no need asks for, on plain values."""

from datetime import date
from types import SimpleNamespace

import pytest

from lms.competence.required.needs import InForce, Sought
from lms.frameworks import framework
from lms.plans import supply
from lms.plans.supply import Demand
from tests.plans.conftest import GOALS, NOWHERE, SELF


@pytest.fixture(scope="module")
def frameworks():
    return framework.load()


def course(key, **modules):
    its = [SimpleNamespace(key=name, develops=develops) for name, develops in modules.items()]
    return SimpleNamespace(key=key, modules=its)


def at_work(levels):
    required = {key: SimpleNamespace(level=level) for key, level in levels.items()}
    return SimpleNamespace(requirements=required)


def test_the_highest_level_that_anything_asks_for_counts():
    demand = supply.of_team([at_work({GOALS: 2}), at_work({GOALS: 3, SELF: 1})])
    needs = {"Ekeby": InForce(1, date(2026, 1, 1), {Sought(GOALS, 4): {0: 0, 12: 2}, Sought(NOWHERE, 2): {0: 0}})}
    found = supply.with_needs(demand, needs)
    assert found == {GOALS: Demand(4, 2, ["Ekeby"]), SELF: Demand(1, 1, [])}


def test_what_is_not_taught_as_far_as_it_is_needed_is_named(frameworks):
    demand = {GOALS: Demand(4, 2), SELF: Demand(2, 9), NOWHERE: Demand(1, 5)}
    found = supply.compare(demand, [course("a", one={GOALS: 2}, two={GOALS: 3, SELF: 2})], frameworks)
    assert [(one.competence.key, one.taught) for one in found.unserved] == [(NOWHERE, 0), (GOALS, 3)]
    assert (found.needed, found.served) == (3, 1)


def test_modules_of_which_nothing_is_asked_for_are_named_and_those_that_teach_nothing_are_not(frameworks):
    courses = [course("a", none={}, asked={GOALS: 1, SELF: 1}, not_asked={SELF: 1}), course("b", all={NOWHERE: 1})]
    found = supply.compare({GOALS: Demand(1, 1)}, courses, frameworks)
    assert [(one.course.key, [module.key for module in one.modules], one.is_all) for one in found.unasked] == [
        ("a", ["not_asked"], False),
        ("b", ["all"], True),
    ]

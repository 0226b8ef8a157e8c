"""What a module closes, as a table of cases."""

from types import SimpleNamespace

import pytest

from lms.competence import closing
from lms.competence.gap import Cell

A, B, C = "f/A", "f/B", "f/C"


@pytest.mark.parametrize(
    ("develops", "cells", "closed"),
    [
        pytest.param({A: 3}, {A: Cell(3, 1)}, {A: 2}, id="all of the gap"),
        pytest.param({A: 2}, {A: Cell(4, 1)}, {A: 1}, id="part of it"),
        pytest.param({A: 4}, {A: Cell(2, 1)}, {A: 1}, id="a surplus counts for nothing"),
        pytest.param({A: 1}, {A: Cell(3, 2)}, {}, id="it leads no further"),
        pytest.param({A: 3}, {A: Cell(2, 4), B: Cell(3, 0)}, {}, id="a surplus, and no help with the gap"),
        pytest.param({A: 3}, {A: Cell(3, None)}, {}, id="what is not assessed is no gap"),
        pytest.param({A: 3}, {}, {}, id="the work does not need it"),
        pytest.param({A: 3, B: 2}, {A: Cell(3, 0), B: Cell(2, 0)}, {A: 3, B: 2}, id="two at once"),
    ],
)
def test_only_known_gaps_are_closed_and_only_as_far_as_is_required(develops, cells, closed):
    assert closing.levels_closed(develops, cells) == closed


def course(key, *modules):
    its = [SimpleNamespace(key=name, minutes=minutes, develops=develops) for name, minutes, develops in modules]
    return SimpleNamespace(key=key, modules=its)


def test_most_weighted_gap_for_an_hour_comes_first():
    cells = {A: Cell(3, 1, weight=2), B: Cell(2, 1, weight=5), C: Cell(4, None, weight=5)}
    courses = [
        course("long", ("both", 120, {A: 3, B: 2})),
        course("short", ("b", 30, {B: 2, C: 4}), ("a", 60, {A: 3}), ("c", 5, {C: 4})),
    ]
    ranked = closing.ranked(courses, cells)
    assert [(one.module.key, one.per_hour) for one in ranked] == [("b", 10), ("both", 4.5), ("a", 4)]
    # What weighs most is named first, and what nobody has assessed beside it.
    assert list(ranked[1].levels.items()) == [(B, 1), (A, 2)]
    assert ranked[0].unknown == [C]

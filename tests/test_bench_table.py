"""The table in docs/speed.md is written by what measures, one figure at a time."""

import pytest

from bench import table
from bench.__main__ import FIGURES, PAGE
from bench.measure import Figure

EMPTY = f"# Fast\n\n{table.BEGIN}\n{table.END}\n\nThe rest.\n"
ORDER = ["first", "second"]


def figure(measured):
    return Figure("as it is printed", measured, 2, "×", "of what")


def names(page):
    return [
        line.split(" | ")[0].removeprefix("| ")
        for line in page.splitlines()
        if line.startswith(("| first", "| second"))
    ]


def test_each_figure_has_one_row_in_the_order_of_the_figures():
    page = EMPTY
    for name, measured in (("second", 1.5), ("first", 3.0), ("second", 1.75)):
        page = table.with_figure(page, name, figure(measured), "On this.", ORDER)
    assert names(page) == ORDER
    assert "| first | 3.00 × | 2 × | **missed** | of what |" in page
    assert "1.75 ×" in page
    assert "1.50 ×" not in page
    assert page.endswith("\n\nThe rest.\n")


def test_figures_of_another_machine_do_not_stay():
    page = table.with_figure(EMPTY, "first", figure(1), "On this.", ORDER)
    page = table.with_figure(page, "second", figure(1), "On that.", ORDER)
    assert names(page) == ["second"]


def test_a_page_without_a_place_for_it_is_left_alone():
    with pytest.raises(ValueError, match="no place"):
        table.with_figure("# Fast\n", "first", figure(1), "On this.", ORDER)


def test_the_page_has_a_place_for_all_figures():
    page = PAGE.read_text()
    for name in FIGURES:
        page = table.with_figure(page, name, figure(1), "On this.", list(FIGURES))
    assert all(f"| {name} | 1.00 ×" in page for name in FIGURES)

"""A report in every form: numbers as numbers, no formulas, and all that must be known to read it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from flask import Flask

from lms.app import create_app
from lms.competence.figures.map import Figure
from lms.competence.shown.level import LATEST
from lms.errors import Invalid, NotFound
from lms.reports import lines, printed, workbook
from lms.reports.report import HIDDEN, Bound, Column, Kind, Report, Table
from tests.conftest import TEST_SETTINGS
from tests.reports import reading

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EVIL = "=HYPERLINK(1)"
TABLE = Table(
    "map",
    "Map",
    [
        Column("name", "Name"),
        Column("when", "When", Kind.DATE),
        Column("part", "Part", Kind.SHARE),
        Column("sl/1", "To lead oneself", Kind.LEVEL, "Self"),
    ],
    [
        [EVIL, date(2026, 11, 1), 0.5, Figure(1.5, 2, 1, few=True, base=(5, 6))],
        ["+46 70", None, Bound(0.9, True, "at least 90%"), Figure(None, 2)],
        ["\tTab", None, None, Figure()],
        ["Small", None, HIDDEN, HIDDEN],
    ],
)
REPORT = Report(
    key="map",
    title="Competence map",
    of="@Ekeby",
    day=date(2026, 11, 23),
    horizon=12,
    filters={"framework": "self-leadership"},
    said=[("Framework", "Self-leadership")],
    rules=[LATEST],
    minimum=5,
    notes=["=A note"],
    sources=["A source"],
    tables=[TABLE],
)


@pytest.fixture(scope="module")
def idle_app() -> Flask:
    return create_app(**TEST_SETTINGS, DATABASE_URL="sqlite://")


@pytest.fixture(autouse=True)
def read_in_english(idle_app: Flask) -> Iterator[None]:
    with idle_app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def written(report: Report) -> list[list[list[object]]]:
    file = BytesIO()
    workbook.write(report, file, AT)
    return reading.workbook(file.getvalue())


def as_lines(report: Report, delimiter: str = ",") -> list[list[str]]:
    return reading.lines(b"".join(lines.lines(report, AT)), delimiter)


def test_a_workbook_holds_numbers_and_dates_and_no_formula():
    _, _, headings, *rows = written(REPORT)[0]
    assert headings == ["Name", "When", "Part", "Level", "Required", "Missing", "Assessed", "Need it", "Marks"]
    assert rows == [
        [EVIL, datetime(2026, 11, 1), 0.5, 1.5, 2, 1, 5, 6, "Few sources"],  # noqa: DTZ001 -- a day
        ["+46 70", None, "at least 90%", None, 2, None, None, None, None],
        ["\tTab", *[None] * 8],
        ["Small", None, *["hidden"] * 7],
    ]


def test_lines_can_be_opened_by_a_spreadsheet_that_runs_what_looks_like_a_formula():
    headings, *rows = as_lines(REPORT)[:5]
    assert headings[3] == "To lead oneself: Level"
    assert rows == [
        [f"'{EVIL}", "2026-11-01", "0.5", "1.5", "2", "1", "5", "6", "Few sources"],
        ["'+46 70", "", "at least 90%", "", "2", "", "", "", ""],
        ["'\tTab", *[""] * 8],
        ["Small", "", *["hidden"] * 7],
    ]
    assert ["Of", "'@Ekeby"] in as_lines(REPORT)
    assert ["About", "'=A note"] in as_lines(REPORT)


def test_lines_for_a_swede_have_decimal_commas(idle_app):
    with idle_app.test_request_context(headers={"Accept-Language": "sv"}):
        assert as_lines(REPORT, ";")[1][2:4] == ["0,5", "1,5"]


STATED = [
    ("Of", "@Ekeby"),
    ("Day", "23 Nov 2026"),
    ("Framework", "Self-leadership"),
    ("Hidden", "2 figures are hidden here."),
    ("Sources", "A source"),
]


def test_every_form_states_filters_day_rule_and_what_is_hidden():
    paper = reading.Printed(printed.write(REPORT, AT))
    told = {
        "xlsx": {(row[0], row[1]) for row in written(REPORT)[-1]},
        "csv": {(row[0], row[1].removeprefix("'")) for row in as_lines(REPORT) if len(row) == 2},
        "pdf": {(row[0], row[1]) for row in paper.tables[-1]},
    }
    for form, its in told.items():
        assert its >= set(STATED), form
        [rule] = {said for about, said in its if about == "How levels are told"}
        assert "“Latest”, version 1" in rule, form


def test_without_figures_of_groups_nothing_is_said_of_hiding():
    personal = replace(REPORT, minimum=None, tables=[replace(TABLE, rows=TABLE.rows[:1])])
    assert [row for row in as_lines(personal) if row[:1] == ["Hidden"]] == []


def test_paper_says_when_it_would_be_too_much():
    with pytest.raises(Invalid, match="too large to print"):
        printed.write(replace(REPORT, tables=[replace(TABLE, rows=[TABLE.rows[0]] * 6000)]), AT)


def test_one_of_its_tables_can_be_asked_for():
    other = replace(TABLE, key="other")
    both = replace(REPORT, tables=[TABLE, other])
    assert both.narrowed("other").tables == [other]
    with pytest.raises(NotFound):
        both.narrowed("none")

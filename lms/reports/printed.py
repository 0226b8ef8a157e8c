"""A report on paper: PDF/UA-1, so that a screen reader finds its tables, in greys that any printer has.

Typst sets it, with the fonts that come with it. What is said goes there as data, never as markup.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date as Date
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from lms.competence.figures.map import Figure
from lms.errors import Invalid
from lms.i18n import date, gettext, language, number, percent
from lms.reports.about import about, hidden_word
from lms.reports.report import HIDDEN, Column, Kind, Report, Table, Value

# Two seconds' work, and more than anyone leafs through.
MOST_CELLS: Final = 20_000
# So many competences stand beside each other with names that can be read.
ACROSS: Final = 10
_MOST_UPRIGHT: Final = 7
_SOURCE: Final = (Path(__file__).parent / "printed.typ").read_bytes()
_NOTHING: Final = "–"
_OLD, _FEW, _APART = "*", "†", "‡"
# Of the width that is left, by kind; 0 takes what it needs.
_WEIGHT: Final = {Kind.TEXT: 3, Kind.LEVEL: 2}

Cell = dict[str, Any]


def write(report: Report, at: datetime) -> bytes:
    """Raises Invalid for one that is too large to print."""
    cells = sum(len(table.rows) * len(table.columns) for table in report.tables)
    if cells > MOST_CELLS:
        sentence = gettext(
            "This is too large to print: %(cells)s cells, and %(most)s is the most. Choose less of it, or take it as a "
            "spreadsheet.",
            cells=number(cells),
            most=number(MOST_CELLS),
        )
        raise Invalid(sentence)
    # A library of 20 MB, which most workers never need.
    import typst  # noqa: PLC0415

    told = json.dumps(_told(report, at), ensure_ascii=False)
    found = typst.compile(
        _SOURCE,
        format="pdf",
        sys_inputs={"report": told},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(found, bytes):
        raise TypeError("Typst makes one PDF of one document.")
    return found


def _told(report: Report, at: datetime) -> dict[str, Any]:
    tables = [part for table in report.tables for part in _laid(table)]
    return {
        "title": report.title,
        "of": report.of,
        "language": language(),
        "wide": any(len(table["columns"]) > _MOST_UPRIGHT for table in tables),
        "foot": f"{report.title} – {report.of} – {date(report.day)}",
        "lead": [*report.notes, *_legend(report)],
        "tables": tables,
        "nothing": gettext("There is nothing here."),
        "about_title": gettext("About this"),
        "about_columns": [gettext("What"), gettext("In words")],
        "about": [line for line in about(report, at) if line[1] not in {*report.notes, report.title}],
    }


def _legend(report: Report) -> Iterator[str]:
    figures = [one for table in report.tables for row in table.rows for one in row if isinstance(one, Figure)]
    if figures:
        yield gettext("Figures are current / required level. The darker a cell, the more is missing.")
        yield gettext("“–” is not assessed, and never zero.")
    if any(one.old for one in figures):
        yield f"{_OLD} {gettext('Old evidence')}"
    if any(one.few for one in figures):
        yield f"{_FEW} {gettext('Few sources')}"
    if any(one.apart for one in figures):
        yield f"{_APART} {gettext('Two or more levels apart')}"


def _laid(table: Table) -> Iterator[dict[str, Any]]:
    """As many tables as it takes to be readable; one row by itself goes down the page."""
    if len(table.rows) == 1 and len(table.columns) > _MOST_UPRIGHT and not _levels(table):
        yield _down(table)
        return
    places = _levels(table)
    if not places:
        said = [place for place in range(len(table.columns)) if any(row[place] is not None for row in table.rows)]
        yield _part(table, table.title, said)
        return
    lead = [place for place in range(len(table.columns)) if place not in places]
    parts = [places[start : start + ACROSS] for start in range(0, len(places), ACROSS)]
    for number_, part in enumerate(parts, 1):
        title = table.title if len(parts) == 1 else f"{table.title} {number_} / {len(parts)}"
        yield _part(table, title, [*lead, *part])


def _levels(table: Table) -> list[int]:
    return [place for place, column in enumerate(table.columns) if column.kind is Kind.LEVEL]


def _part(table: Table, title: str, places: Sequence[int]) -> dict[str, Any]:
    columns = [table.columns[place] for place in places]
    return {
        "title": title,
        "columns": [
            {"label": one.short or one.label, "weight": _WEIGHT.get(one.kind, 0), "number": one.kind not in _LEFT}
            for one in columns
        ],
        "rows": [[_cell(row[place], table.columns[place]) for place in places] for row in table.rows],
    }


_LEFT: Final = {Kind.TEXT, Kind.LEVEL, Kind.DATE}


def _down(table: Table) -> dict[str, Any]:
    [row] = table.rows
    return {
        "title": table.title,
        "columns": [
            {"label": gettext("What"), "weight": 3, "number": False},
            {"label": gettext("Figure"), "weight": 2, "number": False},
        ],
        "rows": [
            [_plain(column.label), _cell(value, column)] for column, value in zip(table.columns, row, strict=True)
        ],
    }


def _plain(text: str) -> Cell:
    return {"text": text, "small": "", "shade": 0}


def _cell(value: Value, column: Column) -> Cell:
    if isinstance(value, Figure):
        return _figure(value)
    if value is None:
        return _plain(_NOTHING)
    if value is HIDDEN:
        return _plain(hidden_word())
    if column.kind is Kind.SHARE and isinstance(value, float):
        return _plain(percent(value))
    if isinstance(value, Date):
        return _plain(date(value))
    return _plain(number(value) if isinstance(value, int | float) else str(value))


def _figure(of: Figure) -> Cell:
    if of.current is None and of.required is None:
        return _plain("")
    level = _NOTHING if of.current is None else number(of.current)
    text = level if of.required is None else f"{level} / {number(of.required)}"
    if of.current is None:
        return _plain(text)
    marks = (_OLD if of.old else "") + (_FEW if of.few else "") + (_APART if of.apart else "")
    small = gettext("%(done)s of %(total)s", done=of.base[0], total=of.base[1]) if of.base is not None else ""
    return {"text": f"{text} {marks}".strip(), "small": small, "shade": of.step or 0}

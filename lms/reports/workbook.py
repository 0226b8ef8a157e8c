"""A report as a workbook: numbers as numbers, dates as dates, and nothing that a spreadsheet would take for a formula.

A row is written to the disk before the next one is made, so that a large map takes no more memory than a small one.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import groupby
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lms.i18n import gettext, language
from lms.reports.about import about, hidden_word
from lms.reports.report import HIDDEN, Bound, Column, Kind, Report, Table, Value, spread

_A4: Final = 9
_WIDEST: Final = 60
# No sheet may be called with these, nor with more than 31 characters.
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_LOOK: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {"text_wrap": True, "valign": "top"},
    Kind.WHOLE: {"num_format": "0", "valign": "top"},
    Kind.NUMBER: {"num_format": "0.0#", "valign": "top"},
    Kind.SHARE: {"valign": "top"},
    Kind.DATE: {"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"},
}


def write(report: Report, file: IO[bytes], at: datetime) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        made = at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": f"{report.title} – {report.of}", "author": "Kunna", "created": made})
        sheets = _Sheets(book)
        for table in report.tables:
            sheets.add(table)
        sheets.add_about(report, at)


class _Sheets:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        percent = {"num_format": "0 %" if language() == "sv" else "0%"}
        self._formats = {
            kind: book.add_format(look | (percent if kind is Kind.SHARE else {})) for kind, look in _LOOK.items()
        }
        self._band = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "left": 1})
        self._heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._hidden = book.add_format({"italic": True, "valign": "top"})
        self._hidden_word = hidden_word()

    def add(self, table: Table) -> None:
        sheet, its = self._book.add_worksheet(self._name(table.title)), spread(table)
        first = 0
        if its.is_banded:
            self._write_bands(sheet, 0, [(one.band, one.band) for one in its.origins])
            self._write_bands(sheet, 1, [(one.key, one.label if one.kind is Kind.LEVEL else "") for one in its.origins])
            first = 2
        for number, column in enumerate(its.columns):
            sheet.set_column(number, number, _width(column, table))
            sheet.write_string(first, number, column.label, self._heading)
        sheet.freeze_panes(first + 1, 1)
        last = first
        for last, row in enumerate(its.rows, first + 1):
            for number, value in enumerate(row):
                self._write(sheet, last, number, value, its.columns[number].kind)
        if last > first:
            sheet.autofilter(first, 0, last, len(its.columns) - 1)
        sheet.repeat_rows(0, first)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        if not its.is_banded:
            sheet.fit_to_pages(1, 0)

    def add_about(self, report: Report, at: datetime) -> None:
        sheet = self._book.add_worksheet(self._name(gettext("About this")))
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 100)
        text = self._formats[Kind.TEXT]
        for number, (label, words) in enumerate(about(report, at)):
            sheet.write_string(number, 0, label, self._heading)
            sheet.write_string(number, 1, words, text)

    def _name(self, title: str) -> str:
        taken = {sheet.get_name().casefold() for sheet in self._book.worksheets()}
        name = _NOT_IN_A_NAME.sub(" ", title)[:31].strip()
        return name if name.casefold() not in taken else f"{name[:28]} {len(taken) + 1}"

    def _write_bands(self, sheet: Worksheet, row: int, bands: Iterable[tuple[str, str]]) -> None:
        """One over each run of columns that have it in common: by what, and in words."""
        start = 0
        for (_, words), its in groupby(bands):
            width = len(list(its))
            if words and width > 1:
                sheet.merge_range(row, start, row, start + width - 1, "", self._band)
            if words:
                sheet.write_string(row, start, words, self._band)
            start += width

    def _write(self, sheet: Worksheet, row: int, number: int, value: Value, kind: Kind) -> None:
        look: Format = self._formats[kind]
        if value is None:
            return
        if value is HIDDEN:
            sheet.write_string(row, number, self._hidden_word, self._hidden)
        elif isinstance(value, int | float):
            sheet.write_number(row, number, value, look)
        elif isinstance(value, date):
            sheet.write_datetime(row, number, value, look)
        elif isinstance(value, str | Bound):
            sheet.write_string(row, number, str(value), look)


def _width(column: Column, table: Table) -> float:
    if column.kind is not Kind.TEXT:
        return max(9, min(16, len(column.label) + 2))
    if column not in table.columns:
        return 14
    number = table.columns.index(column)
    return max(10, min(_WIDEST, 2 + max((len(str(row[number] or "")) for row in table.rows), default=0)))

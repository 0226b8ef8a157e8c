"""A table of a report as CSV, as the reader's Excel opens it by itself, one line after the other.

Swedish Excel wants semicolons and decimal commas, British commas and points; both a mark that says UTF-8.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO

from lms.frameworks.formats.table import guarded
from lms.i18n import language
from lms.reports.about import about, hidden_word
from lms.reports.report import HIDDEN, Column, Report, Value, spread

BLOCK = 1000


def lines(report: Report, at: datetime) -> Iterator[bytes]:
    """Of its first table. What it says of itself comes after the table, so that headings are in the first line."""
    is_swedish, hidden = language() == "sv", hidden_word()
    told, its = about(report, at), spread(report.tables[0])
    headings = [_heading(*pair) for pair in zip(its.columns, its.origins, strict=True)]

    def cell(value: Value) -> str:
        if value is None:
            return ""
        if value is HIDDEN:
            return hidden
        if isinstance(value, float):
            return f"{value:g}".replace(".", "," if is_swedish else ".")
        if isinstance(value, date):
            return value.isoformat()
        return guarded(str(value)) if isinstance(value, str) else str(value)

    def written() -> Iterator[bytes]:
        out = StringIO(newline="")
        writer = csv.writer(out, delimiter=";" if is_swedish else ",")
        out.write("\ufeff")
        writer.writerow([guarded(heading) for heading in headings])
        for number, row in enumerate(its.rows, 1):
            writer.writerow([cell(value) for value in row])
            if number % BLOCK == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        writer.writerow([])
        writer.writerows([guarded(label), guarded(words)] for label, words in told)
        yield out.getvalue().encode()

    return written()


def _heading(column: Column, origin: Column) -> str:
    return column.label if column is origin else f"{origin.label}: {column.label}"

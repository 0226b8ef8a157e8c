"""Rows of text out of a file that somebody keeps people in: CSV as Excel writes it, in Sweden too, or xlsx.

Nothing here knows what the columns mean. What cannot be read is refused in words; nothing is guessed away.
"""

import csv
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from itertools import islice
from typing import Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from lms.errors import Invalid
from lms.i18n import gettext

MOST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 40
LONGEST_CELL: Final = 500
# A workbook is a zip file; this is what it may swell to. 5,000 rows take about a tenth of it.
MOST_BYTES_UNPACKED: Final = 30_000_000
MOST_PARTS: Final = 500

# What zipfile, zlib and openpyxl raise for files that are damaged, encrypted or made up.
_UNREADABLE: Final = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)

Rows = list[list[str]]


def read(content: bytes, *, most_rows: int = MOST_ROWS, longest: int = LONGEST_CELL) -> Rows:
    """Every row, the headings first, each cell stripped. Raises Invalid."""
    if len(content) > MOST_BYTES:
        raise Invalid(gettext("The file is too large: at most %(size)d MB.", size=MOST_BYTES // 1_000_000))
    rows = _workbook_rows(content, most_rows) if content.startswith(b"PK\x03\x04") else _text_rows(content, most_rows)
    if len(rows) > most_rows + 1:
        raise Invalid(gettext("The file has too many rows: at most %(number)d at a time.", number=most_rows))
    if any(len(cell) > longest for row in rows for cell in row):
        raise Invalid(gettext("A cell holds more than %(number)d characters.", number=longest))
    return rows


def _text_rows(content: bytes, most_rows: int) -> Rows:
    text = _decoded(content)
    # Excel's own way to say which separator follows.
    if text[:4].lower() == "sep=" and "\n" in text:
        text = text.split("\n", 1)[1]
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return [_stripped(row) for row in islice(reader, most_rows + 2)]
    except csv.Error as error:
        raise Invalid(gettext("Row %(row)d cannot be read.", row=reader.line_num)) from error


def _decoded(content: bytes) -> str:
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not is_utf_16:
        raise Invalid(gettext("This is neither a text file (CSV) nor an Excel workbook (xlsx)."))
    for encoding in ["utf-16"] if is_utf_16 else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(gettext("The file's characters cannot be read. Save it as CSV UTF-8."))


def _delimiter(text: str) -> str:
    """The separator that splits the headings into most columns."""
    headings = text.split("\n", 1)[0]
    return max(";,\t", key=lambda sign: len(next(csv.reader([headings], delimiter=sign), [])))


def _workbook_rows(content: bytes, most_rows: int) -> Rows:
    try:
        _refuse_bombs(content)
        return list(_cells(content, most_rows))
    except _UNREADABLE as error:
        raise Invalid(gettext("The workbook cannot be read. Open it in Excel, save it again and retry.")) from error


def _refuse_bombs(content: bytes) -> None:
    """Small files that swell when unpacked, or by entities declared in their XML."""
    with ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        # A part is never unpacked past the size it declares.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
            raise Invalid(gettext("The workbook is too large when unpacked. Leave only the list of people in it."))
        if any(b"<!DOCTYPE" in archive.read(part) for part in parts if part.filename.endswith((".xml", ".rels"))):
            raise Invalid(gettext("The workbook has declarations in it that no spreadsheet program writes."))


def _cells(content: bytes, most_rows: int) -> Iterator[list[str]]:
    # With the NumPy that it takes along it is 17 MB, which a worker that reads no workbook can spare.
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        # What the sheet says of its own size may be wrong, or meant to be.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS, values_only=True)
        for row in rows:
            yield _stripped([_text(value) for value in row])
    finally:
        book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _stripped(row: Sequence[str]) -> list[str]:
    # Lists pasted from the web are full of spaces that do not break.
    cells = [cell.replace("\xa0", " ").strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells

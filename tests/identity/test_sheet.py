import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from lms.errors import Invalid
from lms.identity.sheet import LONGEST_CELL, MOST_BYTES, MOST_ROWS, read

CONTENT_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ROWS = [["E-post", "Namn", "Enhet"], ["asa@ekeby.example", "Åsa Öst", "Vård; omsorg"]]


def workbook(rows) -> bytes:
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_csv_as_it_comes_out_of_excel_in_any_country(encoding, sign, ending):
    lines = [["E-post", "Namn", "Enhet"], ["asa@ekeby.example", "Åsa Öst", '"Vård; omsorg"']]
    text = ending.join(sign.join(line) for line in lines) + ending
    assert read(text.encode(encoding)) == ROWS


def test_the_separator_that_excel_writes_on_a_line_of_its_own():
    assert read(b"sep=;\r\nE-post;Namn\r\na@b.example;A") == [["E-post", "Namn"], ["a@b.example", "A"]]


def test_a_workbook():
    assert read(workbook(ROWS)) == ROWS


def test_cells_that_are_not_text():
    assert read(workbook([["A", "B", "C"], [7, 7.5, None], [7.0, True, "\xa0x "]])) == [
        ["A", "B", "C"],
        ["7", "7.5"],
        ["7", "True", "x"],
    ]


def test_a_formula_is_never_worked_out():
    assert read(workbook([["A"], ["=1+1"]])) == [["A"], []]


@pytest.mark.parametrize(
    "content",
    [
        b"x" * (MOST_BYTES + 1),
        b"E-post\n" + b"a@b.example\n" * (MOST_ROWS + 1),
        b"E-post\n" + b"x" * (LONGEST_CELL + 1),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PK\x03\x04 and then nothing",
        packed(hello=b"world"),
        packed(**{"[Content_Types].xml": CONTENT_TYPES}),
        b'E-post\n"' + b"x" * 200_000,
    ],
    ids=["large", "rows", "cell", "old-excel", "picture", "cut-off", "zip", "no-workbook", "field"],
)
def test_what_cannot_be_read_is_refused_in_words(content):
    with pytest.raises(Invalid) as refused:
        read(content)
    assert str(refused.value).endswith(".")


def test_a_file_that_swells_is_refused_before_it_is_unpacked():
    with pytest.raises(Invalid, match="unpacked"):
        read(packed(**{"xl/worksheets/sheet1.xml": b" " * 40_000_000}))


def test_entities_are_refused():
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    with pytest.raises(Invalid, match="declarations"):
        read(packed(**{"xl/workbook.xml": laughs}))


def test_a_sheet_that_lies_about_its_size_is_read_for_what_is_there():
    content = workbook(ROWS)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(out, "w") as lying:
        for part in given.infolist():
            text = given.read(part).replace(b'ref="A1:C2"', b'ref="A1:XFD1048576"')
            lying.writestr(part.filename, text)
    assert read(out.getvalue()) == ROWS

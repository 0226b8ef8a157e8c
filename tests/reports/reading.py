"""Files as their readers have them: rows of tables, out of a page, a workbook, CSV and PDF."""

import csv
import re
import zlib
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

import openpyxl

SOFT_HYPHEN = "\u00ad"


@dataclass
class Cell:
    # What is seen, and what is only heard.
    text: str = ""
    aloud: str = ""
    # Of it, and of all that is in it.
    classes: str = ""
    title: str = ""


class Tables(HTMLParser):
    """Of a page, as they are seen and heard."""

    UNCLOSED = frozenset({"br", "col", "img", "input", "link", "meta", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Cell]]] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append(Cell(title=given.get("title", "")))
        if tag not in self.UNCLOSED:
            self._open.append((tag, "visually-hidden" in given.get("class", "")))
        if (cell := self._cell()) is not None:
            cell.classes += " " + given.get("class", "")
            cell.text += " " if tag in ("br", "small") else ""

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        """Of pictures. Nothing is in it."""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        cell = self._cell()
        if cell is not None:
            name = "aloud" if any(is_hidden for _, is_hidden in self._open) else "text"
            setattr(cell, name, getattr(cell, name) + data)

    def _cell(self) -> Cell | None:
        is_in_a_cell = any(tag in ("td", "th") for tag, _ in self._open)
        return self.tables[-1][-1][-1] if is_in_a_cell else None


def plain(text: str) -> str:
    return " ".join(text.split()).replace(SOFT_HYPHEN, "")


def page(text: str) -> list[list[list[Cell]]]:
    parser = Tables()
    parser.feed(text)
    for table in parser.tables:
        for cell in (cell for row in table for cell in row):
            cell.text, cell.aloud = plain(cell.text), plain(cell.aloud)
    return parser.tables


class Share(float):
    """A number that its reader sees as per cent."""


def workbook(content: bytes) -> list[list[list[Any]]]:
    """The rows of each sheet."""
    book = openpyxl.load_workbook(BytesIO(content))
    return [[[_value(cell) for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets]


def _value(cell: Any) -> Any:
    assert cell.data_type != "f", "a formula"
    return Share(cell.value) if cell.data_type == "n" and "%" in cell.number_format else cell.value


def lines(content: bytes, delimiter: str = ";") -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


class Printed:
    """A PDF as a screen reader goes through it: by its tags."""

    def __init__(self, content: bytes) -> None:
        self._objects = {int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj(.*?)endobj", content, re.DOTALL)}
        [root] = [body for body in self._objects.values() if b"/Type/StructTreeRoot" in body]
        self._root = root
        self._texts: dict[int, dict[int, str]] = {}
        self.tables = [self._table(one) for one in self._find(root, b"Table")]

    @property
    def text(self) -> str:
        return " ".join(self._text(one) for one in self._children(self._root))

    def _find(self, body: bytes, kind: bytes) -> list[bytes]:
        if b"/S/" + kind + b"/" in body:
            return [body]
        return [found for child in self._children(body) for found in self._find(child, kind)]

    def _table(self, body: bytes) -> list[list[str]]:
        rows = self._find(body, b"TR")
        return [[self._text(cell) for cell in self._children(row)] for row in rows]

    def _children(self, body: bytes) -> list[bytes]:
        return [self._objects[int(number)] for number in re.findall(rb"(\d+) 0 R", self._kids(body))]

    def _kids(self, body: bytes) -> bytes:
        found = re.search(rb"/K\[([^\]]*)\]", body)
        return found[1] if found else b""

    def _text(self, body: bytes) -> str:
        kids = self._kids(body)
        own = re.sub(rb"\d+ 0 R", b"", kids).split()
        told = []
        if own:
            page = int(re.search(rb"/Pg (\d+) 0 R", body)[1])
            told = [self._on(page).get(int(number), "") for number in own]
        told += [self._text(child) for child in self._children(body)]
        return " ".join(one for one in told if one).replace(f"{SOFT_HYPHEN} ", "").replace(SOFT_HYPHEN, "")

    def _on(self, page: int) -> dict[int, str]:
        """By what a page marks it with."""
        if page not in self._texts:
            body = self._objects[page]
            fonts = self._fonts(int(re.search(rb"/Resources (\d+) 0 R", body)[1]))
            content = self._stream(int(re.search(rb"/Contents (\d+) 0 R", body)[1]))
            self._texts[page] = _marked(_escaped(content), fonts)
        return self._texts[page]

    def _fonts(self, resources: int) -> dict[bytes, dict[int, str]]:
        named = re.search(rb"/Font ?(?:<<(.*?)>>|(\d+) 0 R)", self._objects[resources])
        listed = named[1] if named[1] is not None else self._objects[int(named[2])]
        return {
            name: self._letters(int(re.search(rb"/ToUnicode (\d+) 0 R", self._objects[int(number)])[1]))
            for name, number in re.findall(rb"/(\w+) (\d+) 0 R", listed)
        }

    def _letters(self, number: int) -> dict[int, str]:
        pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", self._stream(number))
        return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}

    def _stream(self, number: int) -> bytes:
        return zlib.decompress(re.search(rb"stream\r?\n(.*)\r?\nendstream", self._objects[number], re.DOTALL)[1])


def _escaped(content: bytes) -> bytes:
    """Parentheses in a text need no escape where they are balanced; this gives them one."""
    depth, found = 0, bytearray()
    for sign in re.findall(rb"\\.|[()]|[^\\()]+", content, re.DOTALL):
        depth -= sign == b")"
        found += b"\\" + sign if depth and sign in (b"(", b")") else sign
        depth += sign == b"("
    return bytes(found)


_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


_TOKEN = re.compile(
    rb"<<(?P<mark>(?:[^<>]|<[^<>]*>|<<[^<>]*>>)*)>>BDC|(?P<end>EMC)|/(?P<font>\w+) [\d.]+ Tf"
    rb"|(?P<shown>\[(?:\((?:\\.|[^\\)])*\)|[^\]])*\](?=TJ)|\((?:\\.|[^\\)])*\)(?= ?Tj))",
    re.DOTALL,
)


def _marked(content: bytes, fonts: dict[bytes, dict[int, str]]) -> dict[int, str]:
    """The texts of a page's marks. What a mark says instead of its letters counts, such as nothing for a hyphen."""
    found: dict[int, str] = {}
    stack: list[bytes] = []
    letters: dict[int, str] = {}
    for token in _TOKEN.finditer(content):
        if token["mark"] is not None:
            stack.append(token["mark"])
            if actual := re.search(rb"/ActualText ?(<[0-9A-F]*>|\(.*?\))", token["mark"]):
                _add(found, stack, _decoded(actual[1]))
        elif token["end"]:
            stack.pop()
        elif token["font"]:
            letters = fonts[token["font"]]
        elif not any(b"/ActualText" in mark for mark in stack):
            _add(found, stack, _shown(token["shown"], letters))
    return found


def _add(found: dict[int, str], stack: list[bytes], text: str) -> None:
    for mark in reversed(stack):
        if number := re.search(rb"/MCID (\d+)", mark):
            found[int(number[1])] = found.get(int(number[1]), "") + text
            return


def _decoded(actual: bytes) -> str:
    if actual.startswith(b"<"):
        return bytes.fromhex(actual[1:-1].decode()).removeprefix(b"\xfe\xff").decode("utf-16-be")
    return actual[1:-1].decode("latin-1")


def _shown(strings: bytes, letters: dict[int, str]) -> str:
    text = ""
    for string in re.findall(rb"\(((?:\\.|[^\\)])*)\)", strings, re.DOTALL):
        plain = re.sub(rb"\\([0-7]{1,3}|.)", _unescaped, string, flags=re.DOTALL)
        text += "".join(letters[int.from_bytes(plain[at : at + 2])] for at in range(0, len(plain), 2))
    return text


def _unescaped(found: re.Match[bytes]) -> bytes:
    what = found[1]
    return bytes([int(what, 8)]) if what.isdigit() else _ESCAPED.get(what, what)

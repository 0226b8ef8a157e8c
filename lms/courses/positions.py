"""On which line of a TOML text each key and value stands, so that an author can be shown where a mistake is.

tomllib keeps no positions. This goes through a text that tomllib has accepted, and so need not judge it.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

# Keys and numbers in lists from the root: ("modules", 0, "title").
Path = tuple[str | int, ...]

_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING: Final = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"{3,5}' r"|'''[\s\S]*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'"
)
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]+")


class Positions:
    """`line(path)` is where the path stands, or the nearest thing around it that does; `offset` lines come
    before."""

    def __init__(self, lines: Mapping[Path, int], offset: int = 0) -> None:
        self._lines, self._offset = lines, offset

    def line(self, path: Path) -> int:
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1) + self._offset


def find(text: str, offset: int = 0) -> Positions:
    return Positions(_Scan(text).lines, offset)


class _Scan:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text, self._at = text, 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        # How many tables each list of tables has so far.
        self._counts: dict[Path, int] = {}
        self._table: Path = ()
        while self._skip() < len(text):
            self._heading() if text[self._at] == "[" else self._pair(self._table)

    def _skip(self) -> int:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _note(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._starts, at))

    def _heading(self) -> None:
        began = self._at
        repeated = self._text.startswith("[[", began)
        self._at += 2 if repeated else 1
        *above, name = self._key()
        path = (*self._inside(above), name)
        if repeated:
            number = self._counts.get(path, 0)
            self._counts[path] = number + 1
            self._note(path, began)
            path = (*path, number)
        self._table = path if repeated else self._latest(path)
        self._note(self._table, began)
        self._at = self._text.index("]", self._at) + (2 if repeated else 1)

    def _inside(self, names: list[str]) -> Path:
        path: Path = ()
        for name in names:
            path = self._latest((*path, name))
        return path

    def _latest(self, path: Path) -> Path:
        """A table named inside a list of tables is in the last of them."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        began = self._at
        path: Path = table
        for name in self._key():
            path = (*path, name)
            self._note(path, began)
        self._skip()
        self._at += 1  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip()
            quoted = _STRING.match(self._text, self._at)
            found = quoted or _BARE_KEY.match(self._text, self._at)
            if found is None:
                raise ValueError("tomllib would not have accepted this key")
            names.append(next(iter(tomllib.loads(f"{found[0]} = 0"))))
            self._at = found.end()
            self._skip()
            if self._text[self._at] != ".":
                return names
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip()
        self._note(path, self._at)
        first = self._text[self._at]
        if first == "[":
            self._members(path, "]")
        elif first == "{":
            self._members(path, "}")
        else:
            found = _STRING.match(self._text, self._at) or _BARE_VALUE.match(self._text, self._at)
            self._at = found.end() if found else self._at + 1

    def _members(self, path: Path, end: str) -> None:
        self._at += 1
        number = 0
        while self._text[self._skip()] != end:
            if end == "]":
                self._value((*path, number))
                number += 1
            else:
                self._pair(path)
            if self._text[self._skip()] == ",":
                self._at += 1
        self._at += 1

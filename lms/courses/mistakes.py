"""Mistakes in course files, and the reading of TOML that finds them: every one, each with file, line and
remedy.

Sentences are for authors, who know their subject and need not know programming.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from lms.courses import positions
from lms.courses.positions import Path
from lms.i18n import lazy_gettext as _

# Words in another language than the file's own are written { sv = "…", en = "…" }.
Local = Mapping[str, str]

KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    file: str
    line: int
    # Translated when it is shown.
    sentence: Any = field(compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class Document:
    """A TOML text of a file that is being read, and what has been found wrong with it."""

    def __init__(self, file: str, text: str, mistakes: list[Mistake], offset: int = 0) -> None:
        self.file, self.mistakes = file, mistakes
        self._positions = positions.Positions({}, offset)
        values: dict[str, Any] = {}
        try:
            values = tomllib.loads(text)
            self._positions = positions.find(text, offset)
        except tomllib.TOMLDecodeError as error:
            mistakes.append(_unreadable(file, text, str(error), offset))
        self.root = Table(self, (), values)
        self.is_readable = not mistakes or bool(values)

    def line(self, path: Path) -> int:
        return self._positions.line(path)

    def wrong(self, path: Path, sentence: Any) -> None:
        self.mistakes.append(Mistake(self.file, self.line(path), sentence))


def _unreadable(file: str, text: str, error: str, offset: int) -> Mistake:
    found = re.search(r"at line (\d+)", error)
    line = int(found[1]) if found else text.count("\n") + 1
    if "overwrite" in error or "twice" in error:
        sentence = _("This key or table is already in the file. Keep one of them.")
    else:
        sentence = _(
            "The line cannot be read (%(error)s). Look for a quotation mark, an equals sign or a bracket "
            "that is missing, here or just above.",
            error=error,
        )
    return Mistake(file, line + offset, sentence)


class Table:
    """A table whose keys are taken one by one. What is missing or of the wrong kind is noted, and something
    stands in for it, so that the rest can be read as well; `close` notes the keys that nobody asked for."""

    def __init__(self, document: Document, path: Path, values: Mapping[str, Any]) -> None:
        self.document, self.path, self._values = document, path, values
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, key: str | None, sentence: Any) -> None:
        self.document.wrong(self.path if key is None else (*self.path, key), sentence)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, str, f'{key} = "…"', default)
        if key in self and default is None and isinstance(value, str) and not value.strip():
            self.wrong(key, _("“%(key)s” is empty. Write what should stand there.", key=key))
        return value if isinstance(value, str) else ""

    def key(self, key: str = "key") -> str:
        value = self.text(key)
        if value and not KEY.match(value):
            self.wrong(
                key,
                _(
                    "“%(value)s” cannot be a key: use the letters a–z without dots and rings, digits and single "
                    "hyphens, such as “%(example)s”.",
                    value=value,
                    example="mina-mal",
                ),
            )
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        value, known = self.text(key, default), list(allowed)
        if value and value not in known:
            self.wrong(
                key,
                _(
                    "“%(value)s” is not known here. “%(key)s” is one of: %(known)s.",
                    value=value,
                    key=key,
                    known=", ".join(known),
                ),
            )
        return value if value in known else default or known[0]

    def whole(self, key: str, default: int | None = None, least: int = 0) -> int:
        value = self._take(key, int, f"{key} = 10", default)
        if isinstance(value, int) and value < least:
            self.wrong(key, _("“%(key)s” must be at least %(least)s.", key=key, least=least))
        return value if isinstance(value, int) else least

    def number(self, key: str, default: float | None = None) -> float:
        value = self._take(key, (int, float), f"{key} = 0.8", default)
        return value if isinstance(value, int | float) else 0

    def yes(self, key: str, default: bool | None = None) -> bool:
        return self._take(key, bool, f"{key} = true", default) is True

    def date(self, key: str) -> date:
        value = self._take(key, date, f"{key} = 2026-11-23", None)
        return value if isinstance(value, date) else date.min

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self._take(key, list, f'{key} = ["…"]', default) or ()
        for number, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                self.document.wrong(
                    (*self.path, key, number), _("Each part of “%(key)s” is a text between quotation marks.", key=key)
                )
        return tuple(value for value in values if isinstance(value, str))

    def local(self, key: str, languages: Iterable[str] | None = None, *, required: bool = True) -> Local:
        """A text in one or more languages; it must be there in each of `languages`."""
        example = f'{key} = {{ sv = "…", en = "…" }}'
        values = self._take(key, dict, example, None if required else {}) or {}
        for language, value in values.items():
            if not isinstance(value, str) or not value.strip():
                self.document.wrong(
                    (*self.path, key, language),
                    _(
                        "“%(key)s” has no text in the language “%(language)s”. Write it between quotation marks.",
                        key=key,
                        language=language,
                    ),
                )
        for language in languages or ():
            if values and language not in values:
                self.wrong(
                    key,
                    _(
                        "“%(key)s” has no text in the language “%(language)s”, which the course says it has. Add"
                        " it: %(example)s.",
                        key=key,
                        language=language,
                        example=example,
                    ),
                )
        return {language: value for language, value in values.items() if isinstance(value, str)}

    def table(self, key: str, example: str) -> "Table":
        return Table(self.document, (*self.path, key), self._take(key, dict, example, None) or {})

    def tables(self, key: str, *, least: int = 0) -> list["Table"]:
        found = self._take(key, list, f"[[{key}]]", []) or []
        rows = [(number, row) for number, row in enumerate(found) if isinstance(row, dict)]
        if len(rows) < len(found):
            self.wrong(
                key, _("“%(key)s” is a list of tables: begin each with %(example)s.", key=key, example=f"[[{key}]]")
            )
        elif len(rows) < least:
            self.wrong(
                key if key in self else None,
                _(
                    "At least %(least)s “%(key)s” needed; there are %(found)s. Begin each with %(example)s.",
                    least=least,
                    key=key,
                    found=len(rows),
                    example=f"[[{'.'.join(self._heading(key))}]]",
                ),
            )
        return [Table(self.document, (*self.path, key, number), row) for number, row in rows]

    def close(self) -> None:
        for key in self._values.keys() - self._asked:
            near = get_close_matches(key, self._asked, 1)
            if near:
                sentence = _("There is no key “%(key)s” here. Did you mean “%(near)s”?", key=key, near=near[0])
            else:
                sentence = _(
                    "There is no key “%(key)s” here. Take it away, or use one of: %(known)s.",
                    key=key,
                    known=", ".join(sorted(self._asked)),
                )
            self.wrong(key, sentence)

    def _heading(self, key: str) -> list[str]:
        return [*(name for name in self.path if isinstance(name, str)), key]

    def _take(self, key: str, kind: type | tuple[type, ...], example: str, default: Any) -> Any:
        self._asked.add(key)
        if key not in self._values:
            if default is None:
                self.wrong(None, _("“%(key)s” is missing. Add it: %(example)s.", key=key, example=example))
            return default
        value = self._values[key]
        # To Python, true is a number too.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.wrong(
                key,
                _(
                    "“%(key)s” is not of the right kind. Write it like this: %(example)s.",
                    key=key,
                    example=example,
                ),
            )
            return default
        return value


def each_once(tables: Iterable[Table], key: str = "key") -> None:
    """Notes the tables whose key another one has already."""
    seen: set[str] = set()
    for table in tables:
        value = table.text(key, "")
        if value and value in seen:
            table.wrong(key, _("The key “%(value)s” is used twice. Each must have its own.", value=value))
        seen.add(value)

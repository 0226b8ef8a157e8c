"""What is taken away, as values: tables, and what must be known to read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import Final, Literal

from lms.competence.figures.map import Figure
from lms.competence.shown.level import LevelRule
from lms.errors import NotFound
from lms.i18n import gettext, percent


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "integer"
    NUMBER = "number"
    SHARE = "share"
    LEVEL = "level"
    DATE = "date"


class Hidden(Enum):
    """In place of a figure that must not be shown."""

    HIDDEN = "hidden"


HIDDEN: Final = Hidden.HIDDEN


@dataclass(frozen=True, slots=True)
class Bound:
    """A share of a small group, of which only this much is said."""

    share: float
    is_least: bool
    words: str

    def __str__(self) -> str:
        return self.words


# None: not assessed, not asked for, or nothing to say. Never a zero.
Value = str | int | float | date | Figure | Bound | Literal[Hidden.HIDDEN] | None


# For old evidence, for few sources, and for two assessments that are far apart.
Words = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    kind: Kind = Kind.TEXT
    # What neighbouring columns have in common, such as the area of competences.
    band: str = ""
    # A shorter name, where room is scarce.
    short: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    # What each row is known by in addresses; empty where it has none.
    keys: Sequence[str] = ()

    @property
    def hidden(self) -> int:
        return sum(value is HIDDEN for row in self.rows for value in row)


@dataclass(frozen=True, slots=True)
class Report:
    # The beginning of the file's name.
    key: str
    title: str
    # Whose it is: a place, a team, a person.
    of: str
    day: date
    # Months ahead.
    horizon: int
    # What was asked for, as in the address, and the same in words.
    filters: Mapping[str, str]
    said: Sequence[tuple[str, str]]
    # By which levels are told; none where no levels are.
    rules: Sequence[LevelRule]
    # The smallest group of which a figure is shown. None: there are no figures of groups.
    minimum: int | None
    notes: Sequence[str]
    # Where the frameworks come from.
    sources: Sequence[str]
    # The main one first.
    tables: Sequence[Table] = field(default=())

    @property
    def hidden(self) -> int:
        return sum(table.hidden for table in self.tables)

    def narrowed(self, key: str) -> "Report":
        """With one of its tables only."""
        tables = [table for table in self.tables if key in ("", table.key)]
        if not tables:
            raise NotFound(gettext("There is no such table here."))
        return Report(**{name: getattr(self, name) for name in FIELDS} | {"tables": tables})


FIELDS: Final = tuple(Report.__dataclass_fields__)


def share(of: float | None, *, is_coarse: bool = False) -> float | Bound | None:
    """As pages show it: whole per cent, and of a small group no more than that it is many or few."""
    if of is None:
        return None
    if is_coarse and (of >= 0.9 or of <= 0.1):
        return _bound(0.9, is_least=True) if of >= 0.9 else _bound(0.1, is_least=False)
    return round(of, 2)


def _bound(share: float, *, is_least: bool) -> Bound:
    if is_least:
        return Bound(share, is_least, gettext("at least %(share)s", share=percent(share)))
    return Bound(share, is_least, gettext("at most %(share)s", share=percent(share)))


@dataclass(frozen=True, slots=True)
class Spread:
    """A table whose values are numbers, texts and dates only, as a spreadsheet wants it: what a cell of a map shows
    stands in columns side by side."""

    columns: Sequence[Column]
    # Of each, the column of the table that it is, or is a part of.
    origins: Sequence[Column]
    rows: Iterator[Sequence[Value]]

    @property
    def is_banded(self) -> bool:
        return any(one.kind is Kind.LEVEL for one in self.origins)


def spread(table: Table) -> Spread:
    """Words are looked up here and now: when the rows are sent, the reader's language may not be known any more."""
    words = gettext("Old evidence"), gettext("Few sources"), gettext("Two or more levels apart")
    parts = [_parts(table, number) for number in range(len(table.columns))]
    return Spread(
        [part for its in parts for part in its],
        [column for column, its in zip(table.columns, parts, strict=True) for _ in its],
        (_spread_row(row, parts, words) for row in table.rows),
    )


def _parts(table: Table, number: int) -> list[Column]:
    column = table.columns[number]
    if column.kind is not Kind.LEVEL:
        return [column]
    figures = [row[number] for row in table.rows]
    is_of_group = any(isinstance(one, Figure) and one.base is not None for one in figures)
    is_marked = any(isinstance(one, Figure) and _is_marked(one) for one in figures)
    exact = Kind.NUMBER if is_of_group else Kind.WHOLE
    parts = [
        Column("level", gettext("Level"), exact),
        Column("required", gettext("Required"), exact),
        Column("missing", gettext("Missing"), Kind.WHOLE),
    ]
    if is_of_group:
        parts += [
            Column("assessed", gettext("Assessed"), Kind.WHOLE),
            Column("need", gettext("Need it"), Kind.WHOLE),
        ]
    return [*parts, Column("marks", gettext("Marks"))] if is_marked else parts


def _spread_row(row: Sequence[Value], parts: Sequence[Sequence[Column]], words: Words) -> list[Value]:
    found: list[Value] = []
    for value, its in zip(row, parts, strict=True):
        if isinstance(value, Figure):
            all = _figure(value, words)
            found += [all[one.key] for one in its]
        else:
            found += [value] * len(its)
    return found


def _figure(of: Figure, words: Words) -> dict[str, Value]:
    """What a cell of a map says, by name. Where nobody is assessed, that is all."""
    base = of.base if of.base is not None and of.current is not None else (None, None)
    said = [word for word, is_so in zip(words, (of.old, of.few, of.apart), strict=True) if is_so and _is_marked(of)]
    return {
        "level": of.current,
        "required": of.required,
        "missing": of.step,
        "assessed": base[0],
        "need": base[1],
        "marks": ", ".join(said) or None,
    }


def _is_marked(of: Figure) -> bool:
    """Where there is a level only, as on the page."""
    return of.current is not None and (of.old or of.few or of.apart)

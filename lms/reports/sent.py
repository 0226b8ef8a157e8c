"""A report as JSON: what programs are answered, and what OpenAPI says of it, from the same structures."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct, field

from lms.competence import words
from lms.competence.figures.map import Figure
from lms.i18n import gettext, language
from lms.reports.report import HIDDEN, Bound, Column, Kind, Report, Table, Value

# Rows of each table in one answer.
USUAL_ROWS: Final = 1000
MOST_ROWS: Final = 5000


class Hidden(Struct, tag_field="is", tag="hidden"):
    """A figure that must not be shown: it rests on too few people, or would give such a figure away."""


class NoLess(Struct, tag_field="is", tag="at least"):
    """A share of a small group, of which no more is said."""

    share: float


class NoMore(Struct, tag_field="is", tag="at most"):
    """A share of a small group, of which no more is said."""

    share: float


class Level(Struct, tag_field="is", tag="level", omit_defaults=True):
    """A cell of a map. What is not there is not known, or not asked for; it is never zero."""

    # Of a person 0–4, of a group the average of those assessed.
    current: float | None = None
    required: float | None = None
    # Levels missing, 0–4. Of a group: on average, and rounded.
    missing: int | None = None
    # Of a group: how many are assessed, and how many need it.
    assessed: int | None = None
    need: int | None = None
    # Rests on evidence older than 24 months; on self-assessment only; own and manager's assessment are far apart.
    old: bool = False
    few_sources: bool = False
    apart: bool = False


# A day as 2026-11-23.
Cell = Hidden | NoLess | NoMore | Level | str | int | float | None


class Heading(Struct, omit_defaults=True):
    # What its values stand under in the rows: the same in every language.
    key: str
    label: str
    kind: Kind
    # What neighbouring columns have in common, such as the area of competences.
    group: str = ""


class Row(Struct):
    # What it is known by: a key of a place or a competence, a person's uuid; empty where it has none.
    key: str
    values: dict[str, Cell]


class SentTable(Struct, rename={"next_rows": "next"}):
    key: str
    title: str
    columns: list[Heading]
    # From `offset` on.
    rows: list[Row]
    offset: int
    # Of all there are.
    total: int
    # Where the next rows are; null after the last.
    next_rows: str | None


class Rule(Struct):
    """By which levels are told."""

    key: str
    version: int
    description: str


class Said(Struct):
    label: str
    text: str


class Suppression(Struct):
    # The smallest group of which a figure is shown.
    minimum_group: int
    # So many figures are hidden, in the tables as a whole.
    hidden: int
    description: str


class Answer(Struct):
    """What a page shows, with what must be known to read it."""

    title: str
    # Whose it is: a place, a team, a person.
    of: str
    day: date
    # So many months ahead.
    horizon: int
    # What was asked for, as in the address, and the same in words.
    filters: dict[str, str]
    said: list[Said]
    level_rules: list[Rule]
    # Null: there are no figures of groups.
    suppression: Suppression | None
    notes: list[str]
    sources: list[str]
    language: Literal["sv", "en"]
    taken_at: datetime
    tables: list[SentTable] = field(default_factory=list)


Where = Callable[[str, int], str]


def answer(report: Report, at: datetime, where: Where, *, offset: int, limit: int) -> Answer:
    """`where` gives the address of a table from a row on."""
    return Answer(
        title=report.title,
        of=report.of,
        day=report.day,
        horizon=report.horizon,
        filters=dict(report.filters),
        said=[Said(label, text) for label, text in report.said],
        level_rules=[Rule(rule.key, rule.version, words.level_rule(rule)) for rule in report.rules],
        suppression=_suppression(report),
        notes=list(report.notes),
        sources=list(report.sources),
        language="sv" if language() == "sv" else "en",
        taken_at=at,
        tables=[_table(one, where, offset, limit) for one in report.tables],
    )


def _suppression(report: Report) -> Suppression | None:
    if report.minimum is None:
        return None
    sentence = gettext(
        "Figures that rest on fewer than %(k)s people, or from which such a figure could be worked out, are hidden.",
        k=report.minimum,
    )
    return Suppression(report.minimum, report.hidden, sentence)


def _table(table: Table, where: Where, offset: int, limit: int) -> SentTable:
    end = offset + limit
    keys = table.keys or [""] * len(table.rows)
    return SentTable(
        table.key,
        table.title,
        [Heading(one.key, one.label, one.kind, one.band) for one in table.columns],
        [
            Row(key, _values(table.columns, row))
            for key, row in zip(keys[offset:end], table.rows[offset:end], strict=True)
        ],
        offset,
        len(table.rows),
        where(table.key, end) if end < len(table.rows) else None,
    )


def _values(columns: Sequence[Column], row: Sequence[Value]) -> dict[str, Cell]:
    return {column.key: _cell(value) for column, value in zip(columns, row, strict=True)}


def _cell(value: Value) -> Cell:
    if value is HIDDEN:
        return Hidden()
    if isinstance(value, Bound):
        return NoLess(value.share) if value.is_least else NoMore(value.share)
    if isinstance(value, Figure):
        return _level(value)
    return value.isoformat() if isinstance(value, date) else value


def _level(of: Figure) -> Level | None:
    if of.current is None and of.required is None:
        return None
    assessed, need = of.base if of.base is not None and of.current is not None else (None, None)
    marks = (of.old, of.few, of.apart) if of.current is not None else ()
    return Level(of.current, of.required, of.step, assessed, need, *marks)

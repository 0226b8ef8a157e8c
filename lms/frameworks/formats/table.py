"""A framework as a table: CSV, or the same in a workbook. docs/frameworks.md shows it by example.

A row is a competence unless its column `kind` says otherwise: `about` (what the framework says of itself), `area`,
`level` (of the framework's own scale). The smallest table has the columns code, area and name sv or name en.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Final

from lms.errors import Invalid, Problem
from lms.frameworks.formats import about
from lms.frameworks.formats.about import About, Parts
from lms.frameworks.framework import HIGHEST, Area, Competence, Framework, OwnLevel, Texts
from lms.i18n import LANGUAGES, gettext
from lms.identity import sheet

LONGEST: Final = 4_000
_TEXTS: Final = ("area name", "name", "short", "descriptor", *(f"level {level}" for level in range(1, HIGHEST + 1)))
COLUMNS: Final = ("kind", "code", "area", *(f"{text} {it}" for text in _TEXTS for it in LANGUAGES), "related")
KINDS: Final = ("", "about", "area", "level", "competence")
# A spreadsheet takes such a cell for a formula.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_FORMULA_KEPT: Final = re.compile(r"'+[=+\-@\t\r]")

Row = Mapping[str, str]


def read(content: bytes, beside: About) -> Framework:
    rows = sheet.read(content, longest=LONGEST)
    headings = [_plain(heading) for heading in rows[0]] if rows else []
    problems = list(_headings(headings))
    if problems:
        raise Invalid(problems)
    lines = [
        (number, dict(zip(headings, (_cell(cell) for cell in row), strict=False)))
        for number, row in enumerate(rows[1:], 2)
        if any(row)
    ]
    problems += [problem for number, row in lines for problem in _check(number, row)]
    if problems:
        raise Invalid(problems)
    of = {kind: [row for _, row in lines if row.get("kind", "") == kind] for kind in KINDS}
    competences = [_competence(row) for _, row in lines if row.get("kind", "") in {"", "competence"}]
    return about.build(
        {row["code"]: _about(row) for row in of["about"]},
        beside,
        Parts(_areas([row for _, row in lines]), competences, [_level(row) for row in of["level"]]),
    )


def _plain(heading: str) -> str:
    """`Name_SV` and `name (sv)` are the same column."""
    return " ".join(re.split(r"[\s_.()]+", heading.casefold())).strip()


def _headings(headings: Sequence[str]) -> Iterator[Problem]:
    place = gettext("Row %(row)d", row=1)
    for heading in headings:
        if heading and heading not in COLUMNS:
            yield Problem(place, gettext("There is no column called “%(name)s”.", name=heading))
        if heading and headings.count(heading) > 1:
            yield Problem(place, gettext("The column “%(name)s” is there more than once.", name=heading))
    if "code" not in headings or not {f"name {it}" for it in LANGUAGES} & set(headings):
        yield Problem(place, gettext("The table needs the columns code and name sv or name en."))


def _check(number: int, row: Row) -> Iterator[Problem]:
    place = gettext("Row %(row)d", row=number)
    kind = row.get("kind", "")
    if kind not in KINDS:
        yield Problem(place, gettext("“%(kind)s” is no kind of row: about, area, level or competence.", kind=kind))
        return
    if not row.get("code"):
        yield Problem(place, gettext("The code is missing."))
    if not _texts(row, "name") and kind != "about":
        yield Problem(place, gettext("The name is missing."))
    if kind == "about" and row.get("code") not in {*about.PLAIN, *about.TEXTS}:
        yield Problem(place, gettext("A framework says nothing called “%(name)s” of itself.", name=row.get("code", "")))
    if kind == "level" and not (row["code"].isdecimal() and row.get("area") in {"1", "2", "3", "4"}):
        yield Problem(place, gettext("A level has a number as its code, and 1–4 as its area: the common scale."))
    if kind in {"", "competence"}:
        written = [level for level in range(1, HIGHEST + 1) if _texts(row, f"level {level}")]
        if written and len(written) < HIGHEST:
            yield Problem(place, gettext("Write what all four levels mean, or none of them."))


def _cell(cell: str) -> str:
    return cell[1:] if _FORMULA_KEPT.match(cell) else cell


def _texts(row: Row, name: str) -> Texts:
    return {it: text for it in LANGUAGES if (text := row.get(f"{name} {it}", ""))}


def _about(row: Row) -> dict[str, str]:
    if row["code"] in about.PLAIN:
        return {"": next(iter(_texts(row, "name").values()), "")}
    return _texts(row, "name")


def _areas(rows: Sequence[Row]) -> list[Area]:
    """Those that have a row of their own, and those that competences name, in the order in which they come."""
    found: dict[str, Texts] = {row["code"]: _texts(row, "name") for row in rows if row.get("kind") == "area"}
    for row in rows:
        if row.get("kind", "") in {"", "competence"}:
            code = row.get("area", "") or "general"
            named = _texts(row, "area name")
            unnamed = {"sv": "Allmänt", "en": "General"} if not row.get("area") else dict.fromkeys(LANGUAGES, code)
            if code not in found or (named and found[code] == dict.fromkeys(LANGUAGES, code)):
                found[code] = named or unnamed
    return [Area(code, name) for code, name in found.items()]


def _competence(row: Row) -> Competence:
    name = _texts(row, "name")
    levels = {level: _texts(row, f"level {level}") for level in range(1, HIGHEST + 1)}
    return Competence(
        code=row["code"],
        area=row.get("area", "") or "general",
        name=name,
        short=_texts(row, "short") or about.shortened(name),
        descriptor=_texts(row, "descriptor") or dict(name),
        levels=levels if any(levels.values()) else about.general_levels(),
        related=tuple(row.get("related", "").split()),
    )


def _level(row: Row) -> OwnLevel:
    name = _texts(row, "name")
    return OwnLevel(int(row["code"]), int(row["area"]), name, _texts(row, "descriptor") or name)


def write(framework: Framework) -> bytes:
    """As Swedish Excel opens it: semicolons, and a mark that says UTF-8."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", delimiter=";")
    writer.writeheader()
    for row in _rows(framework):
        writer.writerow({name: guarded(cell) for name, cell in row.items()})
    return out.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    """As a spreadsheet reads it as a text, whatever it begins with."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _rows(framework: Framework) -> Iterator[Row]:
    for field, said in about.about(framework).items():
        yield {"kind": "about", "code": field} | {f"name {it or 'en'}": text for it, text in said.items()}
    for level in framework.scale:
        yield {
            "kind": "level",
            "code": str(level.level),
            "area": str(level.common),
            **_columns("name", level.name),
            **_columns("descriptor", level.description),
        }
    for area in framework.areas:
        yield {"kind": "area", "code": area.code, **_columns("name", area.name)}
    for one in framework.competences:
        levels = [_columns(f"level {level}", text) for level, text in sorted(one.levels.items())]
        yield {
            "kind": "competence",
            "code": one.code,
            "area": one.area,
            **_columns("name", one.name),
            **_columns("short", one.short),
            **_columns("descriptor", one.descriptor),
            **{column: text for level in levels for column, text in level.items()},
            "related": " ".join(one.related),
        }


def _columns(name: str, texts: Texts) -> dict[str, str]:
    return {f"{name} {it}": text for it, text in texts.items()}

"""Skills from ESCO's CSV files: its lists of skills (skills_en.csv) and its collections, in any language we have."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Final

from lms.errors import Invalid, Problem
from lms.frameworks.formats import about
from lms.frameworks.formats.about import About, Parts
from lms.frameworks.framework import Area, Competence, Framework, Texts
from lms.i18n import LANGUAGES, gettext
from lms.identity import sheet

MOST_ROWS: Final = 20_000
# A cell may hold hundreds of other labels.
LONGEST: Final = 50_000
# What is read, by what ESCO and those who pass it on call it.
ADDRESS: Final = ("concepturi", "uri")
NAMES: Final = ("preferredlabel", "label_en", "label_sv", "label_sv_own")
DESCRIPTIONS: Final = ("description", "definition", "description_en", "description_sv")
BROADER: Final = ("broaderconceptpt", "broader")
NOTICE: Final = {
    "sv": "Tjänsten använder Europeiska kommissionens klassificering ESCO. Nivåerna är Kunnas egna.",
    "en": "This service uses the ESCO classification of the European Commission. The levels are Kunna's own.",
}
# Before the code of a skill, in its address.
SKILLS: Final = "http://data.europa.eu/esco/skill/"
SOURCE: Final = "https://esco.ec.europa.eu"
GENERAL_AREA: Final = Area("skills", {"sv": "Färdigheter", "en": "Skills"})

Row = Mapping[str, str]


def is_esco(heading: str) -> bool:
    columns = {cell.strip().strip('"').casefold() for cell in heading.split(",")}
    return bool(columns & set(ADDRESS)) and bool(columns & set(NAMES))


def read(content: bytes, beside: About, *, language: str = "en") -> Framework:
    """`language` is that of columns that do not name theirs."""
    rows = sheet.read(content, most_rows=MOST_ROWS, longest=LONGEST)
    headings = [cell.casefold() for cell in rows[0]] if rows else []
    if not set(headings) & set(ADDRESS) or not set(headings) & set(NAMES):
        raise Invalid([Problem(_row(1), gettext("This is not a list of skills from ESCO."))])
    lines = [dict(zip(headings, row, strict=False)) for row in rows[1:]]
    problems = [
        Problem(_row(number), gettext("The skill has no address or no name."))
        for number, row in enumerate(lines, 2)
        if row and not (_first(row, ADDRESS) and _texts(row, NAMES, language))
    ]
    if problems:
        raise Invalid(problems)
    lines = [row for row in lines if row]
    areas = _areas(lines)
    competences = [_competence(row, areas, language) for row in lines]
    said = about.given(
        publisher="European Commission",
        licence="Decision 2011/833/EU",
        licence_address="https://eur-lex.europa.eu/eli/dec/2011/833/oj",
        source_address=SOURCE,
        source_title="ESCO",
    )
    found = {**said, "notice": NOTICE}
    used = {one.area for one in competences}
    named = [Area(code, {language: name}) for name, code in areas.items() if code in used]
    if GENERAL_AREA.code in used:
        named.append(GENERAL_AREA)
    return about.build(found, beside, Parts(named, competences))


def _row(number: int) -> str:
    return gettext("Row %(row)d", row=number)


def _first(row: Row, columns: tuple[str, ...]) -> str:
    return next((row[column] for column in columns if row.get(column)), "")


def _texts(row: Row, columns: tuple[str, ...], language: str) -> Texts:
    texts: Texts = {}
    for column in columns:
        own = next((it for it in ("sv", "en") if f"_{it}" in column), language)
        if row.get(column):
            texts.setdefault(own, row[column])
    return texts


def _broader(row: Row) -> list[str]:
    return [part.strip() for part in _first(row, BROADER).split("|") if part.strip()]


def _areas(rows: Sequence[Row]) -> dict[str, str]:
    """Codes of what is broader, by name, the most used first: a skill belongs to the first that it names."""
    used = Counter(name for row in rows for name in _broader(row))
    ranked = sorted(used, key=lambda name: (-used[name], name))
    return {name: f"area-{number}" for number, name in enumerate(ranked, 1)}


def _competence(row: Row, areas: Mapping[str, str], language: str) -> Competence:
    name = _texts(row, NAMES, language)
    broader = set(_broader(row))
    return Competence(
        code=_first(row, ADDRESS).rstrip("/").rsplit("/", 1)[-1],
        area=next((code for area, code in areas.items() if area in broader), GENERAL_AREA.code),
        name=name,
        short=about.shortened(name),
        descriptor=_texts(row, DESCRIPTIONS, language) or dict(name),
        levels=about.general_levels(),
        related=(),
    )


def is_from(framework: Framework) -> bool:
    """Whether its competences are ESCO's, and so have addresses there."""
    return framework.source.url == SOURCE


def write(framework: Framework) -> bytes:
    """A collection of skills, as `read` takes it. What ESCO's files do not hold is not in it: levels, and whatever
    the framework says of itself. Invalid of a framework that is not ESCO's: its competences have no address there."""
    if not is_from(framework):
        raise Invalid(gettext("Only what comes from ESCO can be written as ESCO's files."))
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            "conceptType",
            "conceptUri",
            *(f"label_{it}" for it in LANGUAGES),
            *(f"description_{it}" for it in LANGUAGES),
            "broaderConceptPT",
        ]
    )
    broader = {area.code: next(iter(area.name.values())) for area in framework.areas if area != GENERAL_AREA}
    for one in framework.competences:
        writer.writerow(
            [
                "KnowledgeSkillCompetence",
                SKILLS + one.code,
                *(one.name.get(it, "") for it in LANGUAGES),
                *(one.descriptor.get(it, "") for it in LANGUAGES),
                broader.get(one.area, ""),
            ]
        )
    return out.getvalue().encode()

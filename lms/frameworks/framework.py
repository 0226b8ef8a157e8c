"""Frameworks: read and checked once, then looked up by competence key ("lifecomp/P1")."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from lms.errors import Invalid, NotFound, Problem
from lms.i18n import LANGUAGES, gettext

FOLDER: Final = Path(__file__).parent / "shipped"
HIGHEST: Final = 4
LEVELS: Final = range(HIGHEST + 1)

Texts = dict[str, str]
# The common scale, which every framework's own levels are carried over to.
Level = Annotated[int, Meta(ge=1, le=HIGHEST)]

COMMON_SCALE: Final[Mapping[int, Texts]] = {
    0: {"sv": "Inte ännu", "en": "Not yet"},
    1: {"sv": "Grund", "en": "Basic"},
    2: {"sv": "Självständig", "en": "Independent"},
    3: {"sv": "Avancerad", "en": "Advanced"},
    4: {"sv": "Ledande", "en": "Leading"},
}
# What the levels mean where a framework does not say it of each competence.
GENERAL: Final[Mapping[int, Texts]] = {
    1: {
        "sv": "Känner till grunderna och gör enkla, kända uppgifter med stöd.",
        "en": "Knows the basics and does simple, familiar tasks with support.",
    },
    2: {
        "sv": "Klarar vanliga uppgifter på egen hand i kända situationer.",
        "en": "Handles common tasks alone in familiar situations.",
    },
    3: {
        "sv": "Anpassar arbetssättet när läget är komplext och stödjer kollegor.",
        "en": "Adapts the way of working when things are complex, and supports colleagues.",
    },
    4: {
        "sv": "Utvecklar arbetssätt, leder andra och sprider kunskap utanför den egna organisationen.",
        "en": "Develops ways of working, leads others and spreads knowledge beyond their own organisation.",
    },
}

# Keys and codes stand in addresses and in statements, for ever.
KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Source(Part, frozen=True):
    title: str
    publisher: str
    year: int
    url: str


class Licence(Part, frozen=True):
    name: str
    url: str


class OwnLevel(Part, frozen=True):
    """A level of the framework's own scale and the one it stands for on the common scale."""

    level: int
    common: Level
    name: Texts
    description: Texts


class Area(Part, frozen=True):
    code: str
    name: Texts


class Relation(StrEnum):
    """What the second of two competences is to the first, in the words of SKOS."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"


class Replaced(Part, frozen=True):
    """An earlier competence of the same framework, and what the one that replaces it is to it."""

    code: str
    relation: Relation


class Competence(Part, frozen=True):
    code: str
    area: str
    name: Texts
    # For the head of a column.
    short: Texts
    descriptor: Texts
    levels: dict[Level, Texts]
    related: tuple[str, ...]
    # "<framework>/<code>"; filled in when the framework is read, and what everything else refers to.
    key: str = ""
    replaces: Replaced | None = None


class Framework(Part, frozen=True):
    key: str
    version: str
    name: Texts
    description: Texts
    source: Source
    licence: Licence
    notice: Texts
    scale: tuple[OwnLevel, ...]
    scale_note: Texts | None
    areas: tuple[Area, ...]
    competences: tuple[Competence, ...]
    # What its versions have in common, such as "digcomp" of "digcomp-3".
    family: str = ""
    # When what it says was gathered, in words of the source, such as "2025-11-24"; empty: when it was published.
    vintage: str = ""
    # Codes of competences that are not for new use: what names them keeps them.
    retired: tuple[str, ...] = ()

    @property
    def in_use(self) -> list[Competence]:
        return [competence for competence in self.competences if competence.code not in self.retired]

    @property
    def no_longer(self) -> list[Competence]:
        return [competence for competence in self.competences if competence.code in self.retired]

    def by_area(self, kept: Collection[str] = ()) -> Iterator[tuple[Area, list[Competence]]]:
        """What is in use, and those of the keys `kept` that no longer are. Areas with nothing are left out."""
        shown = [one for one in self.competences if one.code not in self.retired or one.key in kept]
        for area in self.areas:
            if its := [competence for competence in shown if competence.area == area.code]:
                yield area, its

    def area_of(self, competence: Competence) -> Area:
        return next(area for area in self.areas if area.code == competence.area)


class Frameworks:
    """Every framework there is, in the order in which they are shown."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.all = tuple(frameworks)
        self._by_key = {framework.key: framework for framework in self.all}
        self._competences = {one.key: one for framework in self.all for one in framework.competences}
        self._order = {key: place for place, key in enumerate(self._competences)}

    @property
    def keys(self) -> frozenset[str]:
        """Of every competence that is defined."""
        return frozenset(self._competences)

    def get(self, key: str) -> Framework:
        if key not in self._by_key:
            raise NotFound(gettext("There is no such framework."))
        return self._by_key[key]

    def competence(self, key: str) -> Competence:
        if key not in self._competences:
            raise NotFound(gettext("There is no such competence."))
        return self._competences[key]

    def find(self, key: str) -> Competence | None:
        """None: its framework has been taken away; evidence and role profiles may still name it."""
        return self._competences.get(key)

    def known(self, keys: Iterable[str]) -> list[Competence]:
        """Those of the keys that exist, in the frameworks' order."""
        return sorted(
            (self._competences[key] for key in set(keys) & self._order.keys()),
            key=lambda one: self._order[one.key],
        )

    def of(self, competence: Competence) -> Framework:
        return self._by_key[competence.key.split("/")[0]]

    def related(self, competence: Competence) -> list[Competence]:
        """Those that are here; what an organisation has brought in may name others."""
        return [self._competences[key] for key in competence.related if key in self._competences]


def load(folder: Path = FOLDER) -> Frameworks:
    """Read every data file of a folder, our own frameworks first. Invalid names file, place and fix."""
    frameworks = [_read(path) for path in sorted(folder.glob("*.json"))]
    frameworks.sort(key=lambda framework: (framework.source.publisher != "Kunna", framework.name["en"]))
    if problems := [problem for framework in frameworks for problem in _check(framework, frameworks)]:
        raise Invalid(problems)
    return Frameworks(frameworks)


def _read(path: Path) -> Framework:
    try:
        framework = msgspec.json.decode(path.read_bytes(), type=Framework)
    except msgspec.DecodeError as error:
        raise Invalid([Problem(path.name, f"cannot be read: {error}")]) from error
    if framework.key != path.stem:
        raise Invalid([Problem(path.name, f"has the key {framework.key!r}; it must be the file's name.")])
    return keyed(framework)


def keyed(framework: Framework) -> Framework:
    """With the key of each competence filled in."""
    competences = [
        msgspec.structs.replace(competence, key=f"{framework.key}/{competence.code}")
        for competence in framework.competences
    ]
    return msgspec.structs.replace(framework, competences=tuple(competences))


def check(framework: Framework) -> Iterator[Problem]:
    """What is wrong with a framework from anywhere. Each text is in one language at least."""
    if not KEY.fullmatch(framework.key):
        yield Problem("key", gettext("must be small letters a–z, digits and hyphens, such as “digcomp-3”."))
    if not framework.competences:
        yield Problem(framework.key, gettext("has no competences."))
    for code in (*(area.code for area in framework.areas), *(one.code for one in framework.competences)):
        if not CODE.fullmatch(code):
            yield Problem(
                f"{framework.key}/{code}", gettext("has a code that is not letters a–z, digits, dots and hyphens.")
            )
    yield from _incoherent(framework)
    for where, text in _texts(framework):
        if not any(text.get(language) for language in LANGUAGES):
            yield Problem(where, gettext("has an empty text."))
        elif unknown := text.keys() - LANGUAGES.keys():
            yield Problem(
                where,
                gettext("has a text in a language that is not known here: %(list)s.", list=", ".join(sorted(unknown))),
            )


def _check(framework: Framework, everything: Sequence[Framework]) -> Iterator[Problem]:
    """What is wrong with one that is shipped."""
    keys = {competence.key for one in everything for competence in one.competences}
    yield from _incoherent(framework)
    for competence in framework.competences:
        for key in competence.related:
            if key not in keys:
                yield Problem(competence.key, f"is related to {key!r}, which does not exist.")
    yield from _untranslated(framework)


def _incoherent(framework: Framework) -> Iterator[Problem]:
    codes = Counter(competence.code for competence in framework.competences)
    areas = Counter(area.code for area in framework.areas)
    for code, times in areas.items():
        if times > 1:
            yield Problem(f"{framework.key} area {code}", gettext("is there more than once."))
    for code, times in codes.items():
        if times > 1:
            yield Problem(f"{framework.key}/{code}", gettext("is there more than once."))
    for code in sorted(set(framework.retired) - codes.keys()):
        yield Problem(f"{framework.key}/{code}", gettext("is no longer in use, but is not there."))
    for competence in framework.competences:
        if competence.area not in areas:
            yield Problem(
                competence.key, gettext("belongs to the area “%(area)s”, which is not there.", area=competence.area)
            )
        if competence.replaces is not None and competence.replaces.code not in codes.keys() - {competence.code}:
            yield Problem(
                competence.key,
                gettext("replaces “%(code)s”, which is not there.", code=competence.replaces.code),
            )
        if set(competence.levels) != set(LEVELS) - {0}:
            yield Problem(competence.key, gettext("must have texts for the levels 1 to %(highest)d.", highest=HIGHEST))


def _untranslated(framework: Framework) -> Iterator[Problem]:
    for where, text in _texts(framework):
        if missing := [language for language in LANGUAGES if not text.get(language)]:
            yield Problem(where, f"has a text without {', '.join(missing)}.")


def _texts(framework: Framework) -> Iterator[tuple[str, Texts]]:
    for text in (framework.name, framework.description, framework.notice, framework.scale_note):
        if text is not None:
            yield framework.key, text
    for area in framework.areas:
        yield f"{framework.key} area {area.code}", area.name
    for level in framework.scale:
        yield f"{framework.key} level {level.level}", level.name
        yield f"{framework.key} level {level.level}", level.description
    for competence in framework.competences:
        for text in (competence.name, competence.short, competence.descriptor, *competence.levels.values()):
            yield competence.key, text

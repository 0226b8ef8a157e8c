"""A course as it is after reading: values that do not change and have no mistakes in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from lms.courses.mistakes import Local
from lms.courses.questions import Question
from lms.errors import NotFound
from lms.i18n import gettext


class Kind(StrEnum):
    READ = "read"
    EXERCISE = "exercise"
    REFLECTION = "reflection"
    # To be done in one's own work.
    ACT = "act"


class Keep(StrEnum):
    ACCOUNT = "account"
    # What is written never leaves the learner's browser.
    DEVICE = "device"


class Area(StrEnum):
    """The shelves of the catalogue, in their order."""

    SELF_LEADERSHIP = "self-leadership"
    DIGITALISATION = "digitalisation"
    LABOUR_MARKET = "labour-market"
    GUIDANCE = "guidance"
    PROJECT_MANAGEMENT = "project-management"
    WORK_ORGANISATION = "work-organisation"
    MENTAL_HEALTH = "mental-health"


class Part(StrEnum):
    """What can be asked of a learner before a module counts as completed."""

    PAGES = "pages"
    QUIZ = "quiz"
    REFLECTION = "reflection"
    EXERCISE = "exercise"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    hint: str
    lines: int


@dataclass(frozen=True, slots=True)
class Page:
    key: str
    title: str
    kind: Kind
    minutes: int
    keep: Keep
    fields: tuple[Field, ...]
    # Markdown.
    text: str

    @property
    def part(self) -> Part:
        return Part.PAGES if self.kind is Kind.READ else Part(self.kind)


@dataclass(frozen=True, slots=True)
class Development:
    """A competence, "framework/code", that an objective develops, and the level it leads to on the common
    scale."""

    competence: str
    level: int


@dataclass(frozen=True, slots=True)
class Objective:
    text: Local
    develops: tuple[Development, ...]


@dataclass(frozen=True, slots=True)
class Quiz:
    pass_mark: float
    # How many times it may be taken. 0: no limit.
    attempts: int
    draw: int
    intro: str
    questions: tuple[Question, ...]

    def find(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True, slots=True)
class Edition:
    """The pages and the quiz of a module in one language."""

    language: str
    pages: tuple[Page, ...]
    quiz: Quiz | None

    def page(self, key: str) -> Page:
        for page in self.pages:
            if page.key == key:
                return page
        raise NotFound(gettext("There is no such page."))

    def place(self, page: Page) -> int:
        return self.pages.index(page)


@dataclass(frozen=True, slots=True)
class Module:
    key: str
    title: Local
    summary: Local
    minutes: int
    completes: frozenset[Part]
    passes: frozenset[Part]
    # Markdown, one source each.
    sources: tuple[str, ...]
    objectives: tuple[Objective, ...]
    editions: Mapping[str, Edition]
    # Files by the name pages use, such as "figure.svg" or "en/figure.svg".
    media: Mapping[str, Path]

    def edition(self, language: str) -> Edition:
        return self.editions[language]

    @property
    def original(self) -> Edition:
        return next(iter(self.editions.values()))

    @property
    def required_pages(self) -> tuple[str, ...]:
        """Keys of the pages that the module cannot be completed without; the same in every language."""
        return tuple(page.key for page in self.original.pages if page.part in self.completes)

    @property
    def develops(self) -> dict[str, int]:
        """The highest level that the objectives lead to, by competence."""
        highest: dict[str, int] = {}
        for objective in self.objectives:
            for development in objective.develops:
                known = highest.get(development.competence, 0)
                highest[development.competence] = max(development.level, known)
        return highest


# Two readings of a course are two courses, even when nothing differs.
@dataclass(frozen=True, slots=True, eq=False)
class Course:
    key: str
    title: Local
    summary: Local
    area: Area
    # The languages in which all of it exists; the first is the original.
    languages: tuple[str, ...]
    version: str
    # The version, and a sum over the files: two texts never share one.
    revision: str
    # The day its facts were last checked.
    reviewed: date
    owner: str
    audience: Local
    frame: Local
    modules: tuple[Module, ...]

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    def module(self, key: str) -> Module:
        for module in self.modules:
            if module.key == key:
                return module
        raise NotFound(gettext("There is no such module."))

    def language(self, wanted: str) -> str:
        """The language to read the course in: the one wanted if it has it, otherwise its original."""
        return wanted if wanted in self.languages else self.languages[0]

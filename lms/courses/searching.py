"""Finding courses and pages by words. Every word must be there; accents, dots and rings may be left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lms.courses.course import Course, Module, Page
from lms.courses.mistakes import Local
from lms.courses.questions import plain
from lms.courses.text import words
from lms.i18n import local

# More would not be read; the best come first.
MOST: Final = 30
# Characters shown around the first word found.
AROUND: Final = 80


@dataclass(frozen=True, slots=True)
class Hit:
    course: Course
    # None: the course itself, or the module itself.
    module: Module | None
    page: Page | None
    title: str
    excerpt: str
    # Of the title and the excerpt.
    language: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that can be found. What is compared has been made plain."""

    hit: Hit
    title: str
    text: str
    shown: str


def find(courses: Sequence[Course], query: str, language: str) -> list[Hit]:
    wanted = plain(query).split()
    if not wanted:
        return []
    found = [
        (score, entry)
        for course in courses
        for entry in _entries(course, course.language(language))
        if (score := _score(entry, wanted))
    ]
    # A sort keeps the order of equals: that of the catalogue.
    found.sort(key=lambda one: -one[0])
    return [_shown(entry, wanted) for _score, entry in found[:MOST]]


def _score(entry: _Entry, wanted: Sequence[str]) -> int:
    """Words in the title count for more. 0 when one is nowhere."""
    if not all(word in entry.title or word in entry.text for word in wanted):
        return 0
    return 1 + sum(3 for word in wanted if word in entry.title)


def _shown(entry: _Entry, wanted: Sequence[str]) -> Hit:
    hit = entry.hit
    return Hit(hit.course, hit.module, hit.page, hit.title, _excerpt(entry, wanted), hit.language)


def _excerpt(entry: _Entry, wanted: Sequence[str]) -> str:
    places = [place for word in wanted if (place := entry.text.find(word)) >= 0]
    start = max(min(places, default=0) - AROUND, 0)
    text = entry.shown[start : start + 2 * AROUND + 40]
    text = text if start == 0 else f"…{text.partition(' ')[2]}"
    return text if start + 2 * AROUND + 40 >= len(entry.shown) else f"{text.rpartition(' ')[0]} …"


@lru_cache(256)
def _entries(course: Course, language: str) -> tuple[_Entry, ...]:
    return tuple(_all(course, language))


def _all(course: Course, language: str) -> Iterator[_Entry]:
    yield _entry(course, None, None, course.title, course.summary, language)
    for module in course.modules:
        yield _entry(course, module, None, module.title, module.summary, language)
        for page in module.edition(language).pages:
            yield _entry(course, module, page, {language: page.title}, {language: words(page.text)}, language)


def _entry(
    course: Course, module: Module | None, page: Page | None, title: Local, text: Local, language: str
) -> _Entry:
    shown = " ".join(local(text, language).split())
    hit = Hit(course, module, page, local(title, language), "", language)
    return _Entry(hit, plain(hit.title), plain(shown), shown)

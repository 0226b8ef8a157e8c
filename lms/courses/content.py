"""The library: every course there is, read once and kept in memory. The files are the truth; nothing of a
course is in the database but its keys. A course with mistakes is left out and told of, never half shown."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from lms.courses.checking import check
from lms.courses.course import Area, Course
from lms.courses.folder import files
from lms.courses.mistakes import Mistake
from lms.errors import NotFound
from lms.i18n import lazy_gettext as _

logger = logging.getLogger(__name__)

# Size and time of change of every file, to see that something has changed.
_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    courses: dict[str, Course]
    mistakes: tuple[Mistake, ...]
    stamp: _Stamp


class Library:
    """`competences` are all that are defined, as "framework/code". With `watch` the files are looked at on
    every use, for authors who write while the site runs."""

    def __init__(self, folders: Sequence[str | Path], competences: Collection[str], *, watch: bool = False) -> None:
        self._folders = [Path(folder) for folder in folders]
        self._competences, self._watch, self._lock = frozenset(competences), watch, Lock()
        self._shelf = self._load()

    @property
    def courses(self) -> list[Course]:
        """Shelf by shelf, and within one by key."""
        order = list(Area)
        courses = self._current().courses.values()
        return sorted(courses, key=lambda course: (order.index(course.area), course.key))

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return self._current().mistakes

    def find(self, key: str) -> Course | None:
        return self._current().courses.get(key)

    def get(self, key: str) -> Course:
        course = self.find(key)
        if course is None:
            raise NotFound(_("There is no such course."))
        return course

    def _current(self) -> _Shelf:
        if self._watch:
            with self._lock:
                if self._stamp() != self._shelf.stamp:
                    self._shelf = self._load()
        return self._shelf

    def _stamp(self) -> _Stamp:
        return tuple(
            (str(file), file.stat().st_size, file.stat().st_mtime_ns)
            for folder in _course_folders(self._folders)
            for file in files(folder)
        )

    def _load(self) -> _Shelf:
        stamp = self._stamp()
        courses: dict[str, Course] = {}
        mistakes: list[Mistake] = []
        for folder in _course_folders(self._folders):
            if folder.name in courses:
                mistakes.append(_taken(folder))
                continue
            read = check(folder, self._competences)
            mistakes += read.mistakes
            if read.course is not None and not read.mistakes:
                courses[read.key] = read.course
        for mistake in mistakes:
            logger.error("Course left out: %s", mistake)
        return _Shelf(courses, tuple(mistakes), stamp)


def _course_folders(folders: Iterable[Path]) -> list[Path]:
    """The folders with a course in them; what else lies beside them, such as a README, is nobody's business
    here."""
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith((".", "_"))
    ]


def _taken(folder: Path) -> Mistake:
    return Mistake(
        f"{folder.name}/course.toml",
        1,
        _(
            "Another folder in COURSES_DIRS already has a course with the key “%(key)s”. Rename one that nobody "
            "has begun.",
            key=folder.name,
        ),
    )

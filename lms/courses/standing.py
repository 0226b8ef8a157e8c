"""Where a person stands in courses: what pages show of it, and where to go on. Read in a fixed number of
queries, however many courses, modules and people there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.course import Course, Module, Page
from lms.courses.learning import reached
from lms.courses.models import Attempt, CourseProgress, Enrolment, ModuleProgress


@dataclass(frozen=True, slots=True)
class InModule:
    module: Module
    progress: ModuleProgress | None
    # An attempt at the quiz that is not handed in.
    draft: Attempt | None = None

    @property
    def done(self) -> int:
        return reached(self.module, self.progress)[0]

    @property
    def asked(self) -> int:
        return reached(self.module, self.progress)[1]

    @property
    def is_completed(self) -> bool:
        return self.progress is not None and self.progress.completed_at is not None

    @property
    def is_begun(self) -> bool:
        return self.progress is not None

    @property
    def seen_at(self) -> datetime | None:
        """The last that is known of the person here."""
        if self.progress is None:
            return None
        draft_at = self.draft.started_at if self.draft else None
        return _latest((self.progress.last_at, self.progress.started_at, draft_at))

    def has_read(self, page: Page) -> bool:
        return self.progress is not None and page.key in self.progress.pages

    def next_page(self) -> Page | None:
        """The first page not gone through after the last one that was; if there is none, the first of all."""
        pages = self.module.original.pages
        last = self.progress.last_page if self.progress else None
        after = next((place + 1 for place, page in enumerate(pages) if page.key == last), 0)
        return next((page for page in (*pages[after:], *pages[:after]) if not self.has_read(page)), None)


@dataclass(frozen=True, slots=True)
class Next:
    """Where to go on: a page of a module, or its quiz."""

    module: Module
    page: Page | None


@dataclass(frozen=True, slots=True)
class InCourse:
    course: Course
    enrolment: Enrolment | None
    completed_at: datetime | None
    modules: tuple[InModule, ...]

    @property
    def done(self) -> int:
        return sum(module.done for module in self.modules)

    @property
    def asked(self) -> int:
        return sum(module.asked for module in self.modules)

    @property
    def is_completed(self) -> bool:
        return all(module.is_completed for module in self.modules)

    @property
    def seen_at(self) -> datetime | None:
        """The last that is known of the person in the course."""
        enrolled_at = self.enrolment.enrolled_at if self.enrolment else None
        return _latest([enrolled_at, *(module.seen_at for module in self.modules)])

    def module(self, key: str) -> InModule:
        return next(module for module in self.modules if module.module.key == key)

    def next(self) -> Next | None:
        """Where the person stopped: in the module last worked in, then in those after it, then in those
        before. None when nothing is left."""
        seen = [(module.seen_at, place) for place, module in enumerate(self.modules) if module.seen_at]
        at = max(seen)[1] if seen else 0
        for module in (*self.modules[at:], *self.modules[:at]):
            found = next_in(module)
            if found is not None:
                return found
        return None


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)


def next_in(module: InModule) -> Next | None:
    """What is left to do in a module: an attempt that is open, the pages, the quiz."""
    if module.draft is not None:
        return Next(module.module, None)
    if module.is_completed:
        return None
    page = module.next_page()
    if page is None and module.module.original.quiz is None:
        return None
    return Next(module.module, page)


def of(session: Session, organisation_id: int, person: UUID, courses: Sequence[Course]) -> list[InCourse]:
    return team(session, organisation_id, [person], courses)[person]


def team(
    session: Session, organisation_id: int, people: Sequence[UUID], courses: Sequence[Course]
) -> dict[UUID, list[InCourse]]:
    """Where each of these people stands in each of these courses."""
    enrolments = {_course_key(row): row for row in _of(session, Enrolment, organisation_id, people)}
    ends = {_course_key(row): row for row in _of(session, CourseProgress, organisation_id, people)}
    progress = {_key(row): row for row in _of(session, ModuleProgress, organisation_id, people)}
    drafts = {_key(row): row for row in _drafts(session, organisation_id, people)}
    return {
        person: [
            InCourse(
                course,
                enrolments.get((person, course.key)),
                end.completed_at if (end := ends.get((person, course.key))) else None,
                tuple(
                    InModule(
                        module,
                        progress.get((person, course.key, module.key)),
                        drafts.get((person, course.key, module.key)),
                    )
                    for module in course.modules
                ),
            )
            for course in courses
        ]
        for person in people
    }


Kept = TypeVar("Kept", Enrolment, CourseProgress, ModuleProgress)


def _of(session: Session, table: type[Kept], organisation_id: int, people: Iterable[UUID]) -> Sequence[Kept]:
    theirs = select(table).where(table.organisation_id == organisation_id, table.person_uuid.in_(people))
    return session.scalars(theirs).all()


def _drafts(session: Session, organisation_id: int, people: Iterable[UUID]) -> Sequence[Attempt]:
    theirs = select(Attempt).where(
        Attempt.organisation_id == organisation_id,
        Attempt.person_uuid.in_(people),
        Attempt.submitted_at.is_(None),
    )
    return session.scalars(theirs).all()


def _course_key(row: Enrolment | CourseProgress) -> tuple[UUID, str]:
    return row.person_uuid, row.course_key


def _key(row: ModuleProgress | Attempt) -> tuple[UUID, str, str]:
    return row.person_uuid, row.course_key, row.module_key

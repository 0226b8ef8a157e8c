"""What people have been asked to learn, and how it stands.

Whether a lesson has been done is read from progress each time, so that it is done by itself, and is not done any more
when the statement that showed it has been voided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from lms import signals
from lms.competence.day import Day
from lms.competence.shown.levels import Expected
from lms.courses.asked import Asked
from lms.courses.content import Library
from lms.courses.course import Course, Module
from lms.courses.models import ModuleProgress
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation, Person
from lms.plans.models import WHOLE_COURSE, Assignment


class Lesson(NamedTuple):
    """A module of a course, or all of it."""

    course_key: str
    module_key: str = WHOLE_COURSE

    @property
    def text(self) -> str:
        """As forms and addresses have it."""
        return f"{self.course_key}/{self.module_key}" if self.module_key else self.course_key

    def look_up(self, library: Library) -> tuple[Course, Module | None]:
        """Raises NotFound."""
        course = library.get(self.course_key)
        return course, course.module(self.module_key) if self.module_key else None


def lesson(text: str) -> Lesson:
    course, _, module = text.partition("/")
    return Lesson(course, module)


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment that stands, and how it stands."""

    assignment: Assignment
    membership_id: int
    # By name, who is asked and who asks.
    name: str
    by: str
    # None: it is no longer in any folder of courses.
    course: Course | None
    module: Module | None
    is_done: bool
    is_late: bool

    @property
    def person(self) -> UUID:
        return self.assignment.person_uuid

    @property
    def lesson(self) -> Lesson:
        return Lesson(self.assignment.course_key, self.assignment.module_key)

    @property
    def develops(self) -> dict[str, int]:
        """The level that it leads to, by competence."""
        if self.module is not None:
            return self.module.develops
        highest: dict[str, int] = {}
        for module in self.course.modules if self.course is not None else ():
            for key, level in module.develops.items():
                highest[key] = max(level, highest.get(key, 0))
        return highest


def ids(among: Select[tuple[Membership]]) -> Select[tuple[int]]:
    return among.with_only_columns(Membership.id)


# Where somebody who has been asked belongs, in the organisation that asks.
BELONGS: Final = and_(Membership.person_id == Person.id, Membership.organisation_id == Assignment.organisation_id)


def of_person(session: Session, organisation_id: int, person: UUID, library: Library, on: date) -> list[Assigned]:
    """Of one person, whose page the viewer may open: what stands, the nearest last day first."""
    theirs = and_(Assignment.organisation_id == organisation_id, Assignment.person_uuid == person)
    return load(session, library, theirs, on)


def of_team(session: Session, viewer: Viewer, library: Library, on: date) -> list[Assigned]:
    """Of everyone whose levels the viewer may open, but the viewer."""
    return among(session, access.levels(viewer).where(Membership.id != viewer.membership_id), library, on)


def among(session: Session, memberships: Select[tuple[Membership]], library: Library, on: date) -> list[Assigned]:
    """What stands of the people in these memberships. Two queries for any number."""
    their = select(Membership.organisation_id, Person.uuid).join(Membership.person)
    whose = their.where(Membership.id.in_(ids(memberships))).subquery()
    belongs = select(whose.c.uuid).where(
        whose.c.organisation_id == Assignment.organisation_id, whose.c.uuid == Assignment.person_uuid
    )
    return load(session, library, belongs.exists(), on)


def expected(library: Library, session: Session, viewer: Viewer, day: Day) -> Expected:
    """The levels that people whom the viewer may count, or open, will have on a day to come if all that is assigned
    with a last day before it has been done. Others learn as well; of that nothing is known."""
    if not day.is_ahead:
        return {}
    counted = or_(Membership.id.in_(ids(access.aggregates(viewer))), Membership.id.in_(ids(access.levels(viewer))))
    until = day.on.date()
    found = among(session, select(Membership).where(counted), library, day.at.date())
    return levels_ahead(one for one in found if one.assignment.due_on <= until)


def levels_ahead(assigned: Iterable[Assigned]) -> dict[int, dict[str, int]]:
    """The levels that people will have reached when they have done what they are asked to, by membership."""
    found: dict[int, dict[str, int]] = {}
    for one in assigned:
        if not one.is_done:
            its = found.setdefault(one.membership_id, {})
            for key, level in one.develops.items():
                its[key] = max(level, its.get(key, 0))
    return found


@dataclass(frozen=True, slots=True)
class Batch:
    """A lesson that people of groups were asked to do at once. How many of them, and who, is not said."""

    first: Assigned
    # The units they are in, by name.
    units: Sequence[str]


def batches(session: Session, viewer: Viewer, assigned: Iterable[Assigned]) -> list[Batch]:
    """What the viewer has asked of people whose levels they may not open."""
    own = set(session.scalars(ids(access.levels(viewer))))
    found: dict[tuple[Lesson, datetime], list[Assigned]] = {}
    for one in assigned:
        if one.assignment.assigned_by_id == viewer.person_id and one.membership_id not in own:
            found.setdefault((one.lesson, one.assignment.assigned_at), []).append(one)
    asked = {one.membership_id for its in found.values() for one in its}
    units = select(Membership.id, Organisation.name).join(Organisation, Organisation.id == Membership.unit_id)
    names = dict(session.execute(units.where(Membership.id.in_(asked))).tuples().all())
    return [
        Batch(its[0], sorted({names[one.membership_id] for one in its if one.membership_id in names}))
        for its in found.values()
    ]


def load(session: Session, library: Library, where: ColumnElement[bool], on: date) -> list[Assigned]:
    standing = and_(Assignment.withdrawn_at.is_(None), where)
    by = aliased(Person)
    rows = session.execute(
        select(Assignment, Membership.id, Person.name, by.name)
        .join(Person, Person.uuid == Assignment.person_uuid)
        .join(Membership, and_(BELONGS, access.current()))
        .join(by, by.id == Assignment.assigned_by_id)
        .where(standing)
        .order_by(Assignment.due_on, Person.name, Assignment.id)
    ).all()
    done = _done(session, standing) if rows else {}
    return [
        _assigned(one, membership, name, asker, library, done.get(one.organisation_id, set()), on)
        for one, membership, name, asker in rows
    ]


# Who, and which module of which course.
Done = tuple[UUID, tuple[str, str]]


def _done(session: Session, where: ColumnElement[bool]) -> dict[int, set[Done]]:
    progress = ModuleProgress
    rows = session.execute(
        select(progress.organisation_id, progress.person_uuid, progress.course_key, progress.module_key)
        .distinct()
        .join(
            Assignment,
            and_(
                Assignment.organisation_id == progress.organisation_id,
                Assignment.person_uuid == progress.person_uuid,
                Assignment.course_key == progress.course_key,
            ),
        )
        .where(where, progress.completed_at.is_not(None))
    )
    found: dict[int, set[Done]] = {}
    for organisation, person, course, module in rows:
        found.setdefault(organisation, set()).add((person, (course, module)))
    return found


def completed(session: Session, organisation_id: int, people: Iterable[UUID]) -> set[Done]:
    """The modules that these people have done."""
    progress = ModuleProgress
    its = select(progress.person_uuid, progress.course_key, progress.module_key).where(
        progress.organisation_id == organisation_id,
        progress.person_uuid.in_(set(people)),
        progress.completed_at.is_not(None),
    )
    return {(person, (course, module)) for person, course, module in session.execute(its)}


def is_done(person: UUID, course: Course, module: Module | None, done: set[Done]) -> bool:
    modules = course.modules if module is None else (module,)
    return all((person, (course.key, one.key)) in done for one in modules)


def _assigned(
    assignment: Assignment, membership_id: int, name: str, by: str, library: Library, done: set[Done], on: date
) -> Assigned:
    course = library.find(assignment.course_key)
    module = next((one for one in course.modules if one.key == assignment.module_key), None) if course else None
    is_there = course is not None and (module is not None or assignment.module_key == WHOLE_COURSE)
    done_all = course is not None and is_there and is_done(assignment.person_uuid, course, module, done)
    is_late = not done_all and assignment.due_on < on
    return Assigned(assignment, membership_id, name, by, course if is_there else None, module, done_all, is_late)


def asked(library: Library, session: Session, organisation_id: int, person: UUID, on: date) -> list[Asked]:
    """What is left of it for the person, for the pages of the floors below."""
    return [
        Asked(one.course, one.module, one.by, one.assignment.why, one.assignment.due_on, one.is_done, one.is_late)
        for one in of_person(session, organisation_id, person, library, on)
        if one.course is not None and not one.is_done
    ]


@signals.person_erased.connect
def forget(session: Session, *, person_uuid: UUID) -> None:
    session.execute(delete(Assignment).where(Assignment.person_uuid == person_uuid))


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """What a person has been asked to do, and what they have asked of others, for their own copy."""
    by = aliased(Person)
    found = (
        select(Assignment, Organisation.name, by.name, by.uuid)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .join(by, by.id == Assignment.assigned_by_id)
        .where(or_(Assignment.person_uuid == person, by.uuid == person))
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    return "assignments", [
        {
            "organisation": organisation,
            "course": one.course_key,
            "module": one.module_key or None,
            "about_me": one.person_uuid == person,
            "assigned_by": name if asker != person else None,
            "assigned_at": one.assigned_at.isoformat(),
            "due_on": one.due_on.isoformat(),
            "why": one.why,
            "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at is not None else None,
        }
        for one, organisation, name, asker in session.execute(found)
    ]

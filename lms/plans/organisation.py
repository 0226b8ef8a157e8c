"""The plan of an organisation, a region or a project: which modules, for which groups, close most within a budget of
hours.

It is made of figures that have passed the gate and of role profiles, and of nothing else: who lacks what is not asked.
A group counts as if all whose work needs a competence stood where the group stands on average.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence.figures.gate import Shown
from lms.competence.figures.groups import ALL, Counted, Group
from lms.competence.shown.levels import Expected
from lms.courses.content import Library
from lms.courses.course import Course, Module
from lms.frameworks.framework import Frameworks
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person
from lms.plans import choosing
from lms.plans.assignments import Lesson
from lms.plans.choosing import Choice, Gap, Row
from lms.plans.effect import Effect, effects

# A group by its key, and a competence.
Worth = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Taking:
    """A group that takes a module, or those of it whose work needs what the module develops."""

    group: str
    name: str
    people: int
    # The competences that it closes something of.
    closes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Suggested:
    course: Course
    module: Module
    # Whom it helps most first.
    groups: Sequence[Taking]
    # How much it takes off the sum of all priorities.
    benefit: float

    @property
    def lesson(self) -> Lesson:
        return Lesson(self.course.key, self.module.key)

    @property
    def people(self) -> int:
        return sum(one.people for one in self.groups)

    @property
    def minutes(self) -> int:
        return self.module.minutes * self.people

    @property
    def closes(self) -> list[str]:
        return list(dict.fromkeys(key for one in self.groups for key in one.closes))


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    people: int
    suggested: Sequence[Suggested]
    effects: Sequence[Effect]
    # Competences whose figures are hidden, so that no plan can count on them.
    hidden: int

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.suggested)


def plan(
    counted: Counted, expected: Expected, library: Library, frameworks: Frameworks, budget_minutes: int
) -> OrganisationPlan:
    """What has been assigned counts as done, where so many have been asked that it may be counted."""
    needed = frameworks.known(counted.needed())
    now = {one.key: counted.of(one) for one in needed}
    ahead = {one.key: its for one, its in zip(needed, map(counted.expecting(expected).of, needed), strict=True)}
    people = counted.people()
    worth = _worth(now, people)
    lessons = [
        choosing.Lesson((course.key, module.key), module.minutes, module.develops)
        for course in library.courses
        for module in course.modules
        if any(key in now for key in module.develops)
    ]
    taking = {
        (group, lesson.what): number for lesson in lessons for group, number in counted.needing(lesson.develops).items()
    }
    chosen = choosing.choose(_rows(ahead, worth), lessons, budget_minutes, people=taking)
    return OrganisationPlan(
        people,
        _suggested(chosen.choices, taking, counted, library),
        effects(_priorities(now, people), _priorities(ahead, people), worth, chosen.choices),
        sum(its[ALL].shown is None for its in now.values()),
    )


def _worth(now: Mapping[str, Mapping[str | None, Group]], people: int) -> Worth:
    """What closing one level of everybody in a group takes off the priority of a competence, which is index ×
    criticality: the group's part of everyone assessed, over the level that is required on average."""
    worth: Worth = {}
    for key, its in now.items():
        all = its[ALL].shown
        if all is None or not all.assessed or not all.mean_required:
            continue
        for group, one in its.items():
            if group is not ALL and one.shown is not None and one.shown.assessed:
                part = one.shown.assessed / all.assessed
                worth[group, key] = all.criticality(people) * part / all.mean_required
    return worth


def _rows(ahead: Mapping[str, Mapping[str | None, Group]], worth: Worth) -> list[Row[str]]:
    gaps: dict[str, dict[str, Gap]] = {}
    for (group, key), its in worth.items():
        known = _known(ahead[key][group].shown)
        if known is not None:
            missing, required = known
            gaps.setdefault(group, {})[key] = Gap(required - missing, required, its)
    return [Row(group, its) for group, its in gaps.items()]


def _known(shown: Shown | None) -> tuple[float, float] | None:
    """The levels that are missing on average, of those required; a surplus of some has cancelled nothing."""
    if shown is None or shown.index is None or not shown.mean_required:
        return None
    return shown.index * shown.mean_required, shown.mean_required


def _priorities(of: Mapping[str, Mapping[str | None, Group]], people: int) -> dict[str, float]:
    found = {}
    for key, its in of.items():
        shown = its[ALL].shown
        if shown is not None and shown.index is not None:
            found[key] = shown.index * shown.criticality(people)
    return found


def _suggested(
    choices: Iterable[Choice[str, tuple[str, str]]],
    taking: Mapping[tuple[str, tuple[str, str]], int],
    counted: Counted,
    library: Library,
) -> list[Suggested]:
    by_lesson: dict[tuple[str, str], list[Choice[str, tuple[str, str]]]] = {}
    for choice in choices:
        by_lesson.setdefault(choice.what, []).append(choice)
    found = []
    for what, its in by_lesson.items():
        course = library.get(what[0])
        its.sort(key=lambda one: -one.benefit)
        whom = [Taking(one.who, counted.names.get(one.who, ""), taking[one.who, what], list(one.closes)) for one in its]
        found.append(Suggested(course, course.module(what[1]), whom, sum(one.benefit for one in its)))
    return sorted(found, key=lambda one: -one.benefit)


def whom(
    session: Session, viewer: Viewer, counted: Counted, group: str, lesson: Lesson, library: Library
) -> list[UUID]:
    """Those of a group, of whom the viewer decides, whose work needs what a lesson develops. Their levels are not
    asked, so that whoever asks them learns nothing of these."""
    course, module = lesson.look_up(library)
    develops = {key for one in ([module] if module else course.modules) for key in one.develops}
    ids = counted.who_needs(develops, group)
    there = access.in_charge_of(viewer).where(Membership.id.in_(ids)).join(Membership.person)
    return list(session.scalars(there.with_only_columns(Person.uuid)))

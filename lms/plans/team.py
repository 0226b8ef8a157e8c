"""A manager's plan: which modules, for whom of the team, close most of what matters within a budget of hours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence import gap, members, opening
from lms.competence.day import Day
from lms.competence.gap import Tally
from lms.competence.members import Member
from lms.competence.required import profiles
from lms.competence.required.profiles import Profile
from lms.competence.shown.levels import Expected
from lms.courses.content import Library
from lms.courses.course import Course, Module
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.looks import Looked
from lms.identity.models import Membership
from lms.plans import assignments, choosing
from lms.plans.assignments import Assigned, Lesson
from lms.plans.choosing import Choice, Gap, Row
from lms.plans.effect import Effect, effects


@dataclass(frozen=True, slots=True)
class Suggested:
    """A module, and those of the team to whom the plan gives it."""

    course: Course
    module: Module
    # Each with the levels it closes, by competence; whom it helps most first.
    people: Sequence[tuple[Member, Mapping[str, int]]]
    # How much it takes off the sum of all priorities.
    benefit: float

    @property
    def lesson(self) -> Lesson:
        return Lesson(self.course.key, self.module.key)

    @property
    def minutes(self) -> int:
        return self.module.minutes * len(self.people)

    @property
    def levels(self) -> dict[str, int]:
        """Of all of them together, by competence; most first."""
        found: dict[str, int] = {}
        for _, closes in self.people:
            for key, number in closes.items():
                found[key] = found.get(key, 0) + number
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class TeamPlan:
    people: Sequence[Member]
    suggested: Sequence[Suggested]
    effects: Sequence[Effect]
    # How many required levels nobody has assessed, so that no plan can count on them.
    not_assessed: int

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.suggested)

    @property
    def levels(self) -> int:
        return sum(sum(one.levels.values()) for one in self.suggested)


def people(session: Session, viewer: Viewer, day: Day, expected: Expected | None = None) -> list[Member]:
    """The team, without the viewer and those who are not to be seen."""
    return opening.team(session, viewer, day, expected)


def profiles_of(session: Session, viewer: Viewer, day: Day) -> list[Profile]:
    """The role profile of each in the team who has one; what anybody can do is not asked."""
    team = access.people(viewer).where(Membership.manager_id == viewer.membership_id)
    its = team.with_only_columns(Membership.organisation_id, Membership.role_profile_key)
    rows = [(organisation, key) for organisation, key in session.execute(its).tuples() if key is not None]
    found = profiles.resolve(session, set(rows), day.on.date(), known_at=min(day.on, day.at))
    return [found[row] for row in rows if row in found]


def plan(
    session: Session,
    viewer: Viewer,
    library: Library,
    assigned: Sequence[Assigned],
    budget_minutes: int,
    day: Day,
) -> TeamPlan:
    """What has been assigned counts as done, so that nothing is suggested twice."""
    team = people(session, viewer, day)
    opening.shown(session, viewer, team, Looked.PLAN, day)
    tallies = tallies_of(team)
    worth = {key: worth_of(tally, len(team)) for key, tally in tallies.items()}
    by_whom = {
        (one.person_uuid, key): cell.weight * worth[key] for one in team for key, cell in one.cells_by_key().items()
    }
    ahead = reaching(team, assignments.levels_ahead(assigned), day.on)
    done = assignments.completed(session, viewer.organisation_id, (one.person_uuid for one in team))
    chosen = choosing.choose(_rows(ahead, by_whom), _lessons(library, worth), budget_minutes, excluded=done)
    return TeamPlan(
        team,
        _suggested(chosen.choices, team, library),
        effects(_priorities(team, tallies), _priorities(ahead, tallies), by_whom, chosen.choices),
        sum(cell.current is None for one in team for cell in one.cells()),
    )


def tallies_of(team: Iterable[Member]) -> dict[str, Tally]:
    cells: dict[str, list[gap.Cell]] = {}
    for one in team:
        for key, cell in one.cells_by_key().items():
            cells.setdefault(key, []).append(cell)
    return {key: gap.tally(its) for key, its in cells.items()}


def worth_of(tally: Tally, people: int) -> float:
    """What closing one weighted level takes off the priority of a competence: index × criticality, and the index is
    Σ weight · gap / Σ weight · required."""
    return tally.criticality(people) / tally.weighted_required if tally.weighted_required else 0.0


def _priorities(team: Sequence[Member], before: Mapping[str, Tally]) -> dict[str, float]:
    """By competence, measured by what was assessed before: a level that is expected where nothing was known closes no
    known gap."""
    found = {}
    for key, tally in before.items():
        cells = [cell for one in team if (cell := one.cells_by_key().get(key)) is not None and cell.current is not None]
        found[key] = worth_of(tally, len(team)) * sum(cell.weight * (cell.gap or 0) for cell in cells)
    return found


def reaching(team: Iterable[Member], expected: Expected, on: datetime) -> list[Member]:
    return [members.reaching(one, expected.get(one.membership_id, {}), on) for one in team]


def _rows(team: Iterable[Member], worth: Mapping[tuple[UUID, str], float]) -> list[Row[UUID]]:
    return [
        Row(
            one.person_uuid,
            {
                key: Gap(cell.current, cell.required, worth[one.person_uuid, key])
                for key, cell in one.cells_by_key().items()
                if cell.current is not None
            },
        )
        for one in team
    ]


def _lessons(library: Library, needed: Mapping[str, float]) -> list[choosing.Lesson[tuple[str, str]]]:
    return [
        choosing.Lesson((course.key, module.key), module.minutes, module.develops)
        for course in library.courses
        for module in course.modules
        if needed.keys() & module.develops
    ]


def _suggested(
    choices: Iterable[Choice[UUID, tuple[str, str]]], team: Iterable[Member], library: Library
) -> list[Suggested]:
    by_uuid = {one.person_uuid: one for one in team}
    by_lesson: dict[tuple[str, str], list[Choice[UUID, tuple[str, str]]]] = {}
    for choice in choices:
        by_lesson.setdefault(choice.what, []).append(choice)
    found = []
    for (course_key, module_key), its in by_lesson.items():
        course = library.get(course_key)
        whom = [(by_uuid[one.who], {key: round(levels) for key, levels in one.closes.items()}) for one in its]
        whom.sort(key=lambda pair: -sum(pair[1].values()))
        found.append(Suggested(course, course.module(module_key), whom, sum(one.benefit for one in its)))
    return sorted(found, key=lambda one: -one.benefit)

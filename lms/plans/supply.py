"""What courses teach against what work needs: needs that no course serves, and courses that no need asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.competence.figures.groups import Counted
from lms.competence.required.needs import InForce
from lms.competence.required.profiles import Profile
from lms.courses.course import Course, Module
from lms.frameworks.framework import Competence, Frameworks


@dataclass(slots=True)
class Demand:
    """How far a competence is needed: the highest level that anything asks for."""

    level: int = 0
    # How many people's work requires it, to any level.
    people: int = 0
    # The places that need holders of it, now or ahead, by name.
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unserved:
    competence: Competence
    demand: Demand
    # The highest level that any module leads to; 0 where none teaches it.
    taught: int


@dataclass(frozen=True, slots=True)
class Unasked:
    course: Course
    # Those of its modules that teach something, and nothing that is needed.
    modules: Sequence[Module]
    # Whether that is all that it teaches.
    is_all: bool


@dataclass(frozen=True, slots=True)
class Supply:
    # What most people need first.
    unserved: Sequence[Unserved]
    unasked: Sequence[Unasked]
    # How many competences are needed, and how many of them are taught as far as they are needed.
    needed: int
    served: int


def of_team(profiles: Iterable[Profile]) -> dict[str, Demand]:
    """Of people with these role profiles."""
    return _required((one, 1) for one in profiles)


def of_groups(counted: Counted) -> dict[str, Demand]:
    """Of everyone counted. What work requires tells nothing of what anybody can do."""
    return _required(counted.profiles_at_work())


def _required(profiles: Iterable[tuple[Profile, int]]) -> dict[str, Demand]:
    found: dict[str, Demand] = {}
    for profile, people in profiles:
        for key, needed in profile.requirements.items():
            its = found.setdefault(key, Demand())
            its.level, its.people = max(its.level, needed.level), its.people + people
    return found


def with_needs(demand: dict[str, Demand], needs: Mapping[str, InForce]) -> dict[str, Demand]:
    """And what places, by name, need holders of, at any horizon."""
    for name, in_force in needs.items():
        for sought, numbers in in_force.needs.items():
            if any(numbers.values()):
                its = demand.setdefault(sought.key, Demand())
                its.level = max(its.level, sought.level)
                if name not in its.places:
                    its.places.append(name)
    return demand


def compare(demand: Mapping[str, Demand], courses: Iterable[Course], frameworks: Frameworks) -> Supply:
    courses = list(courses)
    taught: dict[str, int] = {}
    for module in (module for course in courses for module in course.modules):
        for key, level in module.develops.items():
            taught[key] = max(level, taught.get(key, 0))
    needed = frameworks.known(demand)
    unserved = [
        Unserved(one, demand[one.key], taught.get(one.key, 0))
        for one in needed
        if taught.get(one.key, 0) < demand[one.key].level
    ]
    return Supply(
        sorted(unserved, key=lambda one: -one.demand.people),
        [found for course in courses if (found := _unasked(course, demand)) is not None],
        len(needed),
        len(needed) - len(unserved),
    )


def _unasked(course: Course, demand: Mapping[str, Demand]) -> Unasked | None:
    teaching = [module for module in course.modules if module.develops]
    its = [module for module in teaching if not any(key in demand for key in module.develops)]
    return Unasked(course, its, len(its) == len(teaching)) if its else None

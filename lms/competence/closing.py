"""What modules would close of one person's gaps, and how much of that in an hour. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.competence.gap import Cell
from lms.courses.course import Course, Module


@dataclass(frozen=True, slots=True)
class Closing:
    """A module, and what it takes off somebody's gaps."""

    course: Course
    module: Module
    # Levels by competence, what weighs most first.
    levels: Mapping[str, int]
    # Competences that it develops, that the work needs and that nobody has assessed: not known to be gaps.
    unknown: Sequence[str]
    # Σ weight · levels.
    weighted: int

    @property
    def per_hour(self) -> float:
        return self.weighted * 60 / self.module.minutes


def levels_closed(develops: Mapping[str, int], cells: Mapping[str, Cell]) -> dict[str, int]:
    """How far each gap shrinks when what is developed has been reached.

    Only up to what is required: a surplus counts for nothing. What has not been assessed is no gap.
    """
    closed = {}
    for key, level in develops.items():
        cell = cells.get(key)
        if cell is not None and cell.current is not None:
            levels = min(level, cell.required) - cell.current
            if levels > 0:
                closed[key] = levels
    return closed


def of(course: Course, module: Module, cells: Mapping[str, Cell]) -> Closing:
    levels = levels_closed(module.develops, cells)
    weighted = {key: cells[key].weight * number for key, number in levels.items()}
    unknown = [key for key in module.develops if key in cells and cells[key].current is None]
    order = sorted(levels, key=lambda key: (-weighted[key], key))
    return Closing(course, module, {key: levels[key] for key in order}, unknown, sum(weighted.values()))


def ranked(courses: Iterable[Course], cells: Mapping[str, Cell]) -> list[Closing]:
    """What closes anything: most weighted gap for an hour first, of equals the one that closes more."""
    found = [of(course, module, cells) for course in courses for module in course.modules]
    found = [one for one in found if one.weighted]
    return sorted(found, key=lambda one: (-one.per_hour, -one.weighted, one.course.key, one.module.key))

"""What somebody has been asked to learn: told by a floor above, which knows who may ask whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from lms.courses.course import Course, Module


@dataclass(frozen=True, slots=True)
class Asked:
    course: Course
    # None: the whole course.
    module: Module | None
    # By name, who asks.
    by: str
    why: str
    # The last day to do it on.
    due: date
    is_done: bool
    is_late: bool

    @property
    def minutes(self) -> int:
        return self.module.minutes if self.module is not None else self.course.minutes


# Of a person in an organisation, on a day: what is not done yet, the nearest first.
AskedOf = Callable[[Session, int, UUID, date], Sequence[Asked]]

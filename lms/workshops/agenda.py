"""The steps of a workshop, in order, and how long each is reckoned to take."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    GATHER = "gather"
    TRENDS = "trends"
    TASKS = "tasks"
    COMPETENCES = "competences"
    VOTE = "vote"
    TALK = "talk"
    DECIDE = "decide"


class Kind(StrEnum):
    TREND = "trend"
    TASK = "task"
    COMPETENCE = "competence"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Part:
    step: Step
    minutes: int
    # What is given in this step. None: nothing.
    gives: Kind | None = None
    # What was given before that this step builds on, and that has to be in sight. None: nothing.
    builds_on: Kind | None = None


# Two hours.
AGENDA: Final = (
    Part(Step.GATHER, 5),
    Part(Step.TRENDS, 15, Kind.TREND),
    Part(Step.TASKS, 20, Kind.TASK, Kind.TREND),
    Part(Step.COMPETENCES, 25, Kind.COMPETENCE, Kind.TASK),
    Part(Step.VOTE, 10),
    Part(Step.TALK, 25, Kind.NOTE),
    Part(Step.DECIDE, 20),
)
STEPS: Final = tuple(part.step for part in AGENDA)


def part(step: str) -> Part:
    return AGENDA[STEPS.index(Step(step))]


def beside(step: str) -> tuple[Step | None, Step | None]:
    """The step before and the step after."""
    place = STEPS.index(Step(step))
    return (STEPS[place - 1] if place else None), (STEPS[place + 1] if place + 1 < len(STEPS) else None)

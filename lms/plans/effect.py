"""What assignments and a plan would do about each gap. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.plans.choosing import Choice, What, Who


@dataclass(frozen=True, slots=True)
class Effect:
    """The priority of a competence: now, when what is assigned has been done, and with the plan as well."""

    key: str
    now: float
    with_assigned: float
    with_plan: float


def effects(
    now: Mapping[str, float],
    with_assigned: Mapping[str, float],
    worth: Mapping[tuple[Who, str], float],
    choices: Iterable[Choice[Who, What]],
) -> list[Effect]:
    """Of what is missing now, what matters most first. `worth` is of a level, by whom and competence."""
    planned: dict[str, float] = {}
    for choice in choices:
        for key, levels in choice.closes.items():
            planned[key] = planned.get(key, 0.0) + levels * worth[choice.who, key]
    found = [
        Effect(key, priority, with_assigned[key], max(0.0, with_assigned[key] - planned.get(key, 0.0)))
        for key, priority in now.items()
        if priority > 0
    ]
    return sorted(found, key=lambda one: (-one.now, one.key))

"""How far what people can do falls short of what their work needs. Plain values in, plain values out.

Levels are 0–4. A current level of None is "not assessed": it takes part in coverage and in nothing else. A
surplus in one competence, or of one person, never cancels a gap in another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Cell:
    """One person and one competence that their work needs."""

    required: int
    current: int | None
    weight: int = 1
    # Consequence × difficulty, 1–25: five times the criticality.
    stakes: int = 5

    @property
    def gap(self) -> int | None:
        return gap(self.required, self.current)


def gap(required: int, current: int | None) -> int | None:
    return None if current is None else max(0, required - current)


def surplus(required: int, current: int | None) -> int | None:
    return None if current is None else max(0, current - required)


def match(cells: Iterable[Cell]) -> float | None:
    """How much of what the work needs a person has, 0–1, weighted, over what is assessed. None: nothing is.

    For the person and their own manager only.
    """
    known = [cell for cell in cells if cell.current is not None]
    needed = sum(cell.weight * cell.required for cell in known)
    if not needed:
        return None
    return sum(cell.weight * min(cell.current or 0, cell.required) for cell in known) / needed


@dataclass(frozen=True, slots=True)
class Tally:
    """A group's cells added up: those assessed, unless it says otherwise."""

    required_of: int
    assessed: int
    at_or_above: int
    sum_gap: int
    weighted_gap: int
    weighted_required: int
    sum_current: int
    sum_required: int
    # Of everyone who needs it, assessed or not; as is `required_of`.
    sum_needed: int
    sum_weight: int
    sum_stakes: int

    @property
    def coverage(self) -> float | None:
        return self.assessed / self.required_of if self.required_of else None

    @property
    def below(self) -> int:
        return self.assessed - self.at_or_above

    @property
    def index(self) -> float | None:
        """Σ weight · gap / Σ weight · required, 0–1: the part of what is needed that is missing."""
        return self.weighted_gap / self.weighted_required if self.weighted_required else None

    @property
    def share_at_or_above(self) -> float | None:
        return self.at_or_above / self.assessed if self.assessed else None

    def criticality(self, people: int) -> float:
        """On average over all people there are: where the work does not need it that is 0, so that what many need
        comes before what one needs."""
        return criticality_of(self.sum_stakes, people)

    @property
    def mean_current(self) -> float | None:
        return self.sum_current / self.assessed if self.assessed else None

    @property
    def mean_required(self) -> float | None:
        """Of those assessed, so that it can be compared with what they have; of all while nobody is."""
        if self.assessed:
            return self.sum_required / self.assessed
        return self.sum_needed / self.required_of if self.required_of else None

    @property
    def mean_gap(self) -> float | None:
        """In levels. Not the difference of the means, where one person's surplus would cancel a gap."""
        return self.sum_gap / self.assessed if self.assessed else None


def criticality_of(sum_stakes: int, people: int) -> float:
    return sum_stakes / 5 / people if people else 0


def tally(cells: Sequence[Cell]) -> Tally:
    known = [(cell, cell.current) for cell in cells if cell.current is not None]
    return Tally(
        required_of=len(cells),
        assessed=len(known),
        at_or_above=sum(level >= cell.required for cell, level in known),
        sum_gap=sum(max(0, cell.required - level) for cell, level in known),
        weighted_gap=sum(cell.weight * max(0, cell.required - level) for cell, level in known),
        weighted_required=sum(cell.weight * cell.required for cell, _ in known),
        sum_current=sum(level for _, level in known),
        sum_required=sum(cell.required for cell, _ in known),
        sum_needed=sum(cell.required for cell in cells),
        sum_weight=sum(cell.weight for cell in cells),
        sum_stakes=sum(cell.stakes for cell in cells),
    )


class Vulnerability(StrEnum):
    MISSING = "missing"
    SINGLE = "single point"
    THIN = "thin"
    OK = "ok"


def holders(levels: Iterable[int | None], needed: int) -> int:
    return sum(level is not None and level >= needed for level in levels)


def vulnerability(number: int) -> Vulnerability:
    """What losing one person would mean, from the number who hold the level: 0, 1, 2, or 3 and more."""
    return (Vulnerability.MISSING, Vulnerability.SINGLE, Vulnerability.THIN, Vulnerability.OK)[min(number, 3)]


# What a need counts for, by how far away it is.
HORIZON_FACTOR: Final = {0: 1.0, 12: 0.8, 36: 0.6}


@dataclass(frozen=True, slots=True)
class Priority:
    """Index × criticality × horizon factor. The parts are shown wherever the product is."""

    index: float
    criticality: float
    horizon_factor: float

    @property
    def value(self) -> float:
        return self.index * self.criticality * self.horizon_factor


def priority(index: float | None, criticality: float, horizon_months: int = 0) -> Priority | None:
    return None if index is None else Priority(index, criticality, HORIZON_FACTOR[horizon_months])


def criticality(consequence: float, difficulty: float) -> float:
    """0.2–5: what happens if it is missing (1–5) by how hard it is to recruit or learn (1–5)."""
    return consequence * difficulty / 5

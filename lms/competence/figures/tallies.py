"""A matrix added up by any grouping: what `gap.tally` says of each group and competence, of all of them at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lms.competence import gap
from lms.competence.figures.gate import Cell
from lms.competence.figures.matrix import Ids, Matrix
from lms.competence.gap import Tally
from lms.competence.shown import packing
from lms.frameworks.framework import HIGHEST

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the levels that a group's figures rest on: reliability on average, and shares of them."""

    reliability: float
    old: float
    only_self: float
    disagreement: float
    confirmed: float


@dataclass(frozen=True, slots=True)
class Tallies:
    """Each array is groups × competences; what they count is said in `gap.Tally`."""

    # What each group is known by, such as a unit's id; 0 of those who are in none.
    groups: Ids
    # How many people each has.
    people: Counts
    required_of: Counts
    assessed: Counts
    at_or_above: Counts
    sum_gap: Counts
    weighted_gap: Counts
    weighted_required: Counts
    sum_current: Counts
    sum_required: Counts
    sum_needed: Counts
    sum_weight: Counts
    sum_stakes: Counts
    reliability: Counts
    old: Counts
    only_self: Counts
    disagreement: Counts
    confirmed: Counts
    # Groups × competences × levels 0–4: how many have that level or a higher one, whether their work needs it or not.
    holders: Counts

    def tally(self, group: int, competence: int) -> Tally:
        """By place, not by what they are known by."""
        return Tally(**{name: int(getattr(self, name)[group, competence]) for name in TALLIED})

    def whole(self, group: int) -> Tally:
        """Of all competences together."""
        return Tally(**{name: int(getattr(self, name)[group].sum()) for name in TALLIED})

    def quality(self, group: int, competence: int) -> Quality:
        at, number = (group, competence), max(1, int(self.assessed[group, competence]))
        return Quality(
            float(self.reliability[at]) / number / 100,
            float(self.old[at]) / number,
            float(self.only_self[at]) / number,
            float(self.disagreement[at]) / number,
            float(self.confirmed[at]) / number,
        )


TALLIED: Final = tuple(Tally.__dataclass_fields__)


def of(matrix: Matrix, by: Ids) -> Tallies:
    """`by` says of each person which group they are in, as an id; groups come in the order of their ids."""
    groups, people = np.unique(by, return_counts=True)
    starts = np.concatenate(([0], np.cumsum(people)[:-1])).astype(np.int64)
    its = matrix.only(np.argsort(by, kind="stable"))
    required, current = its.required, its.current
    weight, stakes = its.needs.weight[its.profiles], its.needs.stakes[its.profiles]
    known = (required > 0) & (current >= 0)
    missing = np.where(known, np.maximum(required - current, 0), 0).astype(np.int8)

    def add(values: NDArray[Any]) -> Counts:
        if not len(groups):
            return np.zeros((0, len(matrix.keys)), dtype=np.int64)
        return np.add.reduceat(values, starts, axis=0, dtype=np.int64)

    def flagged(flag: int) -> Counts:
        return add(known & (its.flags & flag > 0))

    return Tallies(
        groups=groups,
        people=people,
        required_of=add(required > 0),
        assessed=add(known),
        at_or_above=add(known & (current >= required)),
        sum_gap=add(missing),
        # At most 4 × 5.
        weighted_gap=add(missing * weight),
        weighted_required=add(np.where(known, required * weight, 0)),
        sum_current=add(np.where(known, current, 0)),
        sum_required=add(np.where(known, required, 0)),
        sum_needed=add(required),
        sum_weight=add(weight),
        sum_stakes=add(stakes),
        reliability=add(np.where(known, its.reliability, 0)),
        old=flagged(packing.OLD),
        only_self=flagged(packing.ONLY_SELF),
        disagreement=flagged(packing.DISAGREEMENT),
        confirmed=flagged(packing.CONFIRMED),
        holders=np.stack([add(current >= level) for level in range(HIGHEST + 1)], axis=-1),
    )


def everyone(matrix: Matrix) -> Ids:
    """All of them as one group."""
    return np.zeros(matrix.people, dtype=np.int64)


def each(matrix: Matrix) -> Ids:
    """Each of them as a group."""
    return matrix.memberships


def priority(tally: Tally, people: int, horizon: int) -> gap.Priority | None:
    return gap.priority(tally.index, tally.criticality(people), horizon)


def cells(built: Matrix, ids: Sequence[Ids]) -> list[dict[Cell, int]]:
    """Of each competence how many are assessed, by these of everything that they are in, and by role profile."""
    profiles = built.needs.profiles
    rows = list(zip(*(its.tolist() for its in ids), built.profiles.tolist(), strict=True))
    number = {row: place for place, row in enumerate(dict.fromkeys(rows))}
    places = built.profiles.copy()
    for person, row in enumerate(rows):
        places[person] = number[row]
    by = of(built, places)
    counts: list[dict[Cell, int]] = [defaultdict(int) for _ in built.keys]
    for row, assessed in zip(number, by.assessed.tolist(), strict=True):
        if row[-1] < len(profiles):
            for column, its in enumerate(assessed):
                if its:
                    counts[column][row[:-1], profiles[row[-1]].key] += its
    return counts

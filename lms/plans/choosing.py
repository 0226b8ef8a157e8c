"""Which lessons, taken by whom, close most within a budget of time. Plain values in, plain values out.

What one more lesson closes shrinks with what has been chosen for the same people, and never grows: the problem is to
maximise a submodular function under a knapsack. Greedy by what is closed for a minute can be arbitrarily bad when one
large lesson is worth more than all the small ones that it loses to, so the plan that begins with the single lesson
that closes most is made as well, and the better of the two is taken. That is never less than two fifths of the best
plan there is (Tang et al. 2021, of the better of greedy and the best single one), and mostly the best.
"""

import heapq
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)
What = TypeVar("What", bound=Hashable)

# Levels that differ by less are the same: what is reckoned from averages is not exact.
ALMOST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Gap:
    """What somebody, or a group on average, has and needs of a competence, where that is known."""

    current: float
    required: float
    # What closing one level of it is worth.
    worth: float


@dataclass(frozen=True, slots=True)
class Row(Generic[Who]):
    """Somebody to plan for, or a group that takes a lesson together."""

    who: Who
    gaps: Mapping[str, Gap]


@dataclass(frozen=True, slots=True)
class Lesson(Generic[What]):
    what: What
    minutes: int
    # The level that it leads to, by competence.
    develops: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Choice(Generic[Who, What]):
    who: Who
    what: What
    # Of everybody in the row together.
    minutes: int
    # Levels by competence, beyond what is chosen before it.
    closes: Mapping[str, float]
    benefit: float


@dataclass(frozen=True, slots=True)
class Plan(Generic[Who, What]):
    choices: Sequence[Choice[Who, What]] = ()

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.choices)

    @property
    def benefit(self) -> float:
        return sum(one.benefit for one in self.choices)


@dataclass(slots=True)
class _Reached(Generic[Who, What]):
    """How far everybody has come with what has been chosen, and what is left of the budget."""

    left: int
    people: Mapping[tuple[Who, What], int]
    levels: dict[Who, dict[str, float]] = field(default_factory=dict)
    choices: list[Choice[Who, What]] = field(default_factory=list)

    def choice(self, row: Row[Who], lesson: Lesson[What]) -> Choice[Who, What]:
        reached = self.levels.get(row.who, {})
        closes, benefit = {}, 0.0
        for key, level in lesson.develops.items():
            gap = row.gaps.get(key)
            if gap is not None:
                levels = min(level, gap.required) - reached.get(key, gap.current)
                if levels > ALMOST:
                    closes[key] = levels
                    benefit += levels * gap.worth
        minutes = lesson.minutes * self.people.get((row.who, lesson.what), 1)
        return Choice(row.who, lesson.what, minutes, closes, benefit)

    def take(self, choice: Choice[Who, What], row: Row[Who]) -> None:
        reached = self.levels.setdefault(choice.who, {})
        for key, levels in choice.closes.items():
            reached[key] = reached.get(key, row.gaps[key].current) + levels
        self.choices.append(choice)
        self.left -= choice.minutes


def choose(
    rows: Sequence[Row[Who]],
    lessons: Sequence[Lesson[What]],
    budget_minutes: int,
    *,
    excluded: Container[tuple[Who, What]] = (),
    people: Mapping[tuple[Who, What], int] | None = None,
) -> Plan[Who, What]:
    """`excluded`: who is not to be given what, such as what they have done already. `people`: how many of a group
    take a lesson; one where it is not said."""
    nothing = _Reached[Who, What](budget_minutes, people or {})
    pairs = [pair for pair in _worth_while(rows, lessons, nothing) if (pair[2].who, pair[2].what) not in excluded]
    if not pairs:
        return Plan()
    largest = max(pairs, key=lambda pair: pair[2].benefit)
    # Of two that are as good, the one that is greedy all the way: it costs less.
    return max(
        (_greedy(pairs, nothing), _greedy(pairs, nothing, first=largest)),
        key=lambda plan: round(plan.benefit, 9),
    )


_Pair = tuple[Row[Who], Lesson[What], Choice[Who, What]]


def _worth_while(
    rows: Iterable[Row[Who]], lessons: Sequence[Lesson[What]], nothing: _Reached[Who, What]
) -> Iterator[_Pair[Who, What]]:
    for row in rows:
        for lesson in lessons:
            choice = nothing.choice(row, lesson)
            if choice.benefit > 0 and choice.minutes <= nothing.left:
                yield row, lesson, choice


def _greedy(
    pairs: Sequence[_Pair[Who, What]], nothing: _Reached[Who, What], first: _Pair[Who, What] | None = None
) -> Plan[Who, What]:
    """Most benefit for a minute first. What a pair was worth is an upper bound of what it is worth now, so that it
    need be looked at again only when it comes up."""
    reached = _Reached[Who, What](nothing.left, nothing.people)
    if first is not None:
        reached.take(first[2], first[0])
    heap = [(-choice.benefit / choice.minutes, place) for place, (_, _, choice) in enumerate(pairs)]
    heapq.heapify(heap)
    while heap:
        bound, place = heapq.heappop(heap)
        row, lesson, _ = pairs[place]
        choice = reached.choice(row, lesson)
        if choice.minutes > reached.left or choice.benefit <= 0:
            continue
        rate = -choice.benefit / choice.minutes
        if rate > bound + ALMOST:
            heapq.heappush(heap, (rate, place))
        else:
            reached.take(choice, row)
    return Plan(tuple(reached.choices))

"""Which figures of groups may be shown, so that none that rests on fewer than k people can be worked out.

The people behind one figure are counted in cells: a place, as a path down a tree, and a column, such as a role
profile. What is shown is made of two kinds of parts only:

- bundles: cells of the same place put together until they are k people, with cells of the places beside it if need be;
- columns over all places, or sums of columns, where otherwise a cell could be worked out by subtraction.

Seen as a graph, bundles and columns are nodes and the people of a cell are an edge between its bundle and its column.
Whatever can be computed from bundles and columns by adding and subtracting rests on the people of a cut of this
graph, and the cuts are kept at k or more. That holds for every filter, page and export at once, since these show
nothing but sums of these parts. It hides rather too much.

Kinds, such as genders, cross places and columns and are told of everyone only. Whatever is computed with their help
rests on people of every bundle and column in which there are two kinds, on the fewer of the two at least, and these
are kept at what is sensitive (`Kinds`).

Whoever looks can take out of a figure those whom they see one by one, such as their own team. All of this holds once
more of the others alone, and a figure is shown only where it may be of both.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from lms.competence import gap
from lms.competence.gap import Tally

if TYPE_CHECKING:
    from lms.competence.figures.tallies import Tallies

Path = tuple[Hashable, ...]
Column = Hashable
Cell = tuple[Path, Column]
Bundle = frozenset[Cell]
ALL: Final = None
Of = TypeVar("Of", bound=Hashable)


class Gate:
    """What may be shown of one figure. `weak` places are those that tell of everyone in them, such as when all do
    alike: they do not count towards the k that make a bundle, and never stand alone. `known` are those of the people
    whom the viewer sees one by one."""

    def __init__(
        self,
        counts: Mapping[Cell, int],
        k: int,
        weak: Collection[Path] = (),
        known: Mapping[Cell, int] = MappingProxyType({}),
    ) -> None:
        self._counts = {cell: number for cell, number in counts.items() if number}
        self.k, self._weak = k, frozenset(weak)
        # Nothing is shown when all of them are too few: what is left over then is all there is.
        self._bundles, rest = self._gather(set(self._counts), 0)
        self.is_closed = bool(rest)
        self._piece = _pieces(self._shares(counted=False), self._shares(counted=True), k)
        # What is left when the viewer takes out those whom they know; None where they know nobody.
        self.others = Gate(without(counts, known), k, weak) if any(known.values()) else None

    def people(self, places: Collection[Path] | None = ALL, columns: Collection[Column] | None = ALL) -> int:
        return self._size(self._asked(places, columns))

    def may_show(self, places: Collection[Path] | None = ALL, columns: Collection[Column] | None = ALL) -> bool:
        """Whether a figure of these places and columns may be shown. One that rests on nobody may."""
        asked = self._asked(places, columns)
        if not asked:
            return True
        if self.is_closed or (self.others is not None and not self.others.may_show(places, columns)):
            return False
        return self._is_whole(asked) or (places is ALL and self._has_whole_columns(columns or ()))

    def is_coarse(self, places: Collection[Path] | None = ALL, columns: Collection[Column] | None = ALL) -> bool:
        """Whether it must be shown in round numbers: it, or what is left when the rest of it is taken away, is of
        fewer than 2k people, of whom exact numbers could say that all are alike."""
        asked = self._asked(places, columns)
        if self._size(asked) < 2 * self.k:
            return True
        if self.others is not None and self.others.people(places, columns) and self.others.is_coarse(places, columns):
            return True
        small = [one for one in self._bundles if one & asked and self._size(one & asked) < 2 * self.k]
        return len(small) == 1

    def _asked(self, places: Collection[Path] | None, columns: Collection[Column] | None) -> set[Cell]:
        return {
            cell
            for cell in self._counts
            if (places is ALL or cell[0] in places) and (columns is ALL or cell[1] in columns)
        }

    def _size(self, cells: Iterable[Cell]) -> int:
        return sum(self._counts[cell] for cell in cells)

    def _weight(self, cells: Iterable[Cell]) -> int:
        return sum(self._counts[cell] for cell in cells if cell[0] not in self._weak)

    def _is_whole(self, asked: set[Cell]) -> bool:
        return all(one <= asked or not one & asked for one in self._bundles)

    def _has_whole_columns(self, columns: Collection[Column]) -> bool:
        chosen = {self._piece[column] for column in columns if column in self._piece}
        return all(column in columns for column, piece in self._piece.items() if piece in chosen)

    def _gather(self, cells: set[Cell], depth: int) -> tuple[list[Bundle], set[Cell]]:
        """The bundles of a place, and those of its cells that are too few for one."""
        below: dict[Hashable, set[Cell]] = defaultdict(set)
        bundles: list[Bundle] = []
        rest: set[Cell] = set()
        for cell in cells:
            if len(cell[0]) > depth:
                below[cell[0][depth]].add(cell)
            elif self._weight([cell]) >= self.k:
                bundles.append(frozenset([cell]))
            else:
                rest.add(cell)
        for its in below.values():
            made, left = self._gather(its, depth + 1)
            bundles += made
            rest |= left
        return self._settle(bundles, rest)

    def _settle(self, bundles: list[Bundle], rest: set[Cell]) -> tuple[list[Bundle], set[Cell]]:
        """What is too little takes the smallest beside it, until it is enough."""
        bundles.sort(key=lambda one: (self._size(one), sorted(map(repr, one))))
        while rest and bundles and self._weight(rest) < self.k:
            rest |= bundles.pop(0)
        if rest and self._weight(rest) >= self.k:
            return [*bundles, frozenset(rest)], set()
        return bundles, rest

    def crossed_with(self, counts: Mapping[tuple[Cell, Column], int]) -> Iterable[Mapping[Column, int]]:
        """The people who are in the same parts of whatever is shown, by kind."""
        parts: dict[tuple[int, Column], dict[Column, int]] = defaultdict(lambda: defaultdict(int))
        at = {cell: number for number, bundle in enumerate(self._bundles) for cell in bundle}
        for (cell, kind), number in counts.items():
            if number and cell in at:
                parts[at[cell], self._piece[cell[1]]][kind] += number
        return parts.values()

    def _shares(self, *, counted: bool) -> list[Mapping[Column, int]]:
        """Of each bundle, how many people it has in each column; only those who count, if so asked."""
        shares: list[Mapping[Column, int]] = []
        for bundle in self._bundles:
            its: dict[Column, int] = defaultdict(int)
            for cell in bundle:
                its[cell[1]] += self._weight([cell]) if counted else self._counts[cell]
            shares.append(its)
        return shares


def without(counts: Mapping[Of, int], known: Mapping[Of, int]) -> dict[Of, int]:
    return {one: number - known.get(one, 0) for one, number in counts.items()}


def may_compare(some: Mapping[Cell, int], all: Mapping[Cell, int], k: int) -> bool:
    """Whether figures of some of the people may stand beside those of all of them, and of any places and columns.

    Whatever is added and subtracted, in each cell that has people of both kinds those of one kind are left over. That
    is nobody where the some are all of them, and must be k people otherwise.
    """
    rest = {cell: number - some.get(cell, 0) for cell, number in all.items()}
    return not any(rest.values()) or sum(min(some.get(cell, 0), number) for cell, number in rest.items()) >= k


def sensitive(k: int) -> int:
    """How many must be behind a figure of what is sensitive, such as gender: 10 where it is 5 otherwise."""
    return 2 * k


class Kinds:
    """What may be shown of kinds of people over all places and columns, beside all that a gate shows. `counts` and
    `known` are the gate's, by kind."""

    def __init__(
        self,
        gate: Gate,
        counts: Mapping[tuple[Cell, Column], int],
        k: int,
        known: Mapping[tuple[Cell, Column], int] = MappingProxyType({}),
    ) -> None:
        self.k = k
        self._sizes: dict[Column, int] = defaultdict(int)
        for (_, kind), number in counts.items():
            self._sizes[kind] += number
        self._piece = self._pieces(list(gate.crossed_with(counts)))
        self.is_closed = gate.is_closed or any(0 < size < k for size in self._sizes.values())
        self.others = Kinds(gate.others, without(counts, known), k) if gate.others is not None else None

    def _pieces(self, shares: Sequence[Mapping[Column, int]]) -> dict[Column, Column]:
        """Which are told as a sum only: one of each side, where not all are tied together by k people."""
        side = _united({kind: kind for kind in self._sizes}, shares, lambda common: common >= self.k)
        smallest: dict[Column, Column] = {}
        for kind in sorted(self._sizes, key=lambda one: (self._sizes[one], repr(one))):
            smallest.setdefault(side[kind], kind)
        apart = set(smallest.values())
        return {kind: min(apart, key=repr) if kind in apart else kind for kind in self._sizes}

    def people(self, places: Collection[Path] | None, kinds: Collection[Column] | None) -> int:
        return sum(size for kind, size in self._sizes.items() if kinds is ALL or kind in kinds)

    def may_show(self, places: Collection[Path] | None, kinds: Collection[Column] | None) -> bool:
        if not self.people(places, kinds):
            return True
        if self.is_closed or places is not ALL:
            return False
        if self.others is not None and not self.others.may_show(places, kinds):
            return False
        chosen = {piece for kind, piece in self._piece.items() if kinds is ALL or kind in kinds}
        return all(kinds is ALL or kind in kinds for kind, piece in self._piece.items() if piece in chosen)

    def is_coarse(self, places: Collection[Path] | None, kinds: Collection[Column] | None) -> bool:
        """Whenever one of them is of so few: the others and the sum would tell."""
        if self.others is not None and self.others.is_coarse(places, kinds):
            return True
        return any(0 < size < 2 * self.k for size in self._sizes.values())


def _pieces(
    all: Iterable[Mapping[Column, int]], counted: Iterable[Mapping[Column, int]], k: int
) -> dict[Column, Column]:
    """Which columns are shown as a sum only, each by the column that stands for the sum.

    Columns that k people tie together in common bundles are on the same side of every cut of fewer than k. Where such
    ties do not reach all columns that hang together, one of each side is shown in a sum with the others'.
    """
    bundles = list(all)
    sizes: dict[Column, int] = defaultdict(int)
    for its in bundles:
        for column, number in its.items():
            sizes[column] += number
    tied = _united({column: column for column in sizes}, list(counted), lambda common: common >= k)
    hanging = _united(tied, bundles, lambda common: common > 0)
    smallest: dict[Column, Column] = {}
    for column in sorted(sizes, key=lambda one: (sizes[one], repr(one))):
        smallest.setdefault(tied[column], column)
    piece = {column: column for column in sizes}
    first: dict[Column, Column] = {}
    for column in smallest.values():
        piece[column] = first.setdefault(hanging[column], column)
    return piece


def _united(
    side: Mapping[Column, Column], bundles: Iterable[Mapping[Column, int]], enough: Callable[[int], bool]
) -> dict[Column, Column]:
    """Sides that have enough in common become one, until no more do."""
    found = dict(side)
    while True:
        common: dict[tuple[Column, Column], int] = defaultdict(int)
        for its in bundles:
            of: dict[Column, int] = defaultdict(int)
            for column, number in its.items():
                of[found[column]] += number
            sides = sorted(of, key=repr)
            for place, one in enumerate(sides):
                for other in sides[place + 1 :]:
                    common[one, other] += min(of[one], of[other])
        pair = next((pair for pair, number in common.items() if enough(number)), None)
        if pair is None:
            return found
        found = {column: pair[0] if one == pair[1] else one for column, one in found.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """Figures of a group that have passed, as they may be shown. Only this module makes any.

    Coarse figures are in round numbers: shares in tenths and never all or none, means in halves.
    """

    is_coarse: bool
    required_of: int
    assessed: int
    share_at_or_above: float | None
    index: float | None
    mean_current: float | None
    mean_required: float | None
    # How many levels are missing on average, 0–4.
    step: int | None
    # Of all who need it, assessed or not: what is said of the work.
    sum_stakes: int
    # Exact sums: None where they are coarse, and the last also where it is of fewer than k.
    weighted_gap: int | None = None
    weighted_required: int | None = None
    at_or_above: int | None = None
    # Of the levels that it rests on.
    reliability: float | None = None
    old: float | None = None
    only_self: float | None = None
    disagreement: float | None = None
    confirmed: float | None = None

    @property
    def is_self_rated(self) -> bool:
        """It rests on what people say of themselves alone, or so nearly that a coarse share cannot tell."""
        return self.only_self is not None and self.only_self >= 0.9

    @property
    def coverage(self) -> float | None:
        return self.assessed / self.required_of if self.required_of else None

    def criticality(self, people: int) -> float:
        return gap.criticality_of(self.sum_stakes, people)


def show(
    gate: Gate | Kinds,
    by: "Tallies",
    group: int,
    competence: int,
    places: Collection[Path] | None,
    columns: Collection[Column] | None,
) -> Shown | None:
    """The figures of a group; None if they must not be shown. `places` and `columns` are those it is of."""
    tally, quality = by.tally(group, competence), by.quality(group, competence)
    if tally.assessed != gate.people(places, columns):
        raise ValueError("These figures are of others than the gate was asked about.")
    if not gate.may_show(places, columns):
        return None
    if not tally.assessed:
        return _of_nobody(tally)
    is_coarse = gate.is_coarse(places, columns)

    def share(of: float | None) -> float | None:
        return of if of is None or not is_coarse else min(0.9, max(0.1, round(of, 1)))

    return Shown(
        is_coarse=is_coarse,
        required_of=tally.required_of,
        assessed=tally.assessed,
        share_at_or_above=share(tally.share_at_or_above),
        index=share(tally.index),
        mean_current=_mean(tally.mean_current, is_coarse),
        mean_required=_mean(tally.mean_required, is_coarse),
        step=_step(tally, is_coarse),
        sum_stakes=tally.sum_stakes,
        weighted_gap=None if is_coarse else tally.weighted_gap,
        weighted_required=None if is_coarse else tally.weighted_required,
        at_or_above=None if is_coarse or 0 < tally.at_or_above < gate.k else tally.at_or_above,
        reliability=share(quality.reliability),
        old=share(quality.old),
        only_self=share(quality.only_self),
        disagreement=share(quality.disagreement),
        confirmed=share(quality.confirmed),
    )


def foreseen(shown: Shown, share: float, level: float) -> Shown:
    """What figures that have passed would be if such a part of the people reached a level, on average those who have
    come neither furthest nor least far.

    It is worked out from what is shown and from nothing else, so that a forecast tells nothing that today's map does
    not. Who they are, and what they can do today, is not asked.
    """
    if shown.index is None or shown.mean_current is None or not shown.mean_required:
        return shown
    required, share = shown.mean_required, min(1.0, share)
    # What is missing on average; a surplus of some has cancelled nothing in it.
    missing = shown.index * required
    gain = share * max(0.0, min(level, required) - (required - missing))
    at_or_above = shown.share_at_or_above
    if at_or_above is not None and level >= required:
        at_or_above += share * (1 - at_or_above)
    left = max(0.0, missing - gain)
    return replace(
        shown,
        index=left / required,
        share_at_or_above=at_or_above,
        mean_current=_mean(shown.mean_current + share * max(0.0, level - shown.mean_current), shown.is_coarse),
        step=shown.step if shown.step is None else min(shown.step, max(round(left), int(left > 0))),
        weighted_gap=None,
        at_or_above=None,
    )


def _mean(of: float | None, is_coarse: bool) -> float | None:
    if of is None:
        return None
    return round(of * 2) / 2 if is_coarse else round(of, 1)


def _step(tally: Tally, is_coarse: bool) -> int | None:
    """Something that is missing is never shown as nothing, except where that would say of whom it is not missing."""
    missing = tally.mean_gap
    if missing is None:
        return None
    if is_coarse and tally.sum_gap <= 1:
        return 0
    return max(round(missing), int(missing > 0))


def _of_nobody(tally: Tally) -> Shown:
    required = _mean(tally.mean_required, is_coarse=False)
    return Shown(False, tally.required_of, 0, None, None, None, required, None, tally.sum_stakes)


NOBODY: Final = _of_nobody(gap.tally([]))

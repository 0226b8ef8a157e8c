"""Units and partners by competences: figures of groups, and none that rest on too few people.

A cell stands for those in the group whose work needs the competence; its figures are of those of them who
have been assessed. They are made by `gate.show`, or not at all.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from lms.competence import gap, opening
from lms.competence.day import Day
from lms.competence.figures import gate, grouping
from lms.competence.figures import map as maps
from lms.competence.figures.gate import Gate, Kinds, Path, Shown
from lms.competence.figures.grouping import By
from lms.competence.figures.map import Column, Figure, Filters, Map, Row
from lms.competence.gap import Vulnerability
from lms.competence.members import Place
from lms.competence.required.profiles import Profile
from lms.competence.shown.levels import Expected
from lms.frameworks.framework import Competence, Frameworks
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.periods import places

if TYPE_CHECKING:
    from lms.competence.figures.matrix import Ids, Matrix
    from lms.competence.figures.tallies import Tallies

# The sum of all groups, and the key of those who are in none.
ALL: Final = None
NONE: Final = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A competence in a group: what may be known of it."""

    # How many there are, and how many of them need it, assessed or not.
    people: int
    required_of: int
    # None: fewer than k are assessed, or a hidden figure could be worked out from this one.
    shown: Shown | None

    @property
    def figure(self) -> Figure:
        if self.shown is None:
            return Figure(hidden=True)
        return Figure(
            current=self.shown.mean_current,
            required=self.shown.mean_required,
            step=self.shown.step,
            old=self.shown.old is not None and self.shown.old >= 0.5,
            few=self.shown.only_self is not None and self.shown.only_self >= 0.5,
            base=(self.shown.assessed, self.required_of) if self.required_of else None,
        )


class Counted:
    """Everyone the viewer may count, by group, and what may be shown of them."""

    def __init__(
        self,
        built: "Matrix",
        groups: Sequence[Place],
        ids: "Ids",
        k: int,
        by: By,
        paths: "Sequence[tuple[By, Ids]]",
        expected: Expected | None = None,
        known: Collection[int] = (),
    ) -> None:
        """`paths`: whatever else the viewer may group by, down the tree of places. `expected`: what people are
        expected to reach, where the picture is a forecast. `known`: the memberships of those whom the viewer sees one
        by one."""
        # NumPy is 16 MB, which a worker that shows no figures of groups can spare.
        from lms.competence.figures import tallies  # noqa: PLC0415

        self.built, self.names, self._k, self._add_up = built, {group.key: group.name for group in groups}, k, tallies
        self._keys = {group.id: group.key for group in groups}
        self._ids = grouping.translated(ids, {group.id: group.id for group in groups})
        self.profiles = {
            one.key: one.name for one in sorted(built.needs.profiles, key=lambda profile: profile.name.casefold())
        }
        self._by, self._paths = by, list(paths)
        self._known = frozenset(known)
        self._assessed, self._seen = self._count_assessed()
        self._all_paths = set(zip(*(ids.tolist() for _, ids in self._paths), strict=True))
        self._of_gender = self._count_assessed(self._ids) if by is By.GENDER else ([], [])
        self._added: dict[str, tuple[Tallies, Tallies]] = {}
        self._reached = self._who_reaches(expected) if expected else {}

    def expecting(self, expected: Expected) -> "Counted":
        """The same, as they would be with what people are expected to reach."""
        found = copy(self)
        found._reached = found._who_reaches(expected)
        return found

    @property
    def groups(self) -> list[tuple[str, str]]:
        """Key and name, in order of name; those who are in none last."""
        named = list(self.names.items())
        return [*named, (NONE, "")] if (self._ids == 0).any() else named

    def people(self, profile: str = "") -> int:
        return int(self._all(profile).people.sum())

    @property
    def without_profile(self) -> int:
        return int((self.built.profiles == len(self.built.needs.profiles)).sum())

    def needed(self, profile: str = "") -> set[str]:
        """The competences that somebody's work needs."""
        required_of = self._all(profile).required_of.sum(axis=0).tolist()
        return {key for key, number in zip(self.built.keys, required_of, strict=True) if number}

    def assessed(self, competence: Competence) -> Mapping[gate.Cell, int]:
        """How many are, in each of the smallest groups that there are."""
        return self._assessed[self.built.keys.index(competence.key)] if competence.key in self.built.keys else {}

    def others(self, competence: Competence) -> Mapping[gate.Cell, int]:
        """The same without those whom the viewer sees one by one."""
        its = self.assessed(competence)
        return gate.without(its, self._seen[self.built.keys.index(competence.key)]) if its else its

    def needing(self, keys: Collection[str]) -> dict[str, int]:
        """How many in each group whose work needs any of these competences."""
        needs, found = self._who_need(keys), Counter[str]()
        for (id, work), number in self._at_work.items():
            found[self._keys.get(id, NONE)] += number if work in needs else 0
        return found

    def who_needs(self, keys: Collection[str], group: str) -> list[int]:
        """The memberships of those in a group."""
        built, needs = self.built, self._who_need(keys)
        people = zip(built.memberships.tolist(), self._ids.tolist(), built.profiles.tolist(), strict=True)
        return [one for one, id, work in people if work in needs and self._keys.get(id, NONE) == group]

    def profiles_at_work(self) -> list[tuple[Profile, int]]:
        """Each role profile that somebody has, and how many have it."""
        number = Counter(self.built.profiles.tolist())
        return [(one, number[place]) for place, one in enumerate(self.built.needs.profiles) if number[place]]

    @cached_property
    def _at_work(self) -> Counter[tuple[int, int]]:
        """How many there are in each group with each role profile."""
        return Counter(zip(self._ids.tolist(), self.built.profiles.tolist(), strict=True))

    def _who_need(self, keys: Collection[str]) -> set[int]:
        profiles = enumerate(self.built.needs.profiles)
        return {number for number, one in profiles if not one.requirements.keys().isdisjoint(keys)}

    def of(self, competence: Competence, profile: str = "") -> Mapping[str | None, Group]:
        """The competence in each group and, under ALL, in all of them; of one role profile if it is named."""
        if competence.key not in self.built.keys:
            return {ALL: Group(self.people(profile), 0, None)}
        column = self.built.keys.index(competence.key)
        passing = self._gate(column)
        kinds = self._kinds(passing, column) if self._by is By.GENDER else None
        by, all = self._of(profile)
        chosen = {profile} if profile else None
        found: dict[str | None, Group] = {}
        if len(all.groups):
            found[ALL] = self._ahead(self._group(all, 0, column, passing, None, chosen), competence.key, None, profile)
        for number, id in enumerate(by.groups.tolist()):
            group = self._keys.get(id, NONE)
            its = self._in_group(by, number, column, passing, kinds, group, chosen)
            found[group] = self._ahead(its, competence.key, id, profile)
        return found

    def one(self, competence: Competence, group: str | None) -> Group | None:
        """The competence in one group, or under ALL. None: there is no such group. Not of what is expected."""
        if competence.key not in self.built.keys:
            return None
        column = self.built.keys.index(competence.key)
        passing = self._gate(column)
        by, all = self._of("")
        if group is ALL:
            return self._group(all, 0, column, passing, None, None) if len(all.groups) else None
        keys = [self._keys.get(id, NONE) for id in by.groups.tolist()]
        return self._in_group(by, keys.index(group), column, passing, None, group, None) if group in keys else None

    def _ahead(self, group: Group, key: str, id: int | None, profile: str) -> Group:
        """With what k people or more of a group are expected to reach. What fewer are is not for others to see, and
        does not count in the sum of all either, from which it could be worked out."""
        by_group: defaultdict[int, list[int]] = defaultdict(list)
        for its, work, level in self._reached.get(key, ()):
            if id in (ALL, its) and profile in ("", work):
                by_group[its].append(level)
        least = grouping.least(self._k, self._by)
        levels = [level for those in by_group.values() if len(those) >= least for level in those]
        if group.shown is None or not levels:
            return group
        share = len(levels) / group.required_of
        return replace(group, shown=gate.foreseen(group.shown, share, sum(levels) / len(levels)))

    def _who_reaches(self, expected: Expected) -> dict[str, list[tuple[int, str, int]]]:
        """By competence: the group and the role profile of each who is expected to reach a level, and the level."""
        built, found = self.built, defaultdict[str, list[tuple[int, str, int]]](list)
        needs = built.needs.profiles
        for membership, id, number in zip(
            built.memberships.tolist(), self._ids.tolist(), built.profiles.tolist(), strict=True
        ):
            if membership in expected and number < len(needs):
                for key, level in expected[membership].items():
                    if key in needs[number].requirements:
                        found[key].append((id, needs[number].key, level))
        return found

    def vulnerability(self, competence: Competence) -> Vulnerability | None:
        """Of all of them. That one has it stands below the smallest group, so this is for `alone` only: None where so
        few have been assessed that the one could be told among them."""
        column = self.built.keys.index(competence.key)
        passing, tallies = self._gate(column), self._of("")[1]
        if not passing.may_show() or passing.is_coarse() or not passing.people():
            return None
        return gap.vulnerability(tallies.tally(0, column).at_or_above)

    def _in_group(
        self,
        by: "Tallies",
        number: int,
        column: int,
        passing: Gate,
        kinds: Kinds | None,
        group: str,
        chosen: set[str] | None,
    ) -> Group:
        if self._by is By.GENDER:
            if kinds is None or chosen:
                # Of one role profile, or of how it has gone, nothing is told by gender.
                return Group(int(by.people[number]), int(by.required_of[number, column]), None)
            return self._group(by, number, column, kinds, None, {group})
        if self._by is By.PROFILE:
            return self._group(by, number, column, passing, None, {group} & chosen if chosen else {group})
        return self._group(by, number, column, passing, self._leaves(group), chosen)

    def _group(
        self,
        by: "Tallies",
        number: int,
        column: int,
        passing: Gate | Kinds,
        places: set[Path] | None,
        columns: set[str] | None,
    ) -> Group:
        shown = gate.show(passing, by, number, column, places, columns)
        return Group(int(by.people[number]), int(by.required_of[number, column]), shown)

    def _gate(self, column: int) -> Gate:
        return Gate(self._assessed[column], self._k, known=self._seen[column])

    def _kinds(self, passing: Gate, column: int) -> Kinds:
        counts, known = (self._by_kind(its[column]) for its in self._of_gender)
        return Kinds(passing, counts, gate.sensitive(self._k), known)

    def _by_kind(self, counts: Mapping[gate.Cell, int]) -> dict[tuple[gate.Cell, gate.Column], int]:
        names: dict[Hashable, str] = dict(self._keys.items())
        return {((path[:-1], profile), names.get(path[-1], NONE)): its for (path, profile), its in counts.items()}

    def _leaves(self, group: str) -> set[Path]:
        at = [one for one, _ in self._paths].index(self._by)
        return {path for path in self._all_paths if self._keys.get(path[at], NONE) == group}

    def _all(self, profile: str) -> "Tallies":
        return self._of(profile)[1]

    def _of(self, profile: str) -> "tuple[Tallies, Tallies]":
        """By group, and all together."""
        if profile not in self._added:
            built, ids = self.built, self._ids
            if profile:
                its = [number for number, one in enumerate(built.needs.profiles) if one.key == profile]
                chosen = sum((built.profiles == number for number in its), start=built.profiles < 0)
                built, ids = built.only(chosen), ids[chosen]
            self._added[profile] = self._add_up.of(built, ids), self._add_up.of(built, self._add_up.everyone(built))
        return self._added[profile]

    def _count_assessed(
        self, kinds: "Ids | None" = None
    ) -> tuple[list[dict[gate.Cell, int]], list[dict[gate.Cell, int]]]:
        """Of each competence how many are assessed, by everything that they can be asked for by; and by kind, as the
        last step of the path, if so asked. Then how many of them the viewer knows."""
        ids = [ids for _, ids in self._paths] + ([kinds] if kinds is not None else [])
        known = self.built.those(self._known)
        cells = self._add_up.cells
        return cells(self.built, ids), cells(self.built.only(known), [its[known] for its in ids])


def count(
    session: Session, viewer: Viewer, k: int, day: Day, by: By | None = None, expected: Expected | None = None
) -> Counted:
    """An administrator's people by unit, and a coordinator's and a project leader's by partner, unless by another."""
    # NumPy, as above.
    from lms.competence.figures import matrix  # noqa: PLC0415

    built = matrix.load(session, access.aggregates_on(viewer, day.on, at=day.at), day)
    return counted(session, viewer, k, built, day.at, by, expected)


def administered(session: Session, viewer: Viewer, k: int, day: Day) -> Counted:
    """Everyone in the organisation that the viewer administers, and in no other."""
    # NumPy, as above.
    from lms.competence.figures import matrix  # noqa: PLC0415

    return counted(session, viewer, k, matrix.load(session, places(access.in_charge_of(viewer)), day), day.at)


def counted(
    session: Session,
    viewer: Viewer,
    k: int,
    built: "Matrix",
    at: datetime,
    by: By | None = None,
    expected: Expected | None = None,
) -> Counted:
    """The same of people who have been read already."""
    by = by or grouping.choices(viewer)[0]
    groups, ids = grouping.of(session, viewer, built, by, k, at)
    paths, known = grouping.paths(session, viewer, built), opening.known(session, viewer)
    return Counted(built, groups, ids, k, by, paths, expected, known)


def of_groups(
    session: Session,
    viewer: Viewer,
    frameworks: Frameworks,
    filters: Filters,
    k: int,
    day: Day,
    expected: Expected | None = None,
) -> Map:
    its = count(session, viewer, k, day, filters.by, expected)
    maps.check(filters, frameworks, its.names, its.profiles)
    people = its.people(filters.profile)
    competences = maps.known(its.needed(filters.profile), frameworks, filters)
    cells = {one.key: its.of(one, filters.profile) for one in competences}
    columns = maps.arrange(
        (maps.column(one, frameworks, cells[one.key][ALL].shown, people, day.horizon) for one in competences),
        filters.sort,
    )
    if filters.by is By.GENDER:
        columns = [replace(one, self_rated=_are_self_rated(cells[one.competence.key])) for one in columns]
    shown = [(key, name) for key, name in its.groups if filters.group in ("", key)]
    rows = [_row(key, name, columns, cells) for key, name in shown]
    # A row of people of whom nothing is asked, such as those who work at the project itself, says nothing.
    rows = [row for row in rows if any(figure != Figure() for figure in row.figures)]
    return Map(
        columns=columns,
        rows=maps.in_order(rows, filters.sort),
        total=_row(ALL, "", columns, cells),
        people=people,
        without_profile=0 if filters.profile else its.without_profile,
        coverage=coverage(columns),
        groups=its.names,
        profiles=its.profiles,
    )


def _are_self_rated(groups: Mapping[str | None, Group]) -> bool:
    """Whether what differs between them may be how people rate themselves."""
    shown = [one.shown for key, one in groups.items() if key is not ALL and one.shown is not None]
    return len(shown) > 1 and any(one.is_self_rated for one in shown)


NOBODY: Final = Group(0, 0, gate.NOBODY)


def _row(
    group: str | None, name: str, columns: Iterable[Column], cells: Mapping[str, Mapping[str | None, Group]]
) -> Row:
    its = [cells[one.competence.key].get(group, NOBODY) for one in columns]
    missing = sum(one.shown.index or 0 for one in its if one.shown is not None)
    return Row(None, group or NONE, name, "", [one.figure for one in its], missing)


def coverage(columns: Sequence[Column]) -> float | None:
    """Over what may be shown."""
    tallies = [one.tally for one in columns if one.tally is not None]
    required_of = sum(tally.required_of for tally in tallies)
    return sum(tally.assessed for tally in tallies) / required_of if required_of else None

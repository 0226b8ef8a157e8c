"""Units and partners by competences: figures of groups, and none that rest on too few people.

A cell stands for those in the group whose work needs the competence; its figures are of those of them who
have been assessed. If these are fewer than k the cell is hidden, and with it what would give it away.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from lms.competence import gap, hiding, members
from lms.competence import map as maps
from lms.competence.framework import Competence, Frameworks
from lms.competence.gap import Tally
from lms.competence.level import Current
from lms.competence.map import Column, Figure, Filters, Map, Row
from lms.competence.members import Member, Place
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Role

# The sum of all groups, and the key of those who are in none.
ALL: Final = None
NONE: Final = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A competence in a group: what may be known of it."""

    # How many there are, and how many of them need it, assessed or not.
    people: int
    required_of: int
    # None: fewer than k are assessed, or a hidden figure could be worked out from this one. So are the rest.
    tally: Tally | None
    quality: "Quality | None"

    @property
    def figure(self) -> Figure:
        if self.tally is None or self.quality is None:
            return Figure(hidden=True)
        missing = self.tally.mean_gap
        return Figure(
            current=_rounded(self.tally.mean_current),
            required=_rounded(self.tally.mean_required),
            step=None if missing is None else max(round(missing), int(missing > 0)),
            old=self.quality.old >= 0.5,
            few=self.quality.only_self >= 0.5,
            base=(self.tally.assessed, self.required_of) if self.required_of else None,
        )


@dataclass(frozen=True, slots=True)
class Quality:
    """Of levels in a group: reliability on average, and the shares that are old or only the person's own."""

    reliability: float
    old: float
    only_self: float


def _quality(levels: Sequence[Current]) -> Quality:
    number = len(levels) or 1
    return Quality(
        sum(level.reliability for level in levels) / number,
        sum(level.is_old for level in levels) / number,
        sum(level.only_self for level in levels) / number,
    )


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 1)


class Counted:
    """Everyone the viewer may count, by group, and what may be shown of them."""

    def __init__(self, people: Sequence[Member], groups: Sequence[Place], of: Callable[[Member], int], k: int) -> None:
        keys = {group.id: group.key for group in groups}
        self.people, self.names, self._k = people, {group.key: group.name for group in groups}, k
        self._by_group: dict[str, list[Member]] = defaultdict(list)
        for person in people:
            self._by_group[keys.get(of(person), NONE)].append(person)

    @property
    def groups(self) -> list[tuple[str, str]]:
        """Key and name, in order of name; those who are in none last."""
        named = list(self.names.items())
        return [*named, (NONE, "")] if NONE in self._by_group else named

    def of(self, competence: Competence, profile: str = "") -> Mapping[str | None, Group]:
        """The competence in each group and, under ALL, in all of them; of one role profile if it is named."""
        key = competence.key
        secret = hiding.hidden(self._assessed(key), self._k)
        found: dict[str | None, Group] = {}
        for group, people in ((ALL, self.people), *self._by_group.items()):
            its = [person for person in people if maps.has(person, profile)]
            found[group] = _group(its, key, is_hidden=(group, profile or None) in secret)
        return found

    def _assessed(self, key: str) -> dict[hiding.Place, int]:
        counts: dict[hiding.Place, int] = defaultdict(int)
        for group, people in self._by_group.items():
            for person in people:
                if person.profile is not None and key in person.profile.requirements and key in person.levels:
                    counts[group, person.profile.key] += 1
        return counts


def _group(people: Iterable[Member], key: str, *, is_hidden: bool) -> Group:
    people = list(people)
    pairs = [(cell, person.levels.get(key)) for person in people if (cell := person.cell(key)) is not None]
    if is_hidden:
        return Group(len(people), len(pairs), None, None)
    levels = [level for _, level in pairs if level is not None]
    return Group(len(people), len(pairs), gap.tally([cell for cell, _ in pairs]), _quality(levels))


def count(session: Session, viewer: Viewer, k: int, *, at: datetime) -> Counted:
    """An administrator's people by unit; a coordinator's and a project leader's by partner."""
    people = members.load(session, access.aggregates(viewer), at)
    by_partner = viewer.has(Role.COORDINATOR, Role.PROJECT_LEADER)

    def of(person: Member) -> int:
        return (person.organisation_id if by_partner else person.unit_id) or 0

    # Whoever works at the region or the project itself belongs to no partner.
    wanted = {of(person) for person in people} - {viewer.organisation_id}
    return Counted(people, members.places_of(session, viewer, wanted), of, k)


def of_groups(
    session: Session, viewer: Viewer, frameworks: Frameworks, filters: Filters, k: int, *, at: datetime
) -> Map:
    counted = count(session, viewer, k, at=at)
    profiles = maps.profiles_of(counted.people)
    maps.check(filters, frameworks, counted.names, profiles)
    people = [person for person in counted.people if maps.has(person, filters.profile)]
    competences = maps.needed(people, frameworks, filters)
    cells = {one.key: counted.of(one, filters.profile) for one in competences}
    columns = maps.arrange(
        (maps.column(one, frameworks, cells[one.key][ALL].tally, len(people)) for one in competences),
        filters.sort,
    )
    shown = [(key, name) for key, name in counted.groups if filters.group in ("", key)]
    rows = [_row(key, name, columns, cells) for key, name in shown]
    # A row of people of whom nothing is asked, such as those who work at the project itself, says nothing.
    rows = [row for row in rows if any(figure != Figure() for figure in row.figures)]
    return Map(
        columns=columns,
        rows=maps.in_order(rows, filters.sort),
        total=_row(ALL, "", columns, cells),
        people=len(people),
        without_profile=sum(person.profile is None for person in people),
        coverage=_coverage(columns),
        groups=counted.names,
        profiles=profiles,
    )


def _row(
    group: str | None, name: str, columns: Iterable[Column], cells: Mapping[str, Mapping[str | None, Group]]
) -> Row:
    its = [cells[one.competence.key][group] for one in columns]
    missing = sum(one.tally.index or 0 for one in its if one.tally is not None)
    return Row(None, group or NONE, name, "", [one.figure for one in its], missing)


def _coverage(columns: Sequence[Column]) -> float | None:
    """Over what may be shown."""
    tallies = [one.tally for one in columns if one.tally is not None]
    required_of = sum(tally.required_of for tally in tallies)
    return sum(tally.assessed for tally in tallies) / required_of if required_of else None

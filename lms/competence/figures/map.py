"""The map: people by competences for a manager, units or partners by competences for who sees only groups.

What both have in common stands here: the columns, what a cell shows, the order, and what the map says. How
groups are counted, and hidden when they are small, is in `groups`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence import gap, members, opening
from lms.competence.day import Day
from lms.competence.figures.gate import Shown
from lms.competence.figures.grouping import By
from lms.competence.gap import Priority, Tally
from lms.competence.members import Member
from lms.competence.shown.levels import Expected
from lms.errors import NotFound
from lms.frameworks.framework import Area, Competence, Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.looks import Looked

# A map says no more than this in its one sentence.
FINDINGS: Final = 3


class Sort(StrEnum):
    NAME = "name"
    GAP = "gap"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the map is looked at. Empty: all of it."""

    # Key of a unit, or of a partner in a map of partners.
    group: str = ""
    framework: str = ""
    profile: str = ""
    sort: Sort = Sort.NAME
    # What the rows of a map of groups are. None: what is usual for the viewer.
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell shows. Neither current nor required: not needed, and not assessed."""

    current: float | None = None
    required: float | None = None
    # How much is missing, 0–4; None when not known.
    step: int | None = None
    old: bool = False
    # Shown by the person alone, or for most of the group by each person alone.
    few: bool = False
    # Of a person: their own and the manager's assessment are far apart.
    apart: bool = False
    # It rests on so few people that it must not be shown.
    hidden: bool = False
    # Of a group: how many are assessed, and how many need it.
    base: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    competence: Competence
    area: Area
    # Of everyone in the map; of a team as it is, of groups as it may be shown. None: must not be shown.
    tally: Tally | Shown | None
    priority: Priority | None
    # By gender: what differs rests on self-assessment alone, or nearly.
    self_rated: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    # A person, or the key of a unit or partner; neither for people who are in none.
    person: UUID | None
    group: str
    name: str
    # The role profile of a person.
    note: str
    figures: Sequence[Figure]
    # What the row is sorted by when sorted by gap.
    missing: float


@dataclass(frozen=True, slots=True)
class Map:
    columns: Sequence[Column]
    rows: Sequence[Row]
    # Of everyone; groups only.
    total: Row | None
    people: int
    without_profile: int
    # How much of what is needed has been assessed, 0–1. None: nothing is needed, or it must not be shown.
    coverage: float | None
    # By what the map can be narrowed: names by key.
    groups: Mapping[str, str]
    profiles: Mapping[str, str]
    # How many of a manager's team keep their levels to themselves.
    kept_back: int = 0

    @property
    def findings(self) -> list[Column]:
        """The gaps that matter most."""
        ranked = sorted(self.columns, key=by_priority)[:FINDINGS]
        return [one for one in ranked if one.priority is not None and one.priority.value > 0]

    @property
    def assessed(self) -> bool:
        return any(column.tally is not None and column.tally.assessed for column in self.columns)


def by_priority(column: Column) -> tuple[float, float]:
    """Highest first; those of equal priority by how few reach what is required."""
    if column.priority is None or column.tally is None:
        return inf, inf
    return -column.priority.value, column.tally.share_at_or_above or 0


def _by_gap(column: Column) -> float:
    index = column.tally.index if column.tally is not None else None
    return -index if index is not None else inf


def arrange(columns: Iterable[Column], sort: Sort) -> list[Column]:
    """By name is the frameworks' own order, in which areas hold together."""
    if sort is Sort.GAP:
        return sorted(columns, key=_by_gap)
    return sorted(columns, key=by_priority) if sort is Sort.PRIORITY else list(columns)


def needed(people: Iterable[Member], frameworks: Frameworks, filters: Filters) -> list[Competence]:
    """The competences that some of these people's work needs, in the frameworks' order."""
    keys = {key for person in people if person.profile is not None for key in person.profile.requirements}
    return known(keys, frameworks, filters)


def known(keys: Iterable[str], frameworks: Frameworks, filters: Filters) -> list[Competence]:
    return [one for one in frameworks.known(keys) if filters.framework in ("", frameworks.of(one).key)]


def column(
    competence: Competence, frameworks: Frameworks, tally: Tally | Shown | None, people: int, horizon: int = 0
) -> Column:
    """Its priority is that of everyone in the map, so many months ahead."""
    priority = gap.priority(tally.index, tally.criticality(people), horizon) if tally is not None else None
    return Column(competence, frameworks.of(competence).area_of(competence), tally, priority)


@dataclass(frozen=True, slots=True)
class Team:
    """The viewer's own people, as far as they are looked at."""

    people: Sequence[Member]
    groups: Mapping[str, str]
    profiles: Mapping[str, str]


def team(
    session: Session,
    viewer: Viewer,
    frameworks: Frameworks,
    filters: Filters,
    day: Day,
    expected: Expected | None = None,
    *,
    looked: Looked | None = Looked.MAP,
) -> Team:
    """`expected` counts on a day to come. `looked`: None where no more is said than what they lack together."""
    all = opening.team(session, viewer, day, expected)
    units = members.places_of(session, viewer, {person.unit_id for person in all})
    groups, profiles = {unit.key: unit.name for unit in units}, profiles_of(all)
    check(filters, frameworks, groups, profiles)
    ids = {unit.id for unit in units if filters.group in ("", unit.key)}
    people = [one for one in all if (not filters.group or one.unit_id in ids) and has(one, filters.profile)]
    if looked is not None:
        opening.shown(session, viewer, people, looked, day)
    return Team(people, groups, profiles)


def column_of_team(people: Sequence[Member], competence: Competence, frameworks: Frameworks, day: Day) -> Column:
    return column(competence, frameworks, _tally(people, competence.key), len(people), day.horizon)


def of_team(
    session: Session,
    viewer: Viewer,
    frameworks: Frameworks,
    filters: Filters,
    day: Day,
    expected: Expected | None = None,
    *,
    looked: Looked | None = Looked.MAP,
) -> Map:
    """The viewer's own team, one by one."""
    found = team(session, viewer, frameworks, filters, day, expected, looked=looked)
    people = found.people
    columns = arrange(
        (column_of_team(people, one, frameworks, day) for one in needed(people, frameworks, filters)),
        filters.sort,
    )
    keys = [one.competence.key for one in columns]
    cells = [cell for person in people for key in keys if (cell := person.cell(key)) is not None]
    rows = [_row(person, keys) for person in people]
    return Map(
        columns=columns,
        rows=in_order(rows, filters.sort),
        total=None,
        people=len(people),
        without_profile=sum(person.profile is None for person in people),
        coverage=gap.tally(cells).coverage,
        groups=found.groups,
        profiles=found.profiles,
        kept_back=opening.kept_back(session, viewer),
    )


def in_order(rows: list[Row], sort: Sort) -> list[Row]:
    """They come by name."""
    return rows if sort is Sort.NAME else sorted(rows, key=lambda row: -row.missing)


def check(filters: Filters, frameworks: Frameworks, groups: Mapping[str, str], profiles: Mapping[str, str]) -> None:
    """What is asked for must be there: a filter that means nothing would show too much without a word."""
    if filters.framework:
        frameworks.get(filters.framework)
    if filters.group and filters.group not in groups:
        raise NotFound(gettext("There is no such group here."))
    if filters.profile and filters.profile not in profiles:
        raise NotFound(gettext("Nobody here has such a role profile."))


def has(person: Member, profile: str) -> bool:
    return not profile or (person.profile is not None and person.profile.key == profile)


def profiles_of(people: Iterable[Member]) -> dict[str, str]:
    found = {person.profile.key: person.profile.name for person in people if person.profile is not None}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def _tally(people: Iterable[Member], key: str) -> Tally:
    return gap.tally([cell for person in people if (cell := person.cell(key)) is not None])


def _row(person: Member, keys: Iterable[str]) -> Row:
    cells = [cell for key in keys if (cell := person.cell(key)) is not None]
    missing = sum(cell.weight * (cell.gap or 0) for cell in cells)
    note = person.profile.name if person.profile is not None else ""
    return Row(person.person_uuid, "", person.name, note, [figure(person, key) for key in keys], missing)


def figure(person: Member, key: str) -> Figure:
    cell, known = person.cell(key), person.levels.get(key)
    return Figure(
        current=known.level if known is not None else None,
        required=cell.required if cell is not None else None,
        step=cell.gap if cell is not None else None,
        old=known is not None and known.is_old,
        few=known is not None and known.only_self,
        apart=known is not None and known.disagreement,
    )

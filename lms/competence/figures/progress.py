"""How far gaps have been closed, month by month: of a manager's team, and of groups as it may be shown.

Twice: of all who belonged at each month's end, and of the same people, since what all show can come of people who
came and went. In a team the same people are those who were in it at all of them. Of groups they are told within each
half year that is over: were they told anew each month, what differed from the month before would be what the one who
left could do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from sqlalchemy.orm import Session

from lms.competence import opening
from lms.competence.day import Day, month_ends
from lms.competence.figures import gate, groups
from lms.competence.figures import map as maps
from lms.competence.figures.gate import Shown
from lms.competence.figures.groups import Counted
from lms.competence.figures.map import Filters
from lms.frameworks.framework import Competence, Frameworks
from lms.identity import access
from lms.identity.access import Viewer

# A year, and its first or second half.
Half = tuple[int, int]
MONTHS_IN_HALF: Final = 6


@dataclass(frozen=True, slots=True)
class Point:
    """The end of a month, or today."""

    day: Day
    people: int
    # None: nothing is known, or may be shown.
    index: float | None
    coverage: float | None
    # Of the same people; with how many they are, and the half year in which they are compared, if they are in one.
    same: float | None = None
    same_people: int = 0
    half: Half | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """From one day to another."""

    first: Day
    last: Day
    before: float
    after: float
    people: int

    @property
    def closed(self) -> float | None:
        """The part of the gap that has been closed; negative where it has grown. None: there was none."""
        return (self.before - self.after) / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class Progress:
    points: Sequence[Point]
    # Those who may be chosen: names by key.
    groups: Mapping[str, str]

    @property
    def all(self) -> Change | None:
        """Over the same time as `same`, where that is known."""
        same = self.same
        known = [(one, one.index, one.people) for one in self.points if one.index is not None]
        if same is not None:
            known = [one for one in known if same.first.on <= one[0].day.on <= same.last.on]
        return _change(known)

    @property
    def same(self) -> Change | None:
        """In the latest time in which the same people can be compared."""
        known = [(one, one.same, one.same_people) for one in self.points if one.same is not None]
        return _change([one for one in known if one[0].half == known[-1][0].half])


def _change(known: Sequence[tuple[Point, float, int]]) -> Change | None:
    if len(known) < 2:
        return None
    (first, before, _), (last, after, people) = known[0], known[-1]
    return Change(first.day, last.day, before, after, people)


def days(at: Day, zone: tzinfo) -> list[Day]:
    """The ends of months since January last year, and today."""
    return month_ends(at.at, 11 + at.at.astimezone(zone).month, zone)


def of_team(session: Session, viewer: Viewer, ends: Sequence[Day]) -> Progress:
    """Of those in the viewer's team today, as far as they were in it then."""
    # NumPy, which `groups` tells of.
    from lms.competence.figures import trend  # noqa: PLC0415

    found = trend.trend(session, lambda on: opening.team_on(viewer, on, at=ends[-1].at), ends)
    points = [
        Point(one.day, one.people, one.all.index, one.all.coverage, one.same.index, one.same_people) for one in found
    ]
    return Progress(points, {})


def of_groups(
    session: Session,
    viewer: Viewer,
    frameworks: Frameworks,
    filters: Filters,
    k: int,
    ends: Sequence[Day],
    zone: tzinfo,
) -> Progress:
    """Of everyone the viewer may count, or of one group of them; the same people of everyone only."""
    from lms.competence.figures import trend  # noqa: PLC0415

    rows = trend.belonged(session, lambda on: access.aggregates_on(viewer, on, at=ends[-1].at), ends)
    halves = _whole_halves(ends, zone)
    panels = {
        half: set.intersection(*(trend.members(its) for its, one in zip(rows, halves, strict=True) if one == half))
        for half in halves
        if half is not None
    }
    points, counted = [], None
    for day, half, built in zip(ends, halves, trend.pictures(session, rows, ends), strict=True):
        counted = groups.counted(session, viewer, k, built, day.at, filters.by)
        panel = None
        if half is not None and not filters.group:
            panel = groups.counted(session, viewer, k, trend.only(built, panels[half]), day.at, filters.by)
        points.append(_point(day, half, counted, panel, frameworks, filters.group, k))
    names = counted.names if counted is not None else {}
    maps.check(filters, frameworks, names, {})
    return Progress(points, names)


def _whole_halves(ends: Sequence[Day], zone: tzinfo) -> list[Half | None]:
    """The half year of each month's end, where all of it is there. Today is in none."""
    found = [
        (one.on.astimezone(zone).year, (one.on.astimezone(zone).month + 5) // 6) if one.is_past else None
        for one in ends
    ]
    return [half if found.count(half) == MONTHS_IN_HALF else None for half in found]


def _point(
    day: Day, half: Half | None, counted: Counted, panel: Counted | None, frameworks: Frameworks, group: str, k: int
) -> Point:
    of_all, of_same = [], []
    people = 0 if group else counted.people()
    for competence in maps.known(counted.needed(), frameworks, Filters()):
        its = counted.one(competence, group or groups.ALL)
        if its is None or its.shown is None:
            continue
        people = its.people
        of_all.append(its.shown)
        if panel is not None and not its.shown.is_coarse:
            same = panel.one(competence, groups.ALL)
            if same is not None and same.shown is not None and _may_compare(panel, counted, competence, k):
                of_same.append(same.shown)
    return Point(
        day,
        people,
        _index(of_all),
        _coverage(of_all),
        _index(of_same),
        panel.people() if panel is not None else 0,
        half,
    )


def _may_compare(panel: Counted, counted: Counted, competence: Competence, k: int) -> bool:
    return all(
        gate.may_compare(some, all, k)
        for some, all in (
            (panel.assessed(competence), counted.assessed(competence)),
            (panel.others(competence), counted.others(competence)),
        )
    )


def _index(shown: Sequence[Shown]) -> float | None:
    """Of what may be told exactly: the others could be worked out from their sum."""
    exact = [one for one in shown if one.weighted_gap is not None and one.weighted_required]
    required = sum(one.weighted_required or 0 for one in exact)
    return sum(one.weighted_gap or 0 for one in exact) / required if required else None


def _coverage(shown: Sequence[Shown]) -> float | None:
    required_of = sum(one.required_of for one in shown)
    return sum(one.assessed for one in shown) / required_of if required_of else None

"""Gaps in the order they matter, each with why: the map's other form.

A gap is a competence that the work of some needs. Its priority is index × criticality × horizon factor, of a manager's
own team as it is and of groups as it may be shown; where that is not known the gap has no place. Places that somebody
has decided stand beside those that the figures give.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence import gap, own
from lms.competence.day import Day
from lms.competence.figures import groups, placing
from lms.competence.figures import map as maps
from lms.competence.figures.gate import Shown
from lms.competence.figures.grouping import By
from lms.competence.figures.groups import Group
from lms.competence.figures.map import Column, Filters, Row
from lms.competence.figures.placing import Computed, Scope, Wanted
from lms.competence.gap import Tally, Vulnerability
from lms.competence.models import PlaceDecision
from lms.competence.own import Offer
from lms.competence.shown.levels import Expected
from lms.courses.content import Library
from lms.errors import NotFound
from lms.frameworks.framework import Area, Competence, Frameworks
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

FIRST: Final = maps.FINDINGS
# Of which decisions are about places: what else can be grouped by is no organisation that somebody answers for.
_PLACES: Final = (By.UNIT, By.PARTNER, By.REGION)


@dataclass(frozen=True, slots=True)
class Where:
    """A person, or a group, where something is missing."""

    name: str
    # A person of a team, or the key of a group; "" for those who are in none.
    person: UUID | None = None
    group: str = ""
    # Levels missing of a person; gap index of a group, and whether it is in round numbers.
    levels: int | None = None
    index: float | None = None
    is_coarse: bool = False
    # Of groups that rest on self-assessment alone, or nearly.
    is_self_rated: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    competence: Competence
    area: Area
    # None: so few are assessed that it must not be shown.
    tally: Tally | Shown | None
    priority: gap.Priority | None
    # Where most is missing, most first.
    where: Sequence[Where]
    offers: Sequence[Offer]
    # By the figures; None where they do not say.
    computed: int | None
    # Where it stands; None where it has no place.
    place: int | None
    decision: PlaceDecision | None
    # What was decided, was decided on other figures than these.
    has_moved: bool

    @property
    def is_known(self) -> bool:
        return self.priority is not None and self.priority.value > 0

    @property
    def is_coarse(self) -> bool:
        return isinstance(self.tally, Shown) and self.tally.is_coarse

    @property
    def vulnerability(self) -> Vulnerability | None:
        """From those who reach what their work requires. None: not known, or not to be shown."""
        if self.tally is None or not self.tally.assessed or self.tally.at_or_above is None:
            return None
        return gap.vulnerability(self.tally.at_or_above)


@dataclass(frozen=True, slots=True)
class Ranking:
    # Those with a place, in order; and those of which too little is known.
    ranked: Sequence[Gap]
    unknown: Sequence[Gap]
    people: int
    without_profile: int
    coverage: float | None
    groups: Mapping[str, str]
    profiles: Mapping[str, str]
    # None: no place can be decided of what is asked for.
    scope: Scope | None

    @property
    def findings(self) -> list[Gap]:
        return [one for one in self.ranked if one.is_known][:FIRST]

    @property
    def places(self) -> int:
        """How many there are, whichever are looked at."""
        return max((one.place or 0 for one in self.ranked), default=0)

    def to_decide(self) -> Scope:
        """Raises NotFound where the viewer has no say in it."""
        if self.scope is None or not self.scope.may_decide:
            raise NotFound(gettext("The order of these gaps is not yours to decide."))
        return self.scope

    def of(self, competence: Competence) -> Gap:
        found = next((one for one in (*self.ranked, *self.unknown) if one.competence.key == competence.key), None)
        if found is None:
            raise NotFound(gettext("Nobody here needs this competence."))
        return found


def of_team(
    session: Session,
    viewer: Viewer,
    frameworks: Frameworks,
    library: Library,
    filters: Filters,
    day: Day,
    expected: Expected | None = None,
) -> Ranking:
    """Of the viewer's own team, by name."""
    whose = Filters(group=filters.group, profile=filters.profile)
    built = maps.of_team(session, viewer, frameworks, whose, day, expected)
    is_whole = not filters.group and not filters.profile
    scope = Scope(viewer.organisation_id, viewer.membership_id, may_decide=True) if is_whole else None
    found = [(column, _people(built.rows, number)) for number, column in enumerate(built.columns)]
    return Ranking(
        *_looked_at(_placed(session, found, library, scope, day), frameworks, filters),
        people=built.people,
        without_profile=built.without_profile,
        coverage=built.coverage,
        groups=built.groups,
        profiles=built.profiles,
        scope=scope,
    )


def of_groups(
    session: Session,
    viewer: Viewer,
    frameworks: Frameworks,
    library: Library,
    filters: Filters,
    k: int,
    day: Day,
    expected: Expected | None = None,
) -> Ranking:
    """Of everyone the viewer may count, or of one group of them."""
    counted = groups.count(session, viewer, k, day, filters.by, expected)
    maps.check(filters, frameworks, counted.names, counted.profiles)
    found: list[tuple[Column, Sequence[Where]]] = []
    people = 0 if filters.group else counted.people(filters.profile)
    for competence in maps.known(counted.needed(filters.profile), frameworks, Filters()):
        its = counted.of(competence, filters.profile)
        chosen = its.get(filters.group or groups.ALL, groups.NOBODY)
        if chosen.required_of:
            people = chosen.people
            column = maps.column(competence, frameworks, chosen.shown, people, day.horizon)
            found.append((column, () if filters.group else _groups(its, counted.names)))
    scope = _scope(session, viewer, filters)
    return Ranking(
        *_looked_at(_placed(session, found, library, scope, day), frameworks, filters),
        people=people,
        without_profile=0 if filters.profile or filters.group else counted.without_profile,
        coverage=groups.coverage([column for column, _ in found]),
        groups=counted.names,
        profiles=counted.profiles,
        scope=scope,
    )


def _people(rows: Iterable[Row], number: int) -> list[Where]:
    found = [(row, step) for row in rows if (step := row.figures[number].step)]
    return [Where(row.name, person=row.person, levels=step) for row, step in sorted(found, key=lambda one: -one[1])]


def _groups(its: Mapping[str | None, Group], names: Mapping[str, str]) -> list[Where]:
    found = [
        Where(
            names.get(key, ""),
            group=key,
            index=group.shown.index,
            is_coarse=group.shown.is_coarse,
            is_self_rated=group.shown.is_self_rated,
        )
        for key, group in its.items()
        if key is not groups.ALL and group.shown is not None and group.shown.index
    ]
    return sorted(found, key=lambda one: (-(one.index or 0), one.name))


def _scope(session: Session, viewer: Viewer, filters: Filters) -> Scope | None:
    """Whoever administers an organisation decides of it and its units, and a project leader of the project."""
    if filters.profile or (filters.group and filters.by not in _PLACES):
        return None
    if not filters.group:
        return Scope(viewer.organisation_id, None, viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER))
    place = session.scalars(access.organisations(viewer).where(Organisation.key == filters.group)).one()
    return Scope(place.id, None, filters.by is By.UNIT and viewer.has(Role.ADMINISTRATOR))


def _placed(
    session: Session,
    found: Sequence[tuple[Column, Sequence[Where]]],
    library: Library,
    scope: Scope | None,
    day: Day,
) -> list[Gap]:
    """In order; last those of which the figures say nothing."""
    where = {column.competence.key: its for column, its in found}
    column_of = {one.competence.key: one for one in sorted((column for column, _ in found), key=maps.by_priority)}
    known = [key for key, column in column_of.items() if column.priority is not None]
    decisions = placing.in_force(session, scope, day.horizon) if scope is not None else {}
    decided = {key: one.place for key, one in decisions.items() if one.place is not None}
    computed = {key: number for number, key in enumerate(known, 1)}
    places = {key: number for number, key in enumerate(placing.order(known, decided), 1)}
    offers = own.offers_of(library)

    def placed(key: str) -> Gap:
        column, decision = column_of[key], decisions.get(key)
        return Gap(
            column.competence,
            column.area,
            column.tally,
            column.priority,
            where[key],
            _closing(column.tally, where[key], offers.get(key, ())),
            computed.get(key),
            places.get(key),
            decision,
            has_moved=decision is not None
            and placing.has_moved(decision, _computed(column.priority, computed.get(key)), day.at),
        )

    return [placed(key) for key in (*places, *(key for key in column_of if key not in places))]


def _looked_at(gaps: Sequence[Gap], frameworks: Frameworks, filters: Filters) -> tuple[list[Gap], list[Gap]]:
    """Those with a place, which is told among all of them, and those without."""
    keys = {one.key for one in maps.known((gap.competence.key for gap in gaps), frameworks, filters)}
    shown = [one for one in gaps if one.competence.key in keys]
    return [one for one in shown if one.place is not None], [one for one in shown if one.place is None]


def _computed(priority: gap.Priority | None, place: int | None) -> Computed:
    return Computed(place, priority.value if priority is not None else None)


def _closing(tally: Tally | Shown | None, where: Sequence[Where], offers: Sequence[Offer]) -> list[Offer]:
    """Modules that take somebody further who lacks something: in a team whoever lacks most, in groups whoever is a
    level below what is usual there."""
    if tally is None or not tally.index or tally.mean_current is None or tally.mean_required is None:
        return []
    target = ceil(tally.mean_required)
    most = max((one.levels or 0 for one in where), default=0)
    return own.nearest(offers, max(0, target - most if most else min(floor(tally.mean_current), target) - 1), target)


def decide(session: Session, ranking: Ranking, which: Gap, day: Day, wanted: Wanted, viewer: Viewer) -> PlaceDecision:
    """Where it is to stand. NotFound where that is not the viewer's to decide."""
    computed = _computed(which.priority, which.computed)
    scope, key = ranking.to_decide(), which.competence.key
    return placing.decide(session, scope, day.horizon, key, wanted, computed, by=viewer.person_id, at=day.at)

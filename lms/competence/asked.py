"""What the address of a map asks for, and the picture that answers it.

One way for the page and for whatever is taken away from it, so that they cannot say different things.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.day import Day, parse, published, today
from lms.competence.figures import alone as resting
from lms.competence.figures import grouping, groups, progress, ranking
from lms.competence.figures import map as maps
from lms.competence.figures.alone import Resting
from lms.competence.figures.grouping import By
from lms.competence.figures.groups import Group
from lms.competence.figures.map import Column, Filters, Map, Sort, Team
from lms.competence.figures.progress import Progress
from lms.competence.figures.ranking import Ranking
from lms.competence.gap import Priority
from lms.competence.shown.levels import Expected
from lms.courses.content import Library
from lms.errors import Invalid, NotFound, Problem
from lms.frameworks.framework import Competence, Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

# Who sees figures of groups.
GROUPS: Final = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)

# Whatever else is asked for, in the addresses of cells: of which day they are, and by what.
KEPT: Final = ("profile", "by", "on", "horizon")
OF_A_MAP: Final = ("view", "group", "framework", "sort", *KEPT)
# Whose gaps are in order, and how far ahead; and which of them are looked at.
OF_A_LIST: Final = ("view", "group", "by", "horizon")
OF_GAPS: Final = (*OF_A_LIST, "framework", "profile")
OVER_TIME: Final = ("view", "group", "by")

Wanted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and what they can ask about."""

    session: Session
    viewer: Viewer
    frameworks: Frameworks
    # The smallest group.
    k: int
    at: datetime
    zone: tzinfo
    # What people are expected to have reached on a day to come.
    expected: Callable[[Day], Expected]


@dataclass(frozen=True, slots=True)
class Pictured:
    # “team” or “groups”.
    view: str
    filters: Filters
    day: Day
    map: Map


@dataclass(frozen=True, slots=True)
class OfGroup:
    """What may be known of a competence in a group."""

    competence: Competence
    group: Group
    # What the group is called, and the role profile that it is narrowed to.
    place: str
    profile: str
    priority: Priority | None
    day: Day
    by: By


@dataclass(frozen=True, slots=True)
class Ranked:
    view: str
    filters: Filters
    day: Day
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Moved:
    view: str
    filters: Filters
    day: Day
    progress: Progress


@dataclass(frozen=True, slots=True)
class OfTeam:
    """A competence in the viewer's own team."""

    team: Team
    filters: Filters
    column: Column
    day: Day


def views(viewer: Viewer) -> list[str]:
    return [name for name, may in (("team", viewer.has(Role.MANAGER)), ("groups", viewer.has(*GROUPS))) if may]


def picture(asking: Asking, wanted: Wanted) -> Pictured:
    """The map. Raises Invalid or NotFound for what it cannot be asked."""
    view, day = _view(asking.viewer, wanted), _day(asking, wanted)
    filters = _filters(asking.viewer, wanted)
    if view == "team":
        return Pictured(
            view,
            filters,
            day,
            maps.of_team(asking.session, asking.viewer, asking.frameworks, filters, day, asking.expected(day)),
        )
    day = published(day, asking.zone)
    found = groups.of_groups(
        asking.session, asking.viewer, asking.frameworks, filters, asking.k, day, asking.expected(day)
    )
    return Pictured(view, filters, day, found)


def ranked(asking: Asking, library: Library, wanted: Wanted) -> Ranked:
    """The gaps in order."""
    view, day, filters = _view(asking.viewer, wanted), _day(asking, wanted), _filters(asking.viewer, wanted)
    session, viewer, frameworks = asking.session, asking.viewer, asking.frameworks
    if view == "team":
        found = ranking.of_team(session, viewer, frameworks, library, filters, day, asking.expected(day))
    else:
        found = ranking.of_groups(session, viewer, frameworks, library, filters, asking.k, day, asking.expected(day))
    return Ranked(view, filters, day, found)


def over_time(asking: Asking, wanted: Wanted) -> Moved:
    """How far gaps have been closed."""
    view, filters, now = _view(asking.viewer, wanted), _filters(asking.viewer, wanted), today(asking.at)
    session, viewer, ends = asking.session, asking.viewer, progress.days(now, asking.zone)
    if view == "team":
        return Moved(view, filters, now, progress.of_team(session, viewer, ends))
    found = progress.of_groups(session, viewer, asking.frameworks, filters, asking.k, ends, asking.zone)
    return Moved(view, filters, now, found)


def views_alone(viewer: Viewer) -> list[str]:
    """A manager of their team, an administrator of the organisation; nobody of more than that."""
    both = (("team", Role.MANAGER), ("organisation", Role.ADMINISTRATOR))
    return [name for name, role in both if viewer.has(role)]


def alone(asking: Asking, wanted: Wanted) -> tuple[str, Resting]:
    """What rests on one person, and whether that is of a team or of the organisation."""
    views, day = views_alone(asking.viewer), today(asking.at)
    view = wanted.get("view") or views[0]
    if view not in views:
        raise NotFound(gettext("There is no such list for you."))
    if view == "team":
        return view, resting.of_team(asking.session, asking.viewer, asking.frameworks, day)
    return view, resting.of_organisation(asking.session, asking.viewer, asking.frameworks, asking.k, day)


def of_team(asking: Asking, competence: Competence, wanted: Wanted) -> OfTeam:
    filters, day = Filters(group=wanted.get("group", ""), profile=wanted.get("profile", "")), _day(asking, wanted)
    team = maps.team(asking.session, asking.viewer, asking.frameworks, filters, day, asking.expected(day))
    return OfTeam(team, filters, maps.column_of_team(team.people, competence, asking.frameworks, day), day)


def of_group(asking: Asking, group: str, competence: Competence, wanted: Wanted) -> OfGroup:
    profile, day = wanted.get("profile", ""), published(_day(asking, wanted), asking.zone)
    by = _by(asking.viewer, wanted)
    counted = groups.count(asking.session, asking.viewer, asking.k, day, by, asking.expected(day))
    here = asking.session.get_one(Organisation, asking.viewer.organisation_id)
    found = counted.of(competence, profile)
    # The viewer's own place stands for all of it.
    is_all = group == here.key and group not in counted.names
    its = found.get(groups.ALL if is_all else group)
    if its is None:
        raise NotFound(gettext("There is no such group here."))
    return OfGroup(
        competence,
        its,
        place=here.name if is_all else counted.names[group],
        profile=counted.profiles.get(profile, profile),
        priority=maps.column(competence, asking.frameworks, its.shown, its.people, day.horizon).priority,
        day=day,
        by=by,
    )


def _view(viewer: Viewer, wanted: Wanted) -> str:
    view = wanted.get("view") or views(viewer)[0]
    if view not in views(viewer):
        raise NotFound(gettext("There is no such map for you."))
    return view


def _filters(viewer: Viewer, wanted: Wanted) -> Filters:
    sort = wanted.get("sort") or Sort.NAME
    if sort not in list(Sort):
        raise Invalid([Problem("sort", gettext("Sort by name, gap or priority."))])
    group, framework, profile = (wanted.get(name, "") for name in ("group", "framework", "profile"))
    return Filters(group, framework, profile, Sort(sort), _by(viewer, wanted))


def _by(viewer: Viewer, wanted: Wanted) -> By:
    choices = grouping.choices(viewer)
    by = wanted.get("by") or choices[0]
    if by not in choices:
        raise NotFound(gettext("There is no such map for you."))
    return By(by)


def _day(asking: Asking, wanted: Wanted) -> Day:
    return parse(asking.at, wanted.get("on", ""), wanted.get("horizon", ""), asking.zone)

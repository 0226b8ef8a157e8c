"""The map, and why a group's cell says what it does."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import gap, grouping, groups, words
from lms.competence import map as maps
from lms.competence.day import HORIZONS, Day, parse, published
from lms.competence.grouping import By
from lms.competence.map import Filters, Map, Sort
from lms.competence.views.blueprint import bp, frameworks, zone
from lms.db import session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

GROUPS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)


# Whatever else is asked for, in the addresses of cells: of which day they are, and by what.
KEPT = ("profile", "by", "on", "horizon")


@bp.get("/map")
@roles(Role.MANAGER, *GROUPS)
def map(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view", "group", "framework", "sort", *KEPT)
    view, day = _view(viewer, wanted), _day(wanted)
    if view == "groups":
        day = published(day, zone())
    filters = _filters(viewer, wanted)
    shown = _build(viewer, view, filters, day)
    return render_template(
        "competence/map.html",
        map=shown,
        finding=words.finding(shown),
        view=view,
        views=_views(viewer),
        filters=filters,
        asked={name: value for name, value in wanted.items() if value},
        kept={
            name: wanted[name] for name in KEPT if wanted.get(name) and (view != "team" or name in ("on", "horizon"))
        },
        frameworks=frameworks(),
        here=session().get_one(Organisation, viewer.organisation_id),
        groupings=grouping.choices(viewer),
        k=_k(),
        day=day,
        horizons=HORIZONS,
        today=day.at.astimezone(zone()).date().isoformat(),
        words=words,
    )


def _build(viewer: Viewer, view: str, filters: Filters, day: Day) -> Map:
    if view == "team":
        return maps.of_team(session(), viewer, frameworks(), filters, day)
    return groups.of_groups(session(), viewer, frameworks(), filters, _k(), day)


def _views(viewer: Viewer) -> list[str]:
    return [name for name, may in (("team", viewer.has(Role.MANAGER)), ("groups", viewer.has(*GROUPS))) if may]


def _view(viewer: Viewer, wanted: dict[str, str]) -> str:
    view = wanted.get("view") or _views(viewer)[0]
    if view not in _views(viewer):
        raise NotFound(gettext("There is no such map for you."))
    return view


def _filters(viewer: Viewer, wanted: dict[str, str]) -> Filters:
    sort = wanted.get("sort") or Sort.NAME
    if sort not in list(Sort):
        raise Invalid([Problem("sort", gettext("Sort by name, gap or priority."))])
    group, framework, profile = (wanted.get(name, "") for name in ("group", "framework", "profile"))
    return Filters(group, framework, profile, Sort(sort), _by(viewer, wanted))


def _by(viewer: Viewer, wanted: dict[str, str]) -> By:
    choices = grouping.choices(viewer)
    by = wanted.get("by") or choices[0]
    if by not in choices:
        raise NotFound(gettext("There is no such map for you."))
    return By(by)


def _day(wanted: dict[str, str]) -> Day:
    return parse(clock.now(), wanted.get("on", ""), wanted.get("horizon", ""), zone())


def _k() -> int:
    return int(current_app.config["MINIMUM_GROUP"])


@bp.get("/why/group/<group>/<framework>/<code>")
@roles(*GROUPS)
def why_group(viewer: Viewer, group: str, framework: str, code: str) -> ResponseReturnValue:
    wanted = args(*KEPT)
    profile, day = wanted.get("profile", ""), published(_day(wanted), zone())
    competence = frameworks().competence(f"{framework}/{code}")
    counted = groups.count(session(), viewer, _k(), day, _by(viewer, wanted))
    here = session().get_one(Organisation, viewer.organisation_id)
    found = counted.of(competence, profile)
    # The viewer's own place stands for all of it.
    is_all = group == here.key and group not in counted.names
    key = groups.ALL if is_all else group
    if key not in found:
        raise NotFound(gettext("There is no such group here."))
    return render_template(
        "competence/why_group.html",
        group=found[key],
        place=here.name if is_all else counted.names[group],
        profile=counted.profiles.get(profile, profile),
        competence=competence,
        framework=frameworks().get(framework),
        priority=maps.column(competence, frameworks(), found[key].shown, found[key].people, day.horizon).priority,
        vulnerability=gap.vulnerability,
        kept={name: value for name, value in wanted.items() if value},
        k=_k(),
        day=day,
        words=words,
    )

"""The map, and why a group's cell says what it does."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import gap, groups, words
from lms.competence import map as maps
from lms.competence.map import Filters, Map, Sort
from lms.competence.views.blueprint import bp, frameworks
from lms.db import session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

GROUPS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)


@bp.get("/map")
@roles(Role.MANAGER, *GROUPS)
def map(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view", "group", "framework", "profile", "sort")
    view, filters = _view(viewer, wanted), _filters(wanted)
    shown = _build(viewer, view, filters)
    return render_template(
        "competence/map.html",
        map=shown,
        finding=words.finding(shown),
        view=view,
        views=_views(viewer),
        filters=filters,
        asked={name: value for name, value in wanted.items() if value},
        frameworks=frameworks(),
        here=session().get_one(Organisation, viewer.organisation_id),
        by_partner=viewer.has(Role.COORDINATOR, Role.PROJECT_LEADER),
        k=_k(),
        at=clock.now(),
        words=words,
    )


def _build(viewer: Viewer, view: str, filters: Filters) -> Map:
    if view == "team":
        return maps.of_team(session(), viewer, frameworks(), filters, at=clock.now())
    return groups.of_groups(session(), viewer, frameworks(), filters, _k(), at=clock.now())


def _views(viewer: Viewer) -> list[str]:
    return [name for name, may in (("team", viewer.has(Role.MANAGER)), ("groups", viewer.has(*GROUPS))) if may]


def _view(viewer: Viewer, wanted: dict[str, str]) -> str:
    view = wanted.get("view") or _views(viewer)[0]
    if view not in _views(viewer):
        raise NotFound(gettext("There is no such map for you."))
    return view


def _filters(wanted: dict[str, str]) -> Filters:
    sort = wanted.get("sort") or Sort.NAME
    if sort not in list(Sort):
        raise Invalid([Problem("sort", gettext("Sort by name, gap or priority."))])
    return Filters(wanted.get("group", ""), wanted.get("framework", ""), wanted.get("profile", ""), Sort(sort))


def _k() -> int:
    return int(current_app.config["MINIMUM_GROUP"])


@bp.get("/why/group/<organisation>/<framework>/<code>")
@roles(*GROUPS)
def why_group(viewer: Viewer, organisation: str, framework: str, code: str) -> ResponseReturnValue:
    profile = args("profile").get("profile", "")
    competence = frameworks().competence(f"{framework}/{code}")
    place = _place(viewer, organisation)
    is_all = place.id == viewer.organisation_id
    counted = groups.count(session(), viewer, _k(), at=clock.now())
    found = counted.of(competence, profile)
    key = groups.ALL if is_all else place.key
    if key not in found:
        raise NotFound(gettext("Nobody in this group has a role profile."))
    return render_template(
        "competence/why_group.html",
        group=found[key],
        place=place,
        profile=maps.profiles_of(counted.people).get(profile, profile),
        competence=competence,
        framework=frameworks().get(framework),
        priority=maps.column(competence, frameworks(), found[key].tally, found[key].people).priority,
        vulnerability=gap.vulnerability,
        k=_k(),
        words=words,
    )


def _place(viewer: Viewer, key: str) -> Organisation:
    place = session().scalars(access.organisations(viewer).where(Organisation.key == key)).first()
    if place is None:
        raise NotFound(gettext("There is no such group here."))
    return place

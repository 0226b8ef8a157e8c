from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g

from lms import clock
from lms.competence.day import today as now
from lms.competence.figures import groups
from lms.courses.content import Library
from lms.db import session
from lms.errors import NotFound
from lms.frameworks.framework import Competence, Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.plans import team

bp = Blueprint("plans", "lms.plans", url_prefix="/competence/plan", template_folder="templates")

GROUPS: Final = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)


def library() -> Library:
    known: Library = current_app.extensions["kunna"].library
    return known


def frameworks() -> Frameworks:
    """Those that the organisation which the viewer acts in can use."""
    if "frameworks" not in g:
        g.frameworks = current_app.extensions["kunna"].known.at(session(), g.viewer.organisation_id)
    known: Frameworks = g.frameworks
    return known


def zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIME_ZONE"])


def today() -> date:
    """Where people are."""
    return clock.now().astimezone(zone()).date()


def minimum_group() -> int:
    return int(current_app.config["MINIMUM_GROUP"])


def needed(viewer: Viewer, view: str) -> list[Competence]:
    """The competences that somebody's work needs: of the team, or of everyone the viewer may count."""
    if view == "team":
        profiles = team.profiles_of(session(), viewer, now(clock.now()))
        return frameworks().known({key for one in profiles for key in one.requirements})
    return frameworks().known(groups.count(session(), viewer, minimum_group(), now(clock.now())).needed())


def views_of(viewer: Viewer) -> list[str]:
    return [name for name, may in (("team", viewer.has(Role.MANAGER)), ("groups", viewer.has(*GROUPS))) if may]


def view_of(viewer: Viewer, wanted: str) -> str:
    view = wanted or views_of(viewer)[0]
    if view not in views_of(viewer):
        raise NotFound(gettext("There is no such plan for you."))
    return view

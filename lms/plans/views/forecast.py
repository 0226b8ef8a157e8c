"""The forecast: what the map would be when what is assigned has been done."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as competence_words
from lms.competence.day import HORIZONS, Day, ahead
from lms.competence.figures import grouping, groups
from lms.competence.figures import map as maps
from lms.competence.figures.map import Filters, Map
from lms.competence.shown.levels import Expected
from lms.db import session
from lms.errors import Invalid, Problem
from lms.http import args, roles
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.plans import assignments
from lms.plans.forecast import compare, when_all_is_done
from lms.plans.views.blueprint import GROUPS, bp, frameworks, library, minimum_group, today, view_of, views_of, zone


@bp.get("/forecast")
@roles(Role.MANAGER, *GROUPS)
def forecast(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view", "horizon")
    view = view_of(viewer, wanted.get("view", ""))
    day = _day(viewer, view, wanted.get("horizon", ""))
    expected: Expected = current_app.extensions["kunna"].expected(session(), viewer, day) if day else {}
    found = compare(_map(viewer, view, day, None), _map(viewer, view, day, expected)) if day else None
    return render_template(
        "plans/forecast.html",
        forecast=found,
        day=day,
        view=view,
        views=views_of(viewer),
        horizon=wanted.get("horizon", ""),
        horizons=HORIZONS[1:],
        group_word=competence_words.group(grouping.choices(viewer)[0]),
        k=minimum_group(),
        frameworks=frameworks(),
        words=competence_words,
    )


def _day(viewer: Viewer, view: str, horizon: str) -> Day | None:
    """None: nothing is assigned."""
    if horizon not in ("", *map(str, HORIZONS[1:])):
        raise Invalid([Problem("horizon", gettext("Look 12 or 36 months ahead."))])
    among = access.levels(viewer) if view == "team" else access.aggregates(viewer)
    day = when_all_is_done(assignments.among(session(), among, library(), today()), clock.now(), zone())
    return ahead(clock.now(), int(horizon)) if day and horizon else day


def _map(viewer: Viewer, view: str, day: Day, expected: Expected | None) -> Map:
    filters = Filters(by=grouping.choices(viewer)[0])
    if view == "team":
        return maps.of_team(session(), viewer, frameworks(), filters, day, expected)
    return groups.of_groups(session(), viewer, frameworks(), filters, minimum_group(), day, expected)

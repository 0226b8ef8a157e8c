from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g

from lms import clock
from lms.competence import asked, own, words
from lms.competence.asked import Asking
from lms.competence.day import HORIZONS, Day
from lms.competence.figures import grouping
from lms.competence.figures.map import Filters
from lms.competence.shown.levels import Expected
from lms.courses.content import Library
from lms.db import session
from lms.frameworks.framework import Competence, Frameworks
from lms.i18n import gettext, local
from lms.identity.access import Viewer
from lms.identity.models import Organisation

bp = Blueprint("competence", "lms.competence", url_prefix="/competence", template_folder="templates")


def frameworks() -> Frameworks:
    """Those that the organisation which the viewer acts in can use."""
    if "frameworks" not in g:
        g.frameworks = current_app.extensions["kunna"].known.at(session(), g.viewer.organisation_id)
    known: Frameworks = g.frameworks
    return known


def library() -> Library:
    known: Library = current_app.extensions["kunna"].library
    return known


def iri_base() -> str:
    return str(current_app.config["IRI_BASE"])


def zone() -> ZoneInfo:
    """Where people are, which is where a day ends."""
    return ZoneInfo(current_app.config["TIME_ZONE"])


def asking(viewer: Viewer) -> Asking:
    k = int(current_app.config["MINIMUM_GROUP"])
    return Asking(session(), viewer, frameworks(), k, clock.now(), zone(), partial(expected_on, viewer))


def expected_on(viewer: Viewer, day: Day) -> Expected:
    """What a floor above knows that people will reach before a day to come."""
    known: Expected = current_app.extensions["kunna"].expected(session(), viewer, day)
    return known


def told(asks: Asking, wanted: Mapping[str, str], view: str, filters: Filters, day: Day) -> dict[str, Any]:
    """For a page of many people's competence: what was asked for, and what else can be."""
    return {
        "view": view,
        "views": asked.views(asks.viewer),
        "filters": filters,
        "asked": {name: value for name, value in wanted.items() if value},
        "frameworks": asks.frameworks,
        "here": session().get_one(Organisation, asks.viewer.organisation_id),
        "groupings": grouping.choices(asks.viewer),
        "k": grouping.least(asks.k, filters.by),
        "day": day,
        "horizons": HORIZONS,
        "today": asks.at.astimezone(zone()).date().isoformat(),
        "words": words,
    }


def competences_by_group(viewer: Viewer, person: UUID) -> list[tuple[str, list[Competence]]]:
    """To choose from: first what somebody's work needs, then framework by framework."""
    needed = own.picture(session(), viewer, person, library(), frameworks(), at=clock.now()).needed
    its = {line.competence.key for line in needed}
    groups = [(gettext("What the work needs"), [line.competence for line in needed])] if needed else []
    for framework in frameworks().all:
        if others := [one for one in framework.in_use if one.key not in its]:
            groups.append((local(framework.name), others))
    return groups


def id_of_form(text: str) -> UUID:
    """Made with the page, so that a form that is sent twice says one thing."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()

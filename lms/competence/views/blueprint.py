from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g

from lms import clock
from lms.competence.asked import Asking
from lms.courses.content import Library
from lms.db import session
from lms.frameworks.framework import Frameworks
from lms.identity.access import Viewer

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
    return Asking(session(), viewer, frameworks(), k, clock.now(), zone())

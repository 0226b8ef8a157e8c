from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g, url_for

from lms.db import session
from lms.frameworks.framework import Frameworks
from lms.identity.access import Viewer
from lms.identity.models import Kind, Organisation

bp = Blueprint("connections", "lms.connections", template_folder="templates")


def iri_base() -> str:
    return str(current_app.config["IRI_BASE"])


def zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIME_ZONE"])


def frameworks() -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].known.at(session(), g.viewer.organisation_id)
    return known


def reaches(viewer: Viewer) -> bool:
    """Whether rules can count in organisations below as well: those of a project or a region."""
    return session().get_one(Organisation, viewer.organisation_id).kind in {Kind.PROJECT, Kind.REGION}


def endpoint() -> str:
    """Where programs send to: what they call the endpoint, which every address of the standard begins with."""
    path = url_for("kunna.xapi.about").removesuffix("about")
    return f"{current_app.config['SITE_URL']}{path.removeprefix(_prefix())}"


def _prefix() -> str:
    """What the site's address has already: the prefix that all of Kunna is mounted under."""
    return url_for("kunna.start.home").rstrip("/")

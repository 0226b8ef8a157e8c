from zoneinfo import ZoneInfo

from flask import Blueprint, current_app

from lms.courses.content import Library
from lms.frameworks.framework import Frameworks

bp = Blueprint("competence", "lms.competence", url_prefix="/competence", template_folder="templates")


def frameworks() -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].frameworks
    return known


def library() -> Library:
    known: Library = current_app.extensions["kunna"].library
    return known


def iri_base() -> str:
    return str(current_app.config["IRI_BASE"])


def zone() -> ZoneInfo:
    """Where people are, which is where a day ends."""
    return ZoneInfo(current_app.config["TIME_ZONE"])

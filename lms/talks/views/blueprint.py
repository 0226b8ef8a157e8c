from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app

from lms import clock
from lms.courses.content import Library
from lms.db import session
from lms.frameworks.framework import Frameworks
from lms.identity.access import Viewer
from lms.talks import pairs
from lms.talks.pairs import Pair

bp = Blueprint("talks", "lms.talks", url_prefix="/competence/talks", template_folder="templates")


def frameworks(viewer: Viewer) -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].known.at(session(), viewer.organisation_id)
    return known


def library() -> Library:
    known: Library = current_app.extensions["kunna"].library
    return known


def today() -> date:
    """Where people are."""
    return clock.now().astimezone(ZoneInfo(current_app.config["TIME_ZONE"])).date()


def pair(viewer: Viewer, person: UUID) -> Pair:
    return pairs.of(session(), viewer, person, at=clock.now())

"""What the views of courses share: the blueprint, the library, who is learning, and where in a course a
request is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request, url_for
from markupsafe import Markup

from lms.courses import words
from lms.courses.content import Library
from lms.courses.course import Course, Edition, Module
from lms.courses.mistakes import Local
from lms.courses.standing import Next
from lms.courses.statements import Learner
from lms.courses.text import inline, rendered
from lms.i18n import LANGUAGES, gettext, language, local
from lms.identity.access import Viewer

bp = Blueprint("courses", __name__, url_prefix="/courses", template_folder="../templates")


@bp.context_processor
def words_of_courses() -> dict[str, object]:
    return {
        "areas": words.AREAS,
        "course_languages": words.LANGUAGES,
        "inline": inline,
        "kinds": words.KINDS,
        "minutes": words.minutes,
        "rendered": rendered,
        "say": say,
    }


def say(texts: Local) -> Markup | str:
    """A text in the language of the page; one that only exists in another says so to those who have it read
    aloud."""
    said = local(texts)
    spoken = next((code for code in (language(), *LANGUAGES, *texts) if texts.get(code) == said), language())
    # safe: format escapes what it puts in.
    return said if spoken == language() else Markup('<span lang="{}">{}</span>').format(spoken, said)


def library() -> Library:
    found: Library = current_app.extensions["kunna"].library
    return found


def zone() -> ZoneInfo:
    """Where people are, which is where a day ends."""
    return ZoneInfo(current_app.config["TIME_ZONE"])


def learner_of(viewer: Viewer) -> Learner:
    return Learner(
        organisation_id=viewer.organisation_id,
        person_uuid=viewer.person_uuid,
        language=language(),
        iri_base=current_app.config["IRI_BASE"],
        idle=timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"]),
    )


@dataclass(frozen=True, slots=True)
class Here:
    """A module of a course, in the language that it is read in."""

    course: Course
    module: Module
    edition: Edition

    @property
    def keys(self) -> dict[str, Any]:
        return {"key": self.course.key, "module_key": self.module.key}

    @property
    def crumbs(self) -> list[tuple[str, str | None]]:
        return [
            (gettext("Courses"), url_for(".catalogue")),
            (local(self.course.title), url_for(".course", key=self.course.key)),
            (local(self.module.title), url_for(".module", **self.keys)),
        ]


def here(key: str, module_key: str) -> Here:
    course = library().get(key)
    module = course.module(module_key)
    return Here(course, module, module.edition(course.language(language())))


def address(course: Course, place: Next | None) -> str:
    """Where to go on; when nothing is left, the course."""
    if place is None:
        return url_for(".course", key=course.key)
    if place.page is None:
        return url_for(".quiz", key=course.key, module_key=place.module.key)
    return url_for(".page", key=course.key, module_key=place.module.key, page_key=place.page.key)


def is_autosave() -> bool:
    return "X-Autosave" in request.headers


def saved() -> Response:
    return Response(status=204)

from typing import Final

from flask import Blueprint, current_app, make_response, request
from flask.typing import ResponseReturnValue

from lms.db import session
from lms.frameworks.framework import Frameworks
from lms.i18n import language
from lms.identity.models import Role
from lms.workshops.models import Workshop

bp = Blueprint("workshops", "lms.workshops", template_folder="templates")

MAY_LEAD: Final = (Role.ADMINISTRATOR, Role.PROJECT_LEADER, Role.MANAGER)


def frameworks(workshop: Workshop) -> Frameworks:
    """Those that the organisation whose workshop it is can use."""
    known: Frameworks = current_app.extensions["kunna"].known.at(session(), workshop.organisation_id)
    return known


def tag(workshop: Workshop, *more: object) -> str:
    """Of a part of a page that is asked for again and again. Anything that changes the workshop changes it."""
    return "-".join(str(part) for part in (workshop.id, workshop.revision, language(), *more))


def is_known(tag: str) -> bool:
    return tag in request.if_none_match


def fragment(html: str, tag: str) -> ResponseReturnValue:
    answer = make_response(html)
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def unchanged(tag: str) -> ResponseReturnValue:
    answer = make_response("", 304)
    answer.set_etag(tag)
    return answer

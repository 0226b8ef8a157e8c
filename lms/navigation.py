"""The five destinations, as this viewer has use for them."""

from typing import Final, NamedTuple

from flask import request

from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role


class Destination(NamedTuple):
    endpoint: str
    label: str
    icon: str
    current: bool


_PEOPLE: Final = (Role.MANAGER, Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)
_PROJECT: Final = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)


def destinations(viewer: Viewer) -> list[Destination]:
    shown = [
        ("kunna.start.home", gettext("Start"), "start"),
        ("kunna.courses.catalogue", gettext("Courses"), "courses"),
        ("kunna.competence.mine", gettext("Competence"), "competence"),
    ]
    if viewer.has(*_PEOPLE):
        shown.append(("kunna.identity.people", gettext("People"), "people"))
    if viewer.has(*_PROJECT):
        shown.append(("kunna.identity.project", gettext("Project"), "project"))
    return [Destination(endpoint, label, icon, _is_current(endpoint)) for endpoint, label, icon in shown]


def _is_current(endpoint: str) -> bool:
    here = request.endpoint or ""
    if endpoint.startswith("kunna.identity."):
        return here.startswith(endpoint)
    return here.rsplit(".", 1)[0] == endpoint.rsplit(".", 1)[0]

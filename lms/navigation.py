"""The destinations, as far as this viewer has use for them."""

from typing import Final, NamedTuple

from flask import request, url_for

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
_CONNECTIONS: Final = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)


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
    if viewer.has(*_CONNECTIONS):
        shown.append(("kunna.connections.clients", gettext("Connections"), "link"))
    return [Destination(endpoint, label, icon, _is_current(endpoint)) for endpoint, label, icon in shown]


def _is_current(endpoint: str) -> bool:
    """Whether this page is the destination or lies under it. Every page lies under the first one."""
    own, here = url_for(endpoint).rstrip("/"), request.script_root + request.path
    is_under = endpoint != "kunna.start.home" and here.startswith(f"{own}/")
    return here.rstrip("/") == own or is_under

"""The destinations, and the pages of Competence, as far as this viewer has use for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from flask import request, url_for

from lms.i18n import gettext, lazy_gettext
from lms.identity.access import Viewer
from lms.identity.models import Role


class Destination(NamedTuple):
    endpoint: str
    label: str
    icon: str
    current: bool


_PEOPLE: Final = (Role.MANAGER, Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)
_PROJECT: Final = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)
# What is reached from a destination and has an address of its own: five destinations are enough.
_UNDER: Final = {"kunna.identity.project": ("kunna.connections.clients",)}
_DEFINE: Final = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)
_DECIDE: Final = (Role.MANAGER, *_DEFINE)


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
    """Whether this page is the destination or lies under it. Every page lies under the first one."""
    here = request.script_root + request.path
    for one in (endpoint, *_UNDER.get(endpoint, ())):
        own = url_for(one).rstrip("/")
        if here.rstrip("/") == own or (endpoint != "kunna.start.home" and here.startswith(f"{own}/")):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Room:
    """A page that stands in the navigation. `key` is what the page calls itself."""

    key: str
    label: str
    endpoint: str
    # Who meets it; empty: everyone.
    roles: Sequence[Role] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What stands as one word in the first row. Where a viewer has several of its rooms, they are the second row."""

    label: str
    rooms: Sequence[Room]

    def of(self, viewer: Viewer) -> "Group":
        """As far as the viewer has use for it. One room alone goes by its own name."""
        rooms = [room for room in self.rooms if not room.roles or viewer.has(*room.roles)]
        return Group(rooms[0].label if len(rooms) == 1 < len(self.rooms) else self.label, rooms)


# A new page is a line here.
COMPETENCE: Final = (
    Group(
        lazy_gettext("Mine"),
        (
            Room("mine", lazy_gettext("Where I stand"), "kunna.competence.mine"),
            Room("plan", lazy_gettext("My plan"), "kunna.talks.mine"),
            Room("proofs", lazy_gettext("Proofs"), "kunna.competence.proofs"),
        ),
    ),
    Group(
        lazy_gettext("Map"),
        (
            Room("map", lazy_gettext("As a map"), "kunna.competence.map", _PEOPLE),
            Room("gaps", lazy_gettext("As a list"), "kunna.competence.gaps", _PEOPLE),
            Room("alone", lazy_gettext("Rests on one"), "kunna.competence.alone", (Role.MANAGER, Role.ADMINISTRATOR)),
            Room("trend", lazy_gettext("Over time"), "kunna.competence.over_time", _PEOPLE),
        ),
    ),
    Group(
        lazy_gettext("Plan and talks"),
        (
            Room("what-to-do", lazy_gettext("Plan"), "kunna.plans.plan", _PEOPLE),
            Room("forecast", lazy_gettext("Forecast"), "kunna.plans.forecast", _PEOPLE),
            Room("supply", lazy_gettext("Courses against needs"), "kunna.plans.supply", _PEOPLE),
            Room("talks", lazy_gettext("Development talks"), "kunna.talks.of_team", (Role.MANAGER,)),
        ),
    ),
    Group(
        lazy_gettext("What is needed"),
        (
            Room("profiles", lazy_gettext("Role profiles"), "kunna.competence.profiles", _DEFINE),
            Room("needs", lazy_gettext("Needs"), "kunna.competence.needs", _DECIDE),
            Room("workshops", lazy_gettext("Workshops"), "kunna.workshops.workshops", _DECIDE),
        ),
    ),
    Group(
        lazy_gettext("Frameworks and rules"),
        (
            Room("frameworks", lazy_gettext("Frameworks"), "kunna.frameworks.frameworks"),
            Room("rule", lazy_gettext("How levels are told"), "kunna.competence.level_rule", _DEFINE),
        ),
    ),
)


def competence(viewer: Viewer) -> list[Group]:
    groups = [group.of(viewer) for group in COMPETENCE]
    return [group for group in groups if group.rooms]

"""All that can be taken away: what it is called in addresses, who may ask for it, and what it can be asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from lms.competence.asked import GROUPS, KEPT, OF_A_MAP, OF_GAPS, OVER_TIME, Asking, Wanted
from lms.courses.content import Library
from lms.identity.models import Role
from lms.reports.of_gaps import of_gaps
from lms.reports.of_group import of_group
from lms.reports.of_map import of_map
from lms.reports.of_needs import of_needs
from lms.reports.of_person import of_person
from lms.reports.of_profiles import of_profile, of_profiles
from lms.reports.of_progress import of_progress
from lms.reports.report import Report

# What an address names.
Named = str | UUID


@dataclass(frozen=True, slots=True)
class Request:
    asking: Asking
    library: Library
    # The query's parameters, and those in the path.
    wanted: Wanted
    named: Mapping[str, Named]

    def name(self, what: str) -> str:
        return str(self.named[what])


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to take away."""

    key: str
    # With what it names, as a route has it.
    path: str
    # What programs are told that it is.
    summary: str
    # None: whoever is signed in.
    roles: Sequence[Role] | None
    parameters: Sequence[str]
    tables: Sequence[str]
    make: Callable[[Request], Report]


_IN_CHARGE: Final = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)

OFFERS: Final[Sequence[Offer]] = (
    Offer(
        "map",
        "map",
        "The competence map: of a manager's team, or of groups",
        (Role.MANAGER, *GROUPS),
        OF_A_MAP,
        ("map", "competences"),
        lambda asked: of_map(asked.asking, asked.wanted),
    ),
    Offer(
        "group",
        "groups/<group>/<framework>/<code>",
        "Why a group's cell of the map says what it does",
        GROUPS,
        KEPT,
        ("why",),
        lambda asked: of_group(
            asked.asking,
            asked.wanted,
            group=asked.name("group"),
            framework=asked.name("framework"),
            code=asked.name("code"),
        ),
    ),
    Offer(
        "gaps",
        "gaps",
        "The gaps of a manager's team, or of groups, in the order they matter",
        (Role.MANAGER, *GROUPS),
        OF_GAPS,
        ("gaps", "unknown"),
        lambda asked: of_gaps(asked.asking, asked.library, asked.wanted),
    ),
    Offer(
        "over_time",
        "over-time",
        "How far gaps have been closed, month by month: of a manager's team, or of groups",
        (Role.MANAGER, *GROUPS),
        OVER_TIME,
        ("months",),
        lambda asked: of_progress(asked.asking, asked.wanted),
    ),
    Offer(
        "mine",
        "me",
        "One's own competence beside what the work needs",
        None,
        (),
        ("needed", "beside"),
        lambda asked: of_person(asked.asking, asked.library, asked.asking.viewer.person_uuid),
    ),
    Offer(
        "person",
        "people/<uuid:person_uuid>",
        "The competence of somebody in one's own team",
        (Role.MANAGER,),
        (),
        ("needed", "beside"),
        lambda asked: of_person(asked.asking, asked.library, UUID(asked.name("person_uuid"))),
    ),
    Offer(
        "needs",
        "needs/<place>",
        "What a place needs, and how many are missing",
        (*_IN_CHARGE, Role.MANAGER),
        (),
        ("needs",),
        lambda asked: of_needs(asked.asking, asked.name("place")),
    ),
    Offer(
        "role_profiles",
        "role-profiles",
        "The role profiles that can be used here",
        _IN_CHARGE,
        (),
        ("role-profiles",),
        lambda asked: of_profiles(asked.asking),
    ),
    Offer(
        "role_profile",
        "role-profiles/<key>",
        "What a role profile requires",
        _IN_CHARGE,
        ("of",),
        ("requirements",),
        lambda asked: of_profile(asked.asking, asked.name("key"), asked.wanted.get("of", "")),
    ),
)

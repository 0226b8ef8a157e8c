"""What roles, kinds of organisation and columns are called."""

from collections.abc import Set
from typing import Final

from lms.i18n import lazy_gettext
from lms.identity.models import Gender, Insight, Kind, Role

_ROLES: Final = {
    Role.LEARNER: lazy_gettext("Learner"),
    Role.MANAGER: lazy_gettext("Manager"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
    Role.AUTHOR: lazy_gettext("Author"),
    Role.COORDINATOR: lazy_gettext("Coordinator"),
    Role.PROJECT_LEADER: lazy_gettext("Project leader"),
}
_ABOUT_ROLES: Final = {
    Role.LEARNER: lazy_gettext("Takes courses and follows their own competence."),
    Role.MANAGER: lazy_gettext("Follows up the people who have this person as their manager."),
    Role.ADMINISTRATOR: lazy_gettext("Invites people and decides their unit, roles and manager."),
    Role.AUTHOR: lazy_gettext("Writes courses."),
    Role.COORDINATOR: lazy_gettext("Sees the organisations of the region."),
    Role.PROJECT_LEADER: lazy_gettext("Sees all organisations of the project and adds new ones."),
}
_KINDS: Final = {
    Kind.PROJECT: lazy_gettext("Project"),
    Kind.REGION: lazy_gettext("Region"),
    Kind.PARTNER: lazy_gettext("Partner"),
    Kind.UNIT: lazy_gettext("Unit"),
}
_COLUMNS: Final = {
    "email": lazy_gettext("E-mail"),
    "name": lazy_gettext("Name"),
    "given_name": lazy_gettext("First name"),
    "family_name": lazy_gettext("Last name"),
    "unit": lazy_gettext("Unit"),
    "roles": lazy_gettext("Roles"),
    "profile": lazy_gettext("Role profile"),
    "manager": lazy_gettext("Manager's e-mail"),
    "language": lazy_gettext("Language"),
}


_INSIGHTS: Final = {
    Insight.SHARED: lazy_gettext("Only what people choose to share"),
    Insight.LEVELS: lazy_gettext("Levels"),
    Insight.EVIDENCE: lazy_gettext("Levels and what they rest on"),
}
_ABOUT_INSIGHTS: Final = {
    Insight.SHARED: lazy_gettext(
        "The manager sees the levels of those who choose to share them, and nothing of the others' but that they are "
        "not shown."
    ),
    Insight.LEVELS: lazy_gettext(
        "The manager sees each person's level in each competence, but not whether it comes from their own assessment, "
        "a course or something else."
    ),
    Insight.EVIDENCE: lazy_gettext(
        "The manager sees each person's levels, their own assessments, and which courses and proofs show them."
    ),
}
_LOOKED: Final = {
    "profile": lazy_gettext("Your levels"),
    "why": lazy_gettext("Why you have a level"),
    "talk": lazy_gettext("The calibration talk with you"),
    "observed": lazy_gettext("What has been seen of you in work"),
    "proofs": lazy_gettext("Your proofs, and how long they hold"),
    "map": lazy_gettext("The team's competence map, with your levels in it"),
    "learning": lazy_gettext("How far you have come in courses"),
    "plan": lazy_gettext("The plan for the team, with what you lack in it"),
}


_GENDERS: Final = {
    Gender.WOMAN: lazy_gettext("Woman"),
    Gender.MAN: lazy_gettext("Man"),
    Gender.NON_BINARY: lazy_gettext("Non-binary"),
    Gender.UNSAID: lazy_gettext("I would rather not say"),
}


def of_insight(insight: str) -> str:
    return str(_INSIGHTS[Insight(insight)])


def about_insight(insight: str) -> str:
    return str(_ABOUT_INSIGHTS[Insight(insight)])


def of_look(looked: str) -> str:
    """What was looked at, to the person it is about."""
    return str(_LOOKED[looked])


def of_gender(gender: str) -> str:
    return str(_GENDERS[Gender(gender)])


def of_role(role: Role) -> str:
    return str(_ROLES[role])


def about_role(role: Role) -> str:
    return str(_ABOUT_ROLES[role])


def of_roles(roles: Set[Role]) -> str:
    """Learner is said only of those who are nothing else."""
    shown = [role for role in Role if role in roles - {Role.LEARNER}]
    return ", ".join(of_role(role) for role in shown or [Role.LEARNER])


def of_kind(kind: str) -> str:
    return str(_KINDS[Kind(kind)])


def of_column(column: str) -> str:
    return str(_COLUMNS[column])

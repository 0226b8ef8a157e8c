"""What roles, kinds of organisation and columns are called."""

from lms.i18n import gettext
from lms.identity.models import Kind, Role


def of_role(role: Role) -> str:
    return {
        Role.LEARNER: gettext("Learner"),
        Role.MANAGER: gettext("Manager"),
        Role.ADMINISTRATOR: gettext("Administrator"),
        Role.AUTHOR: gettext("Author"),
        Role.COORDINATOR: gettext("Coordinator"),
        Role.PROJECT_LEADER: gettext("Project leader"),
    }[role]


def about_role(role: Role) -> str:
    return {
        Role.LEARNER: gettext("Takes courses and follows their own competence."),
        Role.MANAGER: gettext("Follows up the people who have this person as their manager."),
        Role.ADMINISTRATOR: gettext("Invites people and decides their unit, roles and manager."),
        Role.AUTHOR: gettext("Writes courses."),
        Role.COORDINATOR: gettext("Sees the organisations of the region."),
        Role.PROJECT_LEADER: gettext("Sees all organisations of the project and adds new ones."),
    }[role]


def of_roles(roles: frozenset[Role]) -> str:
    """Learner is said only of those who are nothing else."""
    shown = [role for role in Role if role in roles - {Role.LEARNER}]
    return ", ".join(of_role(role) for role in shown or [Role.LEARNER])


def of_kind(kind: str) -> str:
    return {
        Kind.PROJECT: gettext("Project"),
        Kind.REGION: gettext("Region"),
        Kind.PARTNER: gettext("Partner"),
        Kind.UNIT: gettext("Unit"),
    }[Kind(kind)]


def of_column(column: str) -> str:
    return {
        "email": gettext("E-mail"),
        "name": gettext("Name"),
        "given_name": gettext("First name"),
        "family_name": gettext("Last name"),
        "unit": gettext("Unit"),
        "roles": gettext("Roles"),
        "profile": gettext("Role profile"),
        "manager": gettext("Manager's e-mail"),
        "language": gettext("Language"),
    }[column]

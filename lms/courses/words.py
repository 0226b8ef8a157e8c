"""What kinds, shelves and lengths of time are called on pages."""

from typing import Final

from lms.courses.course import Area, Kind
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext

AREAS: Final = {
    Area.SELF_LEADERSHIP: lazy_gettext("Self-leadership"),
    Area.DIGITALISATION: lazy_gettext("Digitalisation"),
    Area.LABOUR_MARKET: lazy_gettext("Labour market"),
    Area.GUIDANCE: lazy_gettext("Guidance"),
    Area.PROJECT_MANAGEMENT: lazy_gettext("Project management"),
    Area.WORK_ORGANISATION: lazy_gettext("Work organisation"),
    Area.MENTAL_HEALTH: lazy_gettext("Mental health"),
}

KINDS: Final = {
    Kind.READ: lazy_gettext("Read"),
    Kind.EXERCISE: lazy_gettext("Exercise"),
    Kind.REFLECTION: lazy_gettext("Reflection"),
    Kind.ACT: lazy_gettext("In your work"),
}

# Courses in languages that the interface does not have are named by their code.
LANGUAGES: Final = {"sv": lazy_gettext("in Swedish"), "en": lazy_gettext("in English")}


def minutes(number: int) -> str:
    hours, rest = divmod(number, 60)
    if not hours:
        return _("%(minutes)s min", minutes=rest)
    if not rest:
        return _("%(hours)s h", hours=hours)
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)

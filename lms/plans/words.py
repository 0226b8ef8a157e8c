"""What plans say, in sentences."""

from lms.competence.words import closes
from lms.courses.words import minutes
from lms.frameworks.framework import Frameworks
from lms.i18n import gettext, local, ngettext
from lms.plans.team import Suggested, TeamPlan


def assigned(new: int, wanted: int) -> str:
    """After assigning so many, of so many that were wanted."""
    said = ngettext("%(num)d assigned.", "%(num)d assigned.", new)
    if new == wanted:
        return said
    rest = ngettext(
        "%(num)d had been assigned already, or done.", "%(num)d had been assigned already, or done.", wanted - new
    )
    return f"{said} {rest}"


def finding(plan: TeamPlan) -> str:
    """The plan in one sentence."""
    if not plan.suggested:
        return gettext("No module closes anything of what is known to be missing in this time.")
    return ngettext(
        "%(num)d missing level can be closed in %(time)s.",
        "%(num)d missing levels can be closed in %(time)s.",
        plan.levels,
        time=minutes(plan.minutes),
    )


def worth(one: Suggested, frameworks: Frameworks) -> str:
    """What a module closes, and the time it takes."""
    return gettext(
        "%(closes)s. In “%(course)s”, %(minutes)s min each, %(together)s together.",
        closes=closes(one.levels, frameworks),
        course=local(one.course.title),
        minutes=one.module.minutes,
        together=minutes(one.minutes),
    )

"""What plans say, in sentences."""

from collections.abc import Sequence

from lms.competence.words import closes, matter
from lms.courses.words import minutes
from lms.frameworks.framework import Frameworks
from lms.i18n import gettext, local, ngettext, percent
from lms.plans import organisation
from lms.plans.effect import Effect
from lms.plans.models import Kind
from lms.plans.organisation import OrganisationPlan
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


def matters(effects: Sequence[Effect], frameworks: Frameworks) -> str:
    """The gaps that matter most, in one sentence."""
    names = [local(frameworks.competence(one.key).name) for one in effects[:3]]
    return matter(names) if names else gettext("Nothing is known to be missing.")


def finding(plan: TeamPlan) -> str:
    """What the plan of a team closes, in one sentence."""
    if not plan.suggested:
        return gettext("No module closes anything of what is known to be missing in this time.")
    return ngettext(
        "%(num)d missing level can be closed in %(time)s.",
        "%(num)d missing levels can be closed in %(time)s.",
        plan.levels,
        time=minutes(plan.minutes),
    )


def finding_of_organisation(plan: OrganisationPlan) -> str:
    if not plan.suggested:
        return gettext("No module closes anything of what is known to be missing in this time.")
    now, then = sum(one.with_assigned for one in plan.effects), sum(one.with_plan for one in plan.effects)
    return gettext(
        "About %(share)s of what is missing can be closed in %(time)s of learning.",
        share=percent(round(1 - then / now, 1)),
        time=minutes(plan.minutes),
    )


def kind(of: str) -> str:
    return {
        Kind.MENTOR: gettext("Mentor"),
        Kind.TASK: gettext("A task to grow with"),
        Kind.REORGANISE: gettext("Share the work differently"),
        Kind.RECRUIT: gettext("Recruit"),
        Kind.BUY: gettext("Buy it from others"),
        Kind.STOP: gettext("Stop doing it"),
    }[Kind(of)]


def kind_hint(of: Kind) -> str:
    return {
        Kind.MENTOR: gettext("Someone who has it helps someone who is to get it."),
        Kind.TASK: gettext("Learn it by doing it, with time and support."),
        Kind.REORGANISE: gettext("Let those who have it do more of it, across teams and units."),
        Kind.RECRUIT: gettext("Look for it the next time somebody is employed."),
        Kind.BUY: gettext("A consultant, a partner, another organisation."),
        Kind.STOP: gettext("Decide not to do what needs it, or to wait."),
    }[of]


def worth(one: Suggested, frameworks: Frameworks) -> str:
    """What a module closes, and the time it takes."""
    return gettext(
        "%(closes)s. In “%(course)s”, %(minutes)s min each, %(together)s together.",
        closes=closes(one.levels, frameworks),
        course=local(one.course.title),
        minutes=one.module.minutes,
        together=minutes(one.minutes),
    )


def worth_of_group(one: organisation.Suggested, frameworks: Frameworks) -> str:
    names = ", ".join(f"“{local(frameworks.competence(key).name)}”" for key in one.closes)
    return gettext(
        "Closes something of %(names)s. In “%(course)s”, %(minutes)s min each, %(together)s together.",
        names=names,
        course=local(one.course.title),
        minutes=one.module.minutes,
        together=minutes(one.minutes),
    )

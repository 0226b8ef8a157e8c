"""What talks and goals say, in sentences."""

from lms.i18n import gettext
from lms.talks.goals import Standing
from lms.talks.models import Goal
from lms.talks.talks import Question


def question(asked: Question, *, is_own: bool) -> tuple[str, str]:
    """A question and a hint, as the person or the manager meets it."""
    return _OWN[asked]() if is_own else _MANAGERS[asked]()


_OWN = {
    Question.SINCE: lambda: (
        gettext("What has gone well, and what have you learnt?"),
        gettext("Think of something you did, and what came of it."),
    ),
    Question.AHEAD: lambda: (
        gettext("What do you want to learn or do more of?"),
        gettext("In the work you have, or on the way to another."),
    ),
    Question.NEEDED: lambda: (
        gettext("What stands in the way, and what do you need?"),
        gettext("Time, support, a colleague to learn from, something that should stop."),
    ),
}
_MANAGERS = {
    Question.SINCE: lambda: (
        gettext("What have you seen go well?"),
        gettext("Something you saw yourself, not what somebody is like."),
    ),
    Question.AHEAD: lambda: (
        gettext("What will the work need of this person from here on?"),
        gettext("The role profile and the needs of your unit say some of it."),
    ),
    Question.NEEDED: lambda: (
        gettext("What can you do to make it possible?"),
        gettext("Time, tasks, a mentor, something that should stop."),
    ),
}


def standing(of: str) -> tuple[str, str]:
    """In a word, and the kind of badge that it stands in."""
    return {
        Standing.ON_TRACK.value: (gettext("On track"), "info"),
        Standing.NEEDS_HELP.value: (gettext("Needs help"), "warning"),
        Standing.REACHED.value: (gettext("Reached"), "good"),
        Standing.DROPPED.value: (gettext("Dropped"), ""),
    }[of]


def state(goal: Goal) -> tuple[str, str]:
    """Where a goal is, in a word, and the kind of badge that it stands in."""
    if goal.is_waiting:
        return gettext("Proposed"), "info"
    if goal.answer == "declined":
        return gettext("Declined"), ""
    if goal.answer == "withdrawn":
        return gettext("Withdrawn"), ""
    if goal.outcome == "replaced":
        return gettext("Replaced by another"), ""
    if goal.outcome is not None:
        return standing(goal.outcome)
    return standing(goal.follow_ups[-1].standing) if goal.follow_ups else (gettext("Agreed"), "accent")

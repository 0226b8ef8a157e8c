"""What steps and contributions are called, to those who take part."""

from lms.i18n import gettext
from lms.workshops.agenda import Kind, Step


def step(of: str) -> str:
    return {
        Step.GATHER: gettext("Gather"),
        Step.TRENDS: gettext("Trends"),
        Step.TASKS: gettext("Tasks to come"),
        Step.COMPETENCES: gettext("Competences"),
        Step.VOTE: gettext("Vote"),
        Step.TALK: gettext("Talk"),
        Step.DECIDE: gettext("Decide"),
    }[Step(of)]


def question(of: str, months: int) -> str:
    """What is asked in a step."""
    return {
        Step.GATHER: gettext("Welcome"),
        Step.TRENDS: gettext("What is changing around us?"),
        Step.TASKS: gettext("What will we do that we do not do today?"),
        Step.COMPETENCES: gettext("What must we be able to do in %(months)d months?", months=months),
        Step.VOTE: gettext("What matters most?"),
        Step.TALK: gettext("What do you see?"),
        Step.DECIDE: gettext("What do we decide?"),
    }[Step(of)]


def help(of: str) -> str:
    """How to go about it, in a sentence or two."""
    return {
        Step.GATHER: gettext("Join with your phone: nobody sees who writes what."),
        Step.TRENDS: gettext("Laws, technology, people, money: one thing at a time, in a few words. No names."),
        Step.TASKS: gettext("Tasks that come or grow because of the trends; also what we could stop doing."),
        Step.COMPETENCES: gettext("For each role: the competences that the tasks need, and at which level."),
        Step.VOTE: gettext("Give your dots to what we cannot be without. Several on one is fine."),
        Step.TALK: gettext("Begin with what got most dots. Where do we disagree? What would it take?"),
        Step.DECIDE: gettext("What is decided becomes the new versions of role profiles and needs."),
    }[Step(of)]


def kinds(of: str) -> str:
    return {
        Kind.TREND: gettext("Trends"),
        Kind.TASK: gettext("Tasks to come"),
        Kind.COMPETENCE: gettext("Competences"),
        Kind.NOTE: gettext("Notes"),
    }[Kind(of)]


def ground(of: str) -> str:
    """What a step builds on, as what was given before is called."""
    return {
        Kind.TREND: gettext("What we said is changing"),
        Kind.TASK: gettext("The tasks we said are coming"),
    }[Kind(of)]


def write(of: str) -> str:
    """What to write, as the label of the field."""
    return {
        Kind.TREND: gettext("A trend"),
        Kind.TASK: gettext("A task to come"),
        Kind.NOTE: gettext("A thought"),
    }[Kind(of)]

"""What a report says of itself, in words: the same in every file."""

from datetime import datetime

from lms.competence import words
from lms.i18n import date, gettext, moment, ngettext
from lms.reports.report import Report

# What something has been taken away as: of the file, not of what is in it.
Lines = list[tuple[str, str]]


def about(report: Report, at: datetime) -> Lines:
    """Each with what it is about; several lines can be about the same."""
    return [
        (gettext("What"), report.title),
        (gettext("Of"), report.of),
        (gettext("Day"), date(report.day)),
        *report.said,
        *(
            (gettext("How levels are told"), f"{words.level_rule_version(rule)} {words.level_rule(rule)}")
            for rule in report.rules
        ),
        *((gettext("Hidden"), sentence) for sentence in suppression(report)),
        *((gettext("About"), note) for note in report.notes),
        (gettext("Empty cells"), gettext("An empty cell is unknown or not asked for. It is never zero.")),
        *((gettext("Sources"), source) for source in report.sources),
        (gettext("Taken from Kunna"), moment(at)),
    ]


def suppression(report: Report) -> list[str]:
    """What is hidden, and why. Nothing of reports without figures of groups."""
    if report.minimum is None:
        return []
    rule = gettext(
        "“%(word)s” stands for figures that rest on fewer than %(k)s people, or from which such a figure could be "
        "worked out.",
        word=hidden_word(),
        k=report.minimum,
    )
    return [rule, ngettext("%(num)s figure is hidden here.", "%(num)s figures are hidden here.", report.hidden)]


def hidden_word() -> str:
    return gettext("hidden")

"""What levels, sources, rules and maps say, in sentences."""

from lms.competence.framework import COMMON_SCALE
from lms.competence.gap import Vulnerability
from lms.competence.level import Source
from lms.competence.map import Map
from lms.i18n import gettext, local


def finding(map: Map) -> str:
    """The map in one sentence."""
    names = [local(column.competence.name) for column in map.findings]
    if len(names) == 3:
        return gettext(
            "Three gaps matter most: “%(first)s”, “%(second)s” and “%(third)s”.",
            first=names[0],
            second=names[1],
            third=names[2],
        )
    if len(names) == 2:
        return gettext("Two gaps matter most: “%(first)s” and “%(second)s”.", first=names[0], second=names[1])
    if names:
        return gettext("One gap matters most: “%(first)s”.", first=names[0])
    if map.assessed:
        return gettext("Nothing that has been assessed falls short of what the work needs.")
    if any(column.tally is None for column in map.columns):
        return gettext("Too few have been assessed for the map to say where the gaps are.")
    return gettext("Nothing has been assessed yet, so the map cannot say where the gaps are.")


def level(number: int) -> str:
    """A level of the common scale, such as “2 Independent”."""
    return f"{number} {local(COMMON_SCALE[number])}"


def source(of: str) -> str:
    return {
        Source.SELF: gettext("Own assessment"),
        Source.MANAGER: gettext("Manager's assessment"),
        Source.TEST: gettext("Test"),
        Source.COURSE: gettext("Module passed"),
        Source.CERTIFICATE: gettext("Certificate"),
    }[Source(of)]


def rule(key: str) -> str:
    """What a rule of evidence says."""
    return {
        "module-passed": gettext(
            "A module that has been passed shows what its objectives develop, "
            "at the level they had when it was passed."
        ),
        "self-assessed": gettext("A person's own assessment shows the level that they gave themselves."),
    }[key]


def vulnerability(of: Vulnerability) -> str:
    return {
        Vulnerability.MISSING: gettext("Missing: nobody who has been assessed has the level."),
        Vulnerability.SINGLE: gettext("Single point: one person has the level."),
        Vulnerability.THIN: gettext("Thin: two people have the level."),
        Vulnerability.OK: gettext("Safe: three people or more have the level."),
    }[of]

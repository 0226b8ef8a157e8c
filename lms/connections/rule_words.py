"""What rules about programs say, what stands in the way, and who is meant, in words for people."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final
from urllib.parse import urlsplit

from lms.competence import words as levels
from lms.competence.outside.decided import InForce
from lms.competence.outside.explaining import Near
from lms.competence.outside.rule import Asks, Condition, Says, Verdict, scaled
from lms.competence.outside.trying import DOWN, FIRST, SAME, UP, Gain
from lms.competence.outside.unmatched import Group, Reason
from lms.connections.remedies import Ground
from lms.connections.rule_form import ALL, ONE
from lms.connections.words import verb_name
from lms.i18n import date, gettext, lazy_gettext, ngettext, percent
from lms.xapi.recorded import Recorded

ASKS: Final = {
    Asks.NOTHING: lazy_gettext("may say anything"),
    Asks.COMPLETION: lazy_gettext("must say that it is completed"),
    Asks.SUCCESS: lazy_gettext("must say that it was passed"),
    Asks.SCORE: lazy_gettext("must have at least this score"),
}
MOVED: Final = {
    FIRST: lazy_gettext("Get their first level"),
    UP: lazy_gettext("Get a higher level"),
    DOWN: lazy_gettext("Get a lower level, or none"),
    SAME: lazy_gettext("Have the same level as now"),
}
_MISSED: Final = {
    Verdict.TOO_EARLY: lazy_gettext("It happened before the day that the rule counts from"),
    Verdict.NO_RESULT: lazy_gettext("It does not say the result that the rule asks for"),
    Verdict.NOT_ENOUGH: lazy_gettext("The result is not what the rule asks for"),
    Verdict.GROUP: lazy_gettext("It tells of a group, and not of one person"),
    Verdict.OTHER_VERB: lazy_gettext("The rule asks for another verb"),
    Verdict.UNTRUSTED: lazy_gettext("The rule does not trust that program"),
}


def condition(of: Condition) -> str:
    """Without the activity, which stands beside it."""
    done = verb_name(of.verb)
    asked = {
        Asks.NOTHING: gettext("“%(verb)s”, whatever the result", verb=done),
        Asks.COMPLETION: gettext("“%(verb)s”, and completed", verb=done),
        Asks.SUCCESS: gettext("“%(verb)s”, and passed", verb=done),
        Asks.SCORE: gettext("“%(verb)s”, with a score of at least %(share)s", verb=done, share=share(of.at_least)),
    }
    return asked[of.asks]


def share(per_cent: int | None) -> str:
    return percent((per_cent or 0) / 100)


def needed(says: Says) -> str:
    """How many of the conditions; empty where there is one only."""
    all_of_them = len(says.conditions)
    if all_of_them < 2:
        return ""
    if says.needed == 1:
        return gettext("One of these is enough")
    if says.needed == all_of_them:
        return gettext("All of these are needed")
    return gettext("%(needed)d of these %(all)d are needed", needed=says.needed, all=all_of_them)


def numbers(conditions: int) -> list[tuple[str, str]]:
    """To choose from: how many of so many conditions are needed."""
    between = [(str(number), gettext("%(number)d of them", number=number)) for number in range(2, conditions)]
    return [(ONE, gettext("One of them")), *between, (ALL, gettext("All of them"))]


def holds(says: Says) -> str:
    if says.months is None:
        return gettext("For good")
    return ngettext("%(num)d month from when it happened", "%(num)d months from when it happened", says.months)


def missed(verdict: Verdict) -> str:
    return str(_MISSED[verdict])


def reason(of: Reason) -> str:
    """As a group of statements is called."""
    return {
        Reason.WHO: gettext("Unknown people"),
        Reason.ACTIVITY: gettext("Activities without a rule"),
        Reason.RULE: gettext("Almost a rule"),
        Reason.RESULT: gettext("Result not enough"),
    }[of]


def because(of: Reason) -> str:
    return {
        Reason.WHO: gettext("Nobody here is known by what the program calls them. Say who they are, and it counts."),
        Reason.ACTIVITY: gettext("No rule is about these. Make one, or set them aside if they show nothing."),
        Reason.RULE: gettext("A rule is about the activity, but asks for another verb or does not trust the program."),
        Reason.RESULT: gettext("A rule is about these, and what they say is not what it asks for."),
    }[of]


def gained(gain: Gain) -> str:
    """What a remedy lets count of what has come already."""
    if gain.is_all:
        counted = met(gain.met, gain.read)
    else:
        counted = gettext("Then %(met)d of the newest %(read)d statements count.", met=gain.met, read=gain.read)
    people = ngettext("They tell of %(num)d person.", "They tell of %(num)d people.", gain.agents)
    if gain.known == gain.agents:
        return f"{counted} {people}"
    unknown = ngettext(
        "%(num)d of them is known here; the rest count once somebody has said who they are.",
        "%(num)d of them are known here; the rest count once somebody has said who they are.",
        gain.known,
    )
    return f"{counted} {people} {unknown}"


def met(statements: int, of: int) -> str:
    """What a press lets count of what has come."""
    if not statements:
        return gettext("Nothing that has come meets a rule yet; it counts once there is one.")
    return ngettext(
        "Then %(met)d of %(num)d statement counts.", "Then %(met)d of %(num)d statements count.", of, met=statements
    )


def because_of(ground: Ground, rule: str = "") -> str:
    """What tells which competence is proposed, before somebody decides."""
    return {
        Ground.NAMED: gettext("The program says itself that it is about this competence."),
        Ground.LIKE: gettext("As in “%(rule)s”, which is about what lies beside it.", rule=rule),
        Ground.CALLED: gettext("Proposed since it is called what the competence is called."),
        Ground.NONE: gettext("Nothing tells which competence it shows. Choose it."),
        Ground.RULE: "",
    }[ground]


def changed(group: Group, rule: InForce, name: str, programs: Mapping[str, str], zone: tzinfo) -> str:
    """What a remedy changes of a rule."""
    if group.verdict is Verdict.UNTRUSTED:
        [client] = group.clients
        return gettext("“%(rule)s” will trust %(program)s as well.", rule=name, program=programs.get(client, client))
    if group.verdict is Verdict.TOO_EARLY and rule.says.counts_from is not None:
        day = date(rule.says.counts_from.astimezone(zone))
        return gettext("“%(rule)s” will also count what happened before %(day)s.", rule=name, day=day)
    [verb] = group.verbs
    if group.verdict is Verdict.NO_RESULT:
        return gettext("“%(rule)s” will count “%(verb)s” of this whatever the result.", rule=name, verb=verb_name(verb))
    return gettext(
        "“%(rule)s” will count “%(verb)s” of this as well, with the same result.", rule=name, verb=verb_name(verb)
    )


def near(of: Near, entry: Recorded) -> str:
    """What is in the way of a statement by a rule, to anyone."""
    asked = of.condition
    if of.verdict is Verdict.OTHER_VERB:
        return gettext(
            "The rule counts “%(wanted)s”, and this says “%(told)s”.",
            wanted=verb_name(asked.verb),
            told=verb_name(entry.verb),
        )
    if of.verdict is Verdict.NOT_ENOUGH and asked.asks is Asks.SCORE:
        result = entry.statement.result
        told = scaled(result.score) if result is not None else None
        return gettext(
            "The rule asks for a score of at least %(wanted)s, and this says %(told)s.",
            wanted=share(asked.at_least),
            told=percent(told or 0),
        )
    if of.verdict is Verdict.NOT_ENOUGH:
        return gettext("The rule asks for something completed or passed, and this says that it was not.")
    if of.verdict is not Verdict.MEETS:
        return f"{missed(of.verdict)}."
    if of.is_waiting:
        return gettext("It is enough, but what came before the rule was decided is still being read. Look again soon.")
    if of.met < of.says.says.needed:
        return gettext(
            "It is one part of what the rule asks for: %(met)d of %(needed)d so far.",
            met=of.met,
            needed=of.says.says.needed,
        )
    if of.says.says.months is not None:
        return gettext(
            "It was enough, and has ended: it holds for %(length)s.",
            length=ngettext("%(num)d month", "%(num)d months", of.says.says.months),
        )
    return gettext("It is enough by the rule.")


def identifier(key: str) -> str:
    """What somebody is known by elsewhere, as it stands in a key; of an account always with the site."""
    kind, _, rest = key.partition("|")
    if kind == "account":
        site, _, name = rest.partition("|")
        return gettext("%(name)s at %(site)s", name=name, site=urlsplit(site).netloc or site)
    return rest.removeprefix("mailto:")


def shows(says: Says, competence: str) -> str:
    return gettext("“%(name)s” at level %(level)s", name=competence, level=levels.level(says.level))

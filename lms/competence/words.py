"""What levels, sources, rules and maps say, in sentences."""

from collections.abc import Iterable, Mapping, Sequence

from lms.competence.day import Day
from lms.competence.figures.grouping import By
from lms.competence.figures.map import Map
from lms.competence.figures.progress import Change
from lms.competence.gap import Vulnerability
from lms.competence.proofs.listing import State
from lms.competence.shown.level import WEIGHTED, LevelRule, Source
from lms.competence.shown.rules import RULES
from lms.frameworks.framework import COMMON_SCALE, GENERAL, Frameworks
from lms.i18n import date, gettext, local, ngettext, percent
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity
from lms.xapi.vocabulary import PASSED, Vocabulary


def finding(map: Map) -> str:
    """The map in one sentence: what its figures say, whatever places somebody has decided."""
    names = [local(column.competence.name) for column in map.findings]
    if len(names) == 1:
        return gettext("By the figures one gap matters most: “%(first)s”.", first=names[0])
    if len(names) == 2:
        return gettext(
            "By the figures two gaps matter most: “%(first)s” and “%(second)s”.", first=names[0], second=names[1]
        )
    if names:
        return gettext(
            "By the figures three gaps matter most: “%(first)s”, “%(second)s” and “%(third)s”.",
            first=names[0],
            second=names[1],
            third=names[2],
        )
    return nothing(is_assessed=map.assessed, is_hidden=any(column.tally is None for column in map.columns))


def matter(names: Sequence[str]) -> str:
    """One to three gaps, by name, as they stand in order."""
    if len(names) == 1:
        return gettext("One gap matters most: “%(first)s”.", first=names[0])
    if len(names) == 2:
        return gettext("Two gaps matter most: “%(first)s” and “%(second)s”.", first=names[0], second=names[1])
    return gettext(
        "Three gaps matter most: “%(first)s”, “%(second)s” and “%(third)s”.",
        first=names[0],
        second=names[1],
        third=names[2],
    )


def nothing(*, is_assessed: bool, is_hidden: bool) -> str:
    if is_assessed:
        return gettext("Nothing that has been assessed falls short of what the work needs.")
    if is_hidden:
        return gettext("Too few have been assessed for the map to say where the gaps are.")
    return gettext("Nothing has been assessed yet, so the map cannot say where the gaps are.")


def change(of: Change) -> str:
    """How far a gap has been closed from one day to another."""
    told = gettext(
        "%(before)s on %(first)s, %(after)s on %(last)s.",
        before=percent(of.before),
        first=date(of.first.on),
        after=percent(of.after),
        last=date(of.last.on),
    )
    if of.closed is None:
        return told
    if of.closed >= 0:
        then = gettext("%(share)s of the gap has been closed.", share=percent(of.closed))
    else:
        then = gettext("The gap has grown.")
    return f"{told} {then}"


def level(number: int) -> str:
    """A level of the common scale, such as “2 Independent”."""
    return f"{number} {local(COMMON_SCALE[number])}"


def general(number: int) -> str:
    """What a level of the common scale means of any competence."""
    return local(GENERAL[number])


def source(of: str) -> str:
    return {
        Source.SELF: gettext("Self-assessment"),
        Source.MANAGER: gettext("Manager's assessment"),
        Source.TEST: gettext("Test"),
        Source.COURSE: gettext("Module passed"),
        Source.OBSERVATION: gettext("Observation"),
        Source.CERTIFICATE: gettext("Certificate"),
        Source.IMPORTED: gettext("Brought in from elsewhere"),
    }[Source(of)]


def rule(key: str) -> str:
    """What a rule of evidence says."""
    return {
        "module-passed": gettext(
            "A module that has been passed shows what its objectives develop, at the level they had when it was passed."
        ),
        "self-assessed": gettext("A self-assessment shows the level that people gave themselves."),
        "manager-calibrated": gettext("A calibration talk shows the level that the manager gave."),
        "observed": gettext("An observation shows the level at which the manager saw the person work."),
        "proof-confirmed": gettext(
            "A proof shows the levels that the manager has confirmed, from the day it was issued until it ends. Until "
            "it has been confirmed it shows nothing."
        ),
    }[key]


def closes(levels: Mapping[str, int], frameworks: Frameworks) -> str:
    """Why a module is worth its time, such as “Closes 2 levels in “Set goals”, 1 level in “Plan””."""
    first, *others = ((levels[key], local(frameworks.competence(key).name)) for key in levels)
    said = [
        ngettext("Closes %(num)d level in “%(name)s”", "Closes %(num)d levels in “%(name)s”", first[0], name=first[1])
    ]
    said += [
        ngettext("%(num)d level in “%(name)s”", "%(num)d levels in “%(name)s”", number, name=name)
        for number, name in others
    ]
    return ", ".join(said)


def unknown(keys: Iterable[str], frameworks: Frameworks) -> str:
    """What a module develops besides, and that may or may not be a gap."""
    names = ", ".join(f"“{local(one.name)}”" for one in frameworks.known(keys))
    return gettext("Also develops %(names)s, which has not been assessed.", names=names)


def vulnerability(of: Vulnerability) -> str:
    return {
        Vulnerability.MISSING: gettext("Missing: nobody who has been assessed has the level."),
        Vulnerability.SINGLE: gettext("Single point: one person has the level."),
        Vulnerability.THIN: gettext("Thin: two people have the level."),
        Vulnerability.OK: gettext("Safe: three people or more have the level."),
    }[of]


def statement(entry: Recorded, base: str) -> str:
    """What someone's own statement says, to them."""
    definition = entry.statement.object.definition if isinstance(entry.statement.object, Activity) else None
    what = local((definition.name if definition else None) or {}) or entry.activity or ""
    told = next((read for rule in RULES if (read := rule.read(entry, Vocabulary(base)))), None)
    if told is not None and entry.verb == PASSED:
        return gettext("You passed the module “%(what)s”.", what=what)
    if told is not None and entry.verb == Vocabulary(base).verb("confirmed"):
        return gettext("Your manager confirmed “%(what)s”.", what=what)
    if told is not None and entry.verb == Vocabulary(base).verb("observed"):
        [its] = told.values()
        return gettext("Your manager saw you work at level %(level)s in “%(what)s”.", what=what, level=level(its.level))
    if told is not None:
        [its] = told.values()
        if its.issuer is not None:
            return gettext("Your manager assessed “%(what)s” at level %(level)s.", what=what, level=level(its.level))
        return gettext("You assessed “%(what)s” at level %(level)s.", what=what, level=level(its.level))
    done = local(entry.statement.verb.display or {}) or entry.verb.rsplit("/", 1)[-1]
    return gettext("You %(done)s “%(what)s”.", done=done, what=what) if what else gettext("You %(done)s.", done=done)


def sources(of: Iterable[str]) -> str:
    return ", ".join(source(one) for one in of)


def state(of: State) -> tuple[str, str]:
    """What has become of a proof, in a few words, and the kind of badge that they stand in."""
    return {
        State.WAITING: (gettext("Waiting for the manager"), "info"),
        State.CONFIRMED: (gettext("Confirmed"), "good"),
        State.REJECTED: (gettext("Not confirmed"), "warning"),
        State.ENDED: (gettext("Has ended"), "warning"),
    }[of]


def share(of: float | None, is_small: bool) -> str:
    """Per cent. In a small group “all” and “none” would tell of each one in it, and are only hinted at."""
    if of is None:
        return "–"
    if is_small and of >= 0.9:
        return gettext("at least %(share)s", share=percent(0.9))
    if is_small and of <= 0.1:
        return gettext("at most %(share)s", share=percent(0.1))
    return percent(of)


def level_rule(rule: LevelRule) -> str:
    """What the rule says that picks a level, as `level` has it."""
    picked = {
        "highest-shown": gettext(
            "The level is the highest that any kind of source shows. Of assessments the latest counts, of modules "
            "passed, tests, observations and certificates the highest."
        ),
        "best-valid-confirmed": gettext(
            "The level is the highest that something other than the person's own assessment shows. While there is "
            "nothing else, their own assessment gives the level, and is marked as that."
        ),
        "latest": gettext("The level is what the latest evidence shows, be it higher or lower than what came before."),
        "weighted": gettext(
            "The level is the mean of what each kind of source shows, weighted by how far it can be trusted, and "
            "rounded to the nearest level. Midway between two levels the lower one counts."
        ),
    }[rule.key]
    old = gettext(
        "What is older than 24 months is set aside while there is anything newer, and what has ended shows nothing."
    )
    return f"{picked} {old}"


def level_rule_name(rule: LevelRule) -> str:
    """What the rule is called, for those who choose among them."""
    return {
        "highest-shown": gettext("Highest shown"),
        "best-valid-confirmed": gettext("Highest confirmed"),
        "latest": gettext("Latest"),
        "weighted": gettext("Weighted"),
    }[rule.key]


def level_rule_version(rule: LevelRule) -> str:
    return gettext("Rule “%(name)s”, version %(version)s.", name=level_rule_name(rule), version=rule.version)


def reliability(rule: LevelRule, share: float) -> str:
    if rule is WEIGHTED:
        return gettext("%(share)s, on average of the sources", share=percent(share))
    return gettext("%(share)s, from the most reliable source", share=percent(share))


def group(by: By) -> str:
    """What a row of a map of groups is."""
    return {
        By.UNIT: gettext("Unit"),
        By.TEAM: gettext("Team"),
        By.PARTNER: gettext("Partner"),
        By.REGION: gettext("Region"),
        By.PROFILE: gettext("Role profile"),
        By.GENDER: gettext("Gender"),
    }[by]


def no_group(by: By) -> str:
    """Of those who are in none."""
    return {
        By.UNIT: gettext("No unit"),
        By.TEAM: gettext("No manager"),
        By.PARTNER: gettext("Own people of the project or region"),
        By.REGION: gettext("The project's own people"),
        By.PROFILE: gettext("No role profile"),
        By.GENDER: gettext("Everyone else"),
    }[by]


def one_self_rated() -> str:
    return gettext(
        "Only self-assessed, or nearly. What differs between genders may be how people rate themselves, and not what "
        "they can do."
    )


def self_rated(map: Map) -> str:
    """A warning about differences between genders; nothing where there is none to give."""
    names = [local(column.competence.name) for column in map.columns if column.self_rated]
    if not names:
        return ""
    return gettext(
        "Only self-assessed, or nearly: %(names)s. What differs between genders there may be how people rate "
        "themselves, and not what they can do.",
        names=", ".join(names),
    )


def horizon(months: int) -> str:
    return gettext("Now") if not months else gettext("In %(months)s months", months=months)


def picture(day: Day) -> str:
    """Of which day a picture is, where that is not today."""
    if day.is_past:
        return gettext(
            "As it was on %(day)s, from what was known then: people, units, requirements and evidence of that day.",
            day=date(day.on),
        )
    if day.is_ahead:
        return gettext(
            "A forecast for %(day)s: what will be required then, without those who are known to leave and without "
            "evidence that will have ended, and as if everything that has been assigned with a last day before then "
            "has been done. What else people will learn is not known and not counted.",
            day=date(day.on),
        )
    return ""

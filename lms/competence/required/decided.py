"""What is required, and who decided it when, in words."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from lms.competence.gap import Vulnerability
from lms.competence.models import Decided
from lms.competence.required.needs import Needs, Numbers
from lms.competence.required.profiles import Requirement
from lms.competence.required.versions import Change, Origin, changes
from lms.i18n import date as day
from lms.i18n import gettext


def sentence(name: str, version: Decided, on: date) -> str:
    """What has just been decided about a role profile, or about the needs of an organisation."""
    if version.valid_from > on:
        return gettext(
            "Version %(number)s of “%(name)s” has been decided and holds from %(day)s.",
            number=version.number,
            name=name,
            day=day(version.valid_from),
        )
    return gettext("Version %(number)s of “%(name)s” has been decided and holds now.", number=version.number, name=name)


def origin(of: Decided) -> str:
    return {
        Origin.FORM: gettext("Decided here"),
        Origin.IMPORT: gettext("Imported"),
        Origin.WORKSHOP: gettext("Decided in a workshop"),
    }[Origin(of.origin)]


def weight(number: int) -> str:
    return _on_a_scale(number, gettext("good to have"), gettext("matters"), gettext("cannot be without"))


def consequence(number: int) -> str:
    return _on_a_scale(number, gettext("hardly noticed"), gettext("delays or extra work"), gettext("serious harm"))


def difficulty(number: int) -> str:
    return _on_a_scale(number, gettext("learnt in weeks"), gettext("takes months"), gettext("takes years"))


def _on_a_scale(number: int, lowest: str, middle: str, highest: str) -> str:
    """A figure 1–5, of which the ends and the middle have words."""
    said = {1: lowest, 3: middle, 5: highest}.get(number)
    return f"{number} {said}" if said is not None else str(number)


def required(requirement: Requirement) -> str:
    """The level that is required, or the range that it lies in."""
    return f"{requirement.level}–{requirement.upper}" if requirement.upper else str(requirement.level)


def change(of: Change[str, Requirement]) -> str:
    """What a version of a role profile says otherwise of a competence than the one before."""
    if of.before is None and of.after is not None:
        return gettext("New: level %(level)s.", level=required(of.after))
    if of.after is None and of.before is not None:
        return gettext("No longer required. It was level %(level)s.", level=required(of.before))
    if of.before is None or of.after is None:
        return ""
    told = [
        gettext("%(what)s %(before)s → %(after)s", what=what, before=before, after=after)
        for what, before, after in (
            (gettext("Level"), required(of.before), required(of.after)),
            (gettext("Weight"), of.before.weight, of.after.weight),
            (gettext("Consequence"), of.before.consequence, of.after.consequence),
            (gettext("Difficulty"), of.before.difficulty, of.after.difficulty),
        )
        if before != after
    ]
    return ". ".join(told) + "."


def horizon(months: int) -> str:
    return {0: gettext("Now"), 12: gettext("In 12 months"), 36: gettext("In 36 months")}[months]


def holders(numbers: Numbers | None) -> str:
    """How many are needed, and when."""
    if not numbers:
        return "–"
    return ", ".join(f"{horizon(months)} {number}" for months, number in sorted(numbers.items()))


# By level: how many holders are needed at each horizon.
ByLevel = Mapping[int, Numbers]


def by_competence(before: Needs, after: Needs) -> list[Change[str, ByLevel]]:
    """What a version of needs says otherwise than the one before, a competence at a time."""
    return changes(_by_level(before), _by_level(after))


def _by_level(needs: Needs) -> dict[str, dict[int, dict[int, int]]]:
    found: dict[str, dict[int, dict[int, int]]] = defaultdict(dict)
    for sought, numbers in needs.items():
        found[sought.key][sought.level] = dict(numbers)
    return found


def change_of_need(of: Change[str, ByLevel]) -> str:
    told = []
    for level in sorted({*(of.before or {}), *(of.after or {})}):
        before, after = (of.before or {}).get(level), (of.after or {}).get(level)
        if before != after and not before:
            told.append(gettext("Level %(level)s: %(after)s", level=level, after=holders(after)))
        elif before != after:
            told.append(
                gettext(
                    "Level %(level)s: %(before)s → %(after)s",
                    level=level,
                    before=holders(before),
                    after=holders(after),
                )
            )
    return ". ".join(told) + "."


def vulnerable(of: Vulnerability | None) -> tuple[str, str]:
    """In a word, and the kind of badge that it stands in."""
    return {
        Vulnerability.MISSING: (gettext("Missing"), "bad"),
        Vulnerability.SINGLE: (gettext("Single point"), "warning"),
        Vulnerability.THIN: (gettext("Thin"), "warning"),
        Vulnerability.OK: (gettext("Safe"), "good"),
        None: ("", ""),
    }[of]

"""What is required, and who decided it when, in words."""

from datetime import date

from lms.competence.models import Decided
from lms.competence.profiles import Requirement
from lms.competence.versions import Change, Origin
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

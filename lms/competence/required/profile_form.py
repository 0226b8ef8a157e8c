"""What a form about a role profile holds: some competences, and for each what the work needs of it, as typed.

Fields are `level:<key>`, `upper:`, `weight:`, `consequence:` and `difficulty:`. A competence is in the form when it
has a field for the level, even an empty one. What is typed is kept as it is until it is decided; only then must it be
right.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from lms.competence.required.profiles import USUAL, Requirement
from lms.errors import Invalid, Problem
from lms.frameworks.framework import HIGHEST, Frameworks
from lms.i18n import gettext

LEVEL: Final = "level:"
SCALES: Final = ("weight", "consequence", "difficulty")
# All that a form keeps of a competence.
PARTS: Final = ("level", "upper", *SCALES)
# More than a name; less than a page.
LONGEST_NAME: Final = 100

Filled = dict[str, str]


def keep(form: Mapping[str, str], keys: Collection[str]) -> Filled:
    """The fields of the form that say something about what the work needs of these competences."""
    parts = ((name, name.partition(":")) for name in form)
    return {name: form[name] for name, (part, _, key) in parts if part in PARTS and key in keys}


def chosen(filled: Mapping[str, str]) -> list[str]:
    """Keys of the competences that are in the form, in the order in which they came."""
    return [name.removeprefix(LEVEL) for name in filled if name.startswith(LEVEL)]


def fill(requirements: Mapping[str, Requirement]) -> Filled:
    filled = {}
    for key, one in requirements.items():
        filled[f"{LEVEL}{key}"] = str(one.level)
        filled[f"upper:{key}"] = str(one.upper or "")
        filled |= {f"{part}:{key}": str(getattr(one, part)) for part in SCALES}
    return filled


def suggest(keys: Iterable[str], filled: Mapping[str, str], frameworks: Frameworks) -> Filled:
    """The form with these competences in it as well, their levels still to be chosen. Unknown keys are passed over."""
    there = set(chosen(filled))
    added = [one.key for one in frameworks.known(keys) if one.key not in there]
    return dict(filled) | {f"{LEVEL}{key}": "" for key in added}


def without(key: str, filled: Mapping[str, str]) -> Filled:
    return {name: value for name, value in filled.items() if name.partition(":")[2] != key}


def parse(filled: Mapping[str, str]) -> dict[str, Requirement]:
    """What the form says, if all of it can be decided. Raises Invalid."""
    problems: list[Problem] = []
    keys = chosen(filled)
    if not keys:
        problems.append(Problem("", gettext("Choose at least one competence that the work needs.")))
    read = {key: _read(key, filled, problems) for key in keys}
    if problems:
        raise Invalid(problems)
    return {key: one for key, one in read.items() if one is not None}


def _read(key: str, filled: Mapping[str, str], problems: list[Problem]) -> Requirement | None:
    level, upper = _LEVELS.get(filled[f"{LEVEL}{key}"]), filled.get(f"upper:{key}", "")
    found = len(problems)
    if level is None:
        problems.append(Problem(f"{LEVEL}{key}", gettext("Choose a level.")))
    elif upper and _LEVELS.get(upper, 0) < level:
        sentence = gettext("The range ends below where it begins: choose a higher level, or none.")
        problems.append(Problem(f"upper:{key}", sentence))
    typed = {part: filled.get(f"{part}:{key}", str(USUAL)) for part in SCALES}
    problems += [
        Problem(f"{part}:{key}", gettext("Choose a figure from 1 to 5."))
        for part, value in typed.items()
        if value not in _SCALE
    ]
    if level is None or len(problems) > found:
        return None
    highest = _LEVELS.get(upper)
    values = {part: _SCALE[value] for part, value in typed.items()}
    return Requirement(level, upper=highest if highest != level else None, **values)


_LEVELS: Final = {str(level): level for level in range(1, HIGHEST + 1)}
_SCALE: Final = {str(value): value for value in range(1, 6)}


def parse_name(form: Mapping[str, str]) -> str:
    name = form.get("name", "").strip()
    if not name:
        raise Invalid([Problem("name", gettext("Enter what the role is called, such as Youth leader."))])
    if len(name) > LONGEST_NAME:
        raise Invalid([Problem("name", gettext("Enter a shorter name."))])
    return name

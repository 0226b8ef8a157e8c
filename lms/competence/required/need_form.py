"""What a form about needs holds: rows, each with a competence, a level, and a number for each horizon, as typed.

Fields are `key:<row>`, `level:<row>` and `holders<months>:<row>`. Empty numbers are as the one before.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from lms.competence.required.needs import HORIZONS, Needs, Sought
from lms.errors import Invalid, Problem
from lms.frameworks.framework import HIGHEST, Frameworks
from lms.i18n import gettext

NUMBERS: Final = {horizon: f"holders{horizon}" for horizon in HORIZONS}
PARTS: Final = ("key", "level", *NUMBERS.values())
# Nobody has more people than this.
MOST: Final = 100_000

Filled = dict[str, str]


def rows(filled: Mapping[str, str]) -> list[str]:
    return [name.removeprefix("key:") for name in filled if name.startswith("key:")]


def keep(form: Mapping[str, str], keys: Collection[str], but: Collection[str] = ()) -> Filled:
    """The fields of the form about these competences, but for some rows, numbered afresh."""
    kept: Filled = {}
    wanted = [row for row in rows(form) if row not in but and form[f"key:{row}"] in keys]
    for number, row in enumerate(wanted):
        kept |= {f"{part}:{number}": form.get(f"{part}:{row}", "") for part in PARTS}
    return kept


def suggest(keys: Iterable[str], filled: Mapping[str, str], frameworks: Frameworks) -> Filled:
    """The form with a row more for each of these competences. Unknown keys are passed over."""
    known, first = frameworks.known(keys), len(rows(filled))
    return dict(filled) | {f"key:{number}": one.key for number, one in enumerate(known, first)}


def fill(needs: Needs) -> Filled:
    filled: Filled = {}
    for number, (sought, numbers) in enumerate(needs.items()):
        filled |= {f"key:{number}": sought.key, f"level:{number}": str(sought.level)}
        filled |= {f"{part}:{number}": str(numbers.get(horizon, "")) for horizon, part in NUMBERS.items()}
    return filled


def parse(filled: Mapping[str, str]) -> dict[Sought, dict[int, int]]:
    """What the form says, if all of it can be decided. Raises Invalid. Nothing at all is a decision too."""
    problems: list[Problem] = []
    needs: dict[Sought, dict[int, int]] = {}
    for row in rows(filled):
        level = _LEVELS.get(filled.get(f"level:{row}", ""))
        numbers = _numbers(row, filled, problems)
        if level is None:
            problems.append(Problem(f"level:{row}", gettext("Choose a level.")))
            continue
        sought = Sought(filled[f"key:{row}"], level)
        if sought in needs:
            sentence = gettext("The same competence at the same level is there already.")
            problems.append(Problem(f"level:{row}", sentence))
        needs[sought] = numbers
    if problems:
        raise Invalid(problems)
    return needs


def _numbers(row: str, filled: Mapping[str, str], problems: list[Problem]) -> dict[int, int]:
    found = {}
    for horizon, part in NUMBERS.items():
        typed = filled.get(f"{part}:{row}", "").strip()
        if typed.isdecimal() and int(typed) <= MOST:
            found[horizon] = int(typed)
        elif typed:
            problems.append(Problem(f"{part}:{row}", gettext("Enter a whole number, such as 3.")))
    if not any(filled.get(f"{part}:{row}", "").strip() for part in NUMBERS.values()):
        problems.append(Problem(f"{NUMBERS[0]}:{row}", gettext("Enter how many are needed, now or later.")))
    return found


_LEVELS: Final = {str(level): level for level in range(1, HIGHEST + 1)}

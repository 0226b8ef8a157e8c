"""What a form about a rule holds, as typed: of the rule itself, and of each condition in rows.

Fields of a row are `verb:<row>`, `activity:<row>`, `reach:<row>`, `asks:<row>` and `at_least:<row>`. Programs that
are trusted are `client:<key>`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from typing import Final

import msgspec

from lms.competence.outside.rule import Asks, Condition, Says
from lms.connections.words import VERBS
from lms.errors import Invalid, Problem
from lms.frameworks.framework import HIGHEST
from lms.i18n import gettext
from lms.xapi.formats import Iri

PARTS: Final = ("verb", "activity", "reach", "asks", "at_least")
FIELDS: Final = ("name", "competence", "level", "needed", "months", "counts_from", "below", "note")
EXACT: Final = "exact"
BEGINNING: Final = "beginning"
ONE: Final = "one"
ALL: Final = "all"
LONGEST_NAME: Final = 100
LONGEST_IRI: Final = 2000
MOST_CONDITIONS: Final = 20
# Fifty years is for ever.
MOST_MONTHS: Final = 600
# What an activity is begun with must say whose it is: “https://a.b/”.
SHORTEST_BEGINNING: Final = 12

Filled = dict[str, str]


def rows(filled: Mapping[str, str]) -> list[str]:
    return [name.removeprefix("verb:") for name in filled if name.startswith("verb:")]


def keep(form: Mapping[str, str], but: Collection[str] = ()) -> Filled:
    """The fields of the form, but for some rows, numbered afresh."""
    kept = {name: form.get(name, "") for name in FIELDS}
    kept |= {name: "y" for name in form if name.startswith("client:")}
    for number, row in enumerate(row for row in rows(form) if row not in but):
        kept |= {f"{part}:{number}": form.get(f"{part}:{row}", "") for part in PARTS}
    return kept


def with_row(filled: Mapping[str, str], verb: str = "", activity: str = "") -> Filled:
    number = len(rows(filled))
    return {
        **filled,
        f"verb:{number}": verb,
        f"activity:{number}": activity,
        f"reach:{number}": EXACT,
        f"asks:{number}": Asks.NOTHING.value,
        f"at_least:{number}": "",
    }


def fill(name: str, says: Says, zone: tzinfo) -> Filled:
    filled = {
        "name": name,
        "competence": says.competence_key,
        "level": str(says.level),
        "needed": ONE if says.needed == 1 else ALL if says.needed == len(says.conditions) else str(says.needed),
        "months": str(says.months or ""),
        "counts_from": says.counts_from.astimezone(zone).date().isoformat() if says.counts_from else "",
        "below": "y" if says.below else "",
        "note": "",
    } | {f"client:{key}": "y" for key in sorted(says.clients)}
    for number, one in enumerate(says.conditions):
        filled |= {
            f"verb:{number}": _SHORT.get(one.verb, one.verb),
            f"activity:{number}": one.activity,
            f"reach:{number}": BEGINNING if one.beginning else EXACT,
            f"asks:{number}": one.asks.value,
            f"at_least:{number}": str(one.at_least if one.at_least is not None else ""),
        }
    return filled


_SHORT: Final = {iri: short for short, iri in VERBS.items()}


def parse(filled: Mapping[str, str], competences: Collection[str], clients: Iterable[str], zone: tzinfo) -> Says:
    """What the form says, if it can be decided. `clients` are keys that can be trusted. Raises Invalid."""
    problems: list[Problem] = []
    if not 0 < len(filled.get("name", "").strip()) <= LONGEST_NAME:
        problems.append(
            Problem("name", gettext("Give the rule a name of at most %(number)d characters.", number=LONGEST_NAME))
        )
    if filled.get("competence") not in competences:
        problems.append(Problem("competence", gettext("Choose what it shows.")))
    level = _LEVELS.get(filled.get("level", ""))
    if level is None:
        problems.append(Problem("level", gettext("Choose a level.")))
    trusted = frozenset(key for key in clients if f"client:{key}" in filled)
    if not trusted:
        problems.append(Problem("clients", gettext("Choose at least one program to trust.")))
    conditions = [condition for row in rows(filled) if (condition := _condition(row, filled, problems)) is not None]
    if not 0 < len(rows(filled)) <= MOST_CONDITIONS:
        sentence = gettext("Say what must have been told, in at most %(number)d conditions.", number=MOST_CONDITIONS)
        problems.append(Problem("", sentence))
    months = _whole("months", filled, MOST_MONTHS, gettext("Enter a number of months, such as 24."), problems)
    counts_from = _day(filled, zone, problems)
    needed = _needed(filled, len(rows(filled)), problems)
    if len(set(conditions)) < len(conditions):
        problems.append(Problem("", gettext("Two of the conditions are the same. Remove one of them.")))
    if problems or level is None:
        raise Invalid(problems)
    below = filled.get("below") == "y"
    return Says(filled["competence"], level, tuple(conditions), trusted, needed, months, counts_from, below)


def _condition(row: str, filled: Mapping[str, str], problems: list[Problem]) -> Condition | None:
    before = len(problems)
    typed = filled.get(f"verb:{row}", "").strip()
    verb = VERBS.get(typed.lower()) or _iri(typed)
    if verb is None:
        sentence = gettext("Write one of the verbs, or the whole address of another.")
        problems.append(Problem(f"verb:{row}", sentence))
    activity, is_beginning = filled.get(f"activity:{row}", "").strip(), filled.get(f"reach:{row}") == BEGINNING
    if _iri(activity) is None:
        problems.append(Problem(f"activity:{row}", gettext("Write the whole address of the activity.")))
    elif is_beginning and len(activity) < SHORTEST_BEGINNING:
        sentence = gettext("Write more of the address, so that only what you mean begins like that.")
        problems.append(Problem(f"activity:{row}", sentence))
    asks = _ASKS.get(filled.get(f"asks:{row}", ""))
    if asks is None:
        problems.append(Problem(f"asks:{row}", gettext("Choose what the result must be.")))
    at_least = None
    if asks is Asks.SCORE:
        name, sentence = f"at_least:{row}", gettext("Enter a whole number from 0 to 100.")
        at_least = _whole(name, filled, 100, sentence, problems, least=0)
        if not filled.get(name, "").strip():
            problems.append(Problem(name, sentence))
    if len(problems) > before or verb is None or asks is None:
        return None
    return Condition(verb, activity, is_beginning, asks, at_least)


def _iri(text: str) -> str | None:
    if len(text) > LONGEST_IRI:
        return None
    try:
        return msgspec.convert(text, Iri)
    except msgspec.ValidationError:
        return None


def _whole(
    name: str, filled: Mapping[str, str], most: int, otherwise: str, problems: list[Problem], least: int = 1
) -> int | None:
    typed = filled.get(name, "").strip()
    if not typed:
        return None
    if typed.isdecimal() and len(typed) < 10 and least <= int(typed) <= most:
        return int(typed)
    problems.append(Problem(name, otherwise))
    return None


def _day(filled: Mapping[str, str], zone: tzinfo, problems: list[Problem]) -> datetime | None:
    typed = filled.get("counts_from", "").strip()
    if not typed:
        return None
    try:
        return datetime.combine(date.fromisoformat(typed), time(), zone)
    except ValueError:
        problems.append(Problem("counts_from", gettext("Write a date, such as 2026-11-23.")))
        return None


def _needed(filled: Mapping[str, str], conditions: int, problems: list[Problem]) -> int:
    typed = filled.get("needed", "") or ONE
    if typed in {ONE, ALL}:
        return 1 if typed == ONE else max(conditions, 1)
    if typed.isdecimal() and len(typed) < 3 and 1 <= int(typed) <= conditions:
        return int(typed)
    problems.append(Problem("needed", gettext("Choose how many of them are needed.")))
    return 1


_LEVELS: Final = {str(level): level for level in range(1, HIGHEST + 1)}
_ASKS: Final = {one.value: one for one in Asks}

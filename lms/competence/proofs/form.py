"""What is typed about a proof, and what a manager says of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from lms.competence.assessment.calibrating import LONGEST_NOTE
from lms.competence.day import typed
from lms.competence.proofs.listing import Proof
from lms.competence.shown.rules import Claim
from lms.errors import Invalid, Problem
from lms.frameworks.framework import LEVELS, Frameworks
from lms.i18n import gettext, local

# Competences that one proof can be said to show: what fits on a phone, and more than most show.
PLACES: Final = range(5)
LONGEST_NAME: Final = 120
# A personal identity number, with or without the century and the sign.
_IDENTITY_NUMBER: Final = re.compile(r"\d{6}(?:\d{2})?[-+ ]?\d{4}(?!\d)")
_LEVELS: Final = {str(level): level for level in LEVELS if level}


@dataclass(frozen=True, slots=True)
class Presented:
    title: str
    claim: Claim


def parse(
    form: Mapping[str, str], frameworks: Frameworks, *, person: str, today: date, zone: tzinfo
) -> tuple[Presented | None, list[Problem]]:
    """From a form with title, issuer, issued, valid_until, and competence:0 and level:0 and so on.

    All that is wrong with it comes back rather than raised, since there can be something wrong with the file too.
    """
    problems: list[Problem] = []
    title = _name(form, "title", gettext("Say what it is, such as “First aid, 8 hours”."), person, problems)
    issuer = _name(form, "issuer", gettext("Say who has issued it, such as the Red Cross."), person, problems)
    issued, until = typed(form, "issued", problems), typed(form, "valid_until", problems)
    if issued is None and not form.get("issued", "").strip():
        problems.append(Problem("issued", gettext("Say when it was issued.")))
    if issued is not None and issued > today:
        problems.append(Problem("issued", gettext("Choose a day that has been.")))
    if until is not None and until < today:
        problems.append(Problem("valid_until", gettext("It has ended already, and would show nothing.")))
    levels = _levels(form, frameworks, problems)
    if problems or issued is None:
        return None, problems
    ends = end_of(until, zone) if until is not None else None
    return Presented(title, Claim(levels, issuer, datetime.combine(issued, time(), zone), ends)), []


def filled(proof: Proof, zone: tzinfo) -> dict[str, str]:
    """A form that says what a proof was handed in as."""
    claim = proof.claim
    until = claim.valid_until.astimezone(zone).date().isoformat() if claim.valid_until is not None else ""
    fields = {
        "title": local(proof.title),
        "issuer": claim.issuer,
        "issued": claim.issued.astimezone(zone).date().isoformat(),
        "valid_until": until,
    }
    for place, (key, level) in zip(PLACES, claim.levels.items(), strict=False):
        fields |= {f"competence:{place}": key, f"level:{place}": str(level)}
    return fields


def end_of(day: date, zone: tzinfo) -> datetime:
    """What is valid until a day is so for all of it."""
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)


def _name(form: Mapping[str, str], field: str, missing: str, person: str, problems: list[Problem]) -> str:
    text = " ".join(form.get(field, "").split())
    if not text:
        problems.append(Problem(field, missing))
    elif len(text) > LONGEST_NAME:
        problems.append(Problem(field, gettext("Write at most %(number)d characters.", number=LONGEST_NAME)))
    elif _tells_who(text, person):
        problems.append(
            Problem(
                field,
                gettext(
                    "Leave out names of people, e-mail addresses and personal identity numbers: this is kept for good. "
                    "They may stand in the file."
                ),
            )
        )
    return text


def _tells_who(text: str, person: str) -> bool:
    return person.casefold() in text.casefold() or "@" in text or _IDENTITY_NUMBER.search(text) is not None


def _levels(form: Mapping[str, str], frameworks: Frameworks, problems: list[Problem]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place in PLACES:
        key, level = form.get(f"competence:{place}", ""), form.get(f"level:{place}", "")
        if key and (frameworks.find(key) is None or key in found):
            problems.append(Problem(f"competence:{place}", gettext("Choose a competence, and each one once.")))
        elif key and level not in _LEVELS:
            problems.append(Problem(f"level:{place}", gettext("Choose the level that it shows.")))
        elif key:
            found[key] = _LEVELS[level]
        elif level:
            problems.append(Problem(f"competence:{place}", gettext("Choose a competence, and each one once.")))
    if not found and not any(problem.field.startswith(("competence:", "level:")) for problem in problems):
        problems.append(Problem("competence:0", gettext("Choose at least one competence that it shows.")))
    return found


def parse_decision(keys: Iterable[str], form: Mapping[str, str]) -> tuple[dict[str, int], str]:
    """The levels that a manager confirms, by competence, none if it is rejected; and what the manager wrote.

    From a form with `level:` for each competence, where empty means that the proof does not show it.
    """
    problems, levels = [], {}
    text = form.get("text", "").strip()
    for key in keys:
        level = form.get(f"level:{key}", "")
        if level in _LEVELS:
            levels[key] = _LEVELS[level]
        elif level:
            problems.append(Problem(f"level:{key}", gettext("Choose one of the levels.")))
    if form.get("do") == "reject":
        levels = {}
    if not levels and not problems and not text:
        problems.append(Problem("text", gettext("Say why you do not confirm it.")))
    if len(text) > LONGEST_NOTE:
        problems.append(Problem("text", gettext("Write at most %(number)d characters.", number=LONGEST_NOTE)))
    if problems:
        raise Invalid(problems)
    return levels, text

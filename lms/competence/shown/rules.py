"""What a statement shows, by rule: pure functions of one statement, so that the store can be read again.

What a module develops stands in the statement itself: course texts change, records do not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from lms.competence.shown.level import Source
from lms.frameworks.framework import LEVELS
from lms.identity.actor import person_uuid
from lms.xapi.formats import moment
from lms.xapi.recorded import Recorded
from lms.xapi.vocabulary import PASSED, Vocabulary


class Showing(NamedTuple):
    """What a statement shows of one competence."""

    level: int
    # From then on it shows nothing. None: for ever.
    valid_until: datetime | None = None
    # Who says so, where that is neither the person nor Kunna.
    issuer: str | None = None
    # When, if that was before the statement: a certificate is older than what is said of it.
    shown_at: datetime | None = None


# By competence key.
Showings = dict[str, Showing]


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    # Raised when the rule reads the same statement differently; `flask rebuild` reads the store again.
    version: int
    source: Source
    read: Callable[[Recorded, Vocabulary], Showings]


def module_passed(entry: Recorded, ours: Vocabulary) -> Showings:
    """A module passed shows what its objectives develop: of each competence the highest level."""
    if entry.verb != PASSED or not _is_module(entry.activity, ours) or entry.statement.context is None:
        return {}
    developed = (entry.statement.context.extensions or {}).get(ours.extension("develops"))
    levels: dict[str, int] = {}
    for key, level in _developed(developed, ours):
        levels[key] = max(level, levels.get(key, 0))
    return {key: Showing(level) for key, level in levels.items()}


def self_assessed(entry: Recorded, ours: Vocabulary) -> Showings:
    """A person's own assessment shows the level they gave; 0 is "not yet", which is an assessment too."""
    if entry.verb != ours.verb("assessed") or entry.statement.result is None:
        return {}
    key = competence_key(entry.activity, ours)
    level = (entry.statement.result.extensions or {}).get(ours.extension("level"))
    return {key: Showing(level)} if key is not None and _is_level(level) else {}  # type: ignore[arg-type]


def manager_calibrated(entry: Recorded, ours: Vocabulary) -> Showings:
    """A calibration shows the level that a manager sees in the one who is assessed; the manager is its instructor."""
    return _said_by_manager(entry, ours) if entry.verb == ours.verb("calibrated") else {}


def observed(entry: Recorded, ours: Vocabulary) -> Showings:
    """An observation shows the level at which a manager saw somebody work; the manager is its instructor."""
    return _said_by_manager(entry, ours) if entry.verb == ours.verb("observed") else {}


def _said_by_manager(entry: Recorded, ours: Vocabulary) -> Showings:
    key, manager = competence_key(entry.activity, ours), instructor(entry, ours)
    result = entry.statement.result
    level = (result.extensions or {}).get(ours.extension("level")) if result is not None else None
    if key is None or manager is None or not _is_level(level):
        return {}
    return {key: Showing(level, issuer=str(manager))}  # type: ignore[arg-type]


class Claim(NamedTuple):
    """What a proof is said to show, by competence key, and from when until when."""

    levels: Mapping[str, int]
    issuer: str
    issued: datetime
    valid_until: datetime | None


def claim(entry: Recorded, ours: Vocabulary) -> Claim | None:
    """What a statement says of a proof; None if it says nothing that can be read."""
    context = entry.statement.context
    told = (context.extensions if context is not None else None) or {}
    issuer = told.get(ours.extension("issuer"))
    try:
        issued, until = (_instant(told.get(ours.extension(name))) for name in ("issued", "valid-until"))
    except (TypeError, ValueError):
        return None
    if proof_id(entry.activity, ours) is None or not isinstance(issuer, str) or issued is None:
        return None
    return Claim(dict(_developed(told.get(ours.extension("shows")), ours)), issuer, issued, until)


def _instant(text: object) -> datetime | None:
    if text is None or isinstance(text, str):
        return moment(text, strict=True) if text is not None else None
    raise TypeError("An instant is a text.")


def proof_confirmed(entry: Recorded, ours: Vocabulary) -> Showings:
    """A proof shows the levels that a manager has confirmed, from the day it was issued until it ends.

    Before that it shows nothing: it is the person's own word, for which there is the self-assessment.
    """
    if entry.verb != ours.verb("confirmed") or instructor(entry, ours) is None:
        return {}
    if (found := claim(entry, ours)) is None:
        return {}
    return {key: Showing(level, found.valid_until, found.issuer, found.issued) for key, level in found.levels.items()}


RULES: Final = (
    Rule("module-passed", 1, Source.COURSE, module_passed),
    Rule("self-assessed", 1, Source.SELF, self_assessed),
    Rule("manager-calibrated", 1, Source.MANAGER, manager_calibrated),
    Rule("observed", 1, Source.OBSERVATION, observed),
    Rule("proof-confirmed", 1, Source.CERTIFICATE, proof_confirmed),
)


def authority(base: str) -> dict[str, object]:
    """Who vouches for what Kunna itself records."""
    return Vocabulary(base).authority


def is_ours(entry: Recorded, ours: Vocabulary) -> bool:
    """Whether Kunna itself vouches for it. Otherwise any client of the record store could hand out levels."""
    return entry.authority == ours.authority_key


def competence_key(iri: object, ours: Vocabulary) -> str | None:
    """The key of the competence that an activity of ours stands for."""
    steps = _steps_below(iri, f"{ours.base}/competences/")
    return f"{steps[0]}/{steps[1]}" if len(steps) == 2 and all(steps) else None


def proof_id(iri: str | None, ours: Vocabulary) -> UUID | None:
    """The statement that a proof was handed in with, from the activity that stands for the proof."""
    steps = _steps_below(iri, f"{ours.base}/proofs/")
    try:
        return UUID(steps[0]) if len(steps) == 1 else None
    except ValueError:
        return None


def instructor(entry: Recorded, ours: Vocabulary) -> UUID | None:
    """The person of ours who said it of the one it is about."""
    context = entry.statement.context
    if context is None or context.instructor is None:
        return None
    return person_uuid(context.instructor.key, ours.base)


def _is_module(iri: str | None, ours: Vocabulary) -> bool:
    return len(_steps_below(iri, f"{ours.base}/courses/")) == 2


def _steps_below(iri: object, prefix: str) -> list[str]:
    if not isinstance(iri, str) or not iri.startswith(prefix):
        return []
    return [unquote(step) for step in iri.removeprefix(prefix).split("/")]


def _developed(developed: object, ours: Vocabulary) -> Iterator[tuple[str, int]]:
    for one in developed if isinstance(developed, list) else ():
        if not isinstance(one, Mapping):
            continue
        key, level = competence_key(one.get("competence"), ours), one.get("level")
        if key is not None and _is_level(level) and level:
            yield key, level


def _is_level(level: object) -> bool:
    return type(level) is int and level in LEVELS

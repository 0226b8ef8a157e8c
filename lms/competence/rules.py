"""What a statement shows, by rule: pure functions of one statement, so that the store can be read again.

What a module develops stands in the statement itself: course texts change, records do not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import unquote

from lms.competence.level import Source
from lms.frameworks.framework import LEVELS
from lms.identity.actor import person_uuid
from lms.xapi.recorded import Recorded
from lms.xapi.vocabulary import PASSED, Vocabulary


class Showing(NamedTuple):
    """What a statement shows of one competence."""

    level: int
    # From then on it shows nothing. None: for ever.
    valid_until: datetime | None = None
    # Who says so, where that is neither the person nor Kunna.
    issuer: str | None = None


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
    context, result = entry.statement.context, entry.statement.result
    if entry.verb != ours.verb("calibrated") or result is None or context is None or context.instructor is None:
        return {}
    key, manager = competence_key(entry.activity, ours), person_uuid(context.instructor.key, ours.base)
    level = (result.extensions or {}).get(ours.extension("level"))
    if key is None or manager is None or not _is_level(level):
        return {}
    return {key: Showing(level, issuer=str(manager))}  # type: ignore[arg-type]


RULES: Final = (
    Rule("module-passed", 1, Source.COURSE, module_passed),
    Rule("self-assessed", 1, Source.SELF, self_assessed),
    Rule("manager-calibrated", 1, Source.MANAGER, manager_calibrated),
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

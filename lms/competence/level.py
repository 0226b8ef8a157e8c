"""The level a person has reached in a competence, picked by rule from where each kind of source leaves them.

Sources are kept apart and never overwrite each other. The rule is named wherever a level is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Source(StrEnum):
    SELF = "self"
    MANAGER = "manager"
    TEST = "test"
    COURSE = "course"
    CERTIFICATE = "certificate"


RULE: Final = "highest-shown"
RULE_VERSION: Final = 1

# How far a level from this source can be trusted (0–1): a judgement of practice, not a measurement.
RELIABILITY: Final = {
    Source.SELF: 0.5,
    Source.MANAGER: 0.8,
    Source.TEST: 0.9,
    Source.COURSE: 0.9,
    Source.CERTIFICATE: 1.0,
}
# An assessment is an opinion, and a newer one replaces it. What was shown stays shown.
OPINIONS: Final = frozenset({Source.SELF, Source.MANAGER})
# 24 months of 30.4 days.
FRESH: Final = timedelta(days=730)
# Self and manager this far apart is worth a talk.
FAR_APART: Final = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """That a source showed a level at a time."""

    source: Source
    level: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Current:
    level: int
    # Everything that shows this level, newest first.
    shown_by: tuple[Source, ...]
    shown_at: datetime
    # Best of what shows the level.
    reliability: float
    is_old: bool
    # Nobody but the person has assessed it.
    only_self: bool
    # Self and manager disagree by FAR_APART or more.
    disagreement: bool


def where_it_stands(evidence: Sequence[Shown]) -> Shown:
    """Where one source leaves a person: the latest opinion; of what was shown, the highest, at its latest.

    Of two opinions at the same instant the higher stands, so that the order of arrival does not matter.
    """
    if evidence[0].source in OPINIONS:
        return max(evidence, key=lambda shown: (shown.at, shown.level))
    return max(evidence, key=lambda shown: (shown.level, shown.at))


def current(standings: Iterable[Shown], at: datetime) -> Current | None:
    """Rule "highest-shown", version 1: the highest level that any source shows. None: not assessed.

    What is older than 24 months is set aside while there is anything newer; when all is old, the highest
    stands and is marked as old. (A "best" level that is five years old is not what someone can do today.)
    """
    known = list(standings)
    if not known:
        return None
    fresh = [shown for shown in known if at - shown.at <= FRESH]
    counted = fresh or known
    level = max(shown.level for shown in counted)
    showing = [shown for shown in counted if shown.level == level]
    showing.sort(key=lambda shown: shown.at, reverse=True)
    return Current(
        level=level,
        shown_by=tuple(shown.source for shown in showing),
        shown_at=showing[0].at,
        reliability=max(RELIABILITY[shown.source] for shown in showing),
        is_old=not fresh,
        only_self=all(shown.source is Source.SELF for shown in counted),
        disagreement=_disagree(counted),
    )


def _disagree(standings: Iterable[Shown]) -> bool:
    by = {shown.source: shown.level for shown in standings}
    if not {Source.SELF, Source.MANAGER} <= by.keys():
        return False
    return abs(by[Source.SELF] - by[Source.MANAGER]) >= FAR_APART

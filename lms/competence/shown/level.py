"""The level a person has reached in a competence, picked by rule from what each kind of source shows.

Sources are kept apart and never overwrite each other. Which rule picks is the organisation's choice (see
`level_rules`), and it is named wherever a level is shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Source(StrEnum):
    SELF = "self"
    MANAGER = "manager"
    TEST = "test"
    COURSE = "course"
    OBSERVATION = "observation"
    CERTIFICATE = "certificate"
    IMPORTED = "imported"


# How far a level from this source can be trusted (0–1): a judgement of practice, not a measurement. What was brought
# in from elsewhere is trusted as a manager's word is: somebody vouched for it, and we did not see how.
RELIABILITY: Final = {
    Source.SELF: 0.5,
    Source.MANAGER: 0.8,
    Source.TEST: 0.9,
    Source.COURSE: 0.9,
    Source.OBSERVATION: 0.9,
    Source.CERTIFICATE: 1.0,
    Source.IMPORTED: 0.8,
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
    # From then on it shows nothing. An opinion never ends: it grows old, or another replaces it.
    valid_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.valid_until is None or self.valid_until > at or self.source in OPINIONS


@dataclass(frozen=True, slots=True)
class Current:
    level: int
    # Everything that gives this level, newest first.
    shown_by: tuple[Source, ...]
    shown_at: datetime
    # Best of what shows the level; of a weighted level the mean of what it is weighed from.
    reliability: float
    is_old: bool
    # Nobody but the person has assessed it.
    only_self: bool
    # Self and manager disagree by FAR_APART or more.
    disagreement: bool
    # Something besides the person's own word shows this level or a higher one.
    confirmed: bool

    def bare(self, on: datetime) -> "Current":
        """The level on a day and nothing of what shows it."""
        return Current(self.level, (), on, 0.0, is_old=False, only_self=False, disagreement=False, confirmed=False)


def foreseen(level: int, on: datetime) -> Current:
    """A level of a forecast, which nothing shows yet."""
    return Current(level, (), on, 0.0, is_old=False, only_self=False, disagreement=False, confirmed=False)


def where_it_stands(evidence: Sequence[Shown]) -> Shown:
    """Where one source leaves a person: the latest opinion; of what was shown, the highest, at its latest.

    Of two opinions at the same instant the higher stands, so that the order of arrival does not matter.
    """
    if evidence[0].source in OPINIONS:
        return max(evidence, key=lambda shown: (shown.at, shown.level))
    return max(evidence, key=lambda shown: (shown.level, shown.at))


@dataclass(frozen=True, slots=True)
class _Known:
    """What a rule picks from: per source where it stands, newest first, with old evidence set aside."""

    standings: Sequence[Shown]
    all_old: bool


def _highest_shown(known: _Known) -> tuple[int, Sequence[Shown]]:
    level = max(shown.level for shown in known.standings)
    return level, [shown for shown in known.standings if shown.level == level]


def _best_valid_confirmed(known: _Known) -> tuple[int, Sequence[Shown]]:
    confirming = [shown for shown in known.standings if shown.source is not Source.SELF]
    return _highest_shown(_Known(confirming or known.standings, known.all_old))


def _latest(known: _Known) -> tuple[int, Sequence[Shown]]:
    newest = known.standings[0]
    level = max(shown.level for shown in known.standings if shown.at == newest.at)
    return level, [shown for shown in known.standings if shown.at == newest.at and shown.level == level]


def _weighted(known: _Known) -> tuple[int, Sequence[Shown]]:
    # In tenths, so that a half is a half.
    weights = [round(10 * RELIABILITY[shown.source]) for shown in known.standings]
    total = sum(weights)
    weighed = sum(weight * shown.level for weight, shown in zip(weights, known.standings, strict=True))
    return -((total - 2 * weighed) // (2 * total)), known.standings


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A way to tell a level from evidence. What has ended shows nothing, by any rule.

    What is older than 24 months is set aside while there is anything newer; when all is old, all of it counts and
    the level is marked as old. (A "best" level that is five years old is not what someone can do today.)
    """

    key: str
    # Raised when the rule picks another level from the same evidence.
    version: int
    pick: Callable[[_Known], tuple[int, Sequence[Shown]]]
    # For it the latest of what was shown stands, not the highest.
    latest_stands: bool = False

    @property
    def name(self) -> str:
        """As rows are stamped with."""
        return f"{self.key} {self.version}"

    def current(self, evidence: Iterable[Shown], at: datetime, *, valid_at: datetime | None = None) -> Current | None:
        """None: not assessed. `valid_at` is a later day that is asked about: what ends before it does not count,
        but nothing grows old by it, since nobody knows what will be assessed until then."""
        standings = self.standing(evidence, at, valid_at=valid_at)
        if not standings:
            return None
        known = _Known(standings, all_old=at - max(shown.at for shown in standings) > FRESH)
        level, showing = self.pick(known)
        trusted = [RELIABILITY[shown.source] for shown in showing]
        return Current(
            level=level,
            shown_by=tuple(shown.source for shown in showing),
            shown_at=showing[0].at,
            reliability=sum(trusted) / len(trusted) if self.pick is _weighted else max(trusted),
            is_old=known.all_old,
            only_self=all(shown.source is Source.SELF for shown in known.standings),
            disagreement=_disagree(known.standings),
            confirmed=any(shown.source is not Source.SELF and shown.level >= level for shown in known.standings),
        )

    def standing(self, evidence: Iterable[Shown], at: datetime, *, valid_at: datetime | None = None) -> Sequence[Shown]:
        """Where each source stands, newest first; what the rule picks from."""
        end = valid_at or at
        valid = [shown for shown in evidence if shown.holds(end)]
        fresh = [shown for shown in valid if at - shown.at <= FRESH]
        return self._standings(fresh or valid)

    def _standings(self, counted: Sequence[Shown]) -> list[Shown]:
        by: dict[Source, list[Shown]] = {}
        for shown in counted:
            by.setdefault(shown.source, []).append(shown)
        stands = _the_latest if self.latest_stands else where_it_stands
        standings = [stands(its) if len(its) > 1 else its[0] for its in by.values()]
        standings.sort(key=lambda shown: (shown.at, shown.source), reverse=True)
        return standings


def _the_latest(evidence: Sequence[Shown]) -> Shown:
    return max(evidence, key=lambda shown: (shown.at, shown.level))


# The highest level that any source shows: the latest opinion of each who has one, of the rest what each showed at best.
HIGHEST_SHOWN: Final = LevelRule("highest-shown", 2, _highest_shown)
# The highest level that anything but the person's own assessment shows. While there is nothing else, that assessment
# gives the level, which then is marked as the person's own and not confirmed.
BEST_VALID_CONFIRMED: Final = LevelRule("best-valid-confirmed", 1, _best_valid_confirmed)
# What the newest evidence says, higher or lower than what came before; of several at the same instant the highest.
LATEST: Final = LevelRule("latest", 1, _latest, latest_stands=True)
# The mean of where each source stands, weighted by RELIABILITY (domain practice: self 0.5, manager 0.8, test, module
# and observation 0.9, certificate 1.0), rounded to the nearest level. A mean midway between two gives the lower one:
# nobody is said to have what the evidence is evenly split on.
WEIGHTED: Final = LevelRule("weighted", 1, _weighted)

LEVEL_RULES: Final[Mapping[str, LevelRule]] = {
    rule.key: rule for rule in (HIGHEST_SHOWN, BEST_VALID_CONFIRMED, LATEST, WEIGHTED)
}
# Where nobody has chosen.
USUAL: Final = HIGHEST_SHOWN


def _disagree(standings: Iterable[Shown]) -> bool:
    by = {shown.source: shown.level for shown in standings}
    if not {Source.SELF, Source.MANAGER} <= by.keys():
        return False
    return abs(by[Source.SELF] - by[Source.MANAGER]) >= FAR_APART

"""What a rule about other programs says, and what it makes of one statement. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lms.xapi.recorded import Recorded
from lms.xapi.statement import Agent, Result, Score
from lms.xapi.vocabulary import Vocabulary


class Asks(StrEnum):
    """What the result of a statement must say."""

    NOTHING = "nothing"
    COMPLETION = "completion"
    SUCCESS = "success"
    SCORE = "score"


class Verdict(StrEnum):
    MEETS = "meets"
    # It is about another activity.
    OTHER_ACTIVITY = "other-activity"
    # It is about the activity, with another verb.
    OTHER_VERB = "other-verb"
    # The program that says so is not among those trusted.
    UNTRUSTED = "untrusted"
    # What follows is of statements that the rule is about, and that are counted as misses.
    TOO_EARLY = "too-early"
    NO_RESULT = "no-result"
    NOT_ENOUGH = "not-enough"
    # It tells of a group, not of a person.
    GROUP = "group"

    @property
    def nearness(self) -> int:
        """Of several verdicts the nearest to being met tells best what is missing."""
        return _NEARNESS[self]


MISSES: Final = frozenset({Verdict.TOO_EARLY, Verdict.NO_RESULT, Verdict.NOT_ENOUGH, Verdict.GROUP})
_NEARNESS: Final = {
    verdict: place
    for place, verdict in enumerate(
        (
            Verdict.OTHER_ACTIVITY, Verdict.OTHER_VERB, Verdict.UNTRUSTED, Verdict.GROUP, Verdict.TOO_EARLY,
            Verdict.NO_RESULT, Verdict.NOT_ENOUGH, Verdict.MEETS,
        )
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    verb: str
    activity: str
    # All activities whose identifiers begin so.
    beginning: bool = False
    asks: Asks = Asks.NOTHING
    # The least score, in per cent.
    at_least: int | None = None

    def is_about(self, activity: str) -> bool:
        return activity.startswith(self.activity) if self.beginning else activity == self.activity

    def result_of(self, result: Result | None) -> Verdict:
        """Whether a result is what is asked for, falls short of it, or is not there."""
        if self.asks is Asks.NOTHING:
            return Verdict.MEETS
        told = _told(self.asks, result)
        if told is None:
            return Verdict.NO_RESULT
        return Verdict.MEETS if told >= (self.at_least or 0) / 100 and told is not False else Verdict.NOT_ENOUGH


def _told(asks: Asks, result: Result | None) -> float | bool | None:
    if result is None:
        return None
    if asks is Asks.COMPLETION:
        return result.completion
    return result.success if asks is Asks.SUCCESS else scaled(result.score)


def scaled(score: Score | None) -> float | None:
    """As the statement says, or else worked out from the raw score where its maximum is told (Data 2.4.5.1)."""
    if score is None or score.scaled is not None or score.raw is None or score.max is None:
        return score.scaled if score is not None else None
    least = score.min or 0.0
    return (score.raw - least) / (score.max - least) if score.max > least else None


@dataclass(frozen=True, slots=True)
class Says:
    """What a version of a rule says."""

    competence_key: str
    level: int
    conditions: tuple[Condition, ...]
    clients: frozenset[str]
    needed: int = 1
    months: int | None = None
    counts_from: datetime | None = None
    # Also in the organisations below the one that decided it (see `reach`).
    below: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    # The numbers of those that it meets.
    met: tuple[int, ...] = ()


def kind(says: Says, activity: str, verb: str, client: str) -> Verdict:
    """What can be told of all statements of a verb on an activity by a program: MEETS if the rest of each decides."""
    about = [one for one in says.conditions if one.is_about(activity)]
    if not about or not activity:
        return Verdict.OTHER_ACTIVITY
    if all(one.verb != verb for one in about):
        return Verdict.OTHER_VERB
    return Verdict.MEETS if client in says.clients else Verdict.UNTRUSTED


def judge(says: Says, entry: Recorded, client: str) -> Judged:
    activity, verb = entry.activity or "", entry.verb
    of_its_kind = kind(says, activity, verb, client)
    if of_its_kind is not Verdict.MEETS:
        return Judged(of_its_kind)
    if not isinstance(entry.statement.actor, Agent):
        return Judged(Verdict.GROUP)
    if says.counts_from is not None and happened_at(entry) < says.counts_from:
        return Judged(Verdict.TOO_EARLY)
    results = {
        number: one.result_of(entry.statement.result)
        for number, one in enumerate(says.conditions)
        if one.verb == verb and one.is_about(activity)
    }
    met = tuple(number for number, result in results.items() if result is Verdict.MEETS)
    return Judged(nearest(list(results.values())), met)


def nearest(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=lambda one: one.nearness, default=Verdict.OTHER_ACTIVITY)


def happened_at(entry: Recorded) -> datetime:
    """Nothing has happened after it was stored, whatever the clock of the sender says."""
    return min(entry.timestamp, entry.stored)


def client_of(entry: Recorded, ours: Vocabulary) -> str | None:
    """The key of the program that asserts it. None: it came in some other way."""
    prefix = f"account|{ours.base}/xapi|"
    return entry.authority.removeprefix(prefix) if entry.authority.startswith(prefix) else None

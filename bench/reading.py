"""GET of fifty statements out of a large store, against a floor: the same rows, by hand-written SQL on the driver.

Both are served by granian with two workers and asked in turns. Every answer is compared with what whoever filled
the store knows.
"""

import atexit
import gc
import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from bench.filling import Asked, Filled, filled
from bench.measure import Figure
from bench.server import serving

QUESTIONS = ("agent", "verb+since", "registration", "activity related", "agent+verb")
SIZE = 1_000_000
ROUNDS = 9


@dataclass(frozen=True)
class Side:
    """A server that answers, and how it is asked."""

    url: str
    headers: dict[str, str]

    def ask(self, questions: Sequence[Asked]) -> tuple[list[float], list[list[str]]]:
        """Milliseconds that each took, over one connection, and the ids that were answered."""
        took, answers = [], []
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        # Which of the workers answers is decided when the connection is made: that is no part of an answer.
        connection.connect()
        for one in questions:
            path = f"/xapi/statements?{urlencode(one.asked | {'limit': '50'})}"
            began = perf_counter()
            connection.request("GET", path, headers=self.headers)
            response = connection.getresponse()
            body = response.read()
            took.append(1000 * (perf_counter() - began))
            assert response.status == 200, body
            answers.append([one["id"] for one in json.loads(body)["statements"]])
        connection.close()
        return took, answers


def floor_of(kind: str, question: str) -> Figure:
    """How many times the p50 of the floor that ours is, with a million statements."""
    ours, floor, store = served(kind, SIZE)
    questions = store.of_kind(question)
    pairs = in_turns(ours, floor, questions, checked_both=False)
    beside = f"{kind}, {SIZE:,} statements; p50 {pairs.ours:.2f} ms and {pairs.other:.2f} ms"
    return Figure(f"GET by {question}", pairs.ratio, 2, "×", beside)


@dataclass(frozen=True)
class Compared:
    ours: float
    other: float
    ratio: float


def in_turns(ours: Side, other: Side, questions: Sequence[Asked], *, checked_both: bool) -> Compared:
    for side in (ours, other):
        side.ask(questions)
    gc.collect()
    rounds = []
    for _ in range(ROUNDS):
        took, answers = ours.ask(questions)
        assert answers == [one.answer for one in questions], "These are not the right statements."
        against, theirs = other.ask(questions)
        assert not checked_both or theirs == answers
        assert all(len(few) >= 0.8 * len(many) for few, many in zip(theirs, answers, strict=True)), (
            "The floor found less."
        )
        rounds.append((median(took), median(against)))
    return Compared(*(median(side) for side in zip(*rounds, strict=True)), median(one / two for one, two in rounds))


@cache
def served(kind: str, size: int) -> tuple[Side, Side, Filled]:
    """The store of this size, served by us and by the floor until the run ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    store = stack.enter_context(filled(kind, size))
    ours = stack.enter_context(serving("wsgi:app", store.environment))
    floor = stack.enter_context(
        serving(
            "bench.floor_reading:app",
            {"FLOOR_DATABASE": store.url, "FLOOR_ORGANISATION": str(store.organisation_id)},
        )
    )
    return Side(ours.url, store.headers), Side(floor.url, {}), store

"""GET of fifty statements out of a large store, against a floor: the same rows, by hand-written SQL on the driver.

Both are served by granian with two workers and asked in turns. Every answer is compared with what whoever filled
the store knows.
"""

import atexit
import gc
import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache, partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from bench.filling import Asked, Filled, filled, folder_of
from bench.measure import Figure
from bench.server import DATABASES, serving

QUESTIONS = ("agent", "verb+since", "registration", "activity related", "agent+verb")
SIZE = 1_000_000
SMALL = 100_000
# Ten millions want 40 GB of disk and half an hour to be made: whoever wants them says so.
LARGEST = int(os.environ.get("KUNNA_BENCH_LARGEST", SIZE))
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
    ours, floor, store = served(kind)
    pairs = in_turns(ours, floor, store.of_kind(question), store.of_kind(question))
    beside = f"{SIZE:,} statements; p50 {pairs.ours:.2f} ms and {pairs.other:.2f} ms"
    return Figure(f"GET by {question}, {kind}", pairs.ratio, 2, "×", beside)


def full(kind: str) -> Figure:
    """How many times the p50 in a small store that it is in a large one, once it is warm, of the question that
    suffers most. Beside it what the first touch takes, of ours and of the floor: when nothing is in memory."""
    stop()
    touched = [_first_touch(kind, number) for number in (0, 1)]
    with ExitStack() as stack:
        sides, stores = [], []
        for size in (LARGEST, SMALL):
            stores.append(stack.enter_context(filled(kind, size)))
            server = stack.enter_context(serving("wsgi:app", stores[-1].environment))
            sides.append(Side(server.url, stores[-1].headers))
        grown = {question: in_turns(*sides, *(store.of_kind(question) for store in stores)) for question in QUESTIONS}
    each = ", ".join(f"{question} {one.ours:.2f}/{one.other:.2f}" for question, one in grown.items())
    beside = (
        f"{LARGEST:,} against {SMALL:,} statements, p50 in ms: {each}; "
        f"first touch {touched[0]:.0f} ms, the floor's {touched[1]:.0f} ms"
    )
    return Figure(f"GET when full, {kind}", max(one.ratio for one in grown.values()), 1.5, "×", beside)


def figures() -> dict[str, Callable[[], Figure]]:
    floors = {
        f"GET by {question}, {kind}": partial(floor_of, kind, question) for kind in DATABASES for question in QUESTIONS
    }
    return floors | {f"GET when full, {kind}": partial(full, kind) for kind in DATABASES}


@dataclass(frozen=True)
class Compared:
    ours: float
    other: float
    ratio: float


def in_turns(ours: Side, other: Side, asked: Sequence[Asked], of_other: Sequence[Asked]) -> Compared:
    """The floor's answers lack what is found through targets, and so the statements before make up for it."""
    ours.ask(asked)
    other.ask(of_other)
    gc.collect()
    rounds = []
    for _ in range(ROUNDS):
        took, answers = ours.ask(asked)
        assert answers == [one.answer for one in asked], "These are not the right statements."
        against, theirs = other.ask(of_other)
        assert all(len(few) >= 0.8 * len(one.answer) for few, one in zip(theirs, of_other, strict=True)), (
            "The other found less."
        )
        rounds.append((median(took), median(against)))
    return Compared(*(median(side) for side in zip(*rounds, strict=True)), median(one / two for one, two in rounds))


def _first_touch(kind: str, number: int) -> float:
    """Of all questions the median, each asked once, with nothing of the store in anybody's memory."""
    with filled(kind, LARGEST) as store:
        pass
    _forget(folder_of(kind, LARGEST))
    with filled(kind, LARGEST) as store, serving(*_served_by(store)[number]) as server:
        side = Side(server.url, store.headers)
        asked = [one for question in QUESTIONS for one in store.of_kind(question)[::4]]
        took, _answers = side.ask(asked)
    return median(took)


def _forget(folder: Path) -> None:
    """Have the system forget what it remembers of the files."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _served_by(store: Filled) -> list[tuple[str, dict[str, str]]]:
    """Us, and the floor: the application and its environment."""
    floor = {"FLOOR_DATABASE": store.url, "FLOOR_ORGANISATION": str(store.organisation_id)}
    return [("wsgi:app", store.environment), ("bench.floor_reading:app", floor)]


_running = ExitStack()
atexit.register(_running.close)


@lru_cache(maxsize=1)
def served(kind: str) -> tuple[Side, Side, Filled]:
    """The store, served by us and by the floor until another is, or until they are to `stop`."""
    _running.close()
    store = _running.enter_context(filled(kind, SIZE))
    ours, floor = (_running.enter_context(serving(*how)) for how in _served_by(store))
    return Side(ours.url, store.headers), Side(floor.url, {}), store


def stop() -> None:
    served.cache_clear()
    _running.close()

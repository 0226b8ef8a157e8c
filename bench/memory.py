"""What a worker of the record store holds while it is read and written as much as clients may."""

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from bench import reading
from bench.filling import Filled, copied
from bench.measure import Figure
from bench.server import DATABASES, serving
from bench.storing import encoded, statements

SIZE: Final = 1_000_000
# The most that one request may bring, as settings are.
STATEMENTS: Final = 1000
BYTES: Final = 20_000_000
POSTS: Final = 10
LIMIT: Final = 120


def of_reading_and_posting(kind: str) -> Figure:
    """The most that a worker ever had while one client read a million statements through `more` and another posted
    20 MB, several times."""
    reading.stop()
    with ExitStack() as stack:
        store = stack.enter_context(copied(kind, SIZE))
        server = stack.enter_context(serving("wsgi:app", store.environment))
        posting = stack.enter_context(ThreadPoolExecutor(1)).submit(_post, server.url, store)
        pages = sum(1 for _ in _pages(server.url, store))
        posting.result()
        peak = max(server.peaks())
    beside = f"{kind}; {SIZE:,} statements read in {pages:,} pages, and {POSTS} × {BYTES / 1e6:g} MB posted"
    return Figure(f"memory of the store, {kind}", peak, LIMIT, "MB", beside)


def figures() -> dict[str, Callable[[], Figure]]:
    return {f"memory of the store, {kind}": partial(of_reading_and_posting, kind) for kind in DATABASES}


def _pages(url: str, store: Filled) -> Iterator[int]:
    """From the latest on, and over again, until there have been as many."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    more, before, read = "", "", 0
    while read < SIZE:
        connection.request("GET", more or "/xapi/statements", headers=store.headers)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        page = json.loads(body)
        moments = [one["stored"] for one in page["statements"]]
        assert moments == sorted(set(moments), reverse=True), "These are not in order, or twice."
        assert not more or moments[0] < before, "This page does not follow the one before it."
        more, before, read = page["more"], moments[-1], read + len(moments)
        yield read
    connection.close()


def _post(url: str, store: Filled) -> None:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    body = _large()
    for _ in range(POSTS):
        connection.request("POST", "/xapi/statements", body, store.headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
    connection.close()


def _large() -> bytes:
    """Answers in a thousand essays."""
    batch = list(islice(statements(random.Random(7)), STATEMENTS))
    room = (BYTES - len(encoded(batch))) // STATEMENTS - 10
    for one in batch:
        one["result"] = {"response": "a long answer, " * (room // 15)}
    return encoded(batch)

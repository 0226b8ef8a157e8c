"""Storing statements over HTTP, against a floor that does the same without looking at them.

Both are served by granian with two workers, on databases of their own of the same kind, and take turns.
"""

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median
from uuid import UUID

from bench import load
from bench.measure import Figure
from bench.server import database, prepared, serving

ROUNDS = 5
SECONDS = 3.0
# What one is slower than the other by may be this.
LIMIT = 2.0


@dataclass(frozen=True)
class Work:
    name: str
    statements: int
    connections: int


SINGLE = Work("single", 1, 8)
FIFTY = Work("batches of 50", 50, 2)
FIVE_HUNDRED = Work("batches of 500", 500, 2)


def figure(work: Work, kind: str) -> Figure:
    """Statements per second of the floor, over ours."""
    bodies = requests(work)
    with ExitStack() as stack:
        sides = []
        for app in ("wsgi:app", "bench.floor:app"):
            store = prepared(stack.enter_context(database(kind)))
            environment = store.environment | {"FLOOR_ORGANISATION": str(store.organisation_id)}
            url = stack.enter_context(serving(app, environment)).url + "/xapi/statements"
            sides.append(partial(load.run, url, load.posts(url, store.headers, bodies), connections=work.connections))
        for side in sides:
            side(seconds=SECONDS / 3)
        rounds = [[side(seconds=SECONDS) for side in sides] for _ in range(ROUNDS)]
    ours, floor = ([one.rate * work.statements for one in side] for side in zip(*rounds, strict=True))
    waits = sorted(wait for round in rounds for wait in round[0].waits)
    beside = (
        f"{work.connections} connections; {median(ours):,.0f} and {median(floor):,.0f} statements/s; ours p50 "
        f"{1000 * waits[len(waits) // 2]:.1f} ms, p99 {1000 * waits[len(waits) * 99 // 100]:.1f} ms"
    )
    ratio = median(two / one for one, two in zip(ours, floor, strict=True))
    return Figure(f"storing {work.name}, {kind}", ratio, LIMIT, "×", beside)


def figures() -> dict[str, object]:
    return {
        f"storing {work.name}, {kind}": partial(figure, work, kind)
        for work in (SINGLE, FIFTY, FIVE_HUNDRED)
        for kind in ("sqlite", "postgresql")
    }


def requests(work: Work) -> list[bytes]:
    """A few hundred different statements, in bodies of as many as there are to be."""
    made = statements(random.Random(7))
    count = max(4, 400 // work.statements)
    batches = [[next(made) for _ in range(work.statements)] for _ in range(count)]
    return [encoded(batch if work.statements > 1 else batch[0]) for batch in batches]


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def statements(chance: random.Random) -> Iterator[dict[str, object]]:
    """Answers to questions, each of about 1.1 kB."""
    people = [str(UUID(int=chance.getrandbits(128), version=4)) for _ in range(500)]
    while True:
        course, module = f"https://kurser.example/kurs-{chance.randrange(20)}", f"modul-{chance.randrange(6)}"
        yield {
            "actor": {
                "objectType": "Agent",
                "account": {"homePage": "https://personal.example", "name": chance.choice(people)},
            },
            "verb": {
                "id": "http://adlnet.gov/expapi/verbs/answered",
                "display": {"en": "answered", "sv": "svarade på"},
            },
            "object": {
                "objectType": "Activity",
                "id": f"{course}/{module}/fraga-{chance.randrange(10)}",
                "definition": {
                    "name": {"sv": "Fråga om arbetsmiljö", "en": "Question on the working environment"},
                    "description": {"sv": "Vad gör du först när någon har skadat sig?"},
                    "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                    "interactionType": "choice",
                    "correctResponsesPattern": ["b"],
                },
            },
            "result": {
                "score": {"scaled": 0.85, "raw": 85, "min": 0, "max": 100},
                "success": True,
                "response": "b",
                "duration": "PT34.2S",
            },
            "context": {
                "registration": str(UUID(int=chance.getrandbits(128), version=4)),
                "contextActivities": {
                    "parent": [{"objectType": "Activity", "id": f"{course}/{module}"}],
                    "grouping": [{"objectType": "Activity", "id": course}],
                },
                "language": "sv",
                "platform": "Kurser",
                "extensions": {"https://kurser.example/stay": str(UUID(int=chance.getrandbits(128), version=4))},
            },
            "timestamp": f"2026-11-{chance.randrange(1, 24):02}T08:{chance.randrange(60):02}:07.123456Z",
        }

"""Recording with progress and evidence read from it, against recording without.

The same statements through the same door, as durable, and the same rows in the store; on the other side nobody
reads them.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count, cycle, islice
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

from bench.measure import Figure, ratio
from bench.server import DATABASES
from bench.world import AT, World, competences, world
from lms import signals
from lms.competence.assessment import assessing
from lms.courses import statements
from lms.courses.statements import Learner, Scene
from lms.db import db, session
from lms.xapi import storing
from lms.xapi.vocabulary import Vocabulary

LIMIT: Final = 2
# Of ten statements one is of what somebody is able to do, and nine of pages.
PAGES: Final = 9


def figures() -> dict[str, Callable[[], Figure]]:
    works = [("a statement", 1, 20), ("50 statements", 50, 4)]
    return {
        f"recording {name}, {kind}": partial(_figure, f"recording {name}", kind, size, times)
        for name, size, times in works
        for kind in DATABASES
    }


def _figure(name: str, kind: str, size: int, times: int) -> Figure:
    built = world(kind)
    vouching, told, seconds = Vocabulary(built.base).authority, _told(built), count()

    def record() -> None:
        at = AT + timedelta(seconds=next(seconds))
        some = list(islice(told, size))
        storing.record(session(), built.organisation_id, some, authority=vouching, at=at)
        db.session.commit()

    def unread() -> None:
        with signals.statements_recorded.muted():
            record()

    with built.app.app_context():
        beside = f"pages read, and assessments, {built.sizes}"
        figure = ratio(f"{name}, {kind}", LIMIT, beside, record, unread, times=times, clock=perf_counter)
        db.session.remove()
    return figure


def _told(built: World) -> Iterator[dict[str, Any]]:
    """Of each of the people in turn, what they have done since."""
    words, asked = Vocabulary(built.base), cycle(competences(built.app))
    read = cycle((module, page) for module in built.course.modules for page in module.original.pages)
    stays = {person: (uuid4(), uuid4()) for person in built.people}
    for person, number in zip(cycle(built.people), count(), strict=False):
        at = AT + timedelta(seconds=number)
        if number % (PAGES + 1) == PAGES:
            yield assessing.statement(next(asked), number % 5, person, words, at)
        else:
            learner = Learner(built.organisation_id, person, "sv", built.base, timedelta())
            registration, stay = stays[person]
            yield statements.experienced(Scene(learner, built.course, registration, at, stay), *next(read))

"""How far people have come: read from statements, and from nothing else.

Each statement says a little about one person in one module or course (`Shown`). What two say is joined by
taking the union, the earliest or the latest; that is the same in any order and however often one is heard, so
that statements may come late, twice or in a batch, and `flask rebuild` gives the same rows. What is voided is
forgotten by reading again what remains. (Writers of one organisation take turns; the record store sees to
that.)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.courses.durations import seconds
from lms.courses.models import CourseProgress, ModuleProgress
from lms.courses.shown import NOTHING, Place, Shown, keep, kept
from lms.identity.actor import person_uuid
from lms.xapi.recorded import Recorded
from lms.xapi.search import Cursor, StatementQuery, find
from lms.xapi.vocabulary import (
    COMPLETED,
    EXPERIENCED,
    FAILED,
    INITIALIZED,
    PASSED,
    SCORED,
    SESSION_ID,
    TERMINATED,
    Vocabulary,
)

# Statements read at a time when someone's progress is worked out again.
BATCH: Final = 500


class Reader:
    """Reads what Kunna itself tells of its own courses, whose identifiers begin with `base`."""

    def __init__(self, base: str) -> None:
        self._base, self._prefix = base, f"{base.rstrip('/')}/courses/"
        self.authority: Final = Vocabulary(base).authority_key

    def read(self, session: Session, entries: Iterable[Recorded]) -> None:
        news: dict[Place, Shown] = {}
        for place, shown in self._all(entries):
            news[place] = news.get(place, NOTHING).joined(shown)
        if news:
            before = kept(session, news)
            after = {place: before.get(place, NOTHING).joined(new) for place, new in news.items()}
            keep(session, {place: now for place, now in after.items() if now != before.get(place)})

    def undo(self, session: Session, entries: Iterable[Recorded]) -> None:
        """Work out again, from what remains in the store, what these were about."""
        entries = list(entries)
        left = {place: NOTHING for place, _shown in self._all(entries)}
        for organisation_id, agent in {(entry.organisation_id, entry.agent) for entry in entries}:
            for place, shown in self._all(_remaining(session, organisation_id, agent)):
                if place in left:
                    left[place] = left[place].joined(shown)
        keep(session, left)

    def told(self, entry: Recorded) -> tuple[Place, Shown] | None:
        """What one statement shows, and of which place; None if nothing."""
        if entry.authority != self.authority:
            return None
        steps, person = self.steps(entry.activity), person_uuid(entry.agent, self._base)
        shown = _shown(entry, steps[1:]) if steps and person is not None else None
        if person is None or shown is None:
            return None
        return Place(entry.organisation_id, person, steps[0], steps[1] if len(steps) > 1 else ""), shown

    def _all(self, entries: Iterable[Recorded]) -> Iterator[tuple[Place, Shown]]:
        return (told for entry in entries if (told := self.told(entry)) is not None)

    def steps(self, activity: str | None) -> list[str]:
        """The keys of course, module and page that an identifier of ours is made of."""
        if activity is None or not activity.startswith(self._prefix):
            return []
        steps = [unquote(step) for step in activity.removeprefix(self._prefix).split("/")]
        return steps if all(steps) and len(steps) <= 3 else []


def _shown(entry: Recorded, below: Sequence[str]) -> Shown | None:
    """What one statement shows, about a course (nothing below), a module or a page."""
    match below:
        case [_module, page]:
            return _shown_of_page(entry, page)
        case [_module]:
            return _shown_of_module(entry)
        case _:
            return Shown(completed=_completed(entry)) if entry.verb == COMPLETED else None


def _shown_of_page(entry: Recorded, page: str) -> Shown | None:
    if entry.verb not in {EXPERIENCED, COMPLETED}:
        return None
    return Shown(pages=frozenset({page}), last=(entry.timestamp, page))


def _shown_of_module(entry: Recorded) -> Shown | None:
    match entry.verb:
        case verb if verb == INITIALIZED:
            return Shown(started_at=entry.timestamp)
        case verb if verb == COMPLETED:
            return Shown(completed=_completed(entry))
        case verb if verb == PASSED:
            return Shown(best=_score(entry), passed_at=entry.timestamp)
        case verb if verb in {FAILED, SCORED}:
            return Shown(best=_score(entry))
        case verb if verb == TERMINATED:
            return Shown(stays=_stay(entry))
        case _:
            return None


def _completed(entry: Recorded) -> tuple[datetime, str]:
    context = entry.statement.context
    return entry.timestamp, (context.revision if context else None) or ""


def _score(entry: Recorded) -> float | None:
    result = entry.statement.result
    return result.score.scaled if result and result.score else None


def _stay(entry: Recorded) -> Mapping[str, float]:
    result, context = entry.statement.result, entry.statement.context
    stay = (context.extensions or {}).get(SESSION_ID) if context else None
    if result is None or result.duration is None or not isinstance(stay, str):
        return {}
    return {stay: seconds(result.duration)}


def _remaining(session: Session, organisation_id: int, agent: str) -> Iterator[Recorded]:
    query = StatementQuery([organisation_id], agent=agent, ascending=True, limit=BATCH)
    while entries := find(session, query):
        yield from entries
        query = replace(query, after=Cursor(entries[-1].stored, organisation_id))


def clear(session: Session) -> None:
    """Before the whole store is read again."""
    session.execute(delete(ModuleProgress))
    session.execute(delete(CourseProgress))

"""How far people have come: read from statements, and from nothing else.

Each statement says a little about one person in one module or course (`shown`). What two say is joined by
taking the union, the earliest or the latest; that is the same in any order and however often one is heard, so
that statements may come late, twice or in a batch, and `flask rebuild` gives the same rows. What is voided is
forgotten by reading again what remains. (Writers of one organisation take turns; the record store sees to
that.)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms import signals
from lms.courses.durations import seconds
from lms.courses.models import CourseProgress, ModuleProgress
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


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A person in a module; in the course as a whole when `module` is empty."""

    organisation_id: int
    person_uuid: UUID
    course: str
    module: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What statements show of one place. `joined` is associative, commutative and idempotent."""

    pages: frozenset[str] = frozenset()
    best: float | None = None
    passed_at: datetime | None = None
    # With the course's revision, which decides between two of the same instant.
    completed: tuple[datetime, str] | None = None
    started_at: datetime | None = None
    last: tuple[datetime, str] | None = None
    stays: Mapping[str, float] = field(default_factory=dict)

    def joined(self, other: "Shown") -> "Shown":
        return Shown(
            pages=self.pages | other.pages,
            best=_largest(self.best, other.best),
            passed_at=_smallest(self.passed_at, other.passed_at),
            completed=_smallest(self.completed, other.completed),
            started_at=_smallest(self.started_at, other.started_at),
            last=_largest(self.last, other.last),
            stays={
                stay: max(self.stays.get(stay, 0), other.stays.get(stay, 0)) for stay in {*self.stays, *other.stays}
            },
        )


def _smallest(one: Any, other: Any) -> Any:
    return min((value for value in (one, other) if value is not None), default=None)


def _largest(one: Any, other: Any) -> Any:
    return max((value for value in (one, other) if value is not None), default=None)


class Reader:
    """Reads what Kunna itself tells of its own courses, whose identifiers begin with `base`."""

    def __init__(self, base: str) -> None:
        self._base, self._prefix = base, f"{base.rstrip('/')}/courses/"
        self.authority: Final = Vocabulary(base).authority_key

    def read(self, session: Session, entries: Iterable[Recorded]) -> None:
        news: dict[Place, Shown] = {}
        for place, shown in self._all(entries):
            news[place] = news.get(place, Shown()).joined(shown)
        if news:
            rows = _load(session, news)
            for place in sorted(news):
                _write(session, place, rows.get(place), _kept(rows.get(place)).joined(news[place]))
            session.flush()

    def undo(self, session: Session, entries: Iterable[Recorded]) -> None:
        """Work out again, from what remains in the store, what these were about."""
        entries = list(entries)
        left = {place: Shown() for place, _shown in self._all(entries)}
        for organisation_id, agent in {(entry.organisation_id, entry.agent) for entry in entries}:
            for place, shown in self._all(_remaining(session, organisation_id, agent)):
                if place in left:
                    left[place] = left[place].joined(shown)
        rows = _load(session, left)
        for place in sorted(left):
            _write(session, place, rows.get(place), left[place])
        session.flush()

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


Row = ModuleProgress | CourseProgress


def _load(session: Session, places: Iterable[Place]) -> dict[Place, Row]:
    """The rows of these places as they now are: whoever wrote them has committed."""
    wanted = set(places)
    rows: dict[Place, Row] = {}
    tables: tuple[type[Row], ...] = (ModuleProgress, CourseProgress)
    for table in tables:
        near = select(table).where(
            table.organisation_id.in_({place.organisation_id for place in wanted}),
            table.person_uuid.in_({place.person_uuid for place in wanted}),
            table.course_key.in_({place.course for place in wanted}),
        )
        found: Iterable[Row] = session.scalars(near.execution_options(populate_existing=True))
        rows.update({_place(row): row for row in found})
    return {place: row for place, row in rows.items() if place in wanted}


def _place(row: Row) -> Place:
    module = row.module_key if isinstance(row, ModuleProgress) else ""
    return Place(row.organisation_id, row.person_uuid, row.course_key, module)


def _kept(row: Row | None) -> Shown:
    if row is None:
        return Shown()
    completed = (row.completed_at, row.revision or "") if row.completed_at else None
    if isinstance(row, CourseProgress):
        return Shown(completed=completed)
    return Shown(
        pages=frozenset(row.pages),
        best=row.best,
        passed_at=row.passed_at,
        completed=completed,
        started_at=row.started_at,
        last=(row.last_at, row.last_page) if row.last_at and row.last_page else None,
        stays=row.stays,
    )


def _write(session: Session, place: Place, row: Row | None, shown: Shown) -> None:
    if shown == Shown():
        if row is not None:
            session.delete(row)
    elif place.module:
        _write_module(session, place, row, shown)
    elif shown.completed is not None:
        _write_course(session, place, row, shown.completed)


def _write_module(session: Session, place: Place, row: Row | None, shown: Shown) -> None:
    if not isinstance(row, ModuleProgress):
        row = ModuleProgress(
            organisation_id=place.organisation_id,
            person_uuid=place.person_uuid,
            course_key=place.course,
            module_key=place.module,
        )
        session.add(row)
    row.pages = sorted(shown.pages)
    row.best, row.passed_at, row.started_at = shown.best, shown.passed_at, shown.started_at
    row.completed_at, row.revision = _pair(shown.completed)
    row.last_at, row.last_page = shown.last or (None, None)
    row.stays = {stay: shown.stays[stay] for stay in sorted(shown.stays)}
    row.seconds = sum(row.stays.values())


def _write_course(session: Session, place: Place, row: Row | None, completed: tuple[datetime, str]) -> None:
    if not isinstance(row, CourseProgress):
        row = CourseProgress(
            organisation_id=place.organisation_id, person_uuid=place.person_uuid, course_key=place.course
        )
        session.add(row)
    row.completed_at, row.revision = completed[0], completed[1] or None


def _pair(completed: tuple[datetime, str] | None) -> tuple[datetime | None, str | None]:
    return (completed[0], completed[1] or None) if completed else (None, None)


def _remaining(session: Session, organisation_id: int, agent: str) -> Iterator[Recorded]:
    query = StatementQuery([organisation_id], agent=agent, ascending=True, limit=BATCH)
    while entries := find(session, query):
        yield from entries
        query = replace(query, after=Cursor(entries[-1].stored, organisation_id))


_readers: dict[str, Reader] = {}


def connect(base: str) -> None:
    """From now on statements that use our identifiers with this base are read. Once for each base."""
    if base in _readers:
        return
    reader = _readers[base] = Reader(base)

    def recorded(session: Session, entries: Sequence[Recorded]) -> None:
        reader.read(session, entries)

    def voided(session: Session, entries: Sequence[Recorded]) -> None:
        reader.undo(session, entries)

    signals.statements_recorded.connect(recorded, weak=False)
    signals.statements_voided.connect(voided, weak=False)


def clear(session: Session) -> None:
    """Before the whole store is read again."""
    session.execute(delete(ModuleProgress))
    session.execute(delete(CourseProgress))

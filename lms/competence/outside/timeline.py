"""From hits to what they show, as was known at each time. Pure, and the same in whatever order hits came.

What met a condition holds from when it happened, for ever or for so many months. A level is shown while as many
conditions hold as the rule needs: it is shown anew by each hit that finds it so, and ends when too few hold.

Hits come to be known (when the statement was stored, the rule decided, the alias tied) and cease to count (the rule
was replaced, the alias untied). What was shown in between stays so in the picture of that time: it is evidence that
was known from then and has ended. Only a voided statement is as if it had never been.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from lms.competence.day import after
from lms.competence.shown.level import Shown, Source

NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that meets conditions of a rule, while it counts as somebody's."""

    statement: UUID
    client: str
    conditions: tuple[int, ...]
    happened_at: datetime
    # From when it counts, and until when. NEVER: it still does.
    since: datetime
    until: datetime = NEVER


@dataclass(frozen=True, slots=True)
class Claim:
    """That a level is shown: by which statement, since when that is known, and until when it holds."""

    statement: UUID
    client: str
    shown_at: datetime
    known_at: datetime
    valid_until: datetime | None

    def at_level(self, level: int) -> Shown:
        return Shown(Source.IMPORTED, level, self.shown_at, self.valid_until)


def claims(hits: Iterable[Hit], needed: int, months: int | None) -> list[Claim]:
    counted = [hit for hit in hits if hit.since < hit.until]
    found = _each(counted, months) if needed == 1 else _together(counted, needed, months)
    return [one for one in found if one.valid_until is None or one.valid_until > one.known_at]


def _end(happened_at: datetime, months: int | None) -> datetime:
    return NEVER if months is None else after(happened_at, months)


def _claim(hit: Hit, known_at: datetime, until: datetime) -> Claim:
    return Claim(hit.statement, hit.client, hit.happened_at, known_at, None if until == NEVER else until)


def _each(hits: Iterable[Hit], months: int | None) -> Iterator[Claim]:
    for hit in hits:
        yield _claim(hit, hit.since, min(_end(hit.happened_at, months), hit.until))


def _together(hits: Sequence[Hit], needed: int, months: int | None) -> Iterator[Claim]:
    """Through the times at which anything came to count or ceased to, with what was shown between them."""
    changes: dict[datetime, list[Hit]] = defaultdict(list)
    for hit in hits:
        for at in {hit.since, hit.until} - {NEVER}:
            changes[at].append(hit)
    counting, showing = _Counting(needed, months), _Showing()
    for at in sorted(changes):
        gone = [hit for hit in changes[at] if hit.until == at]
        for hit in gone:
            counting.remove(hit)
        for hit in changes[at]:
            if hit.since == at:
                counting.add(hit)
        now: dict[UUID, tuple[Hit, datetime | None]] = {hit.statement: (hit, None) for hit in gone}
        yield from showing.turn(at, now | counting.shown_from(min(hit.happened_at for hit in changes[at])))
    yield from showing.all()


class _Showing:
    """What is shown at a time: by which hit, since when that has been known, and until when it holds."""

    def __init__(self) -> None:
        self._shown: dict[UUID, tuple[Hit, datetime, datetime]] = {}

    def turn(self, at: datetime, now: Mapping[UUID, tuple[Hit, datetime | None]]) -> Iterator[Claim]:
        """What these show is otherwise from now on. What they showed until now stays so in the picture of that time."""
        for statement, (hit, end) in now.items():
            before = self._shown.get(statement)
            if before is not None and before[2] == end:
                continue
            if before is not None:
                yield _claim(before[0], before[1], min(before[2], at))
                del self._shown[statement]
            if end is not None:
                self._shown[statement] = (hit, at, end)

    def all(self) -> Iterator[Claim]:
        return (_claim(hit, known_at, end) for hit, known_at, end in self._shown.values())


class _Counting:
    """The hits that count at a time, in the order in which they happened."""

    def __init__(self, needed: int, months: int | None) -> None:
        self._needed, self._months = needed, months
        self._hits: dict[UUID, Hit] = {}
        self._order: list[tuple[datetime, UUID]] = []
        self._times: dict[int, list[datetime]] = defaultdict(list)

    def add(self, hit: Hit) -> None:
        self._hits[hit.statement] = hit
        insort(self._order, (hit.happened_at, hit.statement))
        for condition in hit.conditions:
            insort(self._times[condition], hit.happened_at)

    def remove(self, hit: Hit) -> None:
        del self._hits[hit.statement]
        self._order.remove((hit.happened_at, hit.statement))
        for condition in hit.conditions:
            self._times[condition].remove(hit.happened_at)

    def shown_from(self, at: datetime) -> dict[UUID, tuple[Hit, datetime | None]]:
        """Each hit from then on, with until when it shows the level. None: too few conditions hold."""
        first = bisect_left(self._order, at, key=lambda place: place[0])
        return {
            statement: (self._hits[statement], self._holds(happened)) for happened, statement in self._order[first:]
        }

    def _holds(self, at: datetime) -> datetime | None:
        ends = []
        for times in self._times.values():
            place = bisect_right(times, at)
            if place and (end := _end(times[place - 1], self._months)) > at:
                ends.append(end)
        return sorted(ends, reverse=True)[self._needed - 1] if len(ends) >= self._needed else None

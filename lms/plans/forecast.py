"""The map as it would be: with what has been assigned, beside the same day without it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from lms.competence.day import Day
from lms.competence.figures.map import Column, Figure, Map, Row
from lms.plans.assignments import Assigned


def when_all_is_done(assigned: Iterable[Assigned], at: datetime, zone: tzinfo) -> Day | None:
    """The end of the last day of what is not done yet, or of today where all of it is late. None: there is nothing."""
    lasts = [one.assignment.due_on for one in assigned if not one.is_done]
    if not lasts:
        return None
    last = max(*lasts, at.astimezone(zone).date())
    return Day(at, datetime.combine(last + timedelta(days=1), time(), zone) - timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class Change:
    """A competence that is otherwise with what has been assigned."""

    before: Column
    after: Column


@dataclass(frozen=True, slots=True)
class Forecast:
    changes: Sequence[Change]
    # Of whom something changes: the row as it would be, and its figures in each changed competence, before and after.
    rows: Sequence[tuple[Row, Sequence[tuple[Figure, Figure]]]]
    people: int


def compare(before: Map, after: Map) -> Forecast:
    """Two maps of the same people on the same day, in the same order."""
    places = [
        place
        for place, (one, other) in enumerate(zip(before.columns, after.columns, strict=True))
        if one.tally != other.tally
    ]
    changes = [Change(before.columns[place], after.columns[place]) for place in places]
    pairs = [
        (row, [(earlier.figures[place], row.figures[place]) for place in places])
        for earlier, row in zip(before.rows, after.rows, strict=True)
    ]
    changed = [(row, figures) for row, figures in pairs if any(one != other for one, other in figures)]
    return Forecast(changes, changed, after.people)

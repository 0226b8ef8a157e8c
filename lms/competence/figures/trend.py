"""How index and coverage have moved, month by month: as each month's end was known then.

By the rules that hold today, so that another yardstick does not look like progress; of what was required then. Twice:
of all who belonged at each end, and of the same people, those who belonged at all of them. What all shows can come
of people who came and went; what the same people show cannot.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.competence.day import Day
from lms.competence.figures import matrix, tallies
from lms.competence.figures.matrix import UNKNOWN, Matrix
from lms.competence.gap import Tally
from lms.competence.shown import level_rules, levels, numbers, packing
from lms.competence.shown.level import FRESH, LevelRule
from lms.competence.shown.levels import Whose
from lms.competence.shown.packing import Piece
from lms.identity.models import Person
from lms.identity.periods import Places


@dataclass(frozen=True, slots=True)
class Moment:
    """One day of the trend: of everybody there was, and of those who were there on all days."""

    day: Day
    people: int
    all: Tally
    same_people: int
    same: Tally


# A piece of evidence, and when it was known.
Known = tuple[datetime, Piece]
# Of a person's row and a competence's column.
Cell = tuple[int, int]
_LATER: Final = datetime.resolution


def trend(session: Session, places_on: Callable[[datetime], Places], days: Sequence[Day]) -> list[Moment]:
    """Of these days, oldest first. `places_on` says who belonged on a day, such as `access.aggregates_on`."""
    rows = belonged(session, places_on, days)
    same = set.intersection(*map(members, rows)) if rows else set()
    found = []
    for day, built in zip(days, pictures(session, rows, days), strict=True):
        panel = only(built, same)
        found.append(Moment(day, built.people, _whole(built), panel.people, _whole(panel)))
    return found


# Those who belonged on a day.
Rows = Sequence[Row[Any]]


def belonged(session: Session, places_on: Callable[[datetime], Places], days: Sequence[Day]) -> list[Rows]:
    return [session.execute(_people(places_on(day.on))).all() for day in days]


def members(rows: Rows) -> set[int]:
    """The memberships among them."""
    return {row[0] for row in rows}


def only(built: Matrix, memberships: set[int]) -> Matrix:
    return built.only(np.isin(built.memberships, list(memberships)))


def pictures(session: Session, rows: Sequence[Rows], days: Sequence[Day]) -> Iterator[Matrix]:
    """One of each day, by the rules that hold on the last of them."""
    required = [matrix.needs_of(session, its, day) for its, day in zip(rows, days, strict=True)]
    place = {whose: number for number, whose in enumerate({_whose(row): None for its in rows for row in its})}
    keys = sorted({key for one in required for key in one.keys})
    changes = _changes(session, place, keys, days)
    states = np.full((len(place), len(keys)), UNKNOWN, dtype=np.uint32)
    column = {key: number for number, key in enumerate(keys)}
    for number in range(len(days)):
        for cell, state in changes[number]:
            states[cell] = state
        its = [place[_whose(row)] for row in rows[number]]
        columns = [column[key] for key in required[number].keys]
        yield matrix.assemble(rows[number], required[number], states[np.ix_(its, columns)])


def _whole(built: Matrix) -> Tally:
    return tallies.of(built, tallies.everyone(built)).whole(0) if built.people else NOBODY


NOBODY: Final = Tally(**dict.fromkeys(tallies.TALLIED, 0))


def _people(places: Places) -> Any:
    its = places.subquery()
    columns = (its.c.membership_id, its.c.organisation_id, its.c.unit_id, its.c.manager_id, its.c.role_profile_key)
    return select(*columns, Person.uuid).join(Person, Person.id == its.c.person_id).order_by(its.c.membership_id)


def _whose(row: Row[Any]) -> Whose:
    return row[1], row[5]


def _changes(
    session: Session, place: Mapping[Whose, int], keys: Sequence[str], days: Sequence[Day]
) -> list[list[tuple[Cell, int]]]:
    """Of each day the cells that are no longer as they were the day before, and what they are."""
    if not days:
        return []
    ends, at = [day.on for day in days], days[-1].at
    rules = level_rules.rules_of(session, {organisation for organisation, _ in place}, at)
    rule_of = {number: rules[whose[0]] for whose, number in place.items()}
    changes: list[list[tuple[Cell, int]]] = [[] for _ in days]
    for cell, known in _evidence(session, place, keys, ends[-1]).items():
        for number in sorted({bisect_left(ends, instant) for one in known for instant in _turns(one)}):
            if number < len(days):
                changes[number].append((cell, _state(known, rule_of[cell[0]], ends[number])))
    return changes


def _turns(one: Known) -> Iterable[datetime]:
    """When it begins to count, when it is old, and when it ends."""
    known_at, piece = one
    shown = packing.shown(piece)
    yield known_at
    yield shown.at + FRESH + _LATER
    if shown.valid_until is not None:
        yield shown.valid_until


def _state(known: Sequence[Known], rule: LevelRule, on: datetime) -> int:
    current = rule.current([packing.shown(piece) for known_at, piece in known if known_at <= on], on)
    return UNKNOWN if current is None else packing.state(current)


def _evidence(
    session: Session, place: Mapping[Whose, int], keys: Sequence[str], until: datetime
) -> dict[Cell, list[Known]]:
    column = {key: number for number, key in enumerate(keys)}
    numbered = numbers.known(session, keys)
    found: dict[Cell, list[Known]] = defaultdict(list)
    for organisation, person, key, source, level, shown_at, valid_until, known_at in levels.known(
        session, place, until
    ):
        if key in column:
            piece = packing.piece(numbered[key], source, level, shown_at, valid_until)
            found[place[organisation, person], column[key]].append((known_at, piece))
    return found

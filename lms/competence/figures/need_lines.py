"""What a place needs beside who there is, by competence and level: for the page, and for what is taken from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from lms.competence.asked import Asking
from lms.competence.day import Day
from lms.competence.figures import holders, turnover
from lms.competence.figures.holders import Holding
from lms.competence.models import NeedVersion
from lms.competence.required import needs, versions
from lms.competence.required.needs import Needs, Sought
from lms.frameworks.framework import Competence
from lms.identity.models import Organisation


@dataclass(frozen=True, slots=True)
class Line:
    competence: Competence
    sought: Sought
    # How many are needed today; None: nothing is said of so early a day.
    now: int | None
    # By horizon, where it is said.
    ahead: Mapping[int, int]
    holding: Holding
    # How many holders to reckon with, by horizon. None: not known, or must not be shown.
    expected: Mapping[int, float | None]
    # How many are missing today, and at most at a horizon. None: not known, or must not be shown.
    short: int | None
    short_ahead: int | None


@dataclass(frozen=True, slots=True)
class AtPlace:
    place: Organisation
    versions: Sequence[NeedVersion]
    # What holds today.
    current: NeedVersion | None
    needed: Needs
    lines: Sequence[Line]
    # How many of a hundred the place reckons will leave in a year.
    per_year: int
    on: date


def at_place(asking: Asking, key: str) -> AtPlace:
    """Of a place whose needs the viewer decides; otherwise NotFound."""
    place = needs.place(asking.session, asking.viewer, key)
    decided, on = needs.history(asking.session, place.id), asking.at.date()
    current = versions.in_force(decided, on)
    needed = needs.needs_of(current)
    holding = holders.count(asking.session, asking.viewer, place, needed, asking.k, at=asking.at)
    ahead = _ahead(asking, place, holding, current.valid_from) if current is not None else {}
    lines = (
        [
            _line(one, sought, needed[sought], holding[sought], current.valid_from, on, ahead)
            for one, sought in _known(asking, needed)
        ]
        if current is not None
        else []
    )
    per_year = round(100 * turnover.rates_of(asking.session, [place.id])[place.id])
    return AtPlace(place, decided, current, needed, lines, per_year, on)


# By horizon, of those whose day has not come.
_Ahead = Mapping[int, Mapping[Sought, float | None]]


def _ahead(asking: Asking, place: Organisation, holding: Mapping[Sought, Holding], valid_from: date) -> _Ahead:
    found = {}
    for months in needs.HORIZONS:
        then = datetime.combine(needs.due(valid_from, months), time(), asking.zone)
        if then > asking.at:
            left = max(1, round((then - asking.at).days * 12 / 365))
            day = Day(asking.at, then, left)
            expected = asking.expected(day)
            found[months] = holders.ahead(asking.session, asking.viewer, place, holding, asking.k, day, expected)
    return found


def _known(asking: Asking, needed: Needs) -> Iterable[tuple[Competence, Sought]]:
    """In the frameworks' order."""
    for competence in asking.frameworks.known({sought.key for sought in needed}):
        yield from ((competence, sought) for sought in needed if sought.key == competence.key)


def _line(
    competence: Competence,
    sought: Sought,
    numbers: needs.Numbers,
    holding: Holding,
    valid_from: date,
    on: date,
    ahead: _Ahead,
) -> Line:
    now = needs.number_on(numbers, valid_from, on)
    there = holding.holders if holding.assessed else None
    expected = {months: its[sought] for months, its in ahead.items()}
    short = [
        needs.shortfall(needs.number_on(numbers, valid_from, needs.due(valid_from, months)), its)
        for months, its in expected.items()
    ]
    return Line(
        competence,
        sought,
        now,
        numbers,
        holding,
        expected,
        short=needs.shortfall(now, there),
        short_ahead=max((one for one in short if one is not None), default=None),
    )

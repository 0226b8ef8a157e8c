"""What a place needs beside who there is, by competence and level: for the page, and for what is taken from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.competence import holders, needs, versions
from lms.competence.asked import Asking
from lms.competence.holders import Holding
from lms.competence.models import NeedVersion
from lms.competence.needs import Needs, Sought
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
    # How many are missing today, and of the most that will be needed. None: not known, or must not be shown.
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
    on: date


def at_place(asking: Asking, key: str) -> AtPlace:
    """Of a place whose needs the viewer decides; otherwise NotFound."""
    place = needs.place(asking.session, asking.viewer, key)
    decided, on = needs.history(asking.session, place.id), asking.at.date()
    current = versions.in_force(decided, on)
    needed = needs.needs_of(current)
    holding = holders.count(asking.session, asking.viewer, place, needed, asking.k, at=asking.at)
    lines = (
        [
            _line(one, sought, needed[sought], holding[sought], current.valid_from, on)
            for one, sought in _known(asking, needed)
        ]
        if current is not None
        else []
    )
    return AtPlace(place, decided, current, needed, lines, on)


def _known(asking: Asking, needed: Needs) -> Iterable[tuple[Competence, Sought]]:
    """In the frameworks' order."""
    for competence in asking.frameworks.known({sought.key for sought in needed}):
        yield from ((competence, sought) for sought in needed if sought.key == competence.key)


def _line(
    competence: Competence, sought: Sought, numbers: needs.Numbers, holding: Holding, valid_from: date, on: date
) -> Line:
    now = needs.number_on(numbers, valid_from, on)
    there = holding.holders if holding.assessed else None
    return Line(
        competence,
        sought,
        now,
        numbers,
        holding,
        short=needs.shortfall(now, there),
        short_ahead=needs.shortfall(max(numbers.values()), there),
    )

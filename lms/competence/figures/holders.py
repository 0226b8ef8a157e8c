"""How many hold what is sought, and what of it may be shown.

A manager counts the people whose levels they may open anyway. For everyone else the number of holders is a figure
about few people: it is shown when neither it nor the number of the others can tell of anyone in particular.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from lms.competence import members, opening
from lms.competence.day import Day, today
from lms.competence.figures import gate, turnover
from lms.competence.figures.gate import Gate
from lms.competence.gap import Vulnerability, vulnerability
from lms.competence.members import Member
from lms.competence.required.needs import Sought, projected
from lms.competence.shown.levels import Expected
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation, Role

# By whether the work needs it.
_HOLDING: Final = {False: "holds, not needed", True: "holds, needed"}
_LACKING: Final = {False: "lacks, not needed", True: "lacks, needed"}


@dataclass(frozen=True, slots=True)
class Holding:
    # How many there are whose level is known. None: so few that it must not be shown, as is `holders`.
    assessed: int | None
    holders: int | None

    @property
    def vulnerability(self) -> Vulnerability | None:
        """None: not known, or must not be shown. Where nobody has been assessed nothing is known to be missing."""
        return vulnerability(self.holders) if self.holders is not None and self.assessed else None


def count(
    session: Session, viewer: Viewer, place: Organisation, sought: Iterable[Sought], k: int, *, at: datetime
) -> dict[Sought, Holding]:
    """Of those who work at the place, whatever their role profile."""
    if viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER):
        people = members.load(session, access.aggregates(viewer), at)
        unit_id = place.id if place.id != viewer.organisation_id else None
        known = opening.known(session, viewer)
        return {one: _hidden_if_small(people, one, unit_id, k, known) for one in sought}
    people = [one for one in opening.counted(session, viewer, today(at)) if one.unit_id == place.id]
    return {one: _count(people, one) for one in sought}


def ahead(
    session: Session,
    viewer: Viewer,
    place: Organisation,
    holding: Mapping[Sought, Holding],
    k: int,
    day: Day,
    expected: Expected,
) -> dict[Sought, float | None]:
    """How many holders to reckon with on a day to come. None: it is not known today, or must not be shown.

    A manager's people are counted one by one: those are gone who are known to leave, what has ended shows nothing, and
    those are there who are `expected` to get there. For everyone else it is worked out from the figures that are shown
    today, and from how many are expected to get there where they are k or more, as if these stood like the rest. Of
    both, so many leave besides as the place reckons with.
    """
    stay = turnover.share_left(turnover.rates_of(session, [place.id])[place.id], day.horizon)
    if viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER):
        there = access.aggregates(viewer)
        if place.id != viewer.organisation_id:
            there = there.where(Membership.unit_id == place.id)
        levels = [expected[id] for id in session.scalars(there.with_only_columns(Membership.id)) if id in expected]
        return {one: _reckoned(its, one, levels, k, stay) for one, its in holding.items()}
    people = [one for one in opening.counted(session, viewer, day, expected) if one.unit_id == place.id]
    then = {one: _count(people, one).holders for one in holding}
    return {one: _left(then[one], stay) if its.assessed else None for one, its in holding.items()}


def _reckoned(now: Holding, sought: Sought, expected: Iterable[Mapping[str, int]], k: int, stay: float) -> float | None:
    if now.holders is None or not now.assessed:
        return None
    getting_there = sum(levels.get(sought.key, 0) >= sought.level for levels in expected)
    new = getting_there * (1 - now.holders / now.assessed) if getting_there >= k else 0
    return projected(now.holders, now.holders * (1 - stay), new)


def _left(holders: int | None, stay: float) -> float | None:
    return None if holders is None else projected(holders, holders * (1 - stay), 0)


def _count(people: Sequence[Member], sought: Sought) -> Holding:
    levels = [level for person in people if (level := person.level(sought.key)) is not None]
    return Holding(len(levels), sum(level >= sought.level for level in levels))


def _hidden_if_small(
    people: Sequence[Member], sought: Sought, unit_id: int | None, k: int, known: Collection[int]
) -> Holding:
    """Holders and the others are hidden together, in a unit and in whatever would give it away by subtraction.

    Those whose work needs the competence, and whom the map shows, are counted apart from those whose does not.
    """
    counts, seen = Counter[gate.Cell](), Counter[gate.Cell]()
    for person in people:
        level = person.level(sought.key)
        if level is not None:
            columns = _HOLDING if level >= sought.level else _LACKING
            cell = (person.unit_id or 0,), columns[person.cell(sought.key) is not None]
            counts[cell] += 1
            seen[cell] += person.membership_id in known
    weak = _telling(counts, k) | _telling(gate.without(counts, seen), k)
    passing = Gate(counts, k, weak, seen)
    places = None if unit_id is None else {(unit_id,)}
    if all(passing.may_show(places, {column}) for _, column in counts):
        return _count([one for one in people if unit_id in (None, one.unit_id)], sought)
    return Holding(None, None)


def _telling(counts: Mapping[gate.Cell, int], k: int) -> set[gate.Path]:
    """Small units where all hold what is sought, or none does, which tells of each one in it."""
    whole: Counter[gate.Path] = Counter()
    largest: Counter[tuple[gate.Path, bool]] = Counter()
    for (path, column), number in counts.items():
        whole[path] += number
        largest[path, column in _HOLDING.values()] += number
    return {path for (path, _), number in largest.items() if number == whole[path] < 2 * k}

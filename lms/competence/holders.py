"""How many hold what is sought, and what of it may be shown.

A manager counts the people whose levels they may open anyway. For everyone else the number of holders is a figure
about few people: it is shown when neither it nor the number of the others can tell of anyone in particular.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from lms.competence import hiding, members
from lms.competence.gap import Vulnerability, vulnerability
from lms.competence.members import Member
from lms.competence.needs import Sought
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

_HOLDS: Final = "holds"
_DOES_NOT: Final = "does not"


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
        is_unit = place.id != viewer.organisation_id
        return {one: _hidden_if_small(people, one, place.id if is_unit else None, k) for one in sought}
    people = [one for one in members.load(session, access.levels(viewer), at) if one.unit_id == place.id]
    return {one: _count(people, one) for one in sought}


def _count(people: Sequence[Member], sought: Sought) -> Holding:
    levels = [level for person in people if (level := person.level(sought.key)) is not None]
    return Holding(len(levels), sum(level >= sought.level for level in levels))


def _hidden_if_small(people: Sequence[Member], sought: Sought, unit_id: int | None, k: int) -> Holding:
    """Holders and the others are hidden together, in a unit and in whatever would give it away by subtraction."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for person in people:
        level = person.level(sought.key)
        if level is not None:
            counts[person.unit_id or 0][_HOLDS if level >= sought.level else _DOES_NOT] += 1
    secret = hiding.hidden({(unit, held): n for unit, its in counts.items() for held, n in its.items()}, k)
    holding = _count([one for one in people if unit_id in (None, one.unit_id)], sought)
    if not holding.assessed:
        return holding
    # “All” and “none” of a small group tell of each one in it.
    alike = {unit for unit, its in counts.items() if len(its) == 1 and its.total() < 2 * k}
    closed = alike | {unit for unit, _ in secret if isinstance(unit, int)}
    shown = unit_id not in closed
    if unit_id is None:
        # The sum less the units that are shown says how it stands in those that are closed, taken together.
        rest = sum((counts[unit] for unit in closed), Counter[str]())
        is_safe = not closed or (len(closed) > 1 and min(rest[_HOLDS], rest[_DOES_NOT]) >= k)
        shown = is_safe and not secret & {(None, _HOLDS), (None, _DOES_NOT), (None, None)}
    return holding if shown else Holding(None, None)

"""Places in the order of gaps that somebody has decided, against what the figures say.

Figures give the order; those who answer for it may put a gap elsewhere, and say why. Both are shown. A decision is
never taken back by Kunna, but one that was made on figures that no longer hold says so.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from lms.competence.models import PlaceDecision
from lms.errors import Conflict, Invalid, Problem
from lms.i18n import gettext

logger = logging.getLogger(__name__)

LONGEST_REASON: Final = 1000
# A decision is to be looked at again when the figures have moved the gap so many places, or its priority by so large a
# part, or when so long has gone.
PLACES_MOVED: Final = 3
PART_MOVED: Final = 0.5
LASTS: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose gaps: of everyone in an organisation or a unit, or of one manager's team."""

    organisation_id: int
    team_id: int | None
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Computed:
    """What the figures say of a gap: its place, and its priority. None: nothing."""

    place: int | None
    priority: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where somebody wants a gap to stand, and why. `place` None: where the figures put it."""

    place: int | None
    reason: str
    # How many decisions about it there were when they looked.
    seen: int


def order(computed: Sequence[str], decided: Mapping[str, int]) -> list[str]:
    """Those with a place of their own there, and the others around them as the figures have it.

    Where two have been given the same place the figures tell which is before. A place beyond the last is the last.
    """
    # The last first, since whatever is put in a place moves those that stand there one down.
    fixed = sorted((key for key in reversed(computed) if key in decided), key=lambda key: decided[key])
    found = [key for key in computed if key not in decided]
    for key in fixed:
        found.insert(decided[key] - 1, key)
    return found


def has_moved(decision: PlaceDecision, now: Computed, at: datetime) -> bool:
    """Whether what it was decided on is no longer so."""
    if at - decision.decided_at > LASTS:
        return True
    if (decision.computed_place is None) != (now.place is None):
        return True
    if decision.computed_place is None or now.place is None:
        return False
    before, after = decision.computed_priority or 0.0, now.priority or 0.0
    return abs(now.place - decision.computed_place) >= PLACES_MOVED or abs(after - before) > PART_MOVED * before


def in_force(session: Session, scope: Scope, horizon: int) -> dict[str, PlaceDecision]:
    """By competence, the last one of each that gives it a place."""
    last = {one.competence_key: one for one in session.scalars(_decisions(scope, horizon))}
    return {key: one for key, one in last.items() if one.place is not None}


def history(session: Session, scope: Scope, horizon: int, competence: str) -> Sequence[PlaceDecision]:
    its = _decisions(scope, horizon).where(PlaceDecision.competence_key == competence)
    return session.scalars(its.options(joinedload(PlaceDecision.decided_by))).all()


def _decisions(scope: Scope, horizon: int) -> Select[tuple[PlaceDecision]]:
    return (
        select(PlaceDecision)
        .where(
            PlaceDecision.organisation_id == scope.organisation_id,
            PlaceDecision.team_id == scope.team_id,
            PlaceDecision.horizon == horizon,
        )
        .order_by(PlaceDecision.id)
    )


def decide(
    session: Session,
    scope: Scope,
    horizon: int,
    competence: str,
    wanted: Wanted,
    computed: Computed,
    *,
    by: int,
    at: datetime,
) -> PlaceDecision:
    """`by` is a person's id."""
    if wanted.seen != len(history(session, scope, horizon, competence)):
        raise Conflict(gettext("Somebody else has just decided its place. Look at that first."))
    decision = PlaceDecision(
        organisation_id=scope.organisation_id,
        team_id=scope.team_id,
        horizon=horizon,
        competence_key=competence,
        place=wanted.place,
        computed_place=computed.place,
        computed_priority=computed.priority,
        reason=wanted.reason,
        decided_at=at,
        decided_by_id=by,
    )
    session.add(decision)
    logger.info("Place %s of %s at %s decided by %s", wanted.place, competence, scope.organisation_id, by)
    return decision


def parse(form: Mapping[str, str], last: int) -> Wanted:
    """From a form in which the last place is `last`. Raises Invalid."""
    place, reason, seen = (form.get(name, "").strip() for name in ("place", "reason", "seen"))
    problems = []
    is_number = place.isdecimal() and 1 <= int(place) <= last
    if not is_number and form.get("do") != "as-computed":
        problems.append(Problem("place", gettext("Enter a whole number from 1 to %(last)d.", last=last)))
    if not reason:
        problems.append(Problem("reason", gettext("Say why, for those who read this later.")))
    elif len(reason) > LONGEST_REASON:
        problems.append(Problem("reason", gettext("Write at most %(number)d characters.", number=LONGEST_REASON)))
    if problems:
        raise Invalid(problems)
    given = None if form.get("do") == "as-computed" else int(place)
    return Wanted(given, reason, int(seen) if seen.isdecimal() else 0)

"""What another level rule would change, in figures that tell of nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence import opening
from lms.competence.day import today
from lms.competence.figures.gate import Cell, Gate
from lms.competence.models import LevelRuleVersion
from lms.competence.shown.level import LevelRule
from lms.identity import access
from lms.identity.access import Viewer

if TYPE_CHECKING:
    from numpy.typing import NDArray

UP: Final = "up"
DOWN: Final = "down"
BOTH: Final = "both"
SAME: Final = "same"


@dataclass(frozen=True, slots=True)
class Moved:
    """People to whom the same would happen, and how many of their levels would change."""

    people: int
    levels: int


@dataclass(frozen=True, slots=True)
class Effect:
    # All whom the rule would hold for, and of whom something has been assessed that their work needs.
    people: int
    levels: int
    # By UP (of whom some levels rise and none falls), DOWN, BOTH and SAME. None: too few, or they could be worked out.
    moved: dict[str, Moved | None]

    @property
    def is_hidden(self) -> bool:
        return all(one is None for one in self.moved.values())


def of(session: Session, viewer: Viewer, rule: LevelRule, k: int, *, at: datetime) -> Effect:
    """If the viewer's organisation had this rule today, and all below it that have chosen none of their own.

    Every rule tells a level from the same evidence, so that no level becomes unknown.
    """
    # NumPy is 16 MB, which a worker that shows no figures of groups can spare.
    from lms.competence.figures import matrix  # noqa: PLC0415

    day = today(at)
    places = access.aggregates_on(viewer, at, at=at)
    columns = places.selected_columns
    places = places.where(columns.organisation_id.not_in(_with_rules_of_their_own(session, viewer, at)))
    now, then = matrix.load(session, places, day), matrix.load(session, places, day, rule=rule)
    counted = (now.required > matrix.NOT_NEEDED) & (now.current >= 0)
    up, down = counted & (then.current > now.current), counted & (then.current < now.current)
    of_each = _apart(up, down, counted)
    those = now.those(opening.known(session, viewer))
    known = _apart(up[those], down[those], counted[those])
    gate = Gate(_cells(of_each), k, known=_cells(known))
    people = sum(its.people for its in of_each.values())
    if people < k:
        return Effect(0, 0, dict.fromkeys(of_each))
    moved = {name: its if gate.may_show([(name,)]) else None for name, its in of_each.items()}
    return Effect(people, int(counted.sum()), moved)


def _apart(up: "NDArray", down: "NDArray", counted: "NDArray") -> dict[str, Moved]:  # type: ignore[type-arg]
    rises, falls = up.any(axis=1), down.any(axis=1)
    changed = (up | down).sum(axis=1)
    groups = {
        UP: rises & ~falls,
        DOWN: falls & ~rises,
        BOTH: rises & falls,
        SAME: counted.any(axis=1) & ~rises & ~falls,
    }
    return {name: Moved(int(its.sum()), int(changed[its].sum())) for name, its in groups.items()}


def _cells(moved: Mapping[str, Moved]) -> dict[Cell, int]:
    return {((name,), ""): its.people for name, its in moved.items()}


def _with_rules_of_their_own(session: Session, viewer: Viewer, at: datetime) -> list[int]:
    """Those below that have chosen for themselves, and what is below them."""
    chosen = session.scalars(
        select(LevelRuleVersion.organisation_id)
        .where(
            LevelRuleVersion.organisation_id.in_(access.below(viewer.organisation_id)),
            LevelRuleVersion.organisation_id != viewer.organisation_id,
            LevelRuleVersion.valid_from <= at.date(),
        )
        .distinct()
    ).all()
    return [id for one in chosen for id in session.scalars(access.below(one))]

"""What is done about gaps beside courses: who decided it, when, and what came of it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from lms.competence.figures.placing import Scope
from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.frameworks.framework import Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role
from lms.plans.models import Kind, Measure, Outcome

logger = logging.getLogger(__name__)

LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    competence_key: str
    kind: Kind
    what: str
    due_on: date


def scope(viewer: Viewer, view: str) -> Scope:
    """Whose gaps a plan is about: of the viewer's team, or of everyone where the viewer acts."""
    if view == "team":
        return Scope(viewer.organisation_id, viewer.membership_id, may_decide=True)
    return Scope(viewer.organisation_id, None, viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER))


def parse(form: Mapping[str, str], frameworks: Frameworks, today: date) -> Wanted:
    """From a form with `competence`, `kind`, `what` and `due_on`. Raises Invalid."""
    problems = []
    key, kind, what, due_on = form.get("competence", ""), form.get("kind", ""), form.get("what", "").strip(), today
    if frameworks.find(key) is None:
        problems.append(Problem("competence", gettext("Choose the competence that it is about.")))
    if kind not in list(Kind):
        problems.append(Problem("kind", gettext("Choose what kind of measure it is.")))
    if not what:
        problems.append(Problem("what", gettext("Say in a few words what is to be done.")))
    if len(what) > LONGEST:
        problems.append(Problem("what", gettext("Write at most %(number)d characters.", number=LONGEST)))
    try:
        due_on = date.fromisoformat(form.get("due_on", ""))
    except ValueError:
        problems.append(Problem("due_on", gettext("Enter the last day, such as 2027-01-31.")))
    if due_on < today:
        problems.append(Problem("due_on", gettext("Choose a day that has not been.")))
    if problems:
        raise Invalid(problems)
    return Wanted(key, Kind(kind), what, due_on)


def decide(session: Session, scope: Scope, wanted: Wanted, *, by: int, at: datetime) -> Measure:
    """`by` is a person's id. Raises NotFound where it is not theirs to decide."""
    if not scope.may_decide:
        raise NotFound(gettext("What is done about these gaps is not yours to decide."))
    measure = Measure(
        organisation_id=scope.organisation_id,
        team_id=scope.team_id,
        competence_key=wanted.competence_key,
        kind=wanted.kind,
        what=wanted.what,
        due_on=wanted.due_on,
        decided_at=at,
        decided_by_id=by,
    )
    session.add(measure)
    logger.info("%s decided about %s in organisation %s", wanted.kind, wanted.competence_key, scope.organisation_id)
    return measure


def of(session: Session, scope: Scope) -> Sequence[Measure]:
    """Those under way, the nearest last day first, and then those that have ended, the latest first."""
    found = session.scalars(
        select(Measure)
        .where(Measure.organisation_id == scope.organisation_id, Measure.team_id.is_not_distinct_from(scope.team_id))
        .options(joinedload(Measure.decided_by), joinedload(Measure.ended_by))
        .order_by(Measure.due_on, Measure.id)
    ).all()
    ended = sorted((one for one in found if one.ended_at), key=lambda one: one.ended_at or one.decided_at, reverse=True)
    return [*(one for one in found if one.ended_at is None), *ended]


def end(session: Session, viewer: Viewer, uuid: UUID, outcome: str, *, at: datetime) -> Measure:
    """It is done, or no longer going to be. Raises NotFound, and Conflict where that has been said already."""
    found = session.scalars(select(Measure).where(Measure.uuid == uuid)).one_or_none()
    its = scope(viewer, "groups" if found is None or found.team_id is None else "team")
    if (
        found is None
        or outcome not in list(Outcome)
        or not its.may_decide
        or (found.organisation_id, found.team_id) != (its.organisation_id, its.team_id)
    ):
        raise NotFound(gettext("There is no such measure here."))
    if found.ended_at is not None:
        raise Conflict(gettext("Somebody has said already what came of it."))
    found.outcome, found.ended_at, found.ended_by_id = outcome, at, viewer.person_id
    return found


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """What a person has decided, or said the outcome of, for their own copy."""
    its = (
        select(Measure, Organisation.name)
        .join(Organisation, Organisation.id == Measure.organisation_id)
        .where(or_(Measure.decided_by.has(uuid=person), Measure.ended_by.has(uuid=person)))
        .order_by(Measure.decided_at, Measure.id)
    )
    return "measures", [
        {
            "organisation": organisation,
            "competence": one.competence_key,
            "kind": one.kind,
            "what": one.what,
            "due_on": one.due_on.isoformat(),
            "decided_at": one.decided_at.isoformat(),
            "outcome": one.outcome,
            "ended_at": one.ended_at.isoformat() if one.ended_at is not None else None,
        }
        for one, organisation in session.execute(its)
    ]

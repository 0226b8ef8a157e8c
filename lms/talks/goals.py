"""Goals: proposed by one of the two, agreed to by the other, followed up by both."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from lms.frameworks.framework import HIGHEST, Frameworks
from lms.i18n import gettext
from lms.talks.models import FollowUp, Goal
from lms.talks.pairs import Pair

logger = logging.getLogger(__name__)

LONGEST: Final = {"text": 300, "how": 1000, "support": 1000}
LONGEST_FOLLOW_UP: Final = 1000
FURTHEST: Final = timedelta(days=5 * 365)


class Answer(StrEnum):
    AGREED = "agreed"
    DECLINED = "declined"
    # By whoever proposed it.
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """How it goes with a goal. The last two end it."""

    ON_TRACK = "on_track"
    NEEDS_HELP = "needs_help"
    REACHED = "reached"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A goal as it is proposed."""

    text: str
    competence_key: str | None
    level: int | None
    how: str
    support: str
    due: date


def parse(form: Mapping[str, str], frameworks: Frameworks, today: date) -> Wanted:
    texts = {name: form.get(name, "").strip() for name in LONGEST}
    problems = [
        Problem(name, gettext("Write at most %(number)d characters.", number=most))
        for name, most in LONGEST.items()
        if len(texts[name]) > most
    ]
    if not texts["text"]:
        problems.append(Problem("text", gettext("Say what the goal is.")))
    key, level = form.get("competence", ""), form.get("level", "")
    if key and key not in frameworks.keys:
        problems.append(Problem("competence", gettext("Choose one of the competences.")))
    if key and level not in _LEVELS:
        problems.append(Problem("level", gettext("Choose the level that is to be reached.")))
    if level and not key:
        problems.append(Problem("competence", gettext("Choose the competence that the level is of.")))
    due = _day(form.get("due", ""))
    if due is None or not today <= due <= today + FURTHEST:
        problems.append(Problem("due", gettext("Enter a day from today on, within five years, such as 2027-01-01.")))
    if problems or due is None:
        raise Invalid(problems)
    return Wanted(texts["text"], key or None, _LEVELS[level] if key else None, texts["how"], texts["support"], due)


_LEVELS: Final = {str(level): level for level in range(1, HIGHEST + 1)}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def propose(session: Session, pair: Pair, id: UUID, wanted: Wanted, replaces: Goal | None, *, at: datetime) -> Goal:
    """By the one who looks, to the other. The same id again is the same proposal, sent twice."""
    person, manager = pair.meets()
    there = session.get(Goal, (pair.organisation_id, id))
    if there is not None and (there.person_uuid, there.proposed_by) == (person.uuid, pair.viewer_uuid):
        return there
    if there is not None:
        raise Conflict(gettext("This form has been used already. Open a new one."))
    if replaces is not None and not replaces.is_in_force:
        raise Conflict(gettext("The goal that this one would take the place of has ended."))
    goal = Goal(
        organisation_id=pair.organisation_id,
        id=id,
        person_uuid=person.uuid,
        manager_uuid=manager.uuid,
        text=wanted.text,
        competence_key=wanted.competence_key,
        level=wanted.level,
        how=wanted.how,
        support=wanted.support,
        due=wanted.due,
        proposed_by=pair.viewer_uuid,
        proposed_at=at,
        replaces_id=replaces.id if replaces is not None else None,
    )
    session.add(goal)
    logger.info("A goal was proposed in organisation %d", pair.organisation_id)
    return goal


def seen(session: Session, pair: Pair) -> Sequence[Goal]:
    """What the one who looks may see of a person's goals: what was agreed, and what was proposed to or by them."""
    its = select(Goal).where(Goal.organisation_id == pair.organisation_id, Goal.person_uuid == pair.person.uuid)
    if not pair.is_own:
        its = its.where(or_(Goal.answer == Answer.AGREED, Goal.manager_uuid == pair.viewer_uuid))
    return session.scalars(its.order_by(Goal.due, Goal.proposed_at, Goal.id)).all()


def get(session: Session, pair: Pair, id: UUID, *, to_change: bool = False) -> Goal:
    """To be changed, it is held until the transaction ends: two answers at once are given one after the other."""
    key = (pair.organisation_id, id)
    goal = session.get(Goal, key, with_for_update=to_change, populate_existing=to_change)
    if goal is None or goal.person_uuid != pair.person.uuid:
        raise NotFound(gettext("There is no such goal."))
    if not pair.is_own and goal.answer != Answer.AGREED and goal.manager_uuid != pair.viewer_uuid:
        raise NotFound(gettext("There is no such goal."))
    return goal


def may_answer(pair: Pair, goal: Goal) -> bool:
    """Whether the answer is the viewer's to give; a proposal of one's own can only be withdrawn."""
    return goal.is_waiting and goal.proposed_by != pair.viewer_uuid


def answer(session: Session, pair: Pair, goal: Goal, given: Answer, *, at: datetime) -> None:
    if goal.answer == given:
        return
    if goal.answer is not None:
        raise Conflict(gettext("The proposal has been answered, or withdrawn, meanwhile."))
    if (given is Answer.WITHDRAWN) != (goal.proposed_by == pair.viewer_uuid):
        raise NotAllowed(gettext("A proposal is agreed to by the other, and withdrawn by whoever made it."))
    goal.answer, goal.answered_at = given, at
    if given is Answer.AGREED and goal.replaces_id is not None:
        earlier = get(session, pair, goal.replaces_id, to_change=True)
        if earlier.is_in_force:
            earlier.outcome, earlier.ended_at = "replaced", at
    logger.info("A goal in organisation %d was %s", goal.organisation_id, given.value)


def follow_up(pair: Pair, goal: Goal, form: Mapping[str, str], *, at: datetime) -> None:
    """How it goes, from either of the two. That it has been reached, or is dropped, ends it."""
    chosen, text = form.get("standing", ""), form.get("text", "").strip()
    problems = []
    if chosen not in list(Standing):
        problems.append(Problem("standing", gettext("Choose how it goes.")))
    if not text and chosen in (Standing.NEEDS_HELP, Standing.DROPPED):
        problems.append(Problem("text", gettext("Say in a few words what is needed, or why it is dropped.")))
    if len(text) > LONGEST_FOLLOW_UP:
        problems.append(Problem("text", gettext("Write at most %(number)d characters.", number=LONGEST_FOLLOW_UP)))
    if problems:
        raise Invalid(problems)
    if not goal.is_in_force:
        raise Conflict(gettext("The goal has ended; nothing more is noted on it."))
    said = (chosen, text, pair.viewer_uuid)
    last = goal.follow_ups[-1] if goal.follow_ups else None
    if last is not None and (last.standing, last.text, last.writer_uuid) == said:
        return
    goal.follow_ups.append(
        FollowUp(
            number=len(goal.follow_ups) + 1, standing=chosen, text=text, writer_uuid=pair.viewer_uuid, written_at=at
        )
    )
    if chosen in (Standing.REACHED, Standing.DROPPED):
        goal.outcome, goal.ended_at = chosen, at

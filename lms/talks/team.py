"""A manager's people: when each last had a talk and has the next, and how their goals go."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person
from lms.talks.goals import Answer
from lms.talks.models import Goal, Talk
from lms.talks.talks import YEARLY


@dataclass(frozen=True, slots=True)
class Row:
    person_uuid: UUID
    name: str
    last: date | None
    next: date | None
    # Goals in force, those of them whose day has passed, and proposals that wait for the manager's answer.
    goals: int
    overdue: int
    asked: int
    is_due: bool


def of(session: Session, viewer: Viewer, today: date) -> list[Row]:
    """In order of name; the same few queries for any number."""
    people = access.team_of(viewer).where(Membership.id != viewer.membership_id).join(Membership.person)
    named = people.with_only_columns(Person.uuid, Person.name).order_by(Person.name, Person.uuid)
    rows = session.execute(named).all()
    whose = [row.uuid for row in rows]
    last, following = _days(session, viewer, whose)
    counts = _goals(session, viewer, whose, today)
    return [
        Row(
            uuid,
            name,
            last.get(uuid),
            following.get(uuid),
            *counts[uuid],
            is_due=uuid not in following and (uuid not in last or last[uuid] < today - YEARLY),
        )
        for uuid, name in rows
    ]


def _days(session: Session, viewer: Viewer, whose: list[UUID]) -> tuple[dict[UUID, date], dict[UUID, date]]:
    """When each last had a talk, with whomever, and when they have one with the viewer."""
    its = select(Talk).where(
        Talk.organisation_id == viewer.organisation_id,
        Talk.person_uuid.in_(whose),
        Talk.called_off_at.is_(None),
        or_(Talk.held_at.is_not(None), Talk.manager_uuid == viewer.person_uuid),
    )
    last: dict[UUID, date] = {}
    following: dict[UUID, date] = {}
    for talk in session.scalars(its.order_by(Talk.day)):
        (following if talk.held_at is None else last)[talk.person_uuid] = talk.day
    return last, following


def _goals(session: Session, viewer: Viewer, whose: list[UUID], today: date) -> dict[UUID, tuple[int, int, int]]:
    in_force = (Goal.answer == Answer.AGREED) & Goal.outcome.is_(None)
    asked = Goal.answer.is_(None) & (Goal.manager_uuid == viewer.person_uuid) & (Goal.proposed_by == Goal.person_uuid)
    its = (
        select(
            Goal.person_uuid,
            func.count().filter(in_force),
            func.count().filter(in_force & (Goal.due < today)),
            func.count().filter(asked),
        )
        .where(Goal.organisation_id == viewer.organisation_id, Goal.person_uuid.in_(whose))
        .group_by(Goal.person_uuid)
    )
    found: dict[UUID, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for person, goals, overdue, waiting in session.execute(its):
        found[person] = (goals, overdue, waiting)
    return found

"""Asking people to do lessons, by a day and for a reason."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.courses.content import Library
from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person
from lms.plans import assignments
from lms.plans.assignments import Lesson
from lms.plans.models import Assignment

logger = logging.getLogger(__name__)

LONGEST_WHY: Final = 500


@dataclass(frozen=True, slots=True)
class Terms:
    due_on: date
    why: str


def parse(form: Mapping[str, str], today: date) -> Terms:
    """From a form with `due_on` and `why`. Raises Invalid."""
    problems = []
    due_on, why = today, form.get("why", "").strip()
    try:
        due_on = date.fromisoformat(form.get("due_on", ""))
    except ValueError:
        problems.append(Problem("due_on", gettext("Enter the last day, such as 2027-01-31.")))
    if due_on < today:
        problems.append(Problem("due_on", gettext("Choose a day that has not been.")))
    if not why:
        problems.append(Problem("why", gettext("Say in a few words why. Those whom you ask will read it.")))
    if len(why) > LONGEST_WHY:
        problems.append(Problem("why", gettext("Write at most %(number)d characters.", number=LONGEST_WHY)))
    if problems:
        raise Invalid(problems)
    return Terms(due_on, why)


def assign(
    session: Session,
    viewer: Viewer,
    asked: Iterable[tuple[UUID, Lesson]],
    terms: Terms,
    library: Library,
    *,
    at: datetime,
) -> list[Assignment]:
    """Ask each of these people, whose levels the viewer may open, to do a lesson.

    Returns what is new: whoever has been asked for it already, or has done it, is not asked. Raises NotFound for
    people and lessons that are not there, and Invalid when there is nobody to ask.
    """
    return assign_among(session, viewer, access.levels(viewer), asked, terms, library, at=at)


def assign_among(
    session: Session,
    viewer: Viewer,
    among: Select[tuple[Membership]],
    asked: Iterable[tuple[UUID, Lesson]],
    terms: Terms,
    library: Library,
    *,
    at: datetime,
) -> list[Assignment]:
    """The same, of people in these memberships, all of them where the viewer now acts."""
    wanted = list(dict.fromkeys(asked))
    if not wanted:
        raise Invalid([Problem("asked", gettext("Tick at least one of those whom you can ask."))])
    _check(session, viewer, among, wanted, library)
    people = {person for person, _ in wanted}
    theirs = and_(Assignment.organisation_id == viewer.organisation_id, Assignment.person_uuid.in_(people))
    standing = {(one.person, one.lesson) for one in assignments.load(session, library, theirs, at.date())}
    done = assignments.completed(session, viewer.organisation_id, people)
    new = [
        Assignment(
            organisation_id=viewer.organisation_id,
            person_uuid=person,
            course_key=what.course_key,
            module_key=what.module_key,
            due_on=terms.due_on,
            why=terms.why,
            assigned_by_id=viewer.person_id,
            assigned_at=at,
        )
        for person, what in wanted
        if (person, what) not in standing and not assignments.is_done(person, *what.look_up(library), done)
    ]
    try:
        with session.begin_nested():
            session.add_all(new)
    except IntegrityError as error:
        raise Conflict(gettext("Somebody else has just assigned the same. Look at what is assigned now.")) from error
    logger.info("%d lessons assigned in organisation %s by %s", len(new), viewer.organisation_id, viewer.person_id)
    return new


def _check(
    session: Session,
    viewer: Viewer,
    among: Select[tuple[Membership]],
    wanted: Sequence[tuple[UUID, Lesson]],
    library: Library,
) -> None:
    for what in {what for _, what in wanted}:
        what.look_up(library)
    people = {person for person, _ in wanted}
    there = among.where(Membership.organisation_id == viewer.organisation_id).join(Membership.person)
    found = session.scalars(there.where(Person.uuid.in_(people)).with_only_columns(Person.uuid))
    if people - set(found):
        raise NotFound(gettext("There is no such person here."))


def withdraw(session: Session, viewer: Viewer, uuid: UUID, *, at: datetime) -> Assignment:
    """By whoever asked, or the person's manager now. That it was assigned stays in the person's own copy."""
    found = session.scalars(
        select(Assignment)
        .join(Person, Person.uuid == Assignment.person_uuid)
        .join(Membership, assignments.BELONGS)
        .where(
            Assignment.uuid == uuid,
            Assignment.withdrawn_at.is_(None),
            Membership.organisation_id == viewer.organisation_id,
            or_(
                Membership.id.in_(assignments.ids(access.levels(viewer).where(Membership.id != viewer.membership_id))),
                and_(
                    Assignment.assigned_by_id == viewer.person_id,
                    Membership.id.in_(assignments.ids(access.people(viewer))),
                ),
            ),
        )
    ).first()
    if found is None:
        raise NotFound(gettext("There is no such assignment here."))
    found.withdrawn_at, found.withdrawn_by_id = at, viewer.person_id
    return found


def withdraw_all(session: Session, viewer: Viewer, uuid: UUID, *, at: datetime) -> None:
    """One that the viewer has asked for, and whatever was asked with it of others."""
    one = session.scalars(
        select(Assignment).where(
            Assignment.uuid == uuid,
            Assignment.organisation_id == viewer.organisation_id,
            Assignment.assigned_by_id == viewer.person_id,
            Assignment.withdrawn_at.is_(None),
        )
    ).first()
    if one is None:
        raise NotFound(gettext("There is no such assignment here."))
    session.execute(
        update(Assignment)
        .where(
            Assignment.organisation_id == one.organisation_id,
            Assignment.assigned_by_id == one.assigned_by_id,
            Assignment.assigned_at == one.assigned_at,
            Assignment.course_key == one.course_key,
            Assignment.module_key == one.module_key,
            Assignment.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at, withdrawn_by_id=viewer.person_id)
    )

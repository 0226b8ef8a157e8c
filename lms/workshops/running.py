"""A workshop from its start to its end: who may lead it, where it stands, and what closes it."""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, false, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.errors import Conflict, NotFound
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role
from lms.workshops import voting
from lms.workshops.agenda import STEPS, Step
from lms.workshops.models import Seat, Workshop

logger = logging.getLogger(__name__)

# Nobody has done anything in it for so long: it is over.
ABANDONED_AFTER: Final = timedelta(days=7)
CODE_LENGTH: Final = 6
# What can be told apart across a room and over a telephone.
CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
HORIZONS: Final = (12, 36)
# Enough to say what matters, too few to say that everything does.
USUAL_DOTS: Final = 5
MOST_DOTS: Final = 20


def start(
    session: Session,
    viewer: Viewer,
    place: Organisation,
    title: str,
    *,
    roles: Mapping[str, str],
    horizon: int,
    at: datetime,
    dots: int = USUAL_DOTS,
) -> Workshop:
    workshop = Workshop(
        organisation_id=viewer.organisation_id,
        place_id=place.id,
        title=title,
        horizon=horizon,
        roles=dict(roles),
        dots=dots,
        started_by_id=viewer.person_id,
        started_at=at,
        step_began_at=at,
        touched_at=at,
    )
    for _ in range(5):
        workshop.code = new_code()
        try:
            # The database says whether another workshop has the code.
            with session.begin_nested():
                session.add(workshop)
        except IntegrityError:
            continue
        logger.info("Workshop %s of organisation %s started", workshop.uuid, viewer.organisation_id)
        return workshop
    raise Conflict(gettext("There are too many workshops just now. Try again."))


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def normal(code: str) -> str:
    """A code as people type it."""
    return code.strip().upper().replace(" ", "").replace("-", "")


def visible(viewer: Viewer) -> Select[tuple[Workshop]]:
    """Those of the organisation to whoever is in charge of it; to a manager their own."""
    whose: ColumnElement[bool] = Workshop.started_by_id == viewer.person_id
    if viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER):
        whose = or_(whose, Workshop.organisation_id == viewer.organisation_id)
    elif not viewer.has(Role.MANAGER):
        whose = false()
    its = select(Workshop).where(whose, Workshop.organisation_id == viewer.organisation_id)
    return its.options(joinedload(Workshop.place), joinedload(Workshop.started_by))


def get(session: Session, viewer: Viewer, uuid: UUID) -> Workshop:
    found = session.scalars(visible(viewer).where(Workshop.uuid == uuid)).first()
    if found is None:
        raise NotFound(gettext("There is no such workshop here."))
    return found


def get_running(session: Session, viewer: Viewer, uuid: UUID) -> Workshop:
    workshop = get(session, viewer, uuid)
    if workshop.ended_at is not None:
        raise Conflict(gettext("This workshop has ended. What it decided stands in its record."))
    return workshop


def by_code(session: Session, code: str) -> Workshop | None:
    return session.scalars(select(Workshop).where(Workshop.code == normal(code))).first()


def touch(workshop: Workshop, at: datetime) -> None:
    """Something has changed."""
    workshop.touched_at = at
    # Counted in the database: two phones send at the same moment.
    workshop.revision = Workshop.revision + 1


def go_to(workshop: Workshop, step: str, at: datetime) -> None:
    if step not in STEPS:
        raise NotFound(gettext("There is no such step."))
    if workshop.step != step:
        workshop.step, workshop.step_began_at = Step(step), at
        touch(workshop, at)


def count(workshop: Workshop, *, shown: bool, at: datetime) -> None:
    workshop.is_counted = shown
    touch(workshop, at)


def end(session: Session, workshop: Workshop, at: datetime) -> None:
    """The sums of dots stay; who sat there, and what each gave, goes."""
    seats = select(func.count()).select_from(Seat).where(Seat.workshop_id == workshop.id)
    workshop.taken_part = session.scalar(seats)
    voting.settle(session, workshop)
    session.execute(delete(Seat).where(Seat.workshop_id == workshop.id))
    workshop.ended_at, workshop.code = at, None
    touch(workshop, at)
    logger.info("Workshop %s ended", workshop.uuid)


def end_abandoned(session: Session, _settings: Mapping[str, Any], at: datetime) -> int:
    left = select(Workshop).where(Workshop.ended_at.is_(None), Workshop.touched_at < at - ABANDONED_AFTER)
    abandoned = session.scalars(left).all()
    for workshop in abandoned:
        end(session, workshop, at)
    return len(abandoned)

"""What a learner does in a course: begins, goes from page to page, leaves.

Whatever is done is said to the record store in the same transaction, and only what was done. A stay in a
module begins with the first thing done there and ends when the learner leaves, completes the module, hands in
a quiz, goes to another module, or has given no sign of life for a while. So no stay has two of the statements
that cmi5 9.3 wants once in each.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.courses import statements
from lms.courses.content import Library
from lms.courses.course import Course, Module, Page, Part
from lms.courses.models import CourseProgress, Enrolment, ModuleProgress, Stay
from lms.courses.statements import Learner, Scene, Told

logger = logging.getLogger(__name__)

# Stays ended in one sweep; the next takes the rest.
STAYS_PER_SWEEP: Final = 500


def enrol(session: Session, learner: Learner, course: Course, *, at: datetime) -> Enrolment:
    """The learner's enrolment, made if there is none.

    It is held until the transaction ends: what one person does in a course, in two windows or by clicking
    twice, is done one thing after the other, so that nothing that may be said once is said twice.
    """
    found = _held(session, learner, course)
    if found is not None:
        return found
    enrolment = Enrolment(
        organisation_id=learner.organisation_id,
        person_uuid=learner.person_uuid,
        course_key=course.key,
        registration=uuid4(),
        enrolled_at=at,
    )
    try:
        with session.begin_nested():
            session.add(enrolment)
    except IntegrityError:
        # Another request of the same person was first. One that lost would find it held, and so committed.
        return _must(_held(session, learner, course))
    logger.info("Enrolment in %s in organisation %d", course.key, learner.organisation_id)
    scene = Scene(learner, course, enrolment.registration, at)
    scene.tell(session, [statements.registered(scene)])
    return enrolment


def _held(session: Session, learner: Learner, course: Course) -> Enrolment | None:
    key = (learner.organisation_id, learner.person_uuid, course.key)
    return session.get(Enrolment, key, with_for_update=True)


def _must(enrolment: Enrolment | None) -> Enrolment:
    if enrolment is None:
        raise LookupError("An enrolment that could not be made was not there either.")
    return enrolment


def begin(session: Session, learner: Learner, course: Course, module: Module, *, at: datetime) -> tuple[Scene, Stay]:
    """A sign of life in a module: the stay that is under way there, or a new one."""
    enrolment = enrol(session, learner, course, at=at)
    under_way = _under_way(session, learner, course)
    told: list[Told] = []
    if under_way and (under_way.module_key != module.key or at - under_way.seen_at > learner.idle):
        told += end(learner, course, under_way)
        session.flush()  # two that are open at once the database would refuse
        under_way = None
    stay = under_way or _new(learner, course, module, enrolment, at)
    scene = Scene(learner, course, enrolment.registration, at, stay.id)
    if under_way is None:
        session.add(stay)
        told.append(statements.initialized(scene, module))
    stay.seen_at = at
    scene.tell(session, told)
    return scene, stay


def _under_way(session: Session, learner: Learner, course: Course) -> Stay | None:
    return session.scalars(
        select(Stay)
        .where(
            Stay.organisation_id == learner.organisation_id,
            Stay.person_uuid == learner.person_uuid,
            Stay.course_key == course.key,
            Stay.ended_at.is_(None),
        )
        # The sweep may be ending it just now.
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _new(learner: Learner, course: Course, module: Module, enrolment: Enrolment, at: datetime) -> Stay:
    return Stay(
        organisation_id=learner.organisation_id,
        id=uuid4(),
        person_uuid=learner.person_uuid,
        course_key=course.key,
        module_key=module.key,
        registration=enrolment.registration,
        language=learner.language,
        pages=[],
        started_at=at,
        seen_at=at,
    )


def end(learner: Learner, course: Course, stay: Stay) -> list[Told]:
    """End a stay at its last sign of life. Nothing is said of a module that is no longer in the course."""
    stay.ended_at = stay.seen_at
    module = next((module for module in course.modules if module.key == stay.module_key), None)
    scene = Scene(learner, course, stay.registration, stay.seen_at, stay.id)
    return [statements.terminated(scene, module, stay.seen_at - stay.started_at)] if module else []


def read_page(session: Session, learner: Learner, course: Course, module: Module, page: Page, *, at: datetime) -> None:
    """The learner goes on from a page, or says that an act is done. Told of once in a stay."""
    scene, stay = begin(session, learner, course, module, at=at)
    if page.key in stay.pages:
        return
    stay.pages = [*stay.pages, page.key]
    before = percent(module, progress_of(session, learner, course, module))
    scene.tell(session, [statements.experienced(scene, module, page)])
    conclude(session, scene, module, stay, before)


def progress_of(session: Session, learner: Learner, course: Course, module: Module) -> ModuleProgress | None:
    return session.get(ModuleProgress, (learner.organisation_id, learner.person_uuid, course.key, module.key))


def reached(module: Module, progress: ModuleProgress | None) -> tuple[int, int]:
    """How many of the things that the module asks for are done, and of how many."""
    asked = len(module.required_pages) + (Part.QUIZ in module.completes)
    if progress is None:
        return 0, asked
    quiz_done = progress.passed_at if Part.QUIZ in module.passes else progress.best
    done = sum(page in progress.pages for page in module.required_pages)
    return done + (Part.QUIZ in module.completes and quiz_done is not None), asked


def percent(module: Module, progress: ModuleProgress | None) -> int:
    done, asked = reached(module, progress)
    return 100 * done // asked


def conclude(session: Session, scene: Scene, module: Module, stay: Stay, before: int) -> None:
    """Say how far the learner has come, if that is further than `before`; the last step completes the module,
    and the last module the course. Once for a registration (cmi5 9.3), whatever is done afterwards."""
    progress = progress_of(session, scene.learner, scene.course, module)
    after = percent(module, progress)
    if progress is None or progress.completed_at is not None:
        return
    if after < 100:
        scene.tell(session, [statements.progressed(scene, module, after)] if after > before else [])
        return
    spent = timedelta(seconds=progress.seconds) + (scene.at - stay.started_at)
    scene.tell(session, [statements.completed(scene, module, spent)])
    _conclude_course(session, scene)
    scene.tell(session, end(scene.learner, scene.course, stay))


def _conclude_course(session: Session, scene: Scene) -> None:
    learner, course = scene.learner, scene.course
    completed = session.scalars(
        select(ModuleProgress.module_key).where(
            ModuleProgress.organisation_id == learner.organisation_id,
            ModuleProgress.person_uuid == learner.person_uuid,
            ModuleProgress.course_key == course.key,
            ModuleProgress.completed_at.is_not(None),
        )
    )
    already = session.get(CourseProgress, (learner.organisation_id, learner.person_uuid, course.key))
    if already is None and {module.key for module in course.modules} <= set(completed):
        scene.tell(session, [statements.course_completed(scene)])


def leave(session: Session, learner: Learner, course: Course, *, at: datetime) -> None:
    """Done for now. Saying so is a sign of life, unless the stay had ended long before."""
    _held(session, learner, course)
    stay = _under_way(session, learner, course)
    if stay is None:
        return
    if at - stay.seen_at <= learner.idle:
        stay.seen_at = at
    scene = Scene(learner, course, stay.registration, at, stay.id)
    scene.tell(session, end(learner, course, stay))


def end_idle(library: Library, session: Session, settings: Mapping[str, Any], at: datetime) -> int:
    """A sweep: end the stays of those who went away without saying so."""
    idle = timedelta(minutes=settings["SESSION_IDLE_MINUTES"])
    # Rows that someone is writing just now are left for the next time. By organisation, as the record store
    # asks.
    stays = session.scalars(
        select(Stay)
        .where(Stay.ended_at.is_(None), Stay.seen_at < at - idle)
        .order_by(Stay.organisation_id, Stay.seen_at)
        .limit(STAYS_PER_SWEEP)
        .with_for_update(skip_locked=True)
    ).all()
    for stay in stays:
        learner = Learner(stay.organisation_id, stay.person_uuid, stay.language, settings["IRI_BASE"], idle)
        course = library.find(stay.course_key)
        if course is None:
            # Taken away since. There is nothing true to say of a course that nobody has.
            stay.ended_at = stay.seen_at
            continue
        scene = Scene(learner, course, stay.registration, at, stay.id)
        scene.tell(session, end(learner, course, stay))
    return len(stays)

"""What is kept here about a person, for their own copy of it."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.models import Attempt, CourseProgress, Enrolment, ModuleProgress, Note, Stay
from lms.identity.models import Organisation

Row = TypeVar("Row", Enrolment, Stay, Attempt, Note, ModuleProgress, CourseProgress)


def portion(session: Session, person_uuid: UUID) -> tuple[str, object]:
    return "courses", {
        "enrolments": _all(session, person_uuid, Enrolment, _enrolment),
        "completed": _all(session, person_uuid, CourseProgress, _completed),
        "progress": _all(session, person_uuid, ModuleProgress, _progress),
        "stays": _all(session, person_uuid, Stay, _stay),
        "quiz_attempts": _all(session, person_uuid, Attempt, _attempt),
        "notes": _all(session, person_uuid, Note, _note),
    }


def _all(
    session: Session, person_uuid: UUID, table: type[Row], tell: Callable[[Row], dict[str, object]]
) -> list[dict[str, object]]:
    theirs = (
        select(table, Organisation.name)
        .join(Organisation, Organisation.id == table.organisation_id)
        .where(table.person_uuid == person_uuid)
        .order_by(*table.__table__.primary_key)
    )
    return [_told(name, row, tell(row)) for row, name in session.execute(theirs)]


def _told(organisation: str, row: Row, rest: dict[str, object]) -> dict[str, object]:
    told: dict[str, object] = {"organisation": organisation, "course": row.course_key, **rest}
    return {name: value for name, value in told.items() if value is not None}


def _time(at: object) -> str | None:
    return at.isoformat() if hasattr(at, "isoformat") else None


def _enrolment(row: Enrolment) -> dict[str, object]:
    return {"registration": str(row.registration), "enrolled_at": _time(row.enrolled_at)}


def _completed(row: CourseProgress) -> dict[str, object]:
    return {"completed_at": _time(row.completed_at), "revision": row.revision}


def _progress(row: ModuleProgress) -> dict[str, object]:
    return {
        "module": row.module_key,
        "pages": row.pages,
        "best_score": row.best,
        "passed_at": _time(row.passed_at),
        "completed_at": _time(row.completed_at),
        "revision": row.revision,
        "seconds": row.seconds,
    }


def _stay(row: Stay) -> dict[str, object]:
    return {
        "module": row.module_key,
        "session": str(row.id),
        "started_at": _time(row.started_at),
        "seen_at": _time(row.seen_at),
        "ended_at": _time(row.ended_at),
    }


def _attempt(row: Attempt) -> dict[str, object]:
    return {
        "module": row.module_key,
        "number": row.number,
        "revision": row.revision,
        "started_at": _time(row.started_at),
        "submitted_at": _time(row.submitted_at),
        "questions": [kept["question"] for kept in row.drawn],
        "answers": row.answers or row.draft,
        "right": row.marks,
    }


def _note(row: Note) -> dict[str, object]:
    return {
        "module": row.module_key,
        "page": row.page_key,
        "texts": row.texts,
        "updated_at": _time(row.updated_at),
        "shared_with_manager_since": _time(row.shared_at),
    }

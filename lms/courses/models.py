from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, Json


class Enrolment(Base):
    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("organisation_id", "registration"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(primary_key=True)
    # What ties the statements of one person's way through the course together.
    registration: Mapped[UUID]
    enrolled_at: Mapped[datetime]


class Stay(Base):
    """An unbroken time in one module. For work under way only: what lasts of it is its statements."""

    __tablename__ = "learning_session"
    __table_args__ = (
        # Nobody is in two modules of a course at once.
        Index(
            "uq_learning_session_open",
            "organisation_id",
            "person_uuid",
            "course_key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_learning_session_idle",
            "seen_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # The session id in its statements.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_uuid: Mapped[UUID]
    course_key: Mapped[str]
    module_key: Mapped[str]
    registration: Mapped[UUID]
    language: Mapped[str]
    # Pages told of during this stay: going on from one twice is told once.
    pages: Mapped[list[str]] = mapped_column(Json, default=list)
    started_at: Mapped[datetime]
    # The last sign of life.
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Attempt(Base):
    __tablename__ = "quiz_attempt"
    __table_args__ = (
        CheckConstraint("(submitted_at IS NULL) = (correct IS NULL)", name="marked_when_submitted"),
        CheckConstraint("number > 0", name="number"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[str]
    # Keys of the questions, each with the order its options are shown in.
    drawn: Mapped[list[dict[str, object]]] = mapped_column(Json)
    # What stands in the form, field by field, until it is handed in.
    draft: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    # From handing in: the answer to each question, and whether it was right.
    answers: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    marks: Mapped[dict[str, bool]] = mapped_column(Json, default=dict)
    correct: Mapped[int | None]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class Note(Base):
    """What a person has written on an exercise, a reflection or an act. Theirs alone unless they share it."""

    __tablename__ = "note"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(primary_key=True)
    page_key: Mapped[str] = mapped_column(primary_key=True)
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    updated_at: Mapped[datetime]
    # Since when the person's manager may read it. None: nobody else may.
    shared_at: Mapped[datetime | None]


class ModuleProgress(Base):
    """How far a person has come in a module. Folded from statements by `progress`; nothing else writes it."""

    __tablename__ = "module_progress"
    __table_args__ = (Index("ix_module_progress_course", "organisation_id", "course_key"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(primary_key=True)
    # Keys of the pages gone through, sorted.
    pages: Mapped[list[str]] = mapped_column(Json, default=list)
    # The best score, 0–1.
    best: Mapped[float | None]
    passed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    # Of the course, when the module was completed.
    revision: Mapped[str | None]
    started_at: Mapped[datetime | None]
    last_page: Mapped[str | None]
    last_at: Mapped[datetime | None]
    # Seconds by stay, so that a stay told of twice counts once; `seconds` is their sum.
    stays: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    seconds: Mapped[float] = mapped_column(default=0)


class CourseProgress(Base):
    """That a person has completed a course. Folded from statements by `progress`; nothing else writes it."""

    __tablename__ = "course_progress"
    __table_args__ = (Index("ix_course_progress_course", "organisation_id", "course_key"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    course_key: Mapped[str] = mapped_column(primary_key=True)
    completed_at: Mapped[datetime]
    revision: Mapped[str | None]

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base
from lms.identity.models import Person

# Of an assignment: all of the course, not a module of it.
WHOLE_COURSE = ""


class Assignment(Base):
    """Somebody has been asked to do a lesson. Whether it has been done is for progress to say."""

    __tablename__ = "assignment"
    __table_args__ = (
        # Nobody is asked twice for the same at the same time.
        Index(
            "uq_assignment_standing",
            "organisation_id",
            "person_uuid",
            "course_key",
            "module_key",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_assignment_person_uuid", "person_uuid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # In addresses.
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # As in progress; not a foreign key, since erasing a person cuts that link.
    person_uuid: Mapped[UUID]
    course_key: Mapped[str]
    # WHOLE_COURSE: all of it.
    module_key: Mapped[str]
    # The last day to do it on.
    due_on: Mapped[date]
    why: Mapped[str]
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]
    # None: it stands.
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    assigned_by: Mapped[Person] = relationship(foreign_keys=[assigned_by_id])


class Kind(StrEnum):
    """What can be done about a gap beside courses."""

    MENTOR = "mentor"
    TASK = "task"
    REORGANISE = "reorganise"
    RECRUIT = "recruit"
    BUY = "buy"
    STOP = "stop"


class Outcome(StrEnum):
    DONE = "done"
    DROPPED = "dropped"


class Measure(Base):
    """What somebody has decided to do about a gap, that is no course."""

    __tablename__ = "measure"
    __table_args__ = (Index("ix_measure_organisation_id_team_id", "organisation_id", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # In addresses.
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    # Whose gap, as in `competence.placing`: of everyone there, or of the team of whoever has this membership.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    competence_key: Mapped[str]
    kind: Mapped[str]
    what: Mapped[str]
    due_on: Mapped[date]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # None: it is under way.
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    decided_by: Mapped[Person] = relationship(foreign_keys=[decided_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])

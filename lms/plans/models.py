from datetime import date, datetime
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

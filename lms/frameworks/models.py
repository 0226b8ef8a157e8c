from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Json
from lms.identity.models import Organisation, Person


class StoredFramework(Base):
    """A state of a framework that an organisation has brought in or written.

    Frozen: the next state is a row of its own, which says all that this one says and more.
    """

    __tablename__ = "framework"
    __table_args__ = (
        UniqueConstraint("key", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Whose it is; it serves this organisation and those below it.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    # What competences are named by, in the whole installation and for ever.
    key: Mapped[str]
    number: Mapped[int]
    # As our own data file has it.
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime]
    # Written by the organisation here, competence by competence; otherwise it was brought in whole.
    is_written_here: Mapped[bool] = mapped_column(default=False)
    # None: by command.
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # Tells this state from every other, also for those who remember what they have read.
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)

    organisation: Mapped[Organisation] = relationship()
    published_by: Mapped[Person | None] = relationship()


class CompetenceDraft(Base):
    """A competence of an organisation's own that is being written: what was typed, whole or not."""

    __tablename__ = "competence_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    # The code of the one it will replace; empty: none.
    replaces: Mapped[str]
    filled: Mapped[dict[str, str]] = mapped_column(Json)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    changed_by: Mapped[Person] = relationship()


@event.listens_for(StoredFramework, "before_update")
@event.listens_for(StoredFramework, "before_delete")
def refuse(_mapper: object, _connection: object, frozen: StoredFramework) -> None:
    raise TypeError(f"The framework {frozen.key} is frozen: what has been published stays as it was.")

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Json
from lms.identity.models import Organisation, Person


class Workshop(Base):
    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint(
            "step IN ('gather', 'trends', 'tasks', 'competences', 'vote', 'talk', 'decide')",
            name="step",
        ),
        CheckConstraint("horizon IN (12, 36)", name="horizon"),
        Index("ix_workshop_organisation_id_started_at", "organisation_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # In addresses, and in what is decided here.
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # Whose needs are spoken of: the organisation itself, or one of its units.
    place_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str]
    # What those who take part type. None once it has ended, so that it can be another's.
    code: Mapped[str | None] = mapped_column(unique=True)
    # Months ahead that the competences and levels are for.
    horizon: Mapped[int]
    # The kinds of work that are spoken of: name by key of the role profile.
    roles: Mapped[dict[str, str]] = mapped_column(Json)
    # How many each one taking part may give.
    dots: Mapped[int]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    step: Mapped[str] = mapped_column(default="gather")
    step_began_at: Mapped[datetime]
    # The sums of dots are for all to see.
    is_counted: Mapped[bool] = mapped_column(default=False)
    # Raised by whatever changes, so that a page that asks again can be told that nothing has.
    revision: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime]
    # None while it lasts.
    ended_at: Mapped[datetime | None]
    # How many took part; known when it has ended.
    taken_part: Mapped[int | None]

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    place: Mapped[Organisation] = relationship(foreign_keys=[place_id])
    started_by: Mapped[Person] = relationship()


class Seat(Base):
    """Someone taking part; nobody knows who. Gone when the workshop has ended, with what was voted from it."""

    __tablename__ = "workshop_seat"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    # SHA-256 of the token that the phone keeps.
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    # Raised by each ballot, so that one that comes late does not overwrite a later one.
    turn: Mapped[int] = mapped_column(default=0)
    # Dots by item's id.
    ballot: Mapped[dict[str, int]] = mapped_column(Json, default=dict)


class Item(Base):
    __tablename__ = "workshop_item"
    __table_args__ = (
        CheckConstraint("kind IN ('trend', 'task', 'competence', 'note')", name="kind"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("(kind = 'competence') = (competence_key IS NOT NULL)", name="competence"),
        CheckConstraint("(role_key IS NULL) = (competence_key IS NULL)", name="role"),
        # A competence that several people name for a role is one item.
        UniqueConstraint("workshop_id", "role_key", "competence_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    role_key: Mapped[str | None]
    competence_key: Mapped[str | None]
    # What the facilitator has settled on; until then the level that most have named counts.
    level: Mapped[int | None]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    # The item that says the same, and counts for both.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_item.id"))
    # The sum of dots, when the workshop has ended.
    dots: Mapped[int | None]


class Contribution(Base):
    """What has come in, by the key that the phone gave it: sent again, it is what is here already."""

    __tablename__ = "workshop_contribution"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        Index("ix_workshop_contribution_item_id", "item_id"),
    )

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("workshop_item.id", ondelete="CASCADE"))
    # Of a competence: which level the work will need.
    level: Mapped[int | None]

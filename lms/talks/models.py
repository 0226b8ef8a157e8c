from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Json

_TO_COME = text("held_at IS NULL AND called_off_at IS NULL")


class Talk(Base):
    """A development talk, set to a day."""

    __tablename__ = "talk"
    __table_args__ = (
        CheckConstraint("held_at IS NULL OR called_off_at IS NULL", name="held_or_called_off"),
        # Nobody waits for two at once.
        Index(
            "uq_talk_to_come",
            "organisation_id",
            "person_uuid",
            unique=True,
            sqlite_where=_TO_COME,
            postgresql_where=_TO_COME,
        ),
        Index("ix_talk_person_uuid", "person_uuid"),
        Index("ix_talk_manager_uuid", "manager_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_uuid: Mapped[UUID]
    # Whoever was the person's manager when it was set.
    manager_uuid: Mapped[UUID]
    day: Mapped[date]
    set_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None]


class Preparation(Base):
    """What one of the two has written before a talk; nobody else's to read, ever."""

    __tablename__ = "talk_preparation"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "talk_id"], ["talk.organisation_id", "talk.id"], ondelete="CASCADE"),
        Index("ix_talk_preparation_writer_uuid", "writer_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[UUID] = mapped_column(primary_key=True)
    writer_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    changed_at: Mapped[datetime]


class Goal(Base):
    """What a person is to be able to do, or to have done, by a day; as one of the two proposed it."""

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint("(competence_key IS NULL) = (level IS NULL)", name="a_level_of_a_competence"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("answer IN ('agreed', 'declined', 'withdrawn')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("outcome IN ('reached', 'dropped', 'replaced')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_when"),
        CheckConstraint("outcome IS NULL OR answer = 'agreed'", name="only_what_was_agreed_ends"),
        Index("ix_goal_organisation_id_person_uuid", "organisation_id", "person_uuid"),
        Index("ix_goal_person_uuid", "person_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # Made by the form, so that one sent twice is one.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_uuid: Mapped[UUID]
    # Between whom it was proposed.
    manager_uuid: Mapped[UUID]
    text: Mapped[str]
    competence_key: Mapped[str | None]
    level: Mapped[int | None]
    # What the person does to get there, and what the manager does for it.
    how: Mapped[str] = mapped_column(default="")
    support: Mapped[str] = mapped_column(default="")
    due: Mapped[date]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    # The agreed goal whose place it is to take.
    replaces_id: Mapped[UUID | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    follow_ups: Mapped[list["FollowUp"]] = relationship(
        cascade="all, delete-orphan", order_by="FollowUp.number", lazy="selectin"
    )

    @property
    def is_waiting(self) -> bool:
        """For the other's answer."""
        return self.answer is None

    @property
    def is_in_force(self) -> bool:
        return self.answer == "agreed" and self.outcome is None


class FollowUp(Base):
    """How it goes, in the words of one of the two."""

    __tablename__ = "goal_follow_up"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "goal_id"], ["goal.organisation_id", "goal.id"], ondelete="CASCADE"),
        CheckConstraint("standing IN ('on_track', 'needs_help', 'reached', 'dropped')", name="standing"),
        CheckConstraint("number > 0", name="number"),
        Index("ix_goal_follow_up_writer_uuid", "writer_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    writer_uuid: Mapped[UUID]
    written_at: Mapped[datetime]
    standing: Mapped[str]
    text: Mapped[str]

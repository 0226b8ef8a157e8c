"""One vintage holds all of the others, which name each other by code; the importer sees to it that what they name is
there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class Vintage(Base):
    __tablename__ = "occupation_vintage"

    id: Mapped[int] = mapped_column(primary_key=True)
    # When the authorities said so: a year and month, or a day, so that the newest comes last in order.
    name: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    licence: Mapped[str]
    imported_at: Mapped[datetime]


class Group(Base):
    """A group of SSYK at any of its four levels, which is how long its code is."""

    __tablename__ = "occupation_group"

    vintage_id: Mapped[int] = mapped_column(ForeignKey("occupation_vintage.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    definition: Mapped[str]
    # As it is searched in; see `lookup.folded`.
    folded: Mapped[str]


class Occupation(Base):
    __tablename__ = "occupation"

    vintage_id: Mapped[int] = mapped_column(ForeignKey("occupation_vintage.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    group_code: Mapped[str]
    folded: Mapped[str]


class Skill(Base):
    __tablename__ = "occupation_skill"

    vintage_id: Mapped[int] = mapped_column(ForeignKey("occupation_vintage.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class GroupSkill(Base):
    """A skill that somebody in a group is said to use."""

    __tablename__ = "occupation_group_skill"

    vintage_id: Mapped[int] = mapped_column(ForeignKey("occupation_vintage.id", ondelete="CASCADE"), primary_key=True)
    group_code: Mapped[str] = mapped_column(primary_key=True)
    skill_code: Mapped[str] = mapped_column(primary_key=True)


class Closeness(Base):
    """How well somebody in one occupation could stand in for somebody in another; it need not hold both ways."""

    __tablename__ = "occupation_closeness"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        Index("ix_occupation_closeness_vintage_id_to_code", "vintage_id", "to_code"),
    )

    vintage_id: Mapped[int] = mapped_column(ForeignKey("occupation_vintage.id", ondelete="CASCADE"), primary_key=True)
    from_code: Mapped[str] = mapped_column(primary_key=True)
    to_code: Mapped[str] = mapped_column(primary_key=True)
    percent: Mapped[int]

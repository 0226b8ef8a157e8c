from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base

SOURCES = "source IN ('self', 'manager', 'test', 'course', 'certificate')"


class RoleProfile(Base):
    """What a kind of work needs. One defined at a project or region serves every organisation below it."""

    __tablename__ = "role_profile"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # What memberships name it by; for ever. An organisation's own stands before one of the same key above it.
    key: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    requirements: Mapped[list["RoleRequirement"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="RoleRequirement.competence_key"
    )


class RoleRequirement(Base):
    __tablename__ = "role_requirement"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("weight BETWEEN 1 AND 5", name="weight"),
    )

    role_profile_id: Mapped[int] = mapped_column(ForeignKey("role_profile.id", ondelete="CASCADE"), primary_key=True)
    competence_key: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]
    # How much it matters to the work, 1–5.
    weight: Mapped[int] = mapped_column(default=3)

    profile: Mapped[RoleProfile] = relationship(back_populates="requirements")


class Evidence(Base):
    """A statement read by a rule as showing a level. Gone when the statement is voided; never changed."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint(SOURCES, name="source"),
        Index(
            "ix_evidence_organisation_id_person_uuid_competence_key",
            "organisation_id",
            "person_uuid",
            "competence_key",
        ),
        Index("ix_evidence_person_uuid", "person_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    competence_key: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    rule_version: Mapped[int]
    # The account's name in the statement; not a foreign key, since erasing a person cuts that link.
    person_uuid: Mapped[UUID]
    source: Mapped[str]
    level: Mapped[int]
    shown_at: Mapped[datetime]


class Standing(Base):
    """Where all evidence from one kind of source leaves a person in one competence. Derived from Evidence."""

    __tablename__ = "standing"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint(SOURCES, name="source"),
        Index("ix_standing_person_uuid", "person_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    competence_key: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]
    shown_at: Mapped[datetime]
    # How many pieces of evidence there are from this source.
    count: Mapped[int]

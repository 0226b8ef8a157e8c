from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Json


class Kind(StrEnum):
    PROJECT = "project"
    REGION = "region"
    PARTNER = "partner"
    UNIT = "unit"


class Role(StrEnum):
    LEARNER = "learner"
    # Sees and follows up the people who have this membership as their manager.
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUTHOR = "author"
    # Of a region: sees the organisations below it.
    COORDINATOR = "coordinator"
    PROJECT_LEADER = "project_leader"


class Insight(StrEnum):
    """What a manager sees of each in the team, the narrowest first."""

    # Nothing of anyone who has not chosen to share it.
    SHARED = "shared"
    LEVELS = "levels"
    # And what each level rests on.
    EVIDENCE = "evidence"


class Gender(StrEnum):
    """What people say of themselves, in words of their own choice among these."""

    WOMAN = "woman"
    MAN = "man"
    NON_BINARY = "non_binary"
    # They have been asked and would rather not: counted as those who have said nothing.
    UNSAID = "unsaid"


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('project', 'region', 'partner', 'unit')", name="kind"),
        CheckConstraint("(kind = 'project') = (parent_id IS NULL)", name="only_a_project_is_a_root"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str]
    # For people and command lines; unique in the installation.
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]

    parent: Mapped["Organisation | None"] = relationship(back_populates="children", remote_side=[id])
    children: Mapped[list["Organisation"]] = relationship(back_populates="parent", order_by="Organisation.name")


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The name of the person's account in statements. Says nothing about who it is.
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    # Lower case. None once the person has been erased.
    email: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="sv")
    # None until an invitation has been answered.
    password_hash: Mapped[str | None]
    # Raised to end every session the person has, wherever it is.
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person")


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        Index("ix_membership_person_id", "person_id"),
        Index("ix_membership_manager_id", "manager_id"),
        Index("ix_membership_unit_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    # Key of a role profile (the competences the work needs) of this organisation.
    role_profile_key: Mapped[str | None]
    began_at: Mapped[datetime]
    # None while no end is known. One that is still to come is when the membership will end.
    ended_at: Mapped[datetime | None]
    # When the latest invitation was posted; None if none has been.
    invited_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    unit: Mapped[Organisation | None] = relationship(foreign_keys=[unit_id])
    manager: Mapped["Membership | None"] = relationship(remote_side=[id])
    held: Mapped[list["RoleHeld"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    def lasts(self, at: datetime) -> bool:
        return self.ended_at is None or self.ended_at > at

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(held.role) for held in self.held)


class MembershipPeriod(Base):
    """Where a membership was for a time. Written by `periods` whenever a membership changes, and by nothing else."""

    __tablename__ = "membership_period"
    __table_args__ = (
        CheckConstraint("ended_at >= began_at", name="ends_after_it_began"),
        Index("ix_membership_period_organisation_id_began_at", "organisation_id", "began_at"),
        Index("ix_membership_period_manager_id", "manager_id"),
        Index("ix_membership_period_person_id", "person_id"),
        Index("ix_membership_period_unit_id", "unit_id"),
    )

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    # None while it lasts and no end is known.
    ended_at: Mapped[datetime | None]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    role_profile_key: Mapped[str | None]


class RoleHeld(Base):
    __tablename__ = "role_held"
    __table_args__ = (
        CheckConstraint(
            "role IN ('learner', 'manager', 'administrator', 'author', 'coordinator', 'project_leader')",
            name="role",
        ),
    )

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class PeopleDraft(Base):
    """A file with people that an administrator has looked through and not yet said yes to. One each."""

    __tablename__ = "people_draft"
    __table_args__ = (Index("ix_people_draft_person_id", "person_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # Of this very file, so that a yes given to an earlier one in another window is not a yes to this.
    uuid: Mapped[UUID] = mapped_column(default=uuid4)
    file_name: Mapped[str]
    rows: Mapped[list[dict[str, str]]] = mapped_column(Json)
    expires_at: Mapped[datetime]


class InsightVersion(Base):
    """What an organisation, and what is below it, has decided that managers see. Never changed afterwards."""

    __tablename__ = "insight"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("insight IN ('shared', 'levels', 'evidence')", name="insight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    insight: Mapped[str]
    # From this day on it is what holds, until a version that is valid from a later day.
    valid_from: Mapped[date]
    # Why, in the words of whoever decided.
    note: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    decided_by: Mapped[Person | None] = relationship(Person)


class InsightTold(Base):
    """When someone has read what their manager sees, as it was decided then."""

    __tablename__ = "insight_told"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(primary_key=True)


class InsightShared(Base):
    """Someone lets their manager see it all, whatever has been decided; for as long as they want."""

    __tablename__ = "insight_shared"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]


class Look(Base):
    """Someone has looked at what is known of somebody else. The first of the day stands for those that follow."""

    __tablename__ = "look"
    __table_args__ = (
        CheckConstraint(
            "looked IN ('profile', 'why', 'talk', 'observed', 'proofs', 'map', 'learning', 'plan')", name="looked"
        ),
        Index("ix_look_day", "day"),
        Index("ix_look_viewer_uuid", "viewer_uuid"),
    )

    # Whom it was at, and who looked.
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    viewer_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    looked: Mapped[str] = mapped_column(primary_key=True)
    # As what they were allowed to.
    role: Mapped[str]
    looked_at: Mapped[datetime]


class PersonalKey(Base):
    """What a program shows to see what a person sees in one of their memberships."""

    __tablename__ = "personal_key"
    __table_args__ = (Index("ix_personal_key_membership_id", "membership_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # What it is called in forms.
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id", ondelete="CASCADE"))
    # What it is for, in the person's words.
    name: Mapped[str]
    # 256 random bits, so that a plain SHA-256 is enough to keep it by.
    key_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    membership: Mapped[Membership] = relationship()


class GenderSaid(Base):
    """What people have said of their gender, if they have. Asked of nobody else and worked out from nothing."""

    __tablename__ = "gender"
    __table_args__ = (CheckConstraint("gender IN ('woman', 'man', 'non_binary', 'unsaid')", name="gender"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    gender: Mapped[str]
    said_at: Mapped[datetime]

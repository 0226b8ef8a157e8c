from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from lms.db import Base, Json
from lms.identity.models import Person

ORIGINS = "origin IN ('form', 'import', 'workshop')"
SOURCES = "source IN ('self', 'manager', 'test', 'course', 'observation', 'certificate', 'imported')"


class Decided:
    """A version of what is required. Frozen from the day it was decided."""

    number: Mapped[int]
    # From this day on it is what holds, until a version that is valid from a later day. Never before it was decided.
    valid_from: Mapped[date]
    decided_at: Mapped[datetime]
    # None: nobody here, such as what was there before versions were.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    @declared_attr
    def decided_by(cls) -> Mapped[Person | None]:
        return relationship(Person)

    # Why, in the words of whoever decided.
    note: Mapped[str] = mapped_column(default="")
    origin: Mapped[str]
    # Of what it comes from, such as a workshop's uuid.
    origin_key: Mapped[str | None]


class Drafted:
    """What somebody is about to decide, as typed; gone once it is decided."""

    filled: Mapped[dict[str, str]] = mapped_column(Json)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    @declared_attr
    def changed_by(cls) -> Mapped[Person | None]:
        return relationship(Person)


class RoleProfile(Base):
    """What a kind of work needs. One defined at a project or region serves every organisation below it."""

    __tablename__ = "role_profile"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # What memberships name it by; for ever. An organisation's own stands before one of the same key above it.
    key: Mapped[str]
    # Of every version: a new name is for the same kind of work.
    name: Mapped[str]
    created_at: Mapped[datetime]

    versions: Mapped[list["RoleProfileVersion"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="RoleProfileVersion.number"
    )
    draft: Mapped["RoleProfileDraft | None"] = relationship(cascade="all, delete-orphan")
    start: Mapped["RoleProfileStart | None"] = relationship(cascade="all, delete-orphan")


class RoleProfileStart(Base):
    """The occupation that a role profile was started from, as it was said to be then."""

    __tablename__ = "role_profile_start"

    role_profile_id: Mapped[int] = mapped_column(ForeignKey("role_profile.id", ondelete="CASCADE"), primary_key=True)
    # Of the facts; the occupation's code is its own in them, the group's is that of SSYK.
    vintage: Mapped[str]
    occupation_code: Mapped[str]
    occupation: Mapped[str]
    group_code: Mapped[str]
    group: Mapped[str]
    # Names of the group's skills that somebody ticked as mattering.
    skills: Mapped[list[str]] = mapped_column(Json)


class RoleProfileVersion(Decided, Base):
    __tablename__ = "role_profile_version"
    __table_args__ = (UniqueConstraint("role_profile_id", "number"), CheckConstraint(ORIGINS, name="origin"))

    id: Mapped[int] = mapped_column(primary_key=True)
    role_profile_id: Mapped[int] = mapped_column(ForeignKey("role_profile.id", ondelete="CASCADE"))

    profile: Mapped[RoleProfile] = relationship(back_populates="versions")
    requirements: Mapped[list["RoleRequirement"]] = relationship(
        cascade="all, delete-orphan", order_by="RoleRequirement.competence_key"
    )


class RoleProfileDraft(Drafted, Base):
    __tablename__ = "role_profile_draft"

    role_profile_id: Mapped[int] = mapped_column(ForeignKey("role_profile.id", ondelete="CASCADE"), primary_key=True)


class RoleRequirement(Base):
    __tablename__ = "requirement"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("upper BETWEEN level AND 4", name="upper"),
        CheckConstraint("weight BETWEEN 1 AND 5", name="weight"),
        CheckConstraint("consequence BETWEEN 1 AND 5", name="consequence"),
        CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("role_profile_version.id", ondelete="CASCADE"), primary_key=True)
    competence_key: Mapped[str] = mapped_column(primary_key=True)
    # What is required; with an upper level, where the range that it lies in ends.
    level: Mapped[int]
    upper: Mapped[int | None]
    # How much it matters to the work, 1–5.
    weight: Mapped[int]
    # How bad it is if it is missing, and how hard it is to recruit or learn; both 1–5.
    consequence: Mapped[int]
    difficulty: Mapped[int]


class NeedVersion(Decided, Base):
    """How many holders an organisation, or one of its units, must have; all of it decided at once."""

    __tablename__ = "need_version"
    __table_args__ = (UniqueConstraint("organisation_id", "number"), CheckConstraint(ORIGINS, name="origin"))

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))

    needs: Mapped[list["NeedRow"]] = relationship(
        cascade="all, delete-orphan", order_by="(NeedRow.competence_key, NeedRow.level, NeedRow.horizon)"
    )


class NeedDraft(Drafted, Base):
    __tablename__ = "need_draft"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class NeedRow(Base):
    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("horizon IN (0, 12, 36)", name="horizon"),
        CheckConstraint("holders >= 0", name="holders"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("need_version.id", ondelete="CASCADE"), primary_key=True)
    competence_key: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    # Months after the version's first day.
    horizon: Mapped[int] = mapped_column(primary_key=True)
    holders: Mapped[int]


class PlaceDecision(Base):
    """That a gap stands in another place of the order than its figures give it. Frozen; a later one takes over."""

    __tablename__ = "gap_place"
    __table_args__ = (
        CheckConstraint("horizon IN (0, 12, 36)", name="horizon"),
        CheckConstraint("place >= 1", name="place"),
        Index("ix_gap_place_organisation_id_team_id_horizon", "organisation_id", "team_id", "horizon"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Whose gaps: of everyone in the organisation, region or project, or in the unit.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # Of the team of whoever has this membership; None: of everyone there.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    horizon: Mapped[int]
    competence_key: Mapped[str]
    # None: where its figures put it, again.
    place: Mapped[int | None]
    # What the figures said then. None: they said nothing.
    computed_place: Mapped[int | None]
    computed_priority: Mapped[float | None]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    decided_by: Mapped[Person] = relationship(Person)


@event.listens_for(RoleProfileStart, "before_update")
@event.listens_for(RoleProfileVersion, "before_update")
@event.listens_for(RoleRequirement, "before_update")
@event.listens_for(NeedVersion, "before_update")
@event.listens_for(NeedRow, "before_update")
@event.listens_for(PlaceDecision, "before_update")
def refuse(_mapper: object, _connection: object, frozen: object) -> None:
    raise TypeError(f"{type(frozen).__name__} is frozen: what has been decided stays as it was.")


class CompetenceNumber(Base):
    """What stands for a competence in packed rows. Given when it is first shown, for ever, to nobody else."""

    __tablename__ = "competence_number"

    number: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)


class Evidence(Base):
    """A statement read by a rule as showing a level. Gone when the statement is voided, ended with the rule."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint(SOURCES, name="source"),
        CheckConstraint("known_at >= shown_at", name="known_when_shown"),
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
    # When it happened, and when we got to know: the picture of a day counts only what was known on it.
    shown_at: Mapped[datetime]
    # In the key, since the same can be known from one day to another, and again from a third (see `outside`).
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    # From then on it shows nothing. None: for ever.
    valid_until: Mapped[datetime | None]
    # Who says so, where that is neither the person nor Kunna: a person's uuid, or a name as on a certificate.
    issuer: Mapped[str | None]


class Standing(Base):
    """Where all evidence leaves a person, in an organisation. Derived from Evidence; see `standings`."""

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_person_uuid", "person_uuid"),
        Index("ix_standing_good_until", "good_until"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    person_uuid: Mapped[UUID] = mapped_column(primary_key=True)
    # Of each competence and source the evidence that no other outdoes.
    kept: Mapped[bytes]
    # The levels that the organisation's rule picks from it.
    levels: Mapped[bytes]
    # That rule, with its version.
    picked_by: Mapped[str]
    # When something in it grows old or ends, so that levels must be picked anew. None: never.
    good_until: Mapped[datetime | None]
    # When the first of what is kept ends. None: it never does.
    ends_at: Mapped[datetime | None]


class LevelRuleVersion(Decided, Base):
    """By which rule an organisation, and what is below it, tells levels from evidence."""

    __tablename__ = "level_rule"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint(ORIGINS, name="origin"),
        CheckConstraint("rule IN ('highest-shown', 'best-valid-confirmed', 'latest', 'weighted')", name="rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    rule: Mapped[str]


class Turnover(Base):
    """How many of a hundred an organisation reckons will leave in a year, besides those whose last day is known."""

    __tablename__ = "turnover"
    __table_args__ = (CheckConstraint("per_year BETWEEN 0 AND 100", name="per_year"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    per_year: Mapped[int]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CalibrationNote(Base):
    """What a person and their manager write to each other about a level. Never in statements, which last."""

    __tablename__ = "calibration_note"
    __table_args__ = (
        Index("ix_calibration_note_organisation_id_person_uuid", "organisation_id", "person_uuid"),
        Index("ix_calibration_note_organisation_id_statement_id", "organisation_id", "statement_id"),
        Index("ix_calibration_note_person_uuid", "person_uuid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # Whom it is about, and who wrote it: that person or a manager of theirs.
    person_uuid: Mapped[UUID]
    author_uuid: Mapped[UUID]
    competence_key: Mapped[str]
    written_at: Mapped[datetime]
    text: Mapped[str]
    # The statement that it explains, such as an observation, and goes with when that is voided. None: said in the talk.
    statement_id: Mapped[UUID | None]


class ProofStep(Base):
    """A statement about a proof: that it was handed in, confirmed or rejected. Gone when the statement is voided."""

    __tablename__ = "proof_step"
    __table_args__ = (
        CheckConstraint("kind IN ('presented', 'confirmed', 'rejected')", name="kind"),
        Index("ix_proof_step_organisation_id_person_uuid", "organisation_id", "person_uuid"),
        Index("ix_proof_step_organisation_id_proof_id", "organisation_id", "proof_id"),
        Index("ix_proof_step_person_uuid", "person_uuid"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    # The statement that the proof was handed in with.
    proof_id: Mapped[UUID]
    person_uuid: Mapped[UUID]
    kind: Mapped[str]
    known_at: Mapped[datetime]

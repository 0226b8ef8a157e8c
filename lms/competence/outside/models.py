from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    event,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.competence.models import ORIGINS, Decided, refuse
from lms.db import Base, Json
from lms.identity.models import Person
from lms.xapi.models import Microseconds

ASKS = "asks IN ('nothing', 'completion', 'success', 'score')"
_IS_TIED = text("untied_at IS NULL")


class OutsideRule(Base):
    """What an organisation lets other programs show. What it says is in its versions."""

    __tablename__ = "outside_rule"
    __table_args__ = (Index("ix_outside_rule_organisation_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]

    versions: Mapped[list["OutsideRuleVersion"]] = relationship(
        back_populates="rule", cascade="all, delete-orphan", order_by="OutsideRuleVersion.number"
    )


class OutsideRuleVersion(Decided, Base):
    """Counts from when it was decided until the next is. One without conditions withdraws the rule."""

    __tablename__ = "outside_rule_version"
    __table_args__ = (
        UniqueConstraint("rule_id", "number"),
        CheckConstraint(ORIGINS, name="origin"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        CheckConstraint("needed >= 1", name="needed"),
        CheckConstraint("months >= 1", name="months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("outside_rule.id", ondelete="CASCADE"))
    competence_key: Mapped[str]
    level: Mapped[int]
    # How many of the conditions must be met.
    needed: Mapped[int]
    # How long what met one of them holds. None: for ever.
    months: Mapped[int | None]
    # Only what happened from then on counts. None: whatever has happened.
    counts_from: Mapped[datetime | None]
    # The keys of the programs that are trusted with it.
    clients: Mapped[list[str]] = mapped_column(Json)
    # Whether it counts in the organisations below as well, for those who belong there.
    below: Mapped[bool] = mapped_column(default=False, server_default=false())

    rule: Mapped[OutsideRule] = relationship(back_populates="versions")
    conditions: Mapped[list["OutsideCondition"]] = relationship(
        cascade="all, delete-orphan", order_by="OutsideCondition.number"
    )


class OutsideCondition(Base):
    __tablename__ = "outside_condition"
    __table_args__ = (
        CheckConstraint(ASKS, name="asks"),
        CheckConstraint("(asks = 'score') = (at_least IS NOT NULL)", name="at_least_of_scores"),
        CheckConstraint("at_least BETWEEN 0 AND 100", name="at_least"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("outside_rule_version.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    verb: Mapped[str]
    activity: Mapped[str]
    # All activities whose identifiers begin so.
    beginning: Mapped[bool]
    asks: Mapped[str]
    # The scaled score, in per cent.
    at_least: Mapped[int | None]


@event.listens_for(OutsideRuleVersion, "before_update")
@event.listens_for(OutsideCondition, "before_update")
def _refuse(mapper: object, connection: object, frozen: object) -> None:
    refuse(mapper, connection, frozen)


class OutsideAlias(Base):
    """That somebody's statements elsewhere are a person's, for a time. At most one person's at once."""

    __tablename__ = "outside_alias"
    __table_args__ = (
        Index("ix_outside_alias_organisation_id_agent", "organisation_id", "agent"),
        Index("ix_outside_alias_person_uuid", "person_uuid"),
        Index(
            "uq_outside_alias_organisation_id_agent",
            "organisation_id",
            "agent",
            unique=True,
            postgresql_where=_IS_TIED,
            sqlite_where=_IS_TIED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    # The digest of `key`, as the record store has it.
    agent: Mapped[bytes] = mapped_column(LargeBinary(16))
    # As `statement.Identified.key` writes it: of an account always with its homePage.
    key: Mapped[str]
    person_uuid: Mapped[UUID]
    tied_at: Mapped[datetime]
    tied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # None: still tied.
    untied_at: Mapped[datetime | None]
    untied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    tied_by: Mapped[Person | None] = relationship(foreign_keys=[tied_by_id])


class OutsideRefusal(Base):
    """That an organisation lets a rule decided above it show nothing, for a time."""

    __tablename__ = "outside_refusal"
    __table_args__ = (Index("ix_outside_refusal_organisation_id_rule_id", "organisation_id", "rule_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("outside_rule.id", ondelete="CASCADE"))
    refused_at: Mapped[datetime]
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # None: it is still refused.
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    refused_by: Mapped[Person | None] = relationship(foreign_keys=[refused_by_id])


class OutsideIgnored(Base):
    """A group of statements that somebody has decided to do nothing about."""

    __tablename__ = "outside_ignored"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # As `inbox` names groups.
    group: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship(Person)


class OutsideHit(Base):
    """A statement meets a condition of a rule. Whose it is stands apart: an alias can come and go."""

    __tablename__ = "outside_hit"
    __table_args__ = (
        Index("ix_outside_hit_organisation_id_statement_id", "organisation_id", "statement_id"),
        Index("ix_outside_hit_organisation_id_version_id_agent", "organisation_id", "version_id", "agent"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    version_id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    condition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(Microseconds)
    stored: Mapped[datetime] = mapped_column(Microseconds)
    client: Mapped[str]


class OutsideMiss(Base):
    """How many statements a rule is about that do not meet it, by why."""

    __tablename__ = "outside_miss"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(primary_key=True)
    activity: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    verb: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    client: Mapped[str] = mapped_column(primary_key=True)
    # A `rule.Verdict`.
    reason: Mapped[str] = mapped_column(primary_key=True)
    statements: Mapped[int]
    # When the latest was stored.
    latest: Mapped[datetime] = mapped_column(Microseconds)


class OutsideTraffic(Base):
    """How many statements a program has sent of a verb on an activity. What is voided is not counted."""

    __tablename__ = "outside_traffic"
    __table_args__ = (
        Index("ix_outside_traffic_organisation_id_latest", "organisation_id", "latest"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    activity: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    verb: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    client: Mapped[str] = mapped_column(primary_key=True)
    # What these are digests of. Empty: it is about something that is no activity.
    activity_id: Mapped[str]
    verb_id: Mapped[str]
    statements: Mapped[int]
    latest: Mapped[datetime] = mapped_column(Microseconds)


class OutsideActor(Base):
    """How many statements a program has sent of somebody."""

    __tablename__ = "outside_actor"
    __table_args__ = (
        Index("ix_outside_actor_organisation_id_latest", "organisation_id", "latest"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    agent: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    client: Mapped[str] = mapped_column(primary_key=True)
    # The name of an account of ours. None: known by something else, which stands in their statements.
    person_uuid: Mapped[UUID | None]
    statements: Mapped[int]
    latest: Mapped[datetime] = mapped_column(Microseconds)


class OutsideBacklog(Base):
    """Statements of one kind that came before a rule was decided and that it has not read yet."""

    __tablename__ = "outside_backlog"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("outside_rule_version.id", ondelete="CASCADE"), primary_key=True)
    activity: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    verb: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    client: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[str]
    verb_id: Mapped[str]
    # Those stored before then are still to be read, newest first.
    until: Mapped[datetime] = mapped_column(Microseconds)


class OutsideEnding(Base):
    """A version that has ended, whose evidence has not been ended yet."""

    __tablename__ = "outside_ending"

    organisation_id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("outside_rule_version.id", ondelete="CASCADE"), primary_key=True)
    # Agents up to this one are done.
    reached: Mapped[bytes] = mapped_column(LargeBinary(16))

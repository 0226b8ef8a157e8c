"""What managers see of each in their team: what the organisation has decided and the person has been told.

Decided in versions by an organisation, or by the nearest above it. A narrower decision holds from its day. A wider
one holds for a person from its day or from when they have been told of it, whichever is later; until then what held
before does. Whoever shares lets their manager see everything, whatever has been decided.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from lms import clock, signals
from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.identity.models import Insight, InsightShared, InsightTold, InsightVersion, Membership, Organisation, Person

logger = logging.getLogger(__name__)

# Where nobody has decided anything.
USUAL: Final = Insight.EVIDENCE
LONGEST_NOTE: Final = 2000


def reaches(organisation_id: int, least: Insight, at: datetime | None = None) -> ColumnElement[bool]:
    """Of memberships of an organisation: those of which a manager sees at least so much."""
    return or_(exists().where(InsightShared.membership_id == Membership.id), ~_is_narrower(organisation_id, least, at))


def _is_narrower(organisation_id: int, least: Insight, at: datetime | None) -> ColumnElement[bool]:
    """There is a narrower decision that holds, or has held and the person has not been told of what came after."""
    now = at or clock.now()
    line = _line(organisation_id)
    narrow, its, later = (_decided(line, now) for _ in range(3))
    # One further up held only until somebody nearer had decided.
    overruled = exists().where(its.c.depth < narrow.c.depth, its.c.valid_from <= narrow.c.valid_from)
    came_after = or_(
        and_(later.c.depth < narrow.c.depth, later.c.valid_from > narrow.c.valid_from),
        and_(
            later.c.depth == narrow.c.depth,
            or_(
                later.c.valid_from > narrow.c.valid_from,
                and_(later.c.valid_from == narrow.c.valid_from, later.c.number > narrow.c.number),
            ),
        ),
    )
    followed_at = (
        select(later.c.decided_at)
        .where(came_after)
        .order_by(later.c.valid_from, later.c.depth, later.c.number)
        .limit(1)
        .correlate(narrow)
        .scalar_subquery()
    )
    told_at = (
        select(func.max(InsightTold.told_at))
        .where(InsightTold.membership_id == Membership.id)
        .correlate(Membership)
        .scalar_subquery()
    )
    return (
        select(literal(1))
        .select_from(narrow)
        .where(
            narrow.c.insight.in_(narrower(least)),
            ~overruled,
            or_(followed_at.is_(None), told_at.is_(None), told_at < followed_at),
        )
        .correlate(Membership)
        .exists()
    )


def narrower(than: Insight) -> list[Insight]:
    order = list(Insight)
    return order[: order.index(than)]


def _line(organisation_id: int) -> Any:
    """The organisation and what is above it."""
    line = select(Organisation.id, Organisation.parent_id, literal(0).label("depth"))
    line = line.where(Organisation.id == organisation_id)
    tree = line.cte(recursive=True)
    above = select(Organisation.id, Organisation.parent_id, tree.c.depth + 1).join(
        tree, Organisation.id == tree.c.parent_id
    )
    return tree.union_all(above)


def _decided(line: Any, at: datetime) -> Any:
    """What has come to hold by then, with how far up it was decided."""
    its = aliased(InsightVersion)
    return (
        select(its.insight, its.valid_from, its.number, its.decided_at, line.c.depth)
        .join(line, line.c.id == its.organisation_id)
        .where(its.valid_from <= at.date(), its.decided_at <= at)
        .subquery()
    )


def in_force(session: Session, organisation_id: int, at: datetime) -> tuple[Insight, InsightVersion | None]:
    """What has been decided, whoever has been told; the decision is None where nobody has decided."""
    line = _line(organisation_id)
    found = session.scalars(
        select(InsightVersion)
        .join(line, line.c.id == InsightVersion.organisation_id)
        .where(InsightVersion.valid_from <= at.date(), InsightVersion.decided_at <= at)
        .order_by(line.c.depth, InsightVersion.valid_from.desc(), InsightVersion.number.desc())
        .limit(1)
    ).first()
    return (Insight(found.insight) if found is not None else USUAL), found


def history(session: Session, organisation_id: int) -> Sequence[InsightVersion]:
    """An organisation's own decisions, latest first."""
    its = select(InsightVersion).where(InsightVersion.organisation_id == organisation_id)
    return session.scalars(its.order_by(InsightVersion.number.desc())).all()


def decide(
    session: Session,
    organisation_id: int,
    insight: Insight,
    valid_from: date,
    note: str,
    *,
    by: int | None,
    at: datetime,
) -> InsightVersion:
    """`by` is a person's id; None: nobody here."""
    if valid_from < at.date():
        raise Invalid([Problem("valid_from", gettext("Choose today or a later day: what has been cannot change."))])
    if len(note) > LONGEST_NOTE:
        raise Invalid([Problem("note", gettext("Write at most %(number)d characters.", number=LONGEST_NOTE))])
    its = InsightVersion.organisation_id == organisation_id
    version = InsightVersion(
        organisation_id=organisation_id,
        number=1 + (session.scalar(select(func.max(InsightVersion.number)).where(its)) or 0),
        insight=insight,
        valid_from=valid_from,
        note=note.strip(),
        decided_at=at,
        decided_by_id=by,
    )
    session.add(version)
    logger.info("Organisation %s decided that managers see %s from %s", organisation_id, insight, valid_from)
    return version


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is for one person in one of their memberships."""

    # What their manager sees of them now.
    holds: Insight
    # What has been decided. None: by nobody.
    decided: Insight
    decision: InsightVersion | None
    told_at: datetime | None
    shared_since: datetime | None

    @property
    def is_news(self) -> bool:
        """They have not been told of it as it has been decided."""
        if self.told_at is None:
            return True
        return self.decision is not None and self.told_at < self.decision.decided_at


def of(session: Session, membership_id: int, organisation_id: int, at: datetime) -> Standing:
    decided, decision = in_force(session, organisation_id, at)
    levels, evidence, told_at, since = session.execute(
        select(
            reaches(organisation_id, Insight.LEVELS, at),
            reaches(organisation_id, Insight.EVIDENCE, at),
            select(func.max(InsightTold.told_at)).where(InsightTold.membership_id == membership_id).scalar_subquery(),
            select(InsightShared.since).where(InsightShared.membership_id == membership_id).scalar_subquery(),
        ).where(Membership.id == membership_id)
    ).one()
    holds = Insight.EVIDENCE if evidence else Insight.LEVELS if levels else Insight.SHARED
    return Standing(holds, decided, decision, told_at, since)


def tell(session: Session, membership_id: int, at: datetime) -> None:
    """They have read what holds."""
    session.merge(InsightTold(membership_id=membership_id, told_at=at))


def share(session: Session, membership_id: int, at: datetime) -> None:
    if session.get(InsightShared, membership_id) is None:
        session.add(InsightShared(membership_id=membership_id, since=at))


def keep_back(session: Session, membership_id: int) -> None:
    shared = session.get(InsightShared, membership_id)
    if shared is not None:
        session.delete(shared)


@signals.person_erased.connect
def forget(session: Session, person_uuid: Any) -> None:
    own = select(Membership.id).join(Membership.person).where(Person.uuid == person_uuid)
    for table in (InsightTold, InsightShared):
        session.execute(delete(table).where(table.membership_id.in_(own)).execution_options(synchronize_session=False))


def told_to(membership_id: int) -> Select[tuple[InsightTold]]:
    return select(InsightTold).where(InsightTold.membership_id == membership_id).order_by(InsightTold.told_at)


def told(session: Session, organisation_id: int, decision: InsightVersion | None, at: datetime) -> tuple[int, int]:
    """How many of those in an organisation who have a manager have read what was decided, and how many there are."""
    last = (
        select(func.max(InsightTold.told_at))
        .where(InsightTold.membership_id == Membership.id)
        .correlate(Membership)
        .scalar_subquery()
    )
    its = select(last).where(
        Membership.organisation_id == organisation_id,
        Membership.manager_id.is_not(None),
        or_(Membership.ended_at.is_(None), Membership.ended_at > at),
    )
    read = list(session.scalars(its))
    since = decision.decided_at if decision is not None else None
    return sum(one is not None and (since is None or one >= since) for one in read), len(read)

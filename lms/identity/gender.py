"""What people say of their gender: of their own will, in their own words, and taken back whenever they like.

It is in no statement, on no page about one person but their own, and is told only in figures of groups.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms import signals
from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.identity.models import Gender, GenderSaid, Membership, Person


def of(session: Session, person_id: int) -> Gender | None:
    said = session.get(GenderSaid, person_id)
    return Gender(said.gender) if said is not None else None


def said(session: Session, organisations: Collection[int], before: datetime) -> dict[int, str]:
    """By membership, of everyone in these organisations who had said so before a moment."""
    its = select(Membership.id, GenderSaid.gender).join(GenderSaid, GenderSaid.person_id == Membership.person_id)
    its = its.where(Membership.organisation_id.in_(organisations), GenderSaid.said_at < before)
    return dict(session.execute(its).tuples().all())


def say(session: Session, person_id: int, gender: str, at: datetime) -> None:
    if gender not in list(Gender):
        raise Invalid([Problem("gender", gettext("Choose one of the answers, or leave it unanswered."))])
    session.merge(GenderSaid(person_id=person_id, gender=gender, said_at=at))


def take_back(session: Session, person_id: int) -> None:
    said = session.get(GenderSaid, person_id)
    if said is not None:
        session.delete(said)


def portion(session: Session, person: UUID) -> tuple[str, object]:
    found = session.scalars(
        select(GenderSaid).join(Person, Person.id == GenderSaid.person_id).where(Person.uuid == person)
    ).first()
    return "gender", {"gender": found.gender, "said_at": found.said_at} if found is not None else None


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    whose = select(Person.id).where(Person.uuid == person_uuid)
    session.execute(
        delete(GenderSaid).where(GenderSaid.person_id.in_(whose)).execution_options(synchronize_session=False)
    )

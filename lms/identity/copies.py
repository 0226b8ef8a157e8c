"""What identity keeps about a person, for the copy of it that they can take with them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.identity import gender, insight, keys, looks
from lms.identity.models import InsightShared, Membership, Person


def of_person(session: Session, person_uuid: UUID) -> tuple[str, object]:
    person = session.scalars(select(Person).where(Person.uuid == person_uuid)).one()
    return "person", {
        "uuid": str(person.uuid),
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "created_at": person.created_at,
        "signed_in_at": person.signed_in_at,
        "has_password": person.password_hash is not None,
    }


def of_memberships(session: Session, person_uuid: UUID) -> tuple[str, object]:
    memberships = session.scalars(
        select(Membership).join(Membership.person).where(Person.uuid == person_uuid).order_by(Membership.id)
    )
    return "memberships", [
        {
            "organisation": membership.organisation.name,
            "unit": membership.unit.name if membership.unit else None,
            "roles": sorted(membership.roles),
            "role_profile": membership.role_profile_key,
            "manager": membership.manager.person.name if membership.manager else None,
            "began_at": membership.began_at,
            "ended_at": membership.ended_at,
            "invited_at": membership.invited_at,
            "told_what_managers_see_at": [one.told_at for one in session.scalars(insight.told_to(membership.id))],
            "lets_the_manager_see_everything_since": getattr(session.get(InsightShared, membership.id), "since", None),
        }
        for membership in memberships
    ]


PORTIONS = (of_person, of_memberships, looks.portion, keys.portion, gender.portion)

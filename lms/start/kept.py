"""The statements about a person, for the copy of everything that they can take with them."""

import json
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.identity.actor import agent_key
from lms.identity.models import Membership, Person
from lms.xapi import search
from lms.xapi.search import StatementQuery

BATCH = 500


def portion(iri_base: str, session: Session, person_uuid: UUID) -> tuple[str, object]:
    """As they were recorded, in every organisation that the person belongs to or has belonged to."""
    organisations = session.scalars(
        select(Membership.organisation_id).join(Membership.person).where(Person.uuid == person_uuid)
    ).all()
    query = StatementQuery(organisations, agent=agent_key(person_uuid, iri_base), ascending=True, limit=BATCH)
    told: list[object] = []
    while True:
        page = search.page(session, query)
        told += (json.loads(text) for text in page.texts)
        if page.more is None:
            return "statements", told
        query = replace(query, after=page.more)

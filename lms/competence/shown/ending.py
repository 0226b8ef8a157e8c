"""Evidence that soon shows nothing any more, so that it can be renewed in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lms.competence.models import Evidence
from lms.competence.shown import evidence
from lms.competence.shown.level import OPINIONS
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Person

# Long enough to find a course and go to it.
SOON: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Ending:
    """A statement that ends, with all the competences that it shows."""

    person_uuid: UUID
    person: str
    source: str
    about: Mapping[str, str]
    until: datetime
    keys: tuple[str, ...]


def soon(session: Session, viewer: Viewer, *, at: datetime) -> list[Ending]:
    """Of everybody of whom the viewer may see what levels rest on, what ends first first. What has been renewed does
    not count."""
    seen, renewed = access.evidence(viewer).subquery(), aliased(Evidence)
    is_renewed = (
        select(renewed.statement_id)
        .where(
            renewed.organisation_id == Evidence.organisation_id,
            renewed.person_uuid == Evidence.person_uuid,
            renewed.competence_key == Evidence.competence_key,
            renewed.source == Evidence.source,
            renewed.level >= Evidence.level,
            or_(renewed.valid_until.is_(None), renewed.valid_until > Evidence.valid_until),
        )
        .exists()
    )
    rows = session.execute(
        select(Evidence, Person.name)
        .join(Person, Person.uuid == Evidence.person_uuid)
        .join(seen, seen.c.person_id == Person.id)
        .where(
            Evidence.organisation_id == viewer.organisation_id,
            Evidence.valid_until > at,
            Evidence.valid_until <= at + SOON,
            Evidence.source.not_in(OPINIONS),
            ~is_renewed,
        )
        .order_by(Evidence.valid_until, Evidence.statement_id, Evidence.competence_key)
    ).all()
    keys: dict[UUID, list[str]] = {}
    first: dict[UUID, tuple[Evidence, str]] = {}
    for one, name in rows:
        keys.setdefault(one.statement_id, []).append(one.competence_key)
        first.setdefault(one.statement_id, (one, name))
    about = evidence.about(session, viewer.organisation_id, list(first)) if first else {}
    return [
        Ending(one.person_uuid, name, one.source, about.get(id, {}), one.valid_until, tuple(keys[id]))
        for id, (one, name) in first.items()
        if one.valid_until is not None
    ]


def of_team(session: Session, viewer: Viewer, *, at: datetime) -> list[Ending]:
    """Of everybody else."""
    return [one for one in soon(session, viewer, at=at) if one.person_uuid != viewer.person_uuid]


def by_competence(endings: list[Ending], person: UUID) -> dict[str, datetime]:
    """When what shows it first ends."""
    found: dict[str, datetime] = {}
    for one in endings:
        for key in one.keys if one.person_uuid == person else ():
            found.setdefault(key, one.until)
    return found

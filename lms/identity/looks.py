"""Who has looked at what is known of somebody else: kept, and shown to that person.

Told once per viewer, person, what was looked at and day. Whatever opens it says so with `note`; what has been noted
is written at the end of the request, in a transaction of its own, also when the request itself only reads or is
refused. Where it cannot be written, as on a full disk, the page is shown all the same, and the look stands in
the log of the server, from which it can be told later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms import signals
from lms.db import Base
from lms.identity.access import Viewer
from lms.identity.models import Look, Organisation, Person, Role

_NOTED: Final = "kunna.looks"
_TABLE: Final = Base.metadata.tables["look"]


class Looked(StrEnum):
    """What was looked at."""

    PROFILE = "profile"
    WHY = "why"
    TALK = "talk"
    OBSERVED = "observed"
    PROOFS = "proofs"
    MAP = "map"
    LEARNING = "learning"
    PLAN = "plan"


def note(session: Session, viewer: Viewer, people: Iterable[UUID], looked: Looked, at: datetime) -> None:
    """The viewer is about to be shown something of these people. A look at oneself is none."""
    others = {person for person in people if person != viewer.person_uuid}
    if not others:
        return
    day = at.date()
    known = session.scalars(
        select(Look.person_uuid).where(
            Look.person_uuid.in_(others),
            Look.day == day,
            Look.viewer_uuid == viewer.person_uuid,
            Look.organisation_id == viewer.organisation_id,
            Look.looked == looked,
        )
    )
    role = next(one for one in (Role.MANAGER, *Role) if one in viewer.roles)
    session.info.setdefault(_NOTED, []).extend(
        {
            "person_uuid": person,
            "day": day,
            "viewer_uuid": viewer.person_uuid,
            "organisation_id": viewer.organisation_id,
            "looked": looked,
            "role": role,
            "looked_at": at,
        }
        for person in sorted(others.difference(known))
    )


def noted(session: Session) -> list[dict[str, Any]]:
    """What has been noted and not yet written; taken away, so that nothing is written twice."""
    taken: list[dict[str, Any]] = session.info.pop(_NOTED, [])
    return taken


def write(session: Session, looks: list[dict[str, Any]]) -> None:
    """Not where one only reads. What another request has written meanwhile is not written twice."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(_TABLE)
    session.execute(insert.on_conflict_do_nothing(), looks)


def at(person: UUID) -> Select[tuple[Look]]:
    """At a person, newest first."""
    return select(Look).where(Look.person_uuid == person).order_by(Look.looked_at.desc(), Look.looked, Look.viewer_uuid)


@dataclass(frozen=True, slots=True)
class Named:
    look: Look
    # Empty: they have been erased.
    viewer: str
    organisation: str


def named(session: Session, looks: Iterable[Look]) -> list[Named]:
    """With the names of who looked, and of where."""
    found = list(looks)
    people = select(Person.uuid, Person.name).where(
        Person.uuid.in_({one.viewer_uuid for one in found}), Person.email.is_not(None)
    )
    places = select(Organisation.id, Organisation.name).where(
        Organisation.id.in_({one.organisation_id for one in found})
    )
    viewers, names = ({row[0]: row[1] for row in session.execute(its)} for its in (people, places))
    return [Named(one, viewers.get(one.viewer_uuid, ""), names[one.organisation_id]) for one in found]


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """Looks at a person, and their own at others, for their own copy."""
    by = select(Look).where(Look.viewer_uuid == person).order_by(Look.looked_at, Look.person_uuid, Look.looked)
    return "looks", {
        "at_me": [
            _told(one.look) | {"by": one.viewer, "organisation": one.organisation}
            for one in named(session, session.scalars(at(person)))
        ],
        "by_me": [_told(one) for one in session.scalars(by)],
    }


def _told(look: Look) -> dict[str, object]:
    return {"at": look.looked_at, "what": look.looked, "as": look.role}


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    """Looks at them. Their own at others belong to those, and stay without a name."""
    its = delete(Look).where(Look.person_uuid == person_uuid)
    session.execute(its.execution_options(synchronize_session=False))


def sweep(session: Session, settings: Mapping[str, Any], at: datetime) -> int:
    """Looks that are older than they are kept."""
    oldest = (at - timedelta(days=settings["LOOK_DAYS"])).date()
    gone = session.execute(delete(Look).where(Look.day < oldest).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]

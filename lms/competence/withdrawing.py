"""Withdrawing what has been said: by a statement that voids it, which every reader hears of."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence.rules import authority
from lms.identity.access import Viewer
from lms.identity.actor import actor
from lms.xapi import storing
from lms.xapi.formats import written
from lms.xapi.vocabulary import VOIDED, Vocabulary


def void(session: Session, viewer: Viewer, statements: Iterable[UUID], *, base: str, at: datetime) -> None:
    told = [statement(one, viewer.person_uuid, Vocabulary(base), at) for one in statements]
    storing.record(session, viewer.organisation_id, told, authority=authority(base), at=at)


def statement(of: UUID, by: UUID, ours: Vocabulary, at: datetime) -> dict[str, object]:
    return {
        "actor": actor(by, ours.base),
        "verb": {"id": VOIDED, "display": {"sv": "makulerade", "en": "voided"}},
        "object": {"objectType": "StatementRef", "id": str(of)},
        "timestamp": written(at),
    }

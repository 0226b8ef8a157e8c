"""Withdrawing what has been said: by a statement that voids it, which every reader hears of.

People withdraw their own self-assessments; a manager the levels given in a talk, and observations. (Proofs have more to
them: see `proofs.deciding`.) What was written beside it goes too, and every picture of a day that has been loses it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence.models import Evidence
from lms.competence.shown.rules import authority
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.actor import actor
from lms.xapi import storing
from lms.xapi.formats import written
from lms.xapi.vocabulary import VOIDED, Vocabulary

# The rules that read what somebody has said in Kunna, of themselves or as the one who issued it.
_OF_ONESELF: Final = "self-assessed"
_OF_ANOTHER: Final = ("manager-calibrated", "observed")


def may(viewer: Viewer, one: Evidence) -> bool:
    """Whoever said it, for as long as they see it."""
    if one.rule == _OF_ONESELF:
        return one.person_uuid == viewer.person_uuid
    return one.rule in _OF_ANOTHER and one.issuer == str(viewer.person_uuid)


def said(session: Session, viewer: Viewer, person: UUID, statement: UUID) -> Evidence:
    """What the viewer has said of themselves or of one of their team; otherwise NotFound."""
    membership = access.membership_of(session, access.team_of(viewer), person)
    its = select(Evidence).where(
        Evidence.organisation_id == membership.organisation_id,
        Evidence.person_uuid == person,
        Evidence.statement_id == statement,
    )
    for one in session.scalars(its):
        if may(viewer, one):
            return one
    raise NotFound(gettext("There is nothing of yours to withdraw here."))


def withdraw(session: Session, viewer: Viewer, one: Evidence, *, base: str, at: datetime) -> None:
    void(session, viewer, [one.statement_id], base=base, at=at)


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

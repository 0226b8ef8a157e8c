"""What was read from a statement; and if nothing was, why. The rules are those of the readers themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence.models import Evidence
from lms.competence.outside import explaining
from lms.competence.outside.explaining import Uncounted
from lms.competence.outside.rule import client_of
from lms.competence.shown.rules import RULES, is_ours
from lms.courses.progress import Reader
from lms.courses.shown import Place, Shown
from lms.identity import access
from lms.identity.actor import person_uuid
from lms.xapi.browsing import Found
from lms.xapi.recorded import Recorded
from lms.xapi.vocabulary import Vocabulary


class Unread(StrEnum):
    VOIDED = "voided"
    # The actor is known by something else than an account of ours.
    STRANGER = "stranger"
    # It is such an account, but nobody has it, or has it any more.
    NOBODY = "nobody"
    # It is about no course of ours.
    ELSEWHERE = "elsewhere"
    # Somebody else than Kunna asserts it.
    NOT_OURS = "not-ours"
    # It is about us, but says nothing of this.
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Progressed:
    place: Place
    shown: Shown


@dataclass(frozen=True, slots=True)
class Consequences:
    progress: Progressed | Unread
    evidence: Sequence[Evidence] | Unread | Uncounted

    @property
    def pieces(self) -> Sequence[Evidence]:
        return () if isinstance(self.evidence, Unread | Uncounted) else self.evidence


def of(session: Session, found: Found, base: str) -> Consequences:
    return Consequences(_progress(found, base), _evidence(session, found, base))


def uncounted(session: Session, organisation_id: int, entries: Sequence[Recorded], base: str) -> set[UUID]:
    """Which of these came from a program and show no level."""
    ours = Vocabulary(base)
    sent = {entry.id for entry in entries if client_of(entry, ours) is not None and not entry.statement.voids}
    showing = select(Evidence.statement_id).where(
        Evidence.organisation_id.in_(access.below(organisation_id)), Evidence.statement_id.in_(sent)
    )
    return sent - set(session.scalars(showing)) if sent else sent


def _progress(found: Found, base: str) -> Progressed | Unread:
    if found.is_voided:
        return Unread.VOIDED
    reader = Reader(base)
    if told := reader.told(found.entry):
        return Progressed(*told)
    if person_uuid(found.entry.agent, base) is None:
        return Unread.STRANGER
    if not reader.steps(found.entry.activity):
        return Unread.ELSEWHERE
    return Unread.NOT_OURS if found.entry.authority != reader.authority else Unread.SILENT


def _evidence(session: Session, found: Found, base: str) -> Sequence[Evidence] | Unread | Uncounted:
    entry, ours = found.entry, Vocabulary(base)
    rows = session.scalars(
        select(Evidence)
        .where(Evidence.organisation_id == entry.organisation_id, Evidence.statement_id == entry.id)
        .order_by(Evidence.competence_key, Evidence.known_at)
    ).all()
    if rows:
        return rows
    if found.is_voided:
        return Unread.VOIDED
    if (client := client_of(entry, ours)) is not None:
        return explaining.why(session, entry, client, base)
    if person_uuid(entry.agent, base) is None:
        return Unread.STRANGER
    if not is_ours(entry, ours):
        return Unread.NOT_OURS
    return Unread.NOBODY if any(rule.read(entry, ours) for rule in RULES) else Unread.SILENT

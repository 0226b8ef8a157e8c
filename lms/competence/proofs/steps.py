"""What has become of proofs: each statement about one is a row, there as long as the statement is not voided.

Rows depend on which statements there are, not on the order they came in; `flask rebuild` gives the same.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from lms import clock, signals
from lms.competence.models import ProofStep
from lms.competence.shown.rules import is_ours, proof_id
from lms.identity.actor import person_uuid as person_behind
from lms.identity.models import Person
from lms.xapi import attachments
from lms.xapi.models import StoredStatement
from lms.xapi.recorded import Recorded
from lms.xapi.vocabulary import Vocabulary

PRESENTED: Final = "presented"
CONFIRMED: Final = "confirmed"
REJECTED: Final = "rejected"
KINDS: Final = (PRESENTED, CONFIRMED, REJECTED)

# A statement in an organisation.
Where = tuple[int, UUID]


class Reader:
    """Reads what is said in our own identifiers, which begin with `base`."""

    def __init__(self, base: str) -> None:
        self._ours = Vocabulary(base)
        self._kinds = {self._ours.verb(kind): kind for kind in KINDS}

    def read(self, session: Session, entries: Sequence[Recorded]) -> None:
        found = [row for entry in entries if (row := self._row(entry)) is not None]
        if not found:
            return
        people = select(Person.uuid).where(
            Person.uuid.in_({row["person_uuid"] for row in found}), Person.email.is_not(None)
        )
        known = set(session.scalars(people))
        if rows := [row for row in found if row["person_uuid"] in known]:
            session.execute(insert(ProofStep), rows)

    def undo(self, session: Session, entries: Sequence[Recorded]) -> None:
        """The file of a proof that is withdrawn goes too."""
        voided = [(entry.organisation_id, entry.id) for entry in entries]
        its = tuple_(ProofStep.organisation_id, ProofStep.statement_id).in_(voided)
        _take_files(session, its, max(entry.stored for entry in entries))
        session.execute(delete(ProofStep).where(its).execution_options(synchronize_session=False))

    def _row(self, entry: Recorded) -> Mapping[str, object] | None:
        kind = self._kinds.get(entry.verb)
        if kind is None or not is_ours(entry, self._ours):
            return None
        proof, person = proof_id(entry.activity, self._ours), person_behind(entry.agent, self._ours.base)
        if proof is None or person is None:
            return None
        return {
            "organisation_id": entry.organisation_id,
            "statement_id": entry.id,
            "proof_id": proof,
            "person_uuid": person,
            "kind": kind,
            "known_at": entry.stored,
        }


def _take_files(session: Session, whose: ColumnElement[bool], at: datetime) -> None:
    its = select(ProofStep.organisation_id, ProofStep.statement_id).where(whose, ProofStep.kind == PRESENTED)
    carrying: dict[int, list[UUID]] = defaultdict(list)
    for organisation, statement in session.execute(its):
        carrying[organisation].append(statement)
    for organisation, statements in sorted(carrying.items()):
        attachments.forget(session, organisation, statements, at)


def about_withdrawn(session: Session, entries: Sequence[Recorded], ours: Vocabulary) -> set[UUID]:
    """Those of these statements that confirm a proof which has been withdrawn."""
    confirmed = ours.verb(CONFIRMED)
    aims: dict[Where, set[UUID]] = defaultdict(set)
    for entry in entries:
        if entry.verb == confirmed and (proof := proof_id(entry.activity, ours)) is not None:
            aims[entry.organisation_id, proof].add(entry.id)
    if not aims:
        return set()
    gone = select(StoredStatement.organisation_id, StoredStatement.id).where(
        tuple_(StoredStatement.organisation_id, StoredStatement.id).in_(list(aims)), StoredStatement.voided
    )
    return {one for organisation, proof in session.execute(gone) for one in aims[organisation, proof]}


def decided_about(session: Session, proofs: Collection[Where]) -> list[Where]:
    """What has been said of these proofs, if they are any."""
    its = tuple_(ProofStep.organisation_id, ProofStep.proof_id).in_(proofs)
    found = select(ProofStep.organisation_id, ProofStep.statement_id).where(its, ProofStep.kind != PRESENTED)
    return [(organisation, statement) for organisation, statement in session.execute(found)]


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    """Their files go too: they name the person."""
    _take_files(session, ProofStep.person_uuid == person_uuid, clock.now())
    session.execute(delete(ProofStep).where(ProofStep.person_uuid == person_uuid))


def clear(session: Session) -> None:
    """Before the whole store is read again."""
    session.execute(delete(ProofStep))

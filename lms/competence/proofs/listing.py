"""Proofs as people see them: what was handed in, and what has become of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from lms.competence.assessment import calibrating
from lms.competence.assessment.calibrating import Note
from lms.competence.models import ProofStep
from lms.competence.proofs.steps import PRESENTED
from lms.competence.shown.rules import Claim, claim, instructor
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation, Person
from lms.xapi.models import StoredStatement
from lms.xapi.recorded import Recorded, recorded
from lms.xapi.statement import Activity, Attachment
from lms.xapi.vocabulary import Vocabulary


class State(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Decision:
    statement: UUID
    # Of the manager; empty: they have left and been forgotten.
    by: str
    at: datetime
    # What was confirmed, by competence. Nothing: it was rejected.
    levels: Mapping[str, int]
    note: Note | None


@dataclass(frozen=True, slots=True)
class Proof:
    id: UUID
    person_uuid: UUID
    person: str
    title: Mapping[str, str]
    claim: Claim
    presented_at: datetime
    file: Attachment
    # None: nobody has looked at it yet.
    decision: Decision | None

    def state(self, at: datetime) -> State:
        if self.decision is None:
            return State.WAITING
        if not self.decision.levels:
            return State.REJECTED
        ended = self.claim.valid_until is not None and self.claim.valid_until <= at
        return State.ENDED if ended else State.CONFIRMED


def of(session: Session, viewer: Viewer, *, base: str) -> list[Proof]:
    """One's own and those of one's team, newest first."""
    return _read(session, viewer, access.team_of(viewer), base)


def of_person(session: Session, viewer: Viewer, person: UUID, *, base: str) -> list[Proof]:
    """Of one of them; nothing of anybody else."""
    its = access.team_of(viewer).join(Membership.person).where(Person.uuid == person)
    return _read(session, viewer, its, base)


def get(session: Session, viewer: Viewer, id: UUID, *, base: str) -> Proof:
    step = session.get(ProofStep, (viewer.organisation_id, id))
    if step is not None:
        for proof in of_person(session, viewer, step.person_uuid, base=base):
            if proof.id == id:
                return proof
    raise NotFound(gettext("There is no such proof."))


def waiting(session: Session, viewer: Viewer) -> int:
    """How many of the viewer's own team have not been looked at."""
    said = aliased(ProofStep)
    has_been_seen = (
        select(said.proof_id)
        .where(
            said.organisation_id == ProofStep.organisation_id,
            said.proof_id == ProofStep.statement_id,
            said.kind != PRESENTED,
        )
        .exists()
    )
    team = access.team_of(viewer).join(Membership.person).where(Membership.id != viewer.membership_id)
    number = select(func.count()).where(
        ProofStep.organisation_id == viewer.organisation_id,
        ProofStep.kind == PRESENTED,
        ProofStep.person_uuid.in_(team.with_only_columns(Person.uuid)),
        ~has_been_seen,
    )
    return session.scalar(number) or 0


def _read(session: Session, viewer: Viewer, among: Select[tuple[Membership]], base: str) -> list[Proof]:
    seen = among.subquery()
    rows = session.execute(
        select(
            ProofStep.proof_id,
            ProofStep.kind,
            Person.uuid,
            Person.name,
            StoredStatement.organisation_id,
            StoredStatement.id,
            StoredStatement.stored,
            StoredStatement.timestamp,
            StoredStatement.text,
        )
        .join(Person, Person.uuid == ProofStep.person_uuid)
        .join(seen, seen.c.person_id == Person.id)
        .join(
            StoredStatement,
            (StoredStatement.organisation_id == ProofStep.organisation_id)
            & (StoredStatement.id == ProofStep.statement_id),
        )
        .where(ProofStep.organisation_id == viewer.organisation_id)
        .order_by(StoredStatement.stored)
    ).all()
    presented: list[tuple[UUID, str, Recorded]] = []
    said: dict[UUID, Recorded] = {}
    for proof, kind, person, name, *whole in rows:
        entry = recorded(*whole)
        if kind == PRESENTED:
            presented.append((person, name, entry))
        else:
            # In the order in which they were stored: the latest stands.
            said[proof] = entry
    ours = Vocabulary(base)
    decisions = _decisions(session, viewer.organisation_id, said, ours)
    found = [_proof(person, name, entry, decisions.get(entry.id), ours) for person, name, entry in presented]
    return [proof for proof in reversed(found) if proof is not None]


def _decisions(
    session: Session, organisation_id: int, said: Mapping[UUID, Recorded], ours: Vocabulary
) -> dict[UUID, Decision]:
    if not said:
        return {}
    notes = calibrating.beside(session, organisation_id, [entry.id for entry in said.values()])
    by = {entry.id: instructor(entry, ours) for entry in said.values()}
    its = select(Person.uuid, Person.name).where(Person.uuid.in_([one for one in by.values() if one is not None]))
    names: dict[UUID, str] = dict(session.execute(its).tuples().all())
    found = {}
    for proof, entry in said.items():
        told, manager = claim(entry, ours), by[entry.id]
        levels = told.levels if told is not None else {}
        name = names.get(manager, "") if manager is not None else ""
        found[proof] = Decision(entry.id, name, entry.timestamp, levels, notes.get(entry.id))
    return found


def _proof(person: UUID, name: str, entry: Recorded, decision: Decision | None, ours: Vocabulary) -> Proof | None:
    told, target = claim(entry, ours), entry.statement.object
    if told is None or not isinstance(target, Activity) or not entry.statement.attachments:
        return None
    title = (target.definition.name if target.definition is not None else None) or {}
    return Proof(entry.id, person, name, title, told, entry.timestamp, entry.statement.attachments[0], decision)


def portion(base: str, session: Session, person: UUID) -> tuple[str, object]:
    """The proofs of a person, for their own copy. The file itself is where `file` says."""
    its = (
        select(
            Organisation.name,
            ProofStep.kind,
            StoredStatement.organisation_id,
            StoredStatement.id,
            StoredStatement.stored,
            StoredStatement.timestamp,
            StoredStatement.text,
        )
        .join(Organisation, Organisation.id == ProofStep.organisation_id)
        .join(
            StoredStatement,
            (StoredStatement.organisation_id == ProofStep.organisation_id)
            & (StoredStatement.id == ProofStep.statement_id),
        )
        .where(ProofStep.person_uuid == person)
        .order_by(StoredStatement.organisation_id, StoredStatement.stored)
    )
    told: dict[str, list[object]] = defaultdict(list)
    ours = Vocabulary(base)
    for organisation, kind, *whole in session.execute(its):
        told[organisation].append(_told(kind, recorded(*whole), ours))
    return "proofs", [{"organisation": name, "steps": steps} for name, steps in told.items()]


def _told(kind: str, entry: Recorded, ours: Vocabulary) -> Mapping[str, object]:
    its, files = claim(entry, ours), entry.statement.attachments or ()
    target = entry.statement.object
    definition = target.definition if isinstance(target, Activity) else None
    return {
        "what": kind,
        "at": entry.timestamp.isoformat(),
        "statement": str(entry.id),
        "title": (definition.name if definition is not None else None) or {},
        "issuer": its.issuer if its is not None else None,
        "issued": its.issued.isoformat() if its is not None else None,
        "valid_until": its.valid_until.isoformat() if its is not None and its.valid_until is not None else None,
        "levels": dict(its.levels) if its is not None else {},
        "file": files[0].file_url if files else None,
        "sha2": files[0].sha2 if files else None,
    }

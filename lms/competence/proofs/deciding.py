"""Handing in a proof, what the manager says of it, and withdrawing it.

Each is said to the record store; what changes is said anew, and what it replaces is voided.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence.assessment import calibrating
from lms.competence.models import ProofStep
from lms.competence.proofs import statements, steps
from lms.competence.proofs.form import Presented
from lms.competence.proofs.listing import Proof
from lms.competence.proofs.statements import FileSaid
from lms.competence.shown import withdrawing
from lms.competence.shown.rules import authority
from lms.errors import NotAllowed
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.xapi import storing
from lms.xapi.files import Files, Received
from lms.xapi.vocabulary import Vocabulary


def is_there(session: Session, viewer: Viewer, proof: UUID) -> bool:
    """It has been handed in by the viewer already: the form was sent twice."""
    step = session.get(ProofStep, (viewer.organisation_id, proof))
    return step is not None and step.person_uuid == viewer.person_uuid


def present(
    session: Session,
    viewer: Viewer,
    proof: UUID,
    said: Presented,
    file: Received,
    replaces: Proof | None = None,
    *,
    url: str,
    base: str,
    at: datetime,
) -> None:
    """The file is on the shelf already (see `xapi.attachments`); `url` is where it can be opened. What it corrects is
    withdrawn, and the manager looks at it anew."""
    [content_type] = file.types
    told = statements.presented(
        proof,
        viewer.person_uuid,
        {viewer.language: said.title},
        said.claim,
        FileSaid(content_type, file.length, file.sha2, url),
        Vocabulary(base),
        at,
    )
    us = authority(base)
    storing.record(session, viewer.organisation_id, [told], authority=us, at=at, files=Files([file]))
    if replaces is not None:
        withdraw(session, viewer, replaces, base=base, at=at)


def may_decide(viewer: Viewer, proof: Proof) -> bool:
    """The own manager. (That it is one of their team `listing.get` sees to.)"""
    return viewer.has(Role.MANAGER) and proof.person_uuid != viewer.person_uuid


def decide(
    session: Session, viewer: Viewer, proof: Proof, levels: Mapping[str, int], text: str, *, base: str, at: datetime
) -> None:
    """Confirm at these levels, or with none reject. What was decided before is voided; said twice it is said once."""
    if not may_decide(viewer, proof):
        raise NotAllowed(gettext("Only the manager of a person confirms what they have handed in."))
    before = proof.decision
    written = before.note.text if before is not None and before.note is not None else ""
    if before is not None and (before.levels, written) == (levels, text):
        return
    ours = Vocabulary(base)
    claim = proof.claim._replace(levels=levels)
    told = [statements.decided(proof.id, proof.person_uuid, viewer.person_uuid, proof.title, claim, ours, at)]
    if before is not None:
        told.append(withdrawing.statement(before.statement, viewer.person_uuid, ours, at))
    [said, *_] = storing.record(session, viewer.organisation_id, told, authority=authority(base), at=at)
    for key in proof.claim.levels if text else ():
        calibrating.write(
            session, viewer.organisation_id, viewer.person_uuid, proof.person_uuid, key, text, at=at, statement=said
        )


def withdraw(session: Session, viewer: Viewer, proof: Proof, *, base: str, at: datetime) -> None:
    """It shows nothing any more, nor does what was said of it, and its file goes."""
    if proof.person_uuid != viewer.person_uuid:
        raise NotAllowed(gettext("Only the person who handed it in can withdraw it."))
    where = (viewer.organisation_id, proof.id)
    ids = [proof.id, *(statement for _, statement in steps.decided_about(session, [where]))]
    withdrawing.void(session, viewer, ids, base=base, at=at)

"""The sweep that works off `backlog`, in pieces.

Each piece is a transaction of its own, in which nobody else records for the organisation: writers wait for a piece,
and never for all of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.competence.outside import decided, reading, whose
from lms.competence.outside.counting import Sent
from lms.competence.outside.decided import InForce
from lms.competence.outside.models import OutsideBacklog, OutsideEnding, OutsideHit
from lms.xapi import browsing
from lms.xapi.browsing import Look
from lms.xapi.clients import asserts_as
from lms.xapi.storing import Turn

# Statements, or agents, of one piece.
PIECE: Final = 500
# Pieces of one sweep; the next one goes on.
PIECES: Final = 20

_BACKLOG: Final = (
    OutsideBacklog.organisation_id, OutsideBacklog.version_id, OutsideBacklog.activity, OutsideBacklog.verb,
    OutsideBacklog.client,
)  # fmt: skip


def sweep(session: Session, settings: Mapping[str, Any], at: datetime) -> int:
    """How many pieces were done."""
    for number in range(PIECES):
        if not piece(session, settings["IRI_BASE"], at):
            return number
        session.commit()
    return PIECES


def piece(session: Session, base: str, at: datetime) -> bool:
    """Whether there was something to do."""
    return _read(session, base, at) or _end(session, base, at)


def _read(session: Session, base: str, at: datetime) -> bool:
    """A piece of what came before a rule, newest first. False: there is none left."""
    first = session.execute(select(*_BACKLOG).order_by(*_BACKLOG).limit(1)).first()
    if first is None:
        return False
    Turn(session, first.organisation_id)
    its = [column == value for column, value in zip(_BACKLOG, first, strict=True)]
    row = session.execute(
        select(OutsideBacklog.activity_id, OutsideBacklog.verb_id, OutsideBacklog.until).where(*its)
    ).first()
    if row is None:
        # Somebody else has read it meanwhile.
        return True
    look = Look(
        first.organisation_id,
        [asserts_as(base, first.client)],
        verb=row.verb_id,
        activity=row.activity_id,
        until=row.until,
        voided=False,
        limit=PIECE,
    )
    found = [one.entry for one in browsing.find(session, look)]
    version = _version(session, first.organisation_id, first.version_id)
    new = [Sent(entry, first.client) for entry in found if entry.activity == row.activity_id]
    reading.take_in(session, first.organisation_id, new, [version], base, at)
    if len(found) < PIECE:
        session.execute(delete(OutsideBacklog).where(*its))
    else:
        session.execute(update(OutsideBacklog).where(*its).values(until=found[-1].stored))
    return True


def _end(session: Session, base: str, at: datetime) -> bool:
    """A piece of those for whom a version has shown something that has ended. False: there is none left."""
    first = session.execute(
        select(OutsideEnding.organisation_id, OutsideEnding.version_id)
        .order_by(OutsideEnding.organisation_id, OutsideEnding.version_id)
        .limit(1)
    ).first()
    if first is None:
        return False
    organisation_id, version_id = first
    Turn(session, organisation_id)
    its = (OutsideEnding.organisation_id == organisation_id, OutsideEnding.version_id == version_id)
    reached = session.scalar(select(OutsideEnding.reached).where(*its))
    if reached is None:
        return True
    agents = session.scalars(
        select(OutsideHit.agent)
        .where(
            OutsideHit.organisation_id == organisation_id,
            OutsideHit.version_id == version_id,
            OutsideHit.agent > reached,
        )
        .distinct()
        .order_by(OutsideHit.agent)
        .limit(PIECE)
    ).all()
    people = whose.behind_digests(session, organisation_id, agents) if agents else set()
    version = _version(session, organisation_id, version_id)
    reading.settle(session, version, people, base, at)
    if len(agents) < PIECE:
        session.execute(delete(OutsideEnding).where(*its))
    else:
        session.execute(update(OutsideEnding).where(*its).values(reached=agents[-1]))
    return True


def _version(session: Session, organisation_id: int, id: int) -> InForce:
    return next(one for one in decided.versions(session, organisation_id) if one.id == id)

"""What a statement targets, directly or through other statements.

A statement that targets another is found by what the other says (Communication 2.1.3, filter conditions for
StatementRefs), “recursively”. The way, and what is found at its stations, is written down when a statement is
stored, whichever came first, so that no query has to walk it.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import Session, aliased

from lms.xapi import mentions
from lms.xapi.models import DIRECT, Reach, StatementReach, StatementTarget, StoredStatement, digest, insert_into
from lms.xapi.recorded import Recorded, recorded

# A chain is followed this far. Rows grow with the square of a chain's length, and no honest chain has
# twenty steps.
MAX_DEPTH: Final = 20

_COLUMNS: Final = ["organisation_id", "stored", "target", "depth"]


def follow(session: Session, kept: Sequence[Recorded], awaited: AbstractSet[UUID]) -> None:
    """Note what these statements, just stored, target, and what those that target them now reach. Earlier ones
    target those that are `awaited`."""
    targeting = [entry for entry in kept if entry.target is not None]
    if targeting:
        _note_targets(session, kept)
    if targeting or awaited:
        _note_reach(session, kept[0].organisation_id, [entry.stored for entry in targeting], awaited)


def _note_targets(session: Session, kept: Sequence[Recorded]) -> None:
    rows = [
        {"organisation_id": entry.organisation_id, "stored": entry.stored, "target": entry.target, "depth": 1}
        for entry in kept
        if entry.target is not None
    ]
    session.execute(insert_into(session, StatementTarget.__tablename__), rows)
    span = (kept[0].organisation_id, kept[0].stored, kept[-1].stored)
    depth = 1
    while depth < MAX_DEPTH and _step(session, *span, depth):
        depth += 1
    _join(session, *span)


def _note_reach(session: Session, organisation_id: int, stored: Sequence[datetime], awaited: AbstractSet[UUID]) -> None:
    """What these statements, and those that target the ones awaited, are found by for the sake of their targets."""
    earlier = select(StatementTarget.stored).where(
        StatementTarget.organisation_id == organisation_id, StatementTarget.target.in_(awaited)
    )
    reached = (
        select(
            StatementTarget.stored,
            StoredStatement.organisation_id,
            StoredStatement.id,
            StoredStatement.stored,
            StoredStatement.timestamp,
            StoredStatement.text,
        )
        .join(
            StoredStatement,
            (StoredStatement.organisation_id == StatementTarget.organisation_id)
            & (StoredStatement.id == StatementTarget.target),
        )
        .where(
            StatementTarget.organisation_id == organisation_id,
            or_(StatementTarget.stored.in_(stored), StatementTarget.stored.in_(earlier)),
        )
    )
    rows = [
        {"organisation_id": organisation_id, "stored": at, "target": target.stored, "term": term, "part": part}
        for at, target in [(at, recorded(*whole)) for at, *whole in session.execute(reached)]
        for term, part in found_by(target)
    ]
    if rows:
        insertion = insert_into(session, StatementReach.__tablename__)
        session.execute(insertion.on_conflict_do_nothing(), rows)


def found_by(entry: Recorded) -> set[tuple[bytes, Reach]]:
    """What a statement that targets this one is found by."""
    terms = {(entry.verb, Reach.VERB)}
    if entry.registration is not None:
        terms.add((str(entry.registration), Reach.REGISTRATION))
    for key, part in mentions.agents(entry.statement):
        terms |= {(key, Reach.ANY_AGENT)} | ({(key, Reach.AGENT)} if part == DIRECT else set())
    for iri, part in mentions.activities(entry.statement):
        terms |= {(iri, Reach.ANY_ACTIVITY)} | ({(iri, Reach.ACTIVITY)} if part == DIRECT else set())
    return {(digest(name), part) for name, part in terms}


def _step(session: Session, organisation_id: int, first: datetime, last: datetime, depth: int) -> bool:
    """One step further from the new statements: to the targets of what they reached at this depth."""
    reached = (
        select(
            StatementTarget.organisation_id,
            StatementTarget.stored,
            StoredStatement.target,
            literal(depth + 1),
        )
        .join(
            StoredStatement,
            (StoredStatement.organisation_id == StatementTarget.organisation_id)
            & (StoredStatement.id == StatementTarget.target),
        )
        .where(
            StatementTarget.organisation_id == organisation_id,
            StatementTarget.stored.between(first, last),
            StatementTarget.depth == depth,
            StoredStatement.target.is_not(None),
        )
    )
    return _add(session, reached)


def _join(session: Session, organisation_id: int, first: datetime, last: datetime) -> None:
    """Earlier statements that target the new ones reach what the new ones reach."""
    earlier, further = aliased(StatementTarget), aliased(StatementTarget)
    depth = earlier.depth + further.depth
    reached = (
        select(earlier.organisation_id, earlier.stored, further.target, depth)
        .join(
            StoredStatement,
            (StoredStatement.organisation_id == earlier.organisation_id) & (StoredStatement.id == earlier.target),
        )
        .join(
            further,
            (further.organisation_id == StoredStatement.organisation_id) & (further.stored == StoredStatement.stored),
        )
        .where(
            StoredStatement.organisation_id == organisation_id,
            StoredStatement.stored.between(first, last),
            earlier.stored < first,
            depth <= MAX_DEPTH,
        )
    )
    _add(session, reached)


def _add(session: Session, reached: Select[Any]) -> bool:
    insertion = insert_into(session, StatementTarget.__tablename__).from_select(_COLUMNS, reached)
    # Without being told to, SQLAlchemy forgets how many rows an INSERT made.
    options = {"preserve_rowcount": True}
    added = session.connection().execute(insertion.on_conflict_do_nothing(), execution_options=options)
    return added.rowcount > 0

"""The door: every statement, ours or from outside, comes in through `record`, or with others through a `Turn`.

A statement that is stored is never changed. What can change is that it is voided by another one, which may
have come before it (Data 2.3.2). Whoever reads statements hears of both through signals, in the same
transaction.

Writers of one organisation take turns, from `record` until they commit (see `models.StatementClock`). So
folds of one organisation's statements never run at the same time, and no statement can slip past its own
voiding.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, Problem
from lms.signals import statements_recorded, statements_voided
from lms.xapi import attachments, definitions, targets, writing
from lms.xapi.arriving import Arrival, Authority, Batch, Given, Keep, Rules
from lms.xapi.equivalence import equivalent
from lms.xapi.files import Files
from lms.xapi.formats import moment
from lms.xapi.models import StatementClock, StoredStatement, digest, instant, microseconds
from lms.xapi.reading import parsed
from lms.xapi.recorded import Recorded, from_rows
from lms.xapi.rows import Known
from lms.xapi.statement import Statement
from lms.xapi.vocabulary import VOIDED

__all__ = ["Keep", "Recorded", "Turn", "look_through", "pause", "record", "resume"]

logger = logging.getLogger(__name__)

MICROSECOND: Final = timedelta(microseconds=1)

_VOIDING: Final = digest(VOIDED)


def record(
    session: Session,
    organisation_id: int,
    statements: Sequence[Given],
    *,
    authority: Mapping[str, object],
    at: datetime,
    version: str = "2.0.0",
    may_void: bool = True,
    may_define: bool = True,
    keep: Keep = Keep.NOTHING,
    files: Files | None = None,
) -> list[UUID]:
    """Store statements, all or none, and return their ids in the same order.

    One whose id is known is left as it is if it is the same, and else a Conflict (Communication 2.1.1,
    2.1.2), after which the transaction must be rolled back. `version` is that of the request: it decides
    which rules the statements must follow. Without `may_define` the store learns nothing of activities from
    them. The organisation's other writers wait until this transaction ends; one that records for several
    organisations takes them in the order of their ids. `files` are what the statements have as attachments;
    they are on the shelf already (see `attachments`).
    """
    asserted = Authority.of(authority) if keep is Keep.NOTHING else None
    batch = Batch(statements, Rules(asserted, version, may_void, may_define, keep, files), at)
    if batch.ids:
        [refused] = Turn(session, organisation_id).store([batch], at)
        if refused is not None:
            raise refused
    return batch.ids


def look_through(
    statements: Sequence[Given], *, version: str, at: datetime, files: Files | None = None
) -> Iterator[Statement]:
    """Read statements as `record` does, and store nothing. Raises Invalid."""
    return Batch(statements, Rules(None, version, may_void=True, may_define=False, files=files), at).statements


def pause(session: Session) -> None:
    """Let nobody record until this transaction ends, which must `resume` right before that."""
    # In the order in which a transaction takes them that records for several.
    clocks = select(StatementClock.last).order_by(StatementClock.organisation_id).with_for_update()
    session.execute(clocks).all()


def resume(session: Session, at: datetime) -> None:
    """Whoever has waited since `pause` has an old time to record at; what has been told to be consistent through a
    later one stays so."""
    session.execute(
        update(StatementClock).where(StatementClock.last < microseconds(at)).values(last=microseconds(at)),
        execution_options={"synchronize_session": False},
    )


class Turn:
    """To store for an organisation. Its other writers wait until this transaction ends."""

    def __init__(self, session: Session, organisation_id: int) -> None:
        self.session, self.organisation_id = session, organisation_id
        clock = writing.claim(session, organisation_id)
        # When the organisation's last statement was stored.
        self.last = instant(clock.last)
        # See `definitions`.
        self.definitions_number = clock.definitions_number

    def store(self, batches: Sequence[Batch], at: datetime) -> list[Conflict | None]:
        """Store batches in their order, each whole or, where there is a Conflict, not at all.

        A batch that is not held in memory comes alone, and of it parts may be written when it turns out to be in
        conflict: then the transaction must be rolled back.
        """
        refused: list[Conflict | None] = []
        for together in _rounds(batches):
            refused = _take_in(self, together, at)
            if any(refused):
                break
        return refused

    def next(self, arrival: Arrival, keep: Keep, at: datetime) -> datetime:
        """The instant in which a statement is stored, or says that it was.

        Never earlier than what is stored, whatever the clocks of different machines say.
        """
        after = self.last + MICROSECOND
        self.last = _own_time(arrival, after, at) if keep is Keep.EVERYTHING else max(at, after)
        return self.last


Round = Sequence[tuple[Batch, Sequence[Arrival]]]


def _rounds(batches: Sequence[Batch]) -> Iterator[Round]:
    """What is held in memory at the same time."""
    if len(batches) > 1:
        yield [(batch, arrivals) for batch in batches for arrivals in batch.parts()]
    else:
        yield from ([(batches[0], arrivals)] for arrivals in batches[0].parts())


def _own_time(arrival: Arrival, after: datetime, at: datetime) -> datetime:
    """Later than all that is here already, so that whoever has read so far misses nothing."""
    if arrival.statement.stored is None:
        raise Invalid([Problem("statement.stored", "is missing.")])
    stored = moment(arrival.statement.stored, strict=False)
    if stored > at:
        raise Invalid([Problem("statement.stored", "must not be in the future.")])
    if stored < after:
        raise Conflict(f"The statement {arrival.id} says that it was stored before one that is here already.")
    return stored


def _take_in(turn: Turn, together: Round, at: datetime) -> list[Conflict | None]:
    named = [arrival.id for _, arrivals in together for arrival in arrivals if arrival.is_named]
    known = writing.look_up(turn.session, turn.organisation_id, named)
    texts = dict(known.texts)
    refused: list[Conflict | None] = []
    made: list[tuple[Batch, Sequence[Recorded]]] = []
    for batch, arrivals in together:
        conflict = _conflict(arrivals, texts)
        refused.append(conflict)
        if conflict is None:
            new = [arrival for arrival in arrivals if arrival.id not in texts]
            entries = [_entry(turn, batch, arrival, at) for arrival in new]
            texts |= {entry.id: entry.text for entry, arrival in zip(entries, new, strict=True) if arrival.is_named}
            made.append((batch, entries))
    _store(turn, made, known)
    return refused


def _conflict(arrivals: Iterable[Arrival], texts: Mapping[UUID, str]) -> Conflict | None:
    """If an id is in use, then for another statement."""
    for arrival in arrivals:
        text = texts.get(arrival.id)
        if text is not None and not equivalent(parsed(arrival.text), parsed(text.encode())):
            return Conflict(f"There is another statement with the id {arrival.id}. Nothing was stored.")
    return None


def _entry(turn: Turn, batch: Batch, arrival: Arrival, at: datetime) -> Recorded:
    return batch.rules.entry(turn.organisation_id, arrival, turn.next(arrival, batch.rules.keep, at))


def _store(turn: Turn, made: Sequence[tuple[Batch, Sequence[Recorded]]], known: Known) -> None:
    session, organisation_id = turn.session, turn.organisation_id
    entries = [entry for _, its in made for entry in its]
    if not entries:
        return
    aims = {entry.voids for entry in entries if entry.voids is not None}
    undone = _void(session, organisation_id, aims)
    aimed_at = aims | known.to_be_voided
    # Data 2.3.2: a statement is voided if and only if it is not itself a voiding statement and one refers
    # to it.
    voided = {entry.id for entry in entries if entry.voids is None and entry.id in aimed_at}
    writing.insert(session, entries, voided)
    targets.follow(session, entries, known.awaited)
    attachments.keep(session, organisation_id, [(its, batch.rules.files) for batch, its in made])
    defining = [entry for batch, its in made if batch.rules.may_define for entry in its]
    turn.definitions_number = definitions.learn(session, organisation_id, defining, turn.definitions_number)
    logger.info("%d statements stored and %d voided in organisation %d", len(entries), len(undone), organisation_id)
    if undone:
        statements_voided.send(session, entries=undone)
    valid = [entry for entry in entries if entry.id not in voided] if voided else entries
    if valid:
        statements_recorded.send(session, entries=valid)


def _void(session: Session, organisation_id: int, ids: Iterable[UUID]) -> list[Recorded]:
    """Mark these as voided, where they are stored and can be, and return them."""
    wanted = list(ids)
    if not wanted:
        return []
    marked = (
        update(StoredStatement)
        .where(
            StoredStatement.organisation_id == organisation_id,
            StoredStatement.id.in_(wanted),
            StoredStatement.verb != _VOIDING,
            StoredStatement.voided.is_(False),
        )
        .values(voided=True)
        .returning(
            StoredStatement.organisation_id,
            StoredStatement.id,
            StoredStatement.stored,
            StoredStatement.timestamp,
            StoredStatement.text,
        )
    )
    return from_rows(session.execute(marked, execution_options={"synchronize_session": False}))

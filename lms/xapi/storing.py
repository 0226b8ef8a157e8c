"""The door: every statement, ours or from outside, comes in through `record`.

A statement that is stored is never changed. What can change is that it is voided by another one, which may
have come before it (Data 2.3.2). Whoever reads statements hears of both through signals, in the same
transaction.

Writers of one organisation take turns, from `record` until they commit (see `models.StatementClock`). So
folds of one organisation's statements never run at the same time, and no statement can slip past its own
voiding.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from lms.db import Base
from lms.errors import Conflict, Invalid, NotAllowed, Problem
from lms.signals import statements_recorded, statements_voided
from lms.xapi import attachments, definitions, mentions, targets
from lms.xapi.completing import completed
from lms.xapi.equivalence import equivalent
from lms.xapi.files import Files
from lms.xapi.formats import moment
from lms.xapi.models import StatementClock, StoredStatement, digest, instant, microseconds
from lms.xapi.reading import parsed, read
from lms.xapi.recorded import Recorded, from_rows, recorded
from lms.xapi.statement import Statement, SubStatement
from lms.xapi.vocabulary import VOIDED

__all__ = ["Keep", "Recorded", "look_through", "minted", "pause", "record", "resume"]

logger = logging.getLogger(__name__)

# More would not help whoever must correct them.
MAX_PROBLEMS: Final = 20
MICROSECOND: Final = timedelta(microseconds=1)

_TABLES: Final = Base.metadata.tables
_VOIDING: Final = digest(VOIDED)


class Keep(StrEnum):
    """What stays as the statement says it, of that which the store sets otherwise.

    Data 2.4.9 leaves a submitted authority alone “only where a strong trust relationship has been
    established, and with extreme caution”. `stored` is kept only of a store that moves here: it is then not
    received but is where it was, in another place.
    """

    NOTHING = "nothing"
    AUTHORITY = "authority"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class _Arrival:
    id: UUID
    text: bytes
    statement: Statement

    @property
    def is_named(self) -> bool:
        """Its sender gave it an id, so there may be one with that id, or one that refers to it."""
        return self.statement.id is not None


def record(
    session: Session,
    organisation_id: int,
    statements: Sequence[bytes | Mapping[str, object]],
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
    2.1.2). `version` is that of the request: it decides which rules the statements must follow. Without
    `may_define` the store learns nothing of activities from them. The organisation's other writers wait until
    this transaction ends; one that records for several organisations takes them in the order of their ids.
    `files` are what the statements have as attachments; they are on the shelf already (see `attachments`).
    """
    arrivals = _arrivals(statements, version, at, files)
    if not arrivals:
        return []
    # Data 2.3.2: 403 if the request is not from a source authorised to void.
    if not may_void and any(arrival.statement.voids for arrival in arrivals):
        raise NotAllowed("Voiding a statement needs the scope “all”.")
    take = _in_their_time if keep is Keep.EVERYTHING else _in_turn
    new, definitions_number = take(session, organisation_id, arrivals, at)
    if new:
        asserted = authority if keep is Keep.NOTHING else None
        entries = [_entry(organisation_id, arrival, asserted, stored, version) for arrival, stored in new]
        _store(session, organisation_id, entries, [arrival.id for arrival, _ in new if arrival.is_named])
        attachments.keep(session, organisation_id, entries, files)
        if may_define:
            definitions.learn(session, organisation_id, entries, definitions_number)
    return [arrival.id for arrival in arrivals]


def look_through(
    statements: Sequence[bytes | Mapping[str, object]], *, version: str, at: datetime, files: Files | None = None
) -> list[Statement]:
    """Read statements as `record` does, and store nothing. Raises Invalid."""
    return [arrival.statement for arrival in _arrivals(statements, version, at, files)]


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


def minted(at: datetime) -> UUID:
    """A new id that begins with the time, so that indexes of ids grow at one end.

    Marked as version 4 and not 7: the standard speaks of RFC 4122, and there are clients that refuse what
    came later.
    """
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    return UUID(int=milliseconds << 80 | int.from_bytes(os.urandom(10)), version=4)


def _arrivals(
    statements: Sequence[bytes | Mapping[str, object]], version: str, at: datetime, files: Files | None
) -> list[_Arrival]:
    arrivals: dict[UUID, _Arrival] = {}
    problems: list[Problem] = []
    for index, given in enumerate(statements):
        where = f"statement[{index}]" if len(statements) > 1 else "statement"
        try:
            arrival = _arrival(given, where, version, at, files)
        except Invalid as invalid:
            problems += invalid.problems
            continue
        if arrival.id in arrivals:
            problems.append(Problem(f"{where}.id", "must not be that of another statement in the request."))
        arrivals[arrival.id] = arrival
    if problems:
        raise Invalid(problems[:MAX_PROBLEMS])
    if files is not None:
        attachments.check_all_meant((arrival.statement for arrival in arrivals.values()), files)
    return list(arrivals.values())


def _arrival(
    given: bytes | Mapping[str, object], where: str, version: str, at: datetime, files: Files | None
) -> _Arrival:
    text = given if isinstance(given, bytes) else msgspec.json.encode(given)
    strict = not version.startswith("1.")
    statement = read(text, strict=strict, where=where)
    if statement.attachments or isinstance(statement.object, SubStatement):
        attachments.check(where, statement, text, files, strict=strict)
    return _Arrival(UUID(statement.id) if statement.id else minted(at), text, statement)


class _Turn(NamedTuple):
    first: datetime
    # See `definitions`.
    definitions_number: int | None


def _take_turn(session: Session, organisation_id: int, at: datetime, count: int) -> _Turn:
    """Wait for the organisation's other writers, and reserve `count` instants from the first.

    Never earlier than what is stored, whatever the clocks of different machines say.
    """
    first = microseconds(at)
    claim = {"organisation_id": organisation_id, "first": first, "last": first + count - 1, "count": count}
    last, definitions_number = session.connection().execute(_CLAIM, claim).one()
    return _Turn(instant(last - count + 1), definitions_number)


# As text, which SQLAlchemy compiles once; its own ON CONFLICT it compiles every time.
_CLAIM: Final = text(
    """
    INSERT INTO statement_clock (organisation_id, last) VALUES (:organisation_id, :last)
    ON CONFLICT (organisation_id) DO UPDATE SET
        last = CASE WHEN statement_clock.last < :first THEN excluded.last ELSE statement_clock.last + :count END
    RETURNING last, definitions
    """
)


# Those that are new, each with the instant in which it is stored; and the number that goes with the turn.
_New = tuple[list[tuple[_Arrival, datetime]], int | None]


def _in_turn(session: Session, organisation_id: int, arrivals: Sequence[_Arrival], at: datetime) -> _New:
    turn = _take_turn(session, organisation_id, at, len(arrivals))
    new = _unknown(session, organisation_id, arrivals)
    stored = [(arrival, turn.first + number * MICROSECOND) for number, arrival in enumerate(new)]
    return stored, turn.definitions_number


def _in_their_time(session: Session, organisation_id: int, arrivals: Sequence[_Arrival], at: datetime) -> _New:
    """Each is stored in the instant in which it says that it was.

    Later than all that is here already, so that whoever has read so far misses nothing.
    """
    first, definitions_number = _take_turn(session, organisation_id, instant(0), 0)
    new = []
    for arrival in _unknown(session, organisation_id, arrivals):
        stored = _own_time(arrival, at)
        if stored < first:
            raise Conflict(f"The statement {arrival.id} says that it was stored before one that is here already.")
        new.append((arrival, stored))
        first = stored + MICROSECOND
    if new:
        _take_turn(session, organisation_id, new[-1][1], 1)
    return new, definitions_number


def _own_time(arrival: _Arrival, at: datetime) -> datetime:
    if arrival.statement.stored is None:
        raise Invalid([Problem("statement.stored", "is missing.")])
    stored = moment(arrival.statement.stored, strict=False)
    if stored > at:
        raise Invalid([Problem("statement.stored", "must not be in the future.")])
    return stored


def _unknown(session: Session, organisation_id: int, arrivals: Sequence[_Arrival]) -> list[_Arrival]:
    """Those whose ids are not in the store. Raises Conflict if one is there with another statement."""
    ids = [arrival.id for arrival in arrivals if arrival.is_named]
    if not ids:
        return list(arrivals)
    known = session.execute(
        select(StoredStatement.id, StoredStatement.text).where(
            StoredStatement.organisation_id == organisation_id, StoredStatement.id.in_(ids)
        )
    )
    texts = {row.id: row.text for row in known}
    for arrival in arrivals:
        if arrival.id in texts and not equivalent(parsed(arrival.text), parsed(texts[arrival.id].encode())):
            raise Conflict(f"There is another statement with the id {arrival.id}. Nothing was stored.")
    return [arrival for arrival in arrivals if arrival.id not in texts]


def _entry(
    organisation_id: int, arrival: _Arrival, authority: Mapping[str, object] | None, stored: datetime, version: str
) -> Recorded:
    if authority is None and arrival.statement.authority is None:
        raise Invalid([Problem("statement.authority", "is missing.")])
    written = completed(
        arrival.text,
        arrival.statement,
        id=arrival.id,
        stored=stored,
        authority=authority,
        version="1.0.0" if version.startswith("1.") else "2.0.0",
    )
    happened = arrival.statement.timestamp
    timestamp = moment(happened, strict=False) if happened else stored
    return recorded(organisation_id, arrival.id, stored, timestamp, written)


def _store(session: Session, organisation_id: int, entries: Sequence[Recorded], named: Sequence[UUID]) -> None:
    aims = {entry.voids for entry in entries if entry.voids is not None}
    undone = _void(session, organisation_id, aims)
    awaited = _aimed_at(session, organisation_id, named)
    voided = aims | {id for id, is_voiding in awaited if is_voiding}
    # Data 2.3.2: a statement is voided if and only if it is not itself a voiding statement and one refers
    # to it.
    valid = [entry for entry in entries if entry.voids is not None or entry.id not in voided]
    _insert(session, entries, {entry.id for entry in valid})
    targets.follow(session, entries, {id for id, _ in awaited})
    logger.info("%d statements stored and %d voided in organisation %d", len(entries), len(undone), organisation_id)
    if undone:
        statements_voided.send(session, entries=undone)
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


def _aimed_at(session: Session, organisation_id: int, ids: Sequence[UUID]) -> set[tuple[UUID, bool]]:
    """Which of these a statement that came before has as its target, and whether it voids it."""
    if not ids:
        return set()
    aimed = select(StoredStatement.target, StoredStatement.verb == _VOIDING).where(
        StoredStatement.organisation_id == organisation_id, StoredStatement.target.in_(ids)
    )
    return {(id, bool(voids)) for id, voids in session.execute(aimed) if id is not None}


def _insert(session: Session, entries: Sequence[Recorded], valid: AbstractSet[UUID]) -> None:
    connection = session.connection()
    connection.execute(_KEEP, [_row(entry, entry.id not in valid) for entry in entries])
    connection.execute(_KEEP_AGENTS, list(_agent_rows(entries)))
    activities = list(_activity_rows(entries))
    if activities:
        connection.execute(_KEEP_ACTIVITIES, activities)


_KEEP: Final = insert(_TABLES["statement"])
_KEEP_AGENTS: Final = insert(_TABLES["statement_agent"])
_KEEP_ACTIVITIES: Final = insert(_TABLES["statement_activity"])


def _row(entry: Recorded, voided: bool) -> dict[str, object]:
    return {
        "organisation_id": entry.organisation_id,
        "id": entry.id,
        "stored": entry.stored,
        "timestamp": entry.timestamp,
        "verb": digest(entry.verb),
        "registration": entry.registration,
        "target": entry.target,
        "voided": voided,
        "text": entry.text,
    }


def _agent_rows(entries: Iterable[Recorded]) -> Iterator[dict[str, object]]:
    for entry in entries:
        for key, part in mentions.agents(entry.statement):
            yield {
                "organisation_id": entry.organisation_id,
                "agent": digest(key),
                "stored": entry.stored,
                "part": part,
            }


def _activity_rows(entries: Iterable[Recorded]) -> Iterator[dict[str, object]]:
    for entry in entries:
        for iri, part in mentions.activities(entry.statement):
            yield {
                "organisation_id": entry.organisation_id,
                "activity": digest(iri),
                "stored": entry.stored,
                "part": part,
            }

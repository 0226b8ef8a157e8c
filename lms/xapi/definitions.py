"""What the store knows of activities: one definition of each, put together from all that was told of it.

The standard's *canonical* definition (Data 2.4.4.1). Texts are taken language by language and extensions key by
key; of two values for the same the later one holds. What an interaction is, and which answers are right, stays
as it was first told: the store “SHOULD NOT make significant changes … e.g. changes to correct responses”.

Most statements tell nothing new, and finding that out should cost no question to the database. So a process
remembers what it has found to be no news, together with a number in the organisation's row of
`statement_clock` that is drawn anew, in the same transaction, with each change. Whoever records holds that row
until it commits: while the number is the one remembered nobody has changed anything, and what was remembered in
a transaction that came to nothing has a number that nobody will see again.
"""

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from lms.xapi.clients import DEFINE
from lms.xapi.models import KnownActivity, StatementClock, StoreClient, StoredStatement, digest
from lms.xapi.reading import read_stored
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity, Context, Definition, Statement, SubStatement

logger = logging.getLogger(__name__)

Members = dict[str, Any]
Told = list[tuple[str, Definition]]

# Of how many activities a process remembers that it has heard what is told of them.
MAX_REMEMBERED: Final = 10_000
# In characters. One that has grown to this takes in nothing more.
MAX_LENGTH: Final = 1_000_000
# Activities in one question to the database, which takes only so many values.
MOST_AT_ONCE: Final = 1_000
# Statements at a time when all are read again.
BATCH: Final = 500

# Communication 4.2.
DEFINING: Final = frozenset({DEFINE, "all"})

_COMPONENTS: Final[tuple[str, ...]] = ("choices", "scale", "source", "target", "steps")
_INTERACTION: Final[tuple[str, ...]] = ("interactionType", "correctResponsesPattern", *_COMPONENTS)


@dataclass(slots=True)
class _Memory:
    """What is no news in an organisation, as long as this number stands in its clock."""

    number: int | None
    heard: dict[str, set[bytes]] = field(default_factory=dict)


_memories: dict[int, _Memory] = {}


def learn(session: Session, organisation_id: int, entries: Sequence[Recorded], number: int | None) -> int | None:
    """Take in what these statements tell of activities.

    The caller has the organisation's turn to record, and found `number` in its clock with that; the number returned
    is there now.
    """
    return _learn(session, organisation_id, [told for entry in entries for told in _told(entry.statement)], number)


def known(session: Session, organisations: Sequence[int], ids: Sequence[str]) -> dict[str, Members]:
    """The definitions of those activities that have one.

    Of several organisations each tells what it knows, and the first of them has the last word.
    """
    found: dict[str, Members] = {}
    rank = {organisation_id: number for number, organisation_id in enumerate(organisations)}
    for start in range(0, len(ids), MOST_AT_ONCE):
        rows = session.execute(
            select(KnownActivity.organisation_id, KnownActivity.id, KnownActivity.definition).where(
                KnownActivity.organisation_id.in_(organisations),
                KnownActivity.activity.in_([digest(id) for id in ids[start : start + MOST_AT_ONCE]]),
            )
        )
        for row in sorted(rows, key=lambda row: rank[row.organisation_id], reverse=True):
            found[row.id] = merged(found.get(row.id, {}), msgspec.json.decode(row.definition))
    return found


def rebuild(session: Session) -> int:
    """Put all definitions together again from the statements, and return how many there are.

    The caller has every organisation's turn. Voided statements count: what they told of activities was taken in when
    they came. Statements of clients that may not define do not.
    """
    for organisation_id in session.scalars(
        select(StatementClock.organisation_id).order_by(StatementClock.organisation_id)
    ).all():
        number: int | None = _draw(session, organisation_id)
        session.execute(delete(KnownActivity).where(KnownActivity.organisation_id == organisation_id))
        for told in _all_told(session, organisation_id):
            number = _learn(session, organisation_id, told, number)
    return session.scalar(select(func.count()).select_from(KnownActivity)) or 0


def not_defining(session: Session) -> frozenset[str]:
    """The keys of the clients whose statements say nothing of what activities and agents are called."""
    rows = session.execute(select(StoreClient.key, StoreClient.scopes))
    return frozenset(key for key, scopes in rows if DEFINING.isdisjoint(scopes.split()))


def asserted_by(statement: Statement) -> str:
    """The name of the account that the statement is asserted by, which is the key of a client that sent it."""
    account = statement.authority.account if statement.authority is not None else None
    return account.name if account is not None else ""


def merged(known: Members, told: Members) -> Members:
    """`known` with what is told, which telling it again does not change."""
    whole = {name: part for name, part in (known | told).items() if name not in _INTERACTION}
    for name in ("name", "description"):
        if name in known and name in told:
            whole[name] = _languages(known[name], told[name])
    if "extensions" in known and "extensions" in told:
        whole["extensions"] = known["extensions"] | told["extensions"]
    return whole | _interaction(known, told)


def _interaction(known: Members, told: Members) -> Members:
    of_known, of_told = ({name: one[name] for name in _INTERACTION if name in one} for one in (known, told))
    if not of_known:
        return of_told
    if of_known["interactionType"] != of_told.get("interactionType"):
        return of_known
    lists = {
        name: _components(of_known[name], of_told[name]) for name in _COMPONENTS if name in of_known and name in of_told
    }
    return of_told | of_known | lists


def _components(known: list[Members], told: list[Members]) -> list[Members]:
    of_told = {one["id"]: one for one in told}
    both = [_component(one, of_told.pop(one["id"], one)) for one in known]
    return [*both, *of_told.values()]


def _component(known: Members, told: Members) -> Members:
    description = _languages(known.get("description", {}), told.get("description", {}))
    return known | ({"description": description} if description else {})


def _languages(known: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """RFC 5646, 2.1.1: language tags have no case."""
    tags = {tag.lower(): tag for tag in known}
    return {**known, **{tags.get(tag.lower(), tag): words for tag, words in told.items()}}


def _told(statement: Statement) -> Iterator[tuple[str, Definition]]:
    yield from _told_in(statement.object, statement.context)
    if isinstance(statement.object, SubStatement):
        yield from _told_in(statement.object.object, statement.object.context)


def _told_in(target: object, context: Context | None) -> Iterator[tuple[str, Definition]]:
    if isinstance(target, Activity) and target.definition is not None:
        yield target.id, target.definition
    if context is not None and context.context_activities is not None:
        for activity in context.context_activities:
            if activity.definition is not None:
                yield activity.id, activity.definition


def _learn(session: Session, organisation_id: int, told: Told, number: int | None) -> int | None:
    """Returns the number that stands in the clock afterwards."""
    if not told:
        return number
    memory = _memories.get(organisation_id)
    if memory is None or memory.number != number:
        memory = _Memory(number)
    prints = [blake2b(msgspec.json.encode(definition), digest_size=16).digest() for _, definition in told]
    news = {id for (id, _), seen in zip(told, prints, strict=True) if seen not in memory.heard.get(id, ())}
    if not news:
        return number
    changed = _take_in(session, organisation_id, [one for one in told if one[0] in news])
    if changed:
        memory.number = _draw(session, organisation_id)
    _remember(memory, changed, dict(zip([id for id, _ in told], prints, strict=True)))
    if memory.number is not None:
        _memories[organisation_id] = memory
    return memory.number


def _remember(memory: _Memory, changed: set[str], last: Mapping[str, bytes]) -> None:
    """What was told last of an activity is no news; of one that has changed, nothing else is certain to be."""
    if sum(len(one.heard) for one in _memories.values()) >= MAX_REMEMBERED:
        _memories.clear()
        memory.heard.clear()
    for id, seen in last.items():
        memory.heard[id] = {seen} if id in changed else memory.heard.get(id, set()) | {seen}


def _draw(session: Session, organisation_id: int) -> int:
    number = secrets.randbits(62)
    session.execute(
        update(StatementClock).where(StatementClock.organisation_id == organisation_id).values(definitions=number),
        execution_options={"synchronize_session": False},
    )
    return number


def _take_in(session: Session, organisation_id: int, told: Told) -> set[str]:
    """Merge what is told, in this order, and return which activities are known differently now."""
    before = known(session, [organisation_id], list({id for id, _ in told}))
    after = dict(before)
    for id, definition in told:
        grown = merged(after.get(id, {}), msgspec.to_builtins(definition))
        if len(msgspec.json.encode(grown)) <= MAX_LENGTH:
            after[id] = grown
    changed = {id for id, definition in after.items() if definition != before.get(id)}
    if changed:
        rows = [
            {
                "organisation_id": organisation_id,
                "activity": digest(id),
                "id": id,
                "definition": msgspec.json.encode(after[id]).decode(),
            }
            for id in changed
        ]
        session.connection().execute(_KEEP, rows)
        logger.info("What is known of %d activities changed in organisation %d", len(changed), organisation_id)
    return changed


def _all_told(session: Session, organisation_id: int) -> Iterator[Told]:
    """What all statements tell, in the order in which they came."""
    silent = not_defining(session)
    wanted = (
        select(StoredStatement.stored, StoredStatement.text)
        .where(StoredStatement.organisation_id == organisation_id)
        .order_by(StoredStatement.stored)
        .limit(BATCH)
    )
    rows = session.execute(wanted).all()
    while rows:
        statements = [read_stored(row.text) for row in rows if '"definition"' in row.text]
        yield [told for one in statements if asserted_by(one) not in silent for told in _told(one)]
        rows = session.execute(wanted.where(StoredStatement.stored > rows[-1].stored)).all()


# As text, which SQLAlchemy compiles once.
_KEEP: Final = text(
    """
    INSERT INTO activity (organisation_id, activity, id, definition)
    VALUES (:organisation_id, :activity, :id, :definition)
    ON CONFLICT (organisation_id, activity) DO UPDATE SET definition = excluded.definition
    """
)

"""The rows of statements as values that the databases keep: whole microseconds, digests, flags.

They do not pass through the types of `models`, which every other query uses; a test holds both to be the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple
from uuid import UUID

from lms.xapi import mentions
from lms.xapi.models import digest, microseconds
from lms.xapi.recorded import Recorded
from lms.xapi.vocabulary import VOIDED

VOIDING: Final = digest(VOIDED)


class StatementRow(NamedTuple):
    organisation_id: int
    id: UUID
    stored: int
    timestamp: int
    verb: bytes
    registration: UUID | None
    target: UUID | None
    voided: bool
    text: str


class MentionRow(NamedTuple):
    """Of an agent or an activity."""

    organisation_id: int
    digest: bytes
    part: int
    stored: int


class Rows(NamedTuple):
    """All of one organisation."""

    statements: Sequence[StatementRow]
    agents: Sequence[MentionRow]
    activities: Sequence[MentionRow]


class Clock(NamedTuple):
    # When the organisation's last statement was stored.
    last: int
    # See `definitions`.
    definitions_number: int | None


class Known(NamedTuple):
    """What is stored already of some ids."""

    texts: Mapping[UUID, str]
    # Those that a statement has as its target; and those that one voids.
    awaited: AbstractSet[UUID]
    to_be_voided: AbstractSet[UUID]


def known(found: Iterable[tuple[UUID, str | None, bytes | None]]) -> Known:
    """From the texts of statements with these ids, and the verbs of those that have them as their target."""
    found = list(found)
    return Known(
        texts={id: text for id, text, verb in found if text is not None and verb is None},
        awaited={id for id, _, verb in found if verb is not None},
        to_be_voided={id for id, _, verb in found if verb == VOIDING},
    )


def rows(entries: Sequence[Recorded], voided: AbstractSet[UUID]) -> Rows:
    statements = [_statement(entry, entry.id in voided) for entry in entries]
    both = list(zip(entries, statements, strict=True))
    return Rows(
        statements,
        [one for entry, row in both for one in _mentioned(mentions.agents(entry.statement), row)],
        [one for entry, row in both for one in _mentioned(mentions.activities(entry.statement), row)],
    )


def _statement(entry: Recorded, voided: bool) -> StatementRow:
    return StatementRow(
        entry.organisation_id,
        entry.id,
        microseconds(entry.stored),
        microseconds(entry.timestamp),
        digest(entry.verb),
        entry.registration,
        entry.target,
        voided,
        entry.text,
    )


def _mentioned(found: Iterable[mentions.Mention], row: StatementRow) -> Iterator[MentionRow]:
    for identifier, part in found:
        yield MentionRow(row.organisation_id, digest(identifier), part, row.stored)

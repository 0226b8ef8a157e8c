"""What a request wants stored, looked through before its turn comes.

Everything that can be wrong with statements in themselves is found here, where nobody has to wait for it.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from lms.errors import Invalid, NotAllowed, Problem
from lms.xapi import attachments
from lms.xapi.completing import completed, in_utc, own_authority
from lms.xapi.files import Files
from lms.xapi.formats import moment, written
from lms.xapi.reading import read_stored, read_whole
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Actor, Statement, SubStatement

# More would not help whoever must correct them.
MAX_PROBLEMS: Final = 20
# In bytes of JSON. A larger batch is read a second time, in parts, when it is stored: held in memory as
# statements it would take several times its size.
MOST_HELD: Final = 1_000_000
PART: Final = 250_000

Given = bytes | Mapping[str, object]


class Keep(StrEnum):
    """What stays as the statement says it, of that which the store sets otherwise.

    Data 2.4.9 leaves a submitted authority alone “only where a strong trust relationship has been
    established, and with extreme caution”. `stored` is kept only of a store that moves here: it is then not
    received but is where it was, in another place.
    """

    NOTHING = "nothing"
    AUTHORITY = "authority"
    EVERYTHING = "everything"


class Arrival(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    text: bytes
    essence: str
    statement: Statement
    # What it says of that itself.
    happened: datetime | None

    @property
    def is_named(self) -> bool:
        """Its sender gave it an id, so there may be one with that id, or one that refers to it."""
        return self.statement.id is not None


class Authority(msgspec.Struct, frozen=True):
    """Who asserts statements (Data 2.4.9), as an agent and in JSON."""

    actor: Actor
    text: str

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Authority":
        actor: Actor = msgspec.convert({"objectType": "Agent", **given}, Actor)
        return cls(actor, msgspec.json.encode(given).decode())


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a request's statements are read, and what is set in them."""

    # None: each says itself who asserts it, unless nothing is stored.
    authority: Authority | None
    version: str
    may_void: bool
    may_define: bool
    keep: Keep = Keep.NOTHING
    # What the statements have as attachments.
    files: Files | None = None

    @property
    def strict(self) -> bool:
        return not self.version.startswith("1.")

    def arrival(self, given: Given, where: str, id: UUID) -> Arrival:
        """`id` is for one that has none."""
        text = given if isinstance(given, bytes) else msgspec.json.encode(given)
        statement, essence = read_whole(text, strict=self.strict, where=where)
        if statement.attachments or isinstance(statement.object, SubStatement):
            attachments.check(where, statement, text, self.files, strict=self.strict)
        if self.keep is not Keep.NOTHING and statement.authority is None:
            raise Invalid([Problem(f"{where}.authority", "is missing.")])
        happened = moment(statement.timestamp, strict=False) if statement.timestamp is not None else None
        own = UUID(statement.id) if statement.id is not None else id
        return Arrival(own, text, essence.decode(), statement, happened)

    def entry(self, organisation_id: int, arrival: Arrival, stored: datetime) -> Recorded:
        """What is stored of it in that instant."""
        statement = arrival.statement
        # Data 2.4.7: set to “stored” if not provided.
        timestamp = in_utc(statement.timestamp) if statement.timestamp is not None else written(stored)
        # Data 2.4.10: the version a statement is accepted with stays.
        version = statement.version or ("2.0.0" if self.strict else "1.0.0")
        text = completed(
            arrival.essence,
            id=arrival.id,
            timestamp=timestamp,
            stored=stored,
            authority=self.authority.text if self.authority is not None else own_authority(arrival.text),
            version=version,
        )
        if isinstance(statement.object, SubStatement):
            statement = read_stored(text)
        else:
            statement = replace(
                statement,
                id=str(arrival.id),
                timestamp=timestamp,
                stored=written(stored),
                authority=self.authority.actor if self.authority is not None else statement.authority,
                version=version,
            )
        return Recorded(organisation_id, arrival.id, stored, arrival.happened or stored, text, statement)


class Batch:
    """The statements of one request. Raises Invalid, with what is wrong with each, and NotAllowed."""

    def __init__(self, statements: Sequence[Given], rules: Rules, at: datetime) -> None:
        self.rules = rules
        self._statements = statements
        # By their places; of a batch that is too large, no more than that.
        self.ids: list[UUID] = []
        self._held: list[Arrival] | None = []
        self._look_through(at)

    @property
    def is_held(self) -> bool:
        return self._held is not None

    @property
    def statements(self) -> Iterator[Statement]:
        return (arrival.statement for part in self.parts() for arrival in part)

    def parts(self) -> Iterator[Sequence[Arrival]]:
        """The statements in their order; all at once if they are not too large for that."""
        if self._held is not None:
            yield self._held
            return
        part: list[Arrival] = []
        size = 0
        for index, given in enumerate(self._statements):
            arrival = self.rules.arrival(given, self._where(index), self.ids[index])
            part.append(arrival)
            size += len(arrival.text)
            if size >= PART:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _look_through(self, at: datetime) -> None:
        known: set[UUID] = set()
        problems: list[Problem] = []
        size, voids = 0, False
        for index, (given, new) in enumerate(zip(self._statements, minted(at), strict=False)):
            where = self._where(index)
            try:
                arrival = self.rules.arrival(given, where, new)
            except Invalid as invalid:
                problems += invalid.problems
                continue
            if arrival.id in known:
                problems.append(Problem(f"{where}.id", "must not be that of another statement in the request."))
            known.add(arrival.id)
            self.ids.append(arrival.id)
            voids = voids or arrival.statement.voids
            size += len(arrival.text)
            self._hold(arrival, size)
        if problems:
            raise Invalid(problems[:MAX_PROBLEMS])
        # Data 2.3.2: 403 if the request is not from a source authorised to void.
        if voids and not self.rules.may_void:
            raise NotAllowed("Voiding a statement needs the scope “all”.")
        if self.rules.files is not None:
            attachments.check_all_meant(self.statements, self.rules.files)

    def _hold(self, arrival: Arrival, size: int) -> None:
        if size > MOST_HELD:
            self._held = None
        if self._held is not None:
            self._held.append(arrival)

    def _where(self, index: int) -> str:
        return f"statement[{index}]" if len(self._statements) > 1 else "statement"


def minted(at: datetime) -> Iterator[UUID]:
    """New ids that begin with the time, so that indexes of ids grow at one end.

    Marked as version 4 and not 7: the standard speaks of RFC 4122, and there are clients that refuse what
    came later.
    """
    milliseconds = (int(at.timestamp() * 1000) & ((1 << 48) - 1)) << 80
    while True:
        yield UUID(int=milliseconds | int.from_bytes(os.urandom(10)), version=4)

"""The way in: lines into batches, and each batch through the door in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.errors import Invalid, Problem
from lms.xapi import attachments
from lms.xapi.files import Files, Received
from lms.xapi.models import StoredStatement
from lms.xapi.storing import Keep, look_through, record

AT_A_TIME: Final = 500
# Of so many bytes a batch is full, however few its statements; and of twenty with files, which are held meanwhile.
ENOUGH: Final = 4_000_000
WITH_FILES: Final = ENOUGH // 20
_MARK: Final = b"\xef\xbb\xbf"


class _Head(msgspec.Struct, frozen=True):
    """What a line must be looked at for before it is read."""

    organisation: str | None = None
    id: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    organisation: str
    text: bytes
    id: UUID
    # By the rules of which version it is read.
    version: str

    @property
    def may_carry(self) -> bool:
        return b'"attachments"' in self.text


@dataclass(frozen=True, slots=True)
class Bad:
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of one organisation and of one version."""

    lines: Sequence[Line]

    @property
    def organisation(self) -> str:
        return self.lines[0].organisation

    @property
    def version(self) -> str:
        return self.lines[0].version

    @property
    def texts(self) -> list[bytes]:
        return [line.text for line in self.lines]

    def in_other_version(self) -> "Batch":
        other = "2.0.0" if self.version == "1.0.3" else "1.0.3"
        return Batch([replace(line, version=other) for line in self.lines])


@dataclass
class Reading:
    """Goes through a file of lines, and holds one batch of it."""

    file: BinaryIO
    # Whose it all is, whatever the file says of that.
    organisation: str | None = None
    from_line: int = 1
    longest: int = 20_000_000
    at_a_time: int = AT_A_TIME
    # The last line that was looked at.
    number: int = 0
    _whose: str | None = field(init=False)

    def __post_init__(self) -> None:
        self._whose = self.organisation

    def parts(self) -> Iterator[Batch | Bad]:
        """Batches, and between them the lines that cannot be read."""
        gathered: list[Line] = []
        size = 0
        for one in self._lines():
            full = len(gathered) >= self.at_a_time or size >= ENOUGH
            if gathered and (full or isinstance(one, Bad) or not _go_together(gathered[0], one)):
                yield Batch(gathered)
                gathered, size = [], 0
            if isinstance(one, Bad):
                yield one
            else:
                gathered.append(one)
                size += len(one.text) + (WITH_FILES if one.may_carry else 0)
        if gathered:
            yield Batch(gathered)

    def _lines(self) -> Iterator[Line | Bad]:
        while text := self.file.readline(self.longest + 1):
            self.number += 1
            if len(text) > self.longest:
                self._pass_over()
                if self.number >= self.from_line:
                    yield Bad(self.number, f"is longer than {self.longest} bytes.")
            elif one := self._line(text.removeprefix(_MARK).strip()):
                yield one

    def _pass_over(self) -> None:
        while (rest := self.file.readline(self.longest)) and not rest.endswith(b"\n"):
            pass

    def _line(self, text: bytes) -> Line | Bad | None:
        if not text:
            return None
        try:
            head = msgspec.json.decode(text, type=_Head)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return Bad(self.number, f"cannot be read: {error}.") if self.number >= self.from_line else None
        if head.organisation is not None:
            self._whose = self.organisation or head.organisation
            return None
        return self._statement(text, head) if self.number >= self.from_line else None

    def _statement(self, text: bytes, head: _Head) -> Line | Bad:
        if self._whose is None:
            raise Invalid([Problem("organisation", "is not said in the file: say whose the statements are.")])
        if head.id is None:
            return Bad(self.number, "statement.id: is missing; without it each import would store another.")
        try:
            id = UUID(head.id)
        except ValueError:
            return Bad(self.number, "statement.id: must be a UUID.")
        version = "1.0.3" if head.version is not None and head.version.startswith("1.") else "2.0.0"
        return Line(self.number, self._whose, text, id, version)


@dataclass(frozen=True, slots=True)
class Import:
    """How statements come in."""

    # Who vouches for them, unless their own authority is kept.
    authority: Mapping[str, object]
    keep: Keep

    def announce(
        self, session: Session, organisation_id: int, batch: Batch, files: Files, at: datetime
    ) -> Mapping[str, Received]:
        """The files that these statements have; to be put on the shelf after a commit (see `attachments`)."""
        statements = look_through(batch.texts, version=batch.version, at=at, files=files)
        content = attachments.needed(statements, files)
        attachments.announce(session, organisation_id, content, at)
        return content

    def take(self, session: Session, organisation_id: int, batch: Batch, files: Files | None, at: datetime) -> int:
        """Store what is not here yet, all or nothing, and say how many that were. Raises what `record` does."""
        known = _known(session, organisation_id, [line.id for line in batch.lines])
        record(
            session,
            organisation_id,
            batch.texts,
            authority=self.authority,
            at=at,
            version=batch.version,
            keep=self.keep,
            files=files,
        )
        return len(batch.lines) - known


def _go_together(one: Line, other: Line) -> bool:
    return (one.organisation, one.version) == (other.organisation, other.version)


def _known(session: Session, organisation_id: int, ids: Sequence[UUID]) -> int:
    wanted = select(func.count()).where(StoredStatement.organisation_id == organisation_id, StoredStatement.id.in_(ids))
    return session.scalars(wanted).one()

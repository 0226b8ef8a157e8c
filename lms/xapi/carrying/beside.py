"""The files that statements carry, in a folder beside the lines: each under its hash, and so each once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.errors import Invalid, Problem, Unavailable
from lms.xapi.attachments import Kept
from lms.xapi.files import Files, Received
from lms.xapi.formats import Sha2
from lms.xapi.models import StoredAttachment
from lms.xapi.organisations import Named
from lms.xapi.shelf import CHUNK, Lost, Shelf

_UNFINISHED: Final = ".unfinished"


class _Attachment(msgspec.Struct, frozen=True):
    sha2: Sha2


class _Part(msgspec.Struct, frozen=True):
    attachments: list[_Attachment] = []


class _Whole(_Part, frozen=True):
    object: _Part = _Part()


@dataclass(frozen=True, slots=True)
class Beside:
    folder: Path

    def bring(self, content: Iterable[Kept], place: Shelf) -> int:
        """Copy here what is not here yet, and say how much that was."""
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = [one for one in content if not self._has(one)]
        for one in missing:
            unfinished = self.folder / f"{one.sha2.lower()}{_UNFINISHED}"
            try:
                with unfinished.open("wb") as file:
                    file.writelines(place.read(one.name))
            except Lost:
                raise Unavailable(f"The file {one.sha2} is not where it should be.") from None
            unfinished.rename(self.folder / one.sha2.lower())
        return len(missing)

    def files(self, texts: Sequence[bytes]) -> Files:
        """Those that these statements speak of. Raises Invalid if one is not what its name says."""
        hashes = sorted({sha2.lower() for text in texts for sha2 in _hashes(text)})
        received = [self._received(sha2) for sha2 in hashes if (self.folder / sha2).is_file()]
        files = Files(received)
        wrong = [Problem(file.where, "does not have the hash it is called by.") for file in received if _is_other(file)]
        if wrong:
            files.__exit__(None, None, None)
            raise Invalid(wrong)
        return files

    def _has(self, one: Kept) -> bool:
        file = self.folder / one.sha2.lower()
        return file.is_file() and file.stat().st_size == one.length

    def _received(self, sha2: str) -> Received:
        received = Received(sha2, where=sha2)
        with (self.folder / sha2).open("rb") as file:
            copyfileobj(file, received, CHUNK)
        return received


def kept(session: Session, organisations: Iterable[Named]) -> int:
    """How many files these organisations have."""
    wanted = select(func.count()).where(
        StoredAttachment.organisation_id.in_([one.id for one in organisations]),
        StoredAttachment.waiting_since.is_(None),
    )
    return session.scalars(wanted).one()


def _hashes(text: bytes) -> Iterator[str]:
    """What the statement calls its attachments; nothing if it is none, which `record` then says."""
    with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        whole = msgspec.json.decode(text, type=_Whole)
        yield from (one.sha2 for one in (*whole.attachments, *whole.object.attachments))


def _is_other(file: Received) -> bool:
    return file.sum(len(file.sha2)) != file.sha2

"""What comes with statements: the content of their attachments, on its way to a shelf."""

import hashlib
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Final, Self

from lms.xapi.shelf import CHUNK

# A file this small stays in memory; a larger one is on disk while it is on its way.
IN_MEMORY: Final = 65_536

# Data 2.4.11: “The SHA-2 hash of the Attachment data”; which of them, the number of its digits tells.
SHA2: Final = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}


class Received:
    """The content of a file, written in pieces. `sha2` is what its sender says its hash is."""

    def __init__(self, sha2: str, where: str = "file") -> None:
        self.sha2 = sha2.lower()
        # What to call it when something is wrong with it.
        self.where = where
        self.length = 0
        # What else its sender says of it.
        self.types: set[str] = set()
        self.has_told_length = False
        self._content: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self._sum = SHA2[len(sha2)]()

    def write(self, piece: bytes | memoryview) -> None:
        self._content.write(piece)
        self._sum.update(piece)
        self.length += len(piece)

    def sum(self, digits: int) -> str:
        """The hash of so many digits of what was written."""
        if digits == len(self.sha2):
            return self._sum.hexdigest()
        other = SHA2[digits]()
        content = self.opened()
        while piece := content.read(CHUNK):
            other.update(piece)
        return other.hexdigest()

    def opened(self) -> IO[bytes]:
        self._content.seek(0)
        return self._content

    def close(self) -> None:
        self._content.close()


class Files:
    """The files that came with a request, found by their hashes. They are there until the `with` ends.

    Whoever else has files for `storing.record` makes one `Received` of each, and checks that its `sum` is what
    its `sha2` says.
    """

    def __init__(self, received: Iterable[Received]) -> None:
        self._received = list(received)
        self._found: dict[str, Received] = {}
        for file in self._received:
            first = self._found.setdefault(file.sha2, file)
            first.types |= file.types
            first.has_told_length |= file.has_told_length
        self._digits: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for file in self._received:
            file.close()

    def find(self, sha2: str) -> Received | None:
        """One file can be meant by several statements, and not all need say the same of the SHA-2 sums."""
        wanted = sha2.lower()
        if wanted not in self._found and len(wanted) not in self._digits:
            self._digits.add(len(wanted))
            for file in self.each():
                self._found.setdefault(file.sum(len(wanted)), file)
        return self._found.get(wanted)

    def each(self) -> list[Received]:
        """Each once, also when it came twice."""
        return list(dict.fromkeys(self._found.values()))

"""Where the content of attachments lies: in a folder, or in a bucket of S3's kind (`lms.xapi.bucket`).

What is put has a name that says what it is: the organisation and a hash of the content. So nothing is ever
overwritten by something else, and what is there already need not be put again.
"""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Final, Protocol
from urllib.parse import unquote, urlsplit

from lms.errors import Unavailable

logger = logging.getLogger(__name__)

CHUNK: Final = 65_536
SENTENCE: Final = "The attachments cannot be reached now. Try again later."
_NAME: Final = re.compile(r"[0-9]+/[0-9a-f]+")
_INCOMING: Final = "incoming"


class Lost(Exception):
    """Content that should be on the shelf is not."""


class Shelf(Protocol):
    """Raises Unavailable when it cannot be reached, or has no room."""

    def put(self, name: str, file: IO[bytes], length: int) -> None:
        """On return it is there for good, also through a power cut."""

    def length(self, name: str) -> int | None:
        """How many bytes lie there, None if nothing does."""

    def read(self, name: str) -> Iterator[bytes]:
        """The content in pieces. Raises Lost."""

    def remove(self, name: str) -> None:
        """Does nothing if it is not there."""

    def tidy(self, before: datetime) -> int:
        """Remove what was begun before then and never finished, and say how much that was."""


@cache
def shelf(url: str) -> Shelf:
    """file:///folder, or s3://bucket/prefix?endpoint=https://…&region=…."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return Folder(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        # Only who keeps files in a bucket pays for the memory that its client takes.
        from lms.xapi.bucket import Bucket  # noqa: PLC0415

        return Bucket(url)
    raise ValueError(f"ATTACHMENTS_URL must be file:///folder or s3://bucket/prefix, not {url!r}.")


class Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, file: IO[bytes], length: int) -> None:
        place = self._place(name)
        with _reached():
            self._make(place.parent)
            if self.length(name) != length:
                self._write(place, file)
            # Also when it was there: whoever put it may not have got this far yet.
            _sync(place.parent)

    def length(self, name: str) -> int | None:
        with _reached(), suppress(FileNotFoundError):
            return self._place(name).stat().st_size
        return None

    def read(self, name: str) -> Iterator[bytes]:
        with _reached():
            try:
                file = self._place(name).open("rb")
            except FileNotFoundError:
                raise Lost(name) from None
            with file:
                while piece := file.read(CHUNK):
                    yield piece

    def remove(self, name: str) -> None:
        with _reached():
            self._place(name).unlink(missing_ok=True)

    def tidy(self, before: datetime) -> int:
        removed = 0
        with _reached(), suppress(FileNotFoundError):
            for left in (self._folder / _INCOMING).iterdir():
                if left.stat().st_mtime < before.timestamp():
                    left.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a name on the shelf.")
        organisation, sha2 = name.split("/")
        return self._folder / organisation / sha2[:2] / sha2

    def _write(self, place: Path, file: IO[bytes]) -> None:
        incoming = self._folder / _INCOMING
        self._make(incoming)
        descriptor, unfinished = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(descriptor, "wb") as target:
                shutil.copyfileobj(file, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
            Path(unfinished).rename(place)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def _make(self, folder: Path) -> None:
        """A new folder is as lasting as its name in the one above it."""
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        logger.error("Attachments cannot be reached: %s", error)
        raise Unavailable(SENTENCE) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

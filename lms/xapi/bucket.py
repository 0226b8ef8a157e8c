"""A shelf in a bucket, at Amazon or at whoever speaks S3.

The credentials are those that Amazon's own programs use: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what
the machine is given by its role.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import IO, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from lms.errors import Unavailable
from lms.xapi.shelf import CHUNK, SENTENCE, Lost

logger = logging.getLogger(__name__)

# The smallest piece that S3 takes of a file that comes in pieces; two of them are in memory at a time.
PIECE: Final = 5 * 1024 * 1024
# A request waits for this; better to be told soon, and to try again.
PATIENCE: Final = timedelta(seconds=20)
_PARAMETERS: Final = {"endpoint", "region"}


class Bucket:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        given = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        if unknown := given.keys() - _PARAMETERS:
            raise ValueError(f"ATTACHMENTS_URL has no parameter {', '.join(sorted(unknown))}.")
        settings: Any = given
        self._store = S3Store(
            parts.netloc,
            prefix=unquote(parts.path).strip("/") or None,
            config=settings,
            client_options={"allow_http": given.get("endpoint", "").startswith("http:"), "timeout": PATIENCE},
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        )

    def put(self, name: str, file: IO[bytes], length: int) -> None:
        if self.length(name) != length:
            with _reached():
                obstore.put(self._store, name, file, chunk_size=PIECE, max_concurrency=1)

    def length(self, name: str) -> int | None:
        with _reached(), suppress(FileNotFoundError):
            return obstore.head(self._store, name)["size"]
        return None

    def read(self, name: str) -> Iterator[bytes]:
        try:
            with _reached():
                for piece in obstore.get(self._store, name).stream(min_chunk_size=CHUNK):
                    yield bytes(piece)
        except FileNotFoundError:
            raise Lost(name) from None

    def remove(self, name: str) -> None:
        with _reached(), suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    def tidy(self, before: datetime) -> int:
        """What is left of uploads that were broken off is the bucket's own to remove: it needs a lifecycle rule."""
        return 0


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        logger.error("Attachments cannot be reached: %s", error)
        raise Unavailable(SENTENCE) from error

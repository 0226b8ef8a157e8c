"""A shelf in a bucket, at Amazon or at whoever speaks S3.

The credentials are those that Amazon's own programs use: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what
the machine is given by its role.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import IO, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from lms.errors import Unavailable
from lms.xapi.shelf import CHUNK, SENTENCE, Lost

logger = logging.getLogger(__name__)

# For a sign of life, which a request waits for; better to be told soon, and to try again.
PATIENCE: Final = timedelta(seconds=20)
# Whoever reads a large file over a bad line may take so long. It is also how long a signed address holds.
SLOWEST: Final = timedelta(hours=1)
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
            client_options={
                "allow_http": given.get("endpoint", "").startswith("http:"),
                "read_timeout": PATIENCE,
                "timeout": SLOWEST,
            },
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        )

    def put(self, name: str, file: IO[bytes], length: int) -> None:
        """In one piece, as it is read: the client that signs this would hold four pieces of 5 MB of it, and leave
        them in the bucket when it is broken off."""
        if self.length(name) == length:
            return
        with _reached():
            address = obstore.sign(self._store, "PUT", name, expires_in=SLOWEST)
            headers = {"Content-Length": str(length), "Content-Type": "application/octet-stream"}
            request = Request(address, file, headers, method="PUT")  # noqa: S310 an address that was just made
            urlopen(request, timeout=PATIENCE.total_seconds()).close()  # noqa: S310

    def length(self, name: str) -> int | None:
        with _reached(), suppress(FileNotFoundError):
            return obstore.head(self._store, name)["size"]
        return None

    def read(self, name: str) -> Iterator[bytes]:
        with _reached():
            try:
                found = obstore.get(self._store, name)
            except FileNotFoundError:
                raise Lost(name) from None
            for piece in found.stream(min_chunk_size=CHUNK):
                yield bytes(piece)

    def remove(self, name: str) -> None:
        with _reached(), suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    def tidy(self, before: datetime) -> int:
        """What is not there in full is not there."""
        return 0


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError, HTTPException) as error:
        logger.error("Attachments cannot be reached: %s", error)
        raise Unavailable(SENTENCE) from error

"""The file of a proof: what it is, told by what is in it and never by its name."""

from collections.abc import Iterator
from hashlib import sha256
from typing import IO, Final

from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.xapi.files import Received
from lms.xapi.shelf import CHUNK

# A picture from a phone takes some 4 MB, a scanned diploma of a few pages seldom twice that.
MOST: Final = 10_000_000
MOST_MEGABYTES: Final = MOST // 1_000_000
# A file above that is answered at its field, with all that was typed; one above this is not even received.
MOST_RECEIVED: Final = 5 * MOST
# What browsers offer to choose from, and what each is saved as.
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}

_BEGINNINGS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


def kind(beginning: bytes) -> str | None:
    """The media type of a file that begins so; None: not one that we take."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    return next((name for sign, name in _BEGINNINGS if beginning.startswith(sign)), None)


def received(file: IO[bytes]) -> Received:
    """A file that has come, if it is one that we take. Raises Invalid."""
    found = kind(file.read(16))
    if found is None:
        raise Invalid([Problem("file", gettext("Choose a PDF or a picture (JPEG, PNG or WebP)."))])
    summed, length = sha256(), 0
    for piece in _pieces(file):
        summed.update(piece)
        length += len(piece)
    if length > MOST:
        raise Invalid([Problem("file", gettext("Choose a file of at most %(size)s MB.", size=MOST_MEGABYTES))])
    taken = Received(summed.hexdigest(), "file")
    taken.types.add(found)
    for piece in _pieces(file):
        taken.write(piece)
    return taken


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece

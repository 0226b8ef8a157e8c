"""Statements and the files they carry in one body: multipart/mixed (Communication 1.5.2, RFC 2046).

It is read as it comes, so that a request takes the same little memory however much comes with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError

from lms.errors import Invalid, Problem, TooLarge
from lms.xapi.files import Files, Received
from lms.xapi.formats import SENTENCES, SHA2_PATTERN

# RFC 2046, 5.1.1.
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
MAX_PREAMBLE: Final = 65_536
MAX_PADDING: Final = 100
MAX_HEADERS: Final = 32
MAX_HEADER: Final = 8_192

HASH: Final = "X-Experience-API-Hash"
ENCODING: Final = "Content-Transfer-Encoding"
TYPE: Final = "Content-Type"
LENGTH: Final = "Content-Length"


@dataclass(frozen=True, slots=True)
class Limits:
    # Bytes of the statements, which are held in memory, and of each attachment.
    statements: int
    attachment: int
    # How many.
    attachments: int


@contextmanager
def received(chunks: Iterable[bytes], boundary: str | None, limits: Limits) -> Iterator[tuple[bytes, Files]]:
    """The statements' text, and the files. Raises Invalid or TooLarge."""
    if boundary is None or not _BOUNDARY.fullmatch(boundary):
        raise Invalid([Problem(TYPE, "must say a boundary of 1 to 70 characters that RFC 2046 allows in one.")])
    reading = _Reading(limits)
    try:
        reading.read(_without_preamble(iter(chunks), boundary.encode()), boundary.encode())
        files = Files(reading.files)
    except BaseException:
        Files(reading.files).close()
        raise
    with files:
        yield bytes(reading.statements), files


def _without_preamble(chunks: Iterator[bytes], boundary: bytes) -> Iterator[bytes]:
    """RFC 2046, 5.1.1: what stands before the first boundary is to be ignored."""
    first = re.compile(rb"\r\n--%b[ \t]{0,%d}(\r\n|--)" % (re.escape(boundary), MAX_PADDING))
    longest = len(boundary) + MAX_PADDING + 8
    begun = b"\r\n"
    for chunk in chunks:
        start = max(0, len(begun) - longest)
        begun += chunk
        if found := first.search(begun, start):
            yield b"--" + boundary + found[1] + begun[found.end() :]
            yield from chunks
            return
        if len(begun) > MAX_PREAMBLE:
            break
    raise Invalid([Problem("", "The body must begin with the boundary, on a line of its own that ends with CR LF.")])


class _Reading:
    """What the parser calls as it comes upon things."""

    def __init__(self, limits: Limits) -> None:
        self.statements = bytearray()
        self.files: list[Received] = []
        self._limits = limits
        self._number = -1
        self._name = self._value = b""
        self._headers: dict[str, str] = {}
        self._is_ended = False

    def read(self, chunks: Iterator[bytes], boundary: bytes) -> None:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._add_to_name,
                "on_header_value": self._add_to_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._add,
                "on_part_end": self._end,
                "on_end": self._end_all,
            },
            max_header_count=MAX_HEADERS,
            max_header_size=MAX_HEADER,
        )
        try:
            for chunk in chunks:
                parser.write(chunk)
        except MultipartParseError as error:
            raise Invalid([Problem("", f"The body must be multipart as in RFC 2046: {error}.")]) from None
        if not self._is_ended:
            raise Invalid([Problem("", "The body must end with the boundary and two hyphens.")])
        if self._number < 0:
            raise Invalid([Problem("part[0]", "is missing; it has the statements.")])

    @property
    def _where(self) -> str:
        return f"part[{self._number}]"

    def _begin(self) -> None:
        self._number += 1
        self._headers = {}
        if self._number > self._limits.attachments:
            raise TooLarge(f"At most {self._limits.attachments} attachments can come in one request.")

    def _add_to_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        name = self._name.decode("ascii").lower()
        if name in self._headers:
            raise Invalid([Problem(f"{self._where}.{self._name.decode('ascii')}", "must be given once.")])
        self._headers[name] = self._value.decode("utf-8", "replace").strip()
        self._name = self._value = b""

    def _end_headers(self) -> None:
        if self._number == 0:
            self._check_first()
        else:
            self.files.append(self._file())

    def _check_first(self) -> None:
        """1.5.2: “The first part … MUST contain the Statements themselves, with type application/json.”"""
        if essence(self._header(TYPE) or "") != "application/json":
            raise Invalid([Problem(f"{self._where}.{TYPE}", "must be application/json: the first is the statements.")])
        if (self._header(ENCODING) or "binary").lower() not in {"7bit", "8bit", "binary"}:
            raise Invalid([Problem(f"{self._where}.{ENCODING}", "must be binary.")])

    def _file(self) -> Received:
        """1.5.2: “MUST include an X-Experience-API-Hash parameter in each part's header after the first” and
        “a Content-Transfer-Encoding parameter with a value of binary”."""
        problems = []
        sha2 = self._header(HASH)
        if sha2 is None:
            problems.append(Problem(f"{self._where}.{HASH}", "is missing."))
        elif not re.match(SHA2_PATTERN, sha2):
            problems.append(Problem(f"{self._where}.{HASH}", SENTENCES[SHA2_PATTERN]))
        if (self._header(ENCODING) or "").lower() != "binary":
            problems.append(Problem(f"{self._where}.{ENCODING}", "must be there, and be binary."))
        if sha2 is None or problems:
            raise Invalid(problems)
        file = Received(sha2, self._where)
        file.has_told_length = self._header(LENGTH) is not None
        if told := self._header(TYPE):
            file.types.add(told)
        return file

    def _header(self, name: str) -> str | None:
        return self._headers.get(name.lower())

    def _add(self, data: bytes, start: int, end: int) -> None:
        if self._number > 0:
            file = self.files[-1]
            if file.length + end - start > self._limits.attachment:
                raise TooLarge(f"{self._where} is larger than an attachment can be: {self._limits.attachment} bytes.")
            file.write(memoryview(data)[start:end])
            return
        if len(self.statements) + end - start > self._limits.statements:
            raise TooLarge(f"The statements of one request can be {self._limits.statements} bytes.")
        self.statements += data[start:end]

    def _end(self) -> None:
        if self._number == 0:
            return
        file = self.files[-1]
        actual = file.sum(len(file.sha2))
        if actual != file.sha2:
            raise Invalid([Problem(f"{self._where}.{HASH}", f"must be the hash of what the part holds: {actual}.")])
        if file.has_told_length and self._header(LENGTH) != str(file.length):
            raise Invalid([Problem(f"{self._where}.{LENGTH}", f"must be how long the part is: {file.length}.")])

    def _end_all(self) -> None:
        self._is_ended = True


def essence(media_type: str) -> str:
    """What it is without its parameters: “text/plain” of “Text/Plain; charset=utf-8”."""
    return media_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Part:
    headers: Sequence[tuple[str, str]]
    length: int
    content: Iterable[bytes]


def written(parts: Sequence[Part], boundary: str) -> tuple[int, Iterator[bytes]]:
    """The body made of these parts, and how long it is."""
    heads = [_head(part, boundary) for part in parts]
    # The line before a boundary belongs to it, but before the first there is none.
    heads[0] = heads[0].removeprefix(b"\r\n")
    end = f"\r\n--{boundary}--\r\n".encode()
    length = sum(map(len, heads)) + sum(part.length for part in parts) + len(end)
    return length, _pieces(parts, heads, end)


def _pieces(parts: Sequence[Part], heads: Sequence[bytes], end: bytes) -> Iterator[bytes]:
    for part, head in zip(parts, heads, strict=True):
        yield head
        yield from part.content
    yield end


def _head(part: Part, boundary: str) -> bytes:
    lines = [f"\r\n--{boundary}", *(f"{name}: {value}" for name, value in part.headers), "", ""]
    return "\r\n".join(lines).encode()

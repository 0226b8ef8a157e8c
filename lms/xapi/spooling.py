"""A body that is too large to be held: it lies in a file, and of its statements one is read at a time."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Final, overload

from lms.errors import Invalid, Problem, TooLarge

# In bytes; more at a time for a statement that is longer.
PIECE: Final = 65_536

# What stands before a bracket that is not in a string, and the bracket. Possessive, so that no text takes long.
_BRACKET: Final = re.compile(rb'((?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+)([\[\]{}])', re.DOTALL)
_BLANK: Final = b" \t\r\n"


class Spooled(Sequence[bytes]):
    """The texts of statements in a file."""

    def __init__(self, file: IO[bytes], places: Sequence[tuple[int, int]]) -> None:
        self._file, self._places = file, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return Spooled(self._file, self._places[index])
        start, end = self._places[index]
        self._file.seek(start)
        return self._file.read(end - start)


@contextmanager
def spooled(pieces: Iterable[bytes], *, most: int) -> Iterator[bytes | Spooled]:
    """The statements of a batch, of which there may be `most`, or the body if it is none. Raises Invalid or TooLarge.

    Statements of a batch are only told apart here; whether they are statements is for `reading` to say.
    """
    with TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        if file.read(PIECE).lstrip(_BLANK)[:1] == b"[":
            yield Spooled(file, list(_places(file, most)))
        else:
            file.seek(0)
            yield file.read()


def _places(file: IO[bytes], most: int) -> Iterator[tuple[int, int]]:
    """Where each object in the list begins and ends."""
    brackets = _brackets(file)
    next(brackets)
    depth, start, number = 0, 0, 0
    for place, found in brackets:
        bracket = found[2]
        if depth == 0:
            wanted = b"," if number and bracket == b"{" else b""
            if bracket not in b"{]" or found[1].strip(_BLANK) != wanted:
                raise _wrong(f"up to byte {place} there is something that is not a list of objects")
            if bracket == b"]":
                return _check_rest(file, place + 1)
            start, number = place, number + 1
            if number > most:
                raise TooLarge(f"At most {most} statements can come in one request.")
        depth += 1 if bracket in b"[{" else -1
        if depth == 0:
            yield start, place + 1
    raise _wrong("it ends before its list does")


def _brackets(file: IO[bytes]) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Each bracket's place in the file, and what was found there: the text before it, and the bracket."""
    file.seek(0)
    text, place, size = b"", 0, PIECE
    while piece := file.read(size):
        text += piece
        end = 0
        while found := _BRACKET.match(text, end):
            end = found.end()
            yield place + end - 1, found
        # What is left may be part of a string. Twice as much next time, so that a long one is not gone over often.
        text, place = text[end:], place + end
        size = max(PIECE, 2 * len(text))


def _check_rest(file: IO[bytes], place: int) -> None:
    file.seek(place)
    while piece := file.read(PIECE):
        if piece.strip(_BLANK):
            raise _wrong("something follows its list")


def _wrong(why: str) -> Invalid:
    return Invalid([Problem("", f"The body must be JSON: {why}.")])

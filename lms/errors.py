"""What can go wrong, in words for the person who will read them.

Raised where it is known; turned into a status and a page, or a body, in one table in `lms.http`
(the record store has its own table, because its standard fixes the answers).
"""

from collections.abc import Sequence
from dataclasses import dataclass


class KunnaError(Exception):
    """`str(error)` is a sentence for the reader, in English; the page translates its own headings."""


class NotFound(KunnaError):
    """It does not exist, or this viewer may not know that it does."""


class NotAllowed(KunnaError):
    """It exists and the viewer knows it, but may not do this."""


class Conflict(KunnaError):
    """It clashes with what is already there."""


class PreconditionFailed(KunnaError):
    """Someone changed it since the caller last looked."""


class TooLarge(KunnaError):
    """More than is taken at once."""


class Unavailable(KunnaError):
    """Something we stand on does not answer. Trying again later may help."""


class TooMany(KunnaError):
    """Too many attempts; `seconds` says how long to wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (a field, a path, a row and column) and what to do about it."""

    field: str
    message: str


class Invalid(KunnaError):
    """The input cannot be used. Every problem found, not just the first."""

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems = [Problem("", problems)] if isinstance(problems, str) else list(problems)
        super().__init__("; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in self.problems))

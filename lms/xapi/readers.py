"""Who is told of statements, in the transaction that stores or voids them: folds from statements to rows."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from sqlalchemy.orm import Session

from lms import signals
from lms.xapi.recorded import Recorded


class Reader(Protocol):
    def read(self, session: Session, entries: Sequence[Recorded]) -> None:
        """What these say is new. None of them is voided."""

    def undo(self, session: Session, entries: Sequence[Recorded]) -> None:
        """These have been read, and are voided now."""


_connected: Final = set[tuple[Callable[[str], Reader], str]]()


def connect(make: Callable[[str], Reader], base: str) -> None:
    """From now on what `make` gives for this base, which our own identifiers begin with, reads. Once for each base,
    however many apps there are."""
    if (make, base) not in _connected:
        reader = make(base)
        signals.statements_recorded.connect(reader.read, weak=False)
        signals.statements_voided.connect(reader.undo, weak=False)
        _connected.add((make, base))

"""What someone has shown, in bytes: little to read, and read by NumPy without a step between.

*Kept* is the evidence of a person that no other outdoes: of an opinion the latest; of what was shown, every piece
but those that another equals or exceeds in level, in date and in how long it holds. No rule, now or on a later day,
can ask for more. *Levels* is what one rule picks from it on a day.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final, NamedTuple

from lms.competence.shown.level import FRESH, OPINIONS, Current, LevelRule, Shown, Source

# Never changed: they stand in the database.
CODES: Final[Mapping[Source, int]] = {
    Source.SELF: 0,
    Source.MANAGER: 1,
    Source.TEST: 2,
    Source.COURSE: 3,
    Source.OBSERVATION: 4,
    Source.CERTIFICATE: 5,
    Source.IMPORTED: 6,
}
SOURCES: Final = {code: source for source, code in CODES.items()}
# Flags of a picked level.
OLD: Final = 1
ONLY_SELF: Final = 2
DISAGREEMENT: Final = 4
CONFIRMED: Final = 8

_PIECE: Final = Struct("<IBBxxqq")
_LEVEL: Final = Struct("<II")
# As NumPy reads it.
LEVEL_FIELDS: Final = [("number", "<u4"), ("level", "u1"), ("flags", "u1"), ("reliability", "u1"), ("sources", "u1")]
LEVEL_BYTES: Final = _LEVEL.size
# "For ever", of what never ends.
NEVER: Final = 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FRESH: Final = FRESH // _MICROSECOND
_OPINIONS: Final = frozenset(CODES[source] for source in OPINIONS)


class Piece(NamedTuple):
    """A piece of evidence. Instants are microseconds since 1970."""

    competence: int
    source: int
    level: int
    shown: int
    ends: int


def piece(competence: int, source: str, level: int, shown_at: datetime, valid_until: datetime | None) -> Piece:
    code = CODES[Source(source)]
    ends = NEVER if valid_until is None or code in _OPINIONS else (valid_until - _EPOCH) // _MICROSECOND
    return Piece(competence, code, level, (shown_at - _EPOCH) // _MICROSECOND, ends)


def shown(piece: Piece) -> Shown:
    ends = None if piece.ends == NEVER else _EPOCH + timedelta(microseconds=piece.ends)
    return Shown(SOURCES[piece.source], piece.level, _EPOCH + timedelta(microseconds=piece.shown), ends)


def undominated(pieces: Iterable[Piece]) -> list[Piece]:
    """Of any competences and sources, in order."""
    by: dict[tuple[int, int], set[Piece]] = {}
    for one in pieces:
        by.setdefault(one[:2], set()).add(one)
    kept: list[Piece] = []
    for (_, source), its in by.items():
        if len(its) == 1:
            kept += its
        elif source in _OPINIONS:
            kept.append(max(its, key=lambda one: (one.shown, one.level, one.ends)))
        else:
            kept += [one for one in its if not any(_outdoes(other, one) for other in its)]
    return sorted(kept)


def _outdoes(one: Piece, other: Piece) -> bool:
    return one != other and one.level >= other.level and one.shown >= other.shown and one.ends >= other.ends


def pack(pieces: Iterable[Piece]) -> bytes:
    return b"".join(_PIECE.pack(*one) for one in pieces)


def unpack(kept: bytes) -> list[Piece]:
    return [Piece(*fields) for fields in _PIECE.iter_unpack(kept)]


# Pieces by competence.
Pieces = Mapping[int, Iterable[Piece]]
# Picked levels by competence, each as it is packed.
Levels = dict[int, bytes]


def by_competence(pieces: Iterable[Piece]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {}
    for one in pieces:
        found.setdefault(one.competence, []).append(one)
    return found


def pick(pieces: Pieces, rule: LevelRule, at: datetime, valid_at: datetime | None = None) -> Levels:
    picked: Levels = {}
    for competence, its in pieces.items():
        current = rule.current(map(shown, its), at, valid_at=valid_at)
        if current is not None:
            picked[competence] = _level(competence, current)
    return picked


def _level(competence: int, current: Current) -> bytes:
    return _LEVEL.pack(competence, state(current))


def state(current: Current) -> int:
    """Of a picked level what LEVEL_FIELDS says after the number, as one number."""
    flags = (
        OLD * current.is_old
        | ONLY_SELF * current.only_self
        | DISAGREEMENT * current.disagreement
        | CONFIRMED * current.confirmed
    )
    sources = sum(1 << CODES[source] for source in set(current.shown_by))
    return current.level | flags << 8 | round(100 * current.reliability) << 16 | sources << 24


def pack_levels(levels: Levels) -> bytes:
    return b"".join(levels[competence] for competence in sorted(levels))


def unpack_levels(packed: bytes) -> Levels:
    return {
        int.from_bytes(packed[start : start + 4], "little"): packed[start : start + LEVEL_BYTES]
        for start in range(0, len(packed), LEVEL_BYTES)
    }


def good_until(pieces: Iterable[Piece], at: datetime) -> datetime | None:
    """The first instant after `at` when something grows old or ends. None: never."""
    now = (at - _EPOCH) // _MICROSECOND
    changes = [instant for one in pieces for instant in (one.shown + _FRESH + 1, one.ends) if now < instant < NEVER]
    return _EPOCH + timedelta(microseconds=min(changes)) if changes else None


def first_end(pieces: Iterable[Piece]) -> datetime | None:
    ends = min((one.ends for one in pieces), default=NEVER)
    return None if ends == NEVER else _EPOCH + timedelta(microseconds=ends)

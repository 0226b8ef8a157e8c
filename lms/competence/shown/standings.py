"""Standings: where all evidence leaves each person in an organisation, in one packed row (see `packing`).

New evidence is folded into the row (`fold`), in any order with the same outcome. When evidence goes, what is left is
read again (`work_out`). The picked levels beside it are good until a given instant and by a named rule; whoever
reads them at another time, or by another rule, picks anew from what is kept, and a sweep stores that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary, Text, Uuid, and_, bindparam, delete, or_, select, text, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from lms.competence.models import Evidence, Standing
from lms.competence.shown import level_rules, numbers, packing
from lms.competence.shown.level import LEVEL_RULES, LevelRule
from lms.competence.shown.packing import Piece
from lms.db import UtcDateTime
from lms.identity.models import Organisation

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 5000
# People whose levels one sweep picks anew; the next takes the rest.
SWEPT: Final = 2000

# One person in one organisation, and in it one competence.
Whose = tuple[int, UUID]
Place = tuple[int, UUID, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as it is read."""

    kept: bytes
    levels: bytes
    picked_by: str
    good_until: datetime | None


NOTHING: Final = Kept(b"", b"", "", None)


def known_people(session: Session, whose: Iterable[Whose]) -> dict[Whose, Kept]:
    """Those of them who are there, with what has been kept. Whoever was erased, or never was one of ours, is not."""
    by: dict[int, list[UUID]] = defaultdict(list)
    for organisation, person in whose:
        by[organisation].append(person)
    found: dict[Whose, Kept] = {}
    for organisation, people in by.items():
        for start in range(0, len(people), CHUNK):
            some = people[start : start + CHUNK]
            asked = {"organisation": organisation, "people": some if len(some) > 1 else some[0]}
            for person, *row in session.connection().execute(_PEOPLE if len(some) > 1 else _PERSON, asked):
                found[organisation, person] = Kept(*row) if row[0] is not None else NOTHING
    return found


# As text, which SQLAlchemy compiles once.
_FOUND: Final = """
    SELECT person.uuid, kept, levels, picked_by, good_until FROM person
    LEFT JOIN standing ON standing.organisation_id = :organisation AND standing.person_uuid = person.uuid
    WHERE person.email IS NOT NULL AND person.uuid
"""
_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "uuid": Uuid(), "kept": LargeBinary(), "levels": LargeBinary(), "picked_by": Text(), "good_until": UtcDateTime(),
}  # fmt: skip
_PEOPLE: Final = (
    text(f"{_FOUND} IN :people").bindparams(bindparam("people", type_=Uuid(), expanding=True)).columns(**_TYPES)
)
_PERSON: Final = text(f"{_FOUND} = :people").bindparams(bindparam("people", type_=Uuid())).columns(**_TYPES)


def fold(session: Session, evidence: Sequence[Mapping[str, Any]], before: Mapping[Whose, Kept], at: datetime) -> None:
    """Let new evidence, which is stored already, move the standings of these people. `at`: when we got to know."""
    numbered = numbers.of(session, {row["competence_key"] for row in evidence})
    rules = _rules(session, before, at)
    new: dict[Whose, list[Piece]] = defaultdict(list)
    for row in evidence:
        one = packing.piece(
            numbered[row["competence_key"]], row["source"], row["level"], row["shown_at"], row["valid_until"]
        )
        new[row["organisation_id"], row["person_uuid"]].append(one)
    _keep(session, (_row(whose, _folded(before[whose], its), rules[whose], at) for whose, its in new.items()))


def _rules(session: Session, before: Mapping[Whose, Kept], at: datetime) -> dict[Whose, LevelRule]:
    """By which levels are picked: as before, until `pick_anew` has come to them, since that takes no query."""
    same = {whose: _NAMED[kept.picked_by] for whose, kept in before.items() if kept.picked_by in _NAMED}
    others = [whose for whose in before if whose not in same]
    told = level_rules.rules_of(session, {organisation for organisation, _ in others}, at) if others else {}
    return same | {whose: told[whose[0]] for whose in others}


_NAMED: Final = {rule.name: rule for rule in LEVEL_RULES.values()}


@dataclass(frozen=True, slots=True)
class _Moved:
    """What is kept now, and what was picked before of the competences that have not moved."""

    pieces: Sequence[Piece]
    moved: Mapping[int, Sequence[Piece]]
    before: Kept


def _folded(before: Kept, new: Sequence[Piece]) -> _Moved:
    touched = {one.competence for one in new}
    old = packing.unpack(before.kept)
    its = packing.undominated([*new, *(one for one in old if one.competence in touched)])
    others = [one for one in old if one.competence not in touched]
    return _Moved(sorted([*others, *its]) if others else its, packing.by_competence(its), before)


def _row(whose: Whose, moved: _Moved, rule: LevelRule, at: datetime) -> dict[str, Any]:
    pieces, before = moved.pieces, moved.before
    if before.picked_by == rule.name and (before.good_until is None or before.good_until > at):
        levels = packing.unpack_levels(before.levels)
        for competence in moved.moved:
            levels.pop(competence, None)
        levels |= packing.pick(moved.moved, rule, at)
    else:
        levels = packing.pick(packing.by_competence(pieces), rule, at)
    return {
        "organisation_id": whose[0],
        "person_uuid": whose[1],
        "kept": packing.pack(pieces),
        "levels": packing.pack_levels(levels),
        "picked_by": rule.name,
        "good_until": packing.good_until(pieces, at),
        "ends_at": packing.first_end(pieces),
    }


def _keep(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    if made := list(rows):
        session.connection().execute(_KEEP, made)


# As text, which SQLAlchemy compiles once; its own ON CONFLICT it compiles every time.
_KEEP: Final = text(
    """
    INSERT INTO standing (organisation_id, person_uuid, kept, levels, picked_by, good_until, ends_at)
    VALUES (:organisation_id, :person_uuid, :kept, :levels, :picked_by, :good_until, :ends_at)
    ON CONFLICT (organisation_id, person_uuid) DO UPDATE SET
        kept = excluded.kept, levels = excluded.levels, picked_by = excluded.picked_by,
        good_until = excluded.good_until, ends_at = excluded.ends_at
    """
).bindparams(
    bindparam("person_uuid", type_=Uuid()),
    bindparam("kept", type_=LargeBinary()),
    bindparam("levels", type_=LargeBinary()),
    bindparam("good_until", type_=UtcDateTime),
    bindparam("ends_at", type_=UtcDateTime),
)


def work_out(session: Session, places: Iterable[Place], at: datetime) -> None:
    """From what evidence there is."""
    wanted = list(places)
    numbered = numbers.of(session, {place[2] for place in wanted})
    gone: dict[Whose, set[int]] = defaultdict(set)
    for organisation, person, key in wanted:
        gone[organisation, person].add(numbered[key])
    left = _evidence(session, wanted, numbered)
    rows, known = [], known_people(session, gone)
    rules = _rules(session, known, at)
    for whose, before in known.items():
        others = [one for one in packing.unpack(before.kept) if one.competence not in gone[whose]]
        its = packing.undominated(left.get(whose, ()))
        moved = {competence: list[Piece]() for competence in gone[whose]} | packing.by_competence(its)
        rows.append(_row(whose, _Moved(sorted([*others, *its]), moved, before), rules[whose], at))
    _keep(session, (row for row in rows if row["kept"]))
    _forget(session, [(row["organisation_id"], row["person_uuid"]) for row in rows if not row["kept"]])


def _forget(session: Session, whose: Sequence[Whose]) -> None:
    if whose:
        session.execute(
            delete(Standing)
            .where(tuple_(Standing.organisation_id, Standing.person_uuid).in_(whose))
            .execution_options(synchronize_session=False)
        )


def _evidence(session: Session, places: Sequence[Place], numbered: Mapping[str, int]) -> dict[Whose, list[Piece]]:
    found: dict[Whose, list[Piece]] = defaultdict(list)
    for start in range(0, len(places), CHUNK):
        chunk = places[start : start + CHUNK]
        wanted = set(chunk)
        # In a wide net first, for the sake of the index; then only these places.
        rows = session.execute(
            select(
                Evidence.organisation_id,
                Evidence.person_uuid,
                Evidence.competence_key,
                Evidence.source,
                Evidence.level,
                Evidence.shown_at,
                Evidence.valid_until,
            ).where(
                Evidence.organisation_id.in_({place[0] for place in chunk}),
                Evidence.person_uuid.in_({place[1] for place in chunk}),
                Evidence.competence_key.in_({place[2] for place in chunk}),
            )
        )
        for organisation, person, key, source, level, shown_at, valid_until in rows:
            if (organisation, person, key) in wanted:
                its = packing.piece(numbered[key], source, level, shown_at, valid_until)
                found[organisation, person].append(its)
    return found


def pick_anew(session: Session, organisation_ids: Collection[int], at: datetime, *, limit: int | None = None) -> int:
    """Store what the rules of these organisations pick where that is no longer what is stored. Returns of how many.

    A person whose row is written by somebody else at this moment is left to them.
    """
    rules = level_rules.rules_of(session, organisation_ids, at)
    by_rule: dict[str, list[int]] = defaultdict(list)
    for organisation, rule in rules.items():
        by_rule[rule.name].append(organisation)
    stale = [and_(Standing.organisation_id.in_(its), Standing.picked_by != name) for name, its in by_rule.items()]
    found = select(Standing.organisation_id, Standing.person_uuid, Standing.kept).where(
        Standing.organisation_id.in_(rules), or_(Standing.good_until <= at, *stale)
    )
    rows = session.execute(found.limit(limit)).all()
    anew = []
    for organisation, person, kept in rows:
        whole = _Moved(packing.unpack(kept), {}, NOTHING)
        row = _row((organisation, person), whole, rules[organisation], at)
        anew.append({f"new_{name}": value for name, value in row.items()} | {"old": kept})
    if anew:
        session.connection().execute(_PICKED, anew)
    return len(anew)


_PICKED: Final = (
    update(Standing.__table__)  # type: ignore[arg-type]
    .where(
        Standing.organisation_id == bindparam("new_organisation_id"),
        Standing.person_uuid == bindparam("new_person_uuid"),
        Standing.kept == bindparam("old"),
    )
    .values({name: bindparam(f"new_{name}") for name in ("levels", "picked_by", "good_until")})
)


def sweep(session: Session, _settings: Mapping[str, Any], at: datetime) -> int:
    """Levels that have grown old, or that another rule tells from today."""
    return pick_anew(session, session.scalars(select(Organisation.id)).all(), at, limit=SWEPT)


def clear(session: Session) -> None:
    session.execute(delete(Standing))

"""People by competences, as arrays: what the work of each needs, and what each has, on a day and by a rule.

Read from the packed levels as they are stored; levels are picked anew only of those whose stored ones are not good
on that day or by that rule. NumPy is at home here, in `tallies` and in `trend`, and nowhere else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, and_, case, or_, select
from sqlalchemy.orm import Session

from lms.competence.day import Day
from lms.competence.models import Standing
from lms.competence.required.profiles import Profile, resolve
from lms.competence.shown import level_rules, levels, numbers, packing
from lms.competence.shown.level import LevelRule
from lms.identity.models import Person
from lms.identity.periods import Places

# In `required`: the work does not need it. (In `current`, -1: nobody has assessed it.)
NOT_NEEDED: Final = 0
# Instead of a unit, a manager or a region, of those who have none.
NONE: Final = 0

Ids = NDArray[np.int64]
Small = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Needs:
    """What role profiles require, one row for each and a last one of zeros for those who have none."""

    profiles: Sequence[Profile]
    # 0 where the work does not need it.
    level: Small
    # Where the range ends; the level itself where there is none.
    upper: Small
    weight: Small
    # Consequence × difficulty, 1–25: five times the criticality.
    stakes: Small


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows are people, columns the competences `keys`."""

    keys: Sequence[str]
    needs: Needs
    # Of each person: what they can be grouped by.
    memberships: Ids
    organisations: Ids
    units: Ids
    managers: Ids
    # The row in `needs`.
    profiles: Ids
    # -1 where nothing has been assessed; with the flags of `packing`, and how far it can be trusted, in per cent.
    current: Small
    flags: NDArray[np.uint8]
    reliability: NDArray[np.uint8]

    @property
    def people(self) -> int:
        return len(self.memberships)

    @property
    def required(self) -> Small:
        return self.needs.level[self.profiles]

    @property
    def gap(self) -> Small:
        """-1 where it is not known, or nothing is needed."""
        known = (self.current >= 0) & (self.required > NOT_NEEDED)
        return np.where(known, np.maximum(self.required - self.current, 0), np.int8(-1))

    def those(self, memberships: Collection[int]) -> NDArray[np.bool_]:
        """Which of the people they are."""
        return np.isin(self.memberships, list(memberships))

    def only(self, people: NDArray[Any]) -> "Matrix":
        """Some of the people: a mask, or their rows in another order."""
        return Matrix(
            self.keys,
            self.needs,
            self.memberships[people],
            self.organisations[people],
            self.units[people],
            self.managers[people],
            self.profiles[people],
            self.current[people],
            self.flags[people],
            self.reliability[people],
        )


def load(
    session: Session,
    places: Places,
    day: Day,
    *,
    rule: LevelRule | None = None,
    keys: Sequence[str] | None = None,
) -> Matrix:
    """Everyone in these places on a day, in the order of their memberships.

    Levels by the rule of each organisation, unless one is given to be tried. Competences are those that somebody's
    work needs, unless `keys` names others.
    """
    rows = session.execute(_people(places, day)).all()
    required = needs_of(session, rows, day, keys)
    states = _states(session, rows, day, rule, required.keys)
    return assemble(rows, required, states)


@dataclass(frozen=True, slots=True)
class Required:
    """What people's work needs: the competences, the profiles, and which of them each person has."""

    keys: Sequence[str]
    needs: Needs
    profiles: Ids


def assemble(rows: Sequence[Row[Any]], required: Required, states: NDArray[np.uint32]) -> Matrix:
    memberships, organisations, units, managers = (
        np.array([row[column] or NONE for row in rows], dtype=np.int64) for column in range(4)
    )
    parts = np.ascontiguousarray(states).view(np.uint8).reshape(len(rows), len(required.keys), 4)
    return Matrix(
        required.keys,
        required.needs,
        memberships,
        organisations,
        units,
        managers,
        required.profiles,
        parts[:, :, 0].view(np.int8),
        parts[:, :, 1],
        parts[:, :, 2],
    )


# Of a row: membership, organisation, unit, manager, role profile; person, levels, picked by, whether they are good.
_PROFILE, _PERSON, _LEVELS, _PICKED_BY, _IS_GOOD = 4, 5, 6, 7, 8


def _people(places: Places, day: Day) -> Any:
    its = places.subquery()
    good = and_(
        or_(Standing.good_until.is_(None), Standing.good_until > day.at),
        or_(Standing.ends_at.is_(None), Standing.ends_at > day.on),
    )
    return (
        select(
            its.c.membership_id,
            its.c.organisation_id,
            its.c.unit_id,
            its.c.manager_id,
            its.c.role_profile_key,
            Person.uuid,
            Standing.levels,
            Standing.picked_by,
            case((good, 1), else_=0),
        )
        .join(Person, Person.id == its.c.person_id)
        .outerjoin(
            Standing, and_(Standing.organisation_id == its.c.organisation_id, Standing.person_uuid == Person.uuid)
        )
        .order_by(its.c.membership_id)
    )


def needs_of(session: Session, rows: Sequence[Row[Any]], day: Day, keys: Sequence[str] | None = None) -> Required:
    pairs = {(row[1], row[_PROFILE]) for row in rows}
    resolved = resolve(session, pairs, day.on.date(), known_at=min(day.on, day.at))
    found = list({(one.organisation_id, one.key): one for one in resolved.values()}.values())
    place = {(one.organisation_id, one.key): number for number, one in enumerate(found)}
    of = {pair: place[resolved[pair].organisation_id, resolved[pair].key] for pair in pairs if pair in resolved}
    named = keys if keys is not None else sorted({key for one in found for key in one.requirements})
    column = {key: number for number, key in enumerate(named)}
    needs = Needs(found, *(np.zeros((len(found) + 1, len(named)), dtype=np.int8) for _ in range(4)))
    for number, profile in enumerate(found):
        for key, one in profile.requirements.items():
            if key in column:
                at = number, column[key]
                needs.level[at], needs.upper[at] = one.level, one.upper or one.level
                needs.weight[at], needs.stakes[at] = one.weight, one.consequence * one.difficulty
    none = len(found)
    return Required(named, needs, np.array([of.get((row[1], row[_PROFILE]), none) for row in rows], dtype=np.int64))


# A picked level as it is packed, without its number: four bytes, and the first is the level.
UNKNOWN: Final = int.from_bytes(b"\xff\0\0\0", "little")


def _states(
    session: Session, rows: Sequence[Row[Any]], day: Day, rule: LevelRule | None, keys: Sequence[str]
) -> NDArray[np.uint32]:
    names = _rule_names(session, {row[1] for row in rows}, day, rule)
    if day.is_past:
        anew = list(range(len(rows)))
    else:
        anew = [
            number
            for number, row in enumerate(rows)
            if row[_LEVELS] is not None and not (row[_IS_GOOD] and row[_PICKED_BY] == names[row[1]])
        ]
    packed = [row[_LEVELS] or b"" for row in rows]
    for number, picked in _picked_anew(session, rows, anew, day, rule).items():
        packed[number] = picked
    return scatter(packed, numbers.known(session, keys), keys)


def scatter(packed: Sequence[bytes], numbered: Mapping[str, int], keys: Sequence[str]) -> NDArray[np.uint32]:
    """Packed levels of people, as rows; of the competences `keys`, as columns."""
    states = np.full((len(packed), len(keys)), UNKNOWN, dtype=np.uint32)
    entries = np.frombuffer(b"".join(packed), dtype="<u4").reshape(-1, 2)
    if not len(entries) or not numbered:
        return states
    columns = np.full(max(int(entries[:, 0].max()), *numbered.values()) + 1, -1, dtype=np.int32)
    for column, key in enumerate(keys):
        if key in numbered:
            columns[numbered[key]] = column
    people = np.repeat(np.arange(len(packed)), [len(one) // packing.LEVEL_BYTES for one in packed])
    column = columns[entries[:, 0]]
    asked = column >= 0
    states[people[asked], column[asked]] = entries[asked, 1]
    return states


def _rule_names(session: Session, organisations: Iterable[int], day: Day, rule: LevelRule | None) -> dict[int, str]:
    if rule is not None:
        return dict.fromkeys(organisations, rule.name)
    rules = level_rules.rules_of(session, organisations, day.at)
    return {organisation: one.name for organisation, one in rules.items()}


def _picked_anew(
    session: Session, rows: Sequence[Row[Any]], anew: Sequence[int], day: Day, rule: LevelRule | None
) -> dict[int, bytes]:
    if not anew:
        return {}
    whose = {(rows[number][1], rows[number][_PERSON]): number for number in anew}
    return {
        **dict.fromkeys(anew, b""),
        **{whose[its]: picked for its, picked in levels.packed(session, whose, day, rule=rule).items()},
    }

"""Where people stand and which levels they have: every reader of standings goes through here.

What is stored is good until a given instant, by the rule it was picked by; here it is picked anew when it is asked
for at another time or by another rule. Nothing is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.competence.day import Day
from lms.competence.models import Evidence, Standing
from lms.competence.shown import level_rules, numbers, packing
from lms.competence.shown.level import Current, LevelRule, Shown, Source, where_it_stands

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 5000

# One person in one organisation.
Whose = tuple[int, UUID]
# What people are expected to have reached on a day to come, by membership: levels by competence.
Expected = Mapping[int, Mapping[str, int]]


def of(
    session: Session,
    whose: Iterable[Whose],
    at: datetime,
    *,
    rule: LevelRule | None = None,
    valid_at: datetime | None = None,
) -> dict[Whose, dict[str, Current]]:
    """What has been assessed of each person, by competence, now or on a day to come (`valid_at`).

    By the rule of each organisation unless one is given.
    """
    kept = _kept(session, whose)
    rules = _rules(session, kept, at, rule)
    keys = numbers.keys(session, {one.competence for pieces in kept.values() for one in pieces})
    found: dict[Whose, dict[str, Current]] = {}
    for place, pieces in kept.items():
        picked = {
            keys[number]: rules[place[0]].current(map(packing.shown, its), at, valid_at=valid_at)
            for number, its in packing.by_competence(pieces).items()
        }
        found[place] = {key: current for key, current in picked.items() if current is not None}
    return found


def as_of(
    session: Session, whose: Iterable[Whose], on: datetime, *, rule: LevelRule | None = None
) -> dict[Whose, dict[str, Current]]:
    """The same on a day that has been: from what was known then, less what has been voided since."""
    shown: dict[Whose, dict[str, list[Shown]]] = defaultdict(lambda: defaultdict(list))
    for organisation, person, key, source, level, shown_at, valid_until, _ in known(session, whose, on):
        shown[organisation, person][key].append(Shown(Source(source), level, shown_at, valid_until))
    rules = _rules(session, shown, on, rule)
    found: dict[Whose, dict[str, Current]] = {}
    for place, by_key in shown.items():
        picked = {key: rules[place[0]].current(its, on) for key, its in by_key.items()}
        found[place] = {key: current for key, current in picked.items() if current is not None}
    return found


def packed(session: Session, whose: Iterable[Whose], day: Day, *, rule: LevelRule | None = None) -> dict[Whose, bytes]:
    """What is picked on a day, as it is packed; of those of whom there is anything."""
    pieces = _pieces_of(session, whose, day.on) if day.is_past else _kept(session, whose)
    at = min(day.on, day.at)
    rules = _rules(session, pieces, at, rule)
    return {
        place: packing.pack_levels(packing.pick(packing.by_competence(its), rules[place[0]], at, day.on))
        for place, its in pieces.items()
    }


def _pieces_of(session: Session, whose: Iterable[Whose], on: datetime) -> dict[Whose, Sequence[packing.Piece]]:
    rows = list(known(session, whose, on))
    numbered = numbers.known(session, {row[2] for row in rows})
    found: dict[Whose, list[packing.Piece]] = defaultdict(list)
    for organisation, person, key, source, level, shown_at, valid_until, _ in rows:
        found[organisation, person].append(packing.piece(numbered[key], source, level, shown_at, valid_until))
    return {place: packing.undominated(its) for place, its in found.items()}


def standing(session: Session, organisation_id: int, person: UUID) -> list[tuple[str, Shown]]:
    """Where each source leaves a person, by competence."""
    pieces = _kept(session, [(organisation_id, person)]).get((organisation_id, person), ())
    keys = numbers.keys(session, {one.competence for one in pieces})
    by: dict[tuple[str, int], list[Shown]] = defaultdict(list)
    for one in pieces:
        by[keys[one.competence], one.source].append(packing.shown(one))
    return [(key, where_it_stands(its)) for (key, _), its in sorted(by.items())]


def _rules(session: Session, whose: Iterable[Whose], at: datetime, rule: LevelRule | None) -> Mapping[int, LevelRule]:
    organisations = {organisation for organisation, _ in whose}
    if rule is not None:
        return dict.fromkeys(organisations, rule)
    return level_rules.rules_of(session, organisations, at)


def _kept(session: Session, whose: Iterable[Whose]) -> dict[Whose, Sequence[packing.Piece]]:
    wanted = set(whose)
    people = sorted({person for _, person in wanted})
    found: dict[Whose, Sequence[packing.Piece]] = {}
    for start in range(0, len(people), CHUNK):
        rows = session.execute(
            select(Standing.organisation_id, Standing.person_uuid, Standing.kept).where(
                Standing.organisation_id.in_({organisation for organisation, _ in wanted}),
                Standing.person_uuid.in_(people[start : start + CHUNK]),
            )
        )
        found |= {(row[0], row[1]): packing.unpack(row[2]) for row in rows if (row[0], row[1]) in wanted}
    return found


def known(
    session: Session, whose: Iterable[Whose], on: datetime
) -> Iterator[Row[tuple[int, UUID, str, str, int, datetime, datetime | None, datetime]]]:
    """Evidence of these people, as was known on a day: whose, of what, source, level, date, end, and since when."""
    wanted = set(whose)
    people = sorted({person for _, person in wanted})
    for start in range(0, len(people), CHUNK):
        rows = session.execute(
            select(
                Evidence.organisation_id,
                Evidence.person_uuid,
                Evidence.competence_key,
                Evidence.source,
                Evidence.level,
                Evidence.shown_at,
                Evidence.valid_until,
                Evidence.known_at,
            ).where(
                Evidence.organisation_id.in_({organisation for organisation, _ in wanted}),
                Evidence.person_uuid.in_(people[start : start + CHUNK]),
                Evidence.known_at <= on,
            )
        )
        yield from (row for row in rows if (row[0], row[1]) in wanted)

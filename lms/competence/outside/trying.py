"""What a rule would do, before it is decided: from what programs have sent already. Nothing of it is kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.competence import opening
from lms.competence.figures.gate import Cell, Gate
from lms.competence.outside import whose
from lms.competence.outside.counting import Sent
from lms.competence.outside.models import OutsideTraffic
from lms.competence.outside.rule import MISSES, Says, Verdict, happened_at, judge, kind
from lms.competence.outside.timeline import Hit, claims
from lms.competence.shown import evidence, level_rules
from lms.competence.shown.level import LevelRule, Shown
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person
from lms.xapi import browsing
from lms.xapi.browsing import Look
from lms.xapi.clients import asserts_as

# The newest statements tell well enough, and nobody waits for more.
MOST: Final = 2000

# Of a group of statements that a rule would take in, where many groups stand on a page.
MOST_OF_A_GROUP: Final = 100

FIRST: Final = "first"
UP: Final = "up"
DOWN: Final = "down"
SAME: Final = "same"


@dataclass(frozen=True, slots=True)
class Tried:
    # Statements that the rule is about; the newest, where there are more than MOST.
    read: int
    is_all: bool
    met: int
    missed: Mapping[Verdict, int]
    # Whom those that met it tell of, and how many of these are known here.
    agents: int
    known: int
    # People whose level in the competence would be their first, rise, fall or stay. None: too few to tell.
    moved: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Gain:
    """What a rule would count of some statements, the newest of them where there are more than MOST_OF_A_GROUP."""

    read: int
    is_all: bool
    met: int
    # Whom those that met it tell of, and how many of these are known here.
    agents: int
    known: int


def gain(session: Session, organisation_id: int, says: Says, kinds: Iterable[tuple[str, str, str]], base: str) -> Gain:
    """Of those of these kinds: an activity, a verb and a program."""
    found: list[Sent] = []
    for activity, verb, client in sorted(kinds):
        found += _of_kind(session, organisation_id, activity, verb, client, MOST_OF_A_GROUP + 1 - len(found), base)
        if len(found) > MOST_OF_A_GROUP:
            break
    read = found[:MOST_OF_A_GROUP]
    met = [one.entry.agent for one in read if judge(says, one.entry, one.client).met]
    people = set(whose.people_of(session, organisation_id, set(met), base).values())
    here = select(func.count(Person.id.distinct())).join(Membership, Membership.person_id == Person.id)
    places = access.below(organisation_id) if says.below else [organisation_id]
    known = session.scalar(here.where(Membership.organisation_id.in_(places), Person.uuid.in_(people)))
    return Gain(len(read), len(found) == len(read), len(met), len(set(met)), known or 0)


def _of_kind(
    session: Session, organisation_id: int, activity: str, verb: str, client: str, limit: int, base: str
) -> list[Sent]:
    """The newest statements of a verb on an activity by a program."""
    authorities = [asserts_as(base, client)]
    look = Look(organisation_id, authorities, verb=verb, activity=activity, voided=False, limit=limit)
    return [Sent(one.entry, client) for one in browsing.find(session, look) if one.entry.activity == activity]


def of(
    session: Session, viewer: Viewer, says: Says, k: int, base: str, at: datetime, *, instead_of: str | None = None
) -> Tried:
    """If the rule held now, in the place of the one that evidence names so if it has one."""
    found, is_all = _newest(session, viewer.organisation_id, says, base)
    verdicts: Counter[Verdict] = Counter()
    hits: dict[str, list[Hit]] = defaultdict(list)
    for one in found:
        judged = judge(says, one.entry, one.client)
        verdicts[judged.verdict] += 1
        if judged.met:
            hit = Hit(one.entry.id, one.client, judged.met, happened_at(one.entry), at)
            hits[one.entry.agent].append(hit)
    people = whose.people_of(session, viewer.organisation_id, hits.keys(), base)
    by_person: dict[UUID, list[Hit]] = defaultdict(list)
    for agent, person in people.items():
        by_person[person] += hits[agent]
    shown = {
        person: [claim.at_level(says.level) for claim in claims(its, says.needed, says.months)]
        for person, its in by_person.items()
    }
    return Tried(
        len(found),
        is_all,
        verdicts[Verdict.MEETS],
        {verdict: number for verdict, number in verdicts.items() if verdict in MISSES},
        len(hits),
        len(people),
        _moved(session, viewer, says, shown, k, at, instead_of),
    )


def _newest(session: Session, organisation_id: int, says: Says, base: str) -> tuple[list[Sent], bool]:
    kinds = session.execute(
        select(OutsideTraffic.activity_id, OutsideTraffic.verb_id, OutsideTraffic.client)
        .where(OutsideTraffic.organisation_id == organisation_id)
        .order_by(OutsideTraffic.latest.desc())
    )
    found: list[Sent] = []
    for activity, verb, client in kinds:
        if kind(says, activity, verb, client) is not Verdict.MEETS:
            continue
        found += _of_kind(session, organisation_id, activity, verb, client, MOST + 1 - len(found), base)
        if len(found) > MOST:
            return found[:MOST], False
    return found, True


def _moved(
    session: Session,
    viewer: Viewer,
    says: Says,
    shown: Mapping[UUID, Sequence[Shown]],
    k: int,
    at: datetime,
    instead_of: str | None,
) -> dict[str, int | None]:
    """Figures of people whose levels the viewer may count and not open, so that they go through the gate."""
    places = access.below(viewer.organisation_id) if says.below else [viewer.organisation_id]
    here = access.aggregates(viewer).where(Membership.organisation_id.in_(places)).join(Membership.person)
    members = {
        (organisation, person): id
        for organisation, person, id in session.execute(
            here.with_only_columns(Membership.organisation_id, Person.uuid, Membership.id)
        )
    }
    touched = {(organisation, person) for organisation, person in members if person in shown}
    now: dict[tuple[int, UUID], list[Shown]] = defaultdict(list)
    then: dict[tuple[int, UUID], list[Shown]] = defaultdict(list)
    for organisation in sorted({organisation for organisation, _ in members}):
        for person, rule, one in evidence.shown(session, organisation, says.competence_key):
            now[organisation, person].append(one)
            if rule == instead_of:
                touched.add((organisation, person))
            else:
                then[organisation, person].append(one)
    picks = level_rules.rules_of(session, {organisation for organisation, _ in touched}, at)
    change = {
        members[its]: _change(picks[its[0]], now[its], [*then[its], *shown.get(its[1], ())], at)
        for its in touched & members.keys()
    }
    known = opening.known(session, viewer)
    counts, seen = Counter(change.values()), Counter(its for id, its in change.items() if id in known)
    gate = Gate(_cells(counts), k, known=_cells(seen))
    is_enough = counts.total() >= k
    return {name: counts[name] if is_enough and gate.may_show([(name,)]) else None for name in (FIRST, UP, DOWN, SAME)}


def _cells(counts: Mapping[str, int]) -> dict[Cell, int]:
    return {((name,), ""): number for name, number in counts.items()}


def _change(picks: LevelRule, now: Sequence[Shown], then: Sequence[Shown], at: datetime) -> str:
    before, after = picks.current(now, at), picks.current(then, at)
    if before is None:
        return FIRST if after is not None else SAME
    if after is None or after.level < before.level:
        return DOWN
    return UP if after.level > before.level else SAME

"""Reads what other programs send: counts it, finds what meets a rule, and makes evidence of that.

Evidence of a rule and a person is always what `timeline` makes of all their hits; what is stored is brought into line
with it wherever a hit has come or gone. So it does not matter in which order statements, rules, aliases and voidings
come, and `flask rebuild` gives the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from lms.competence.outside import counting, decided, reach, whose
from lms.competence.outside.counting import Sent
from lms.competence.outside.decided import InForce
from lms.competence.outside.models import (
    OutsideActor,
    OutsideBacklog,
    OutsideEnding,
    OutsideHit,
    OutsideMiss,
    OutsideTraffic,
)
from lms.competence.outside.rule import happened_at, judge
from lms.competence.outside.timeline import NEVER, Claim, Hit, claims
from lms.competence.outside.whose import Known
from lms.competence.shown import standings
from lms.competence.shown.level import Source
from lms.db import Base
from lms.xapi.models import digest, insert_into
from lms.xapi.recorded import Recorded
from lms.xapi.storing import Turn
from lms.xapi.vocabulary import Vocabulary

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 1000

_EVIDENCE: Final = Base.metadata.tables["evidence"]


class Reader:
    """Reads what programs assert as accounts of this store, whose identifiers begin with `base`."""

    def __init__(self, base: str) -> None:
        self._ours = Vocabulary(base)

    def read(self, session: Session, entries: Sequence[Recorded]) -> None:
        for organisation_id, new in self._by_organisation(entries).items():
            counting.add(session, organisation_id, new, self._ours.base)
            versions = decided.versions(session, organisation_id)
            if versions:
                at = max(one.entry.stored for one in new)
                take_in(session, organisation_id, new, versions, self._ours.base, at)

    def undo(self, session: Session, entries: Sequence[Recorded]) -> None:
        for organisation_id, voided in self._by_organisation(entries).items():
            counting.take_away(session, organisation_id, voided, self._ours.base)
            versions = decided.versions(session, organisation_id)
            if versions:
                _take_out(session, organisation_id, voided, versions, self._ours.base)

    def _by_organisation(self, entries: Iterable[Recorded]) -> Mapping[int, list[Sent]]:
        found: dict[int, list[Sent]] = defaultdict(list)
        for one in counting.sent(entries, self._ours):
            found[one.entry.organisation_id].append(one)
        return found


def clear(session: Session) -> None:
    """Before the whole store is read again: all that is derived, and what was to be derived."""
    for table in (OutsideHit, OutsideMiss, OutsideTraffic, OutsideActor, OutsideBacklog, OutsideEnding):
        session.execute(delete(table))


def take_in(
    session: Session,
    organisation_id: int,
    new: Sequence[Sent],
    versions: Sequence[InForce],
    base: str,
    at: datetime,
) -> None:
    """Statements that these versions have not read yet."""
    counting.add_misses(session, organisation_id, new, versions)
    hits = [row for one in new for version in versions for row in _hits(one, version)]
    if not hits:
        return
    session.connection().execute(insert_into(session, "outside_hit").on_conflict_do_nothing(), hits)
    met = {row["version_id"] for row in hits}
    ids = {row["statement_id"] for row in hits}
    agents = {one.entry.agent for one in new if one.entry.id in ids}
    people = whose.behind(session, organisation_id, agents, base)
    for version in versions:
        if version.id in met:
            # What one statement shows alone does not depend on others.
            only = ids if version.says.needed == 1 else None
            settle(session, version, people, base, at, only=only)


def _hits(one: Sent, version: InForce) -> Iterable[dict[str, Any]]:
    if version.until is not None and one.entry.stored >= version.until:
        return
    for condition in judge(version.says, one.entry, one.client).met:
        yield {
            "organisation_id": one.entry.organisation_id,
            "agent": digest(one.entry.agent),
            "version_id": version.id,
            "statement_id": one.entry.id,
            "condition": condition,
            "happened_at": happened_at(one.entry),
            "stored": one.entry.stored,
            "client": one.client,
        }


def _take_out(
    session: Session, organisation_id: int, voided: Sequence[Sent], versions: Sequence[InForce], base: str
) -> None:
    _take_misses(session, organisation_id, voided, versions, base)
    ids = [one.entry.id for one in voided]
    gone: dict[int, set[UUID]] = defaultdict(set)
    for start in range(0, len(ids), CHUNK):
        its = (OutsideHit.organisation_id == organisation_id, OutsideHit.statement_id.in_(ids[start : start + CHUNK]))
        for version_id, statement in session.execute(
            select(OutsideHit.version_id, OutsideHit.statement_id).where(*its)
        ):
            gone[version_id].add(statement)
        session.execute(delete(OutsideHit).where(*its).execution_options(synchronize_session=False))
    at = max(one.entry.stored for one in voided)
    for version in versions:
        if statements := gone.get(version.id):
            agents = {one.entry.agent for one in voided if one.entry.id in statements}
            people = whose.behind(session, organisation_id, agents, base)
            only = statements if version.says.needed == 1 else None
            settle(session, version, people, base, at, only=only)


def _take_misses(
    session: Session, organisation_id: int, voided: Sequence[Sent], versions: Sequence[InForce], base: str
) -> None:
    """What a version has not come to yet it has not counted as a miss either."""
    waiting = {
        (row.version_id, row.activity, row.verb, row.client): row.until
        for row in session.scalars(select(OutsideBacklog).where(OutsideBacklog.organisation_id == organisation_id))
    }
    for version in versions:
        read = [
            one
            for one in voided
            if (until := waiting.get((version.id, *one.traffic.values()))) is None or one.entry.stored >= until
        ]
        counting.take_misses(session, organisation_id, read, [version], base)


def settle(
    session: Session,
    version: InForce,
    people: Collection[UUID],
    base: str,
    at: datetime,
    *,
    only: Collection[UUID] | None = None,
) -> None:
    """Bring what a version shows of these people into line with their hits, wherever it counts; `only` of these
    statements."""
    _settle(session, version.organisation_id, version, people, base, at, only)
    for organisation_id, its in reach.places(session, version, people).items():
        # Standings there are moved by its own writers too. It is always the one above that comes first.
        Turn(session, organisation_id)
        _settle(session, organisation_id, version, its, base, at, only)


def _settle(
    session: Session,
    organisation_id: int,
    version: InForce,
    people: Collection[UUID],
    base: str,
    at: datetime,
    only: Collection[UUID] | None,
) -> None:
    before = standings.known_people(session, {(organisation_id, person) for person in people})
    here = [person for _, person in before]
    if not here:
        return
    wanted = {
        (claim.statement, claim.known_at): _row(organisation_id, version, person, claim)
        for person, its in _hits_of(session, organisation_id, version, here, base, only).items()
        for claim in claims(its, version.says.needed, version.says.months)
    }
    stored = _stored(session, organisation_id, version, here, only)
    new = [row for key, row in wanted.items() if stored.get(key) != row]
    old = [row for key, row in stored.items() if wanted.get(key) != row]
    if old:
        session.connection().execute(_FORGET, [{f"old_{name}": row[name] for name in _KEY} for row in old])
    if new:
        session.connection().execute(insert(_EVIDENCE), new)
    if old:
        standings.work_out(
            session, {(organisation_id, row["person_uuid"], row["competence_key"]) for row in new + old}, at
        )
    elif new:
        moved = {(organisation_id, row["person_uuid"]) for row in new}
        standings.fold(session, new, {place: kept for place, kept in before.items() if place in moved}, at)


_KEY: Final = ("organisation_id", "statement_id", "competence_key", "rule", "known_at")
_FORGET: Final = delete(_EVIDENCE).where(
    *(_EVIDENCE.c[name] == bindparam(f"old_{name}", type_=_EVIDENCE.c[name].type) for name in _KEY)
)


def _row(organisation_id: int, version: InForce, person: UUID, claim: Claim) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "statement_id": claim.statement,
        "competence_key": version.says.competence_key,
        "rule": version.rule,
        "rule_version": version.number,
        "person_uuid": person,
        "source": Source.IMPORTED.value,
        "level": version.says.level,
        "shown_at": claim.shown_at,
        "known_at": claim.known_at,
        "valid_until": claim.valid_until,
        "issuer": claim.client,
    }


def _hits_of(
    session: Session,
    organisation_id: int,
    version: InForce,
    people: Sequence[UUID],
    base: str,
    only: Collection[UUID] | None,
) -> dict[UUID, list[Hit]]:
    is_own = organisation_id == version.organisation_id
    known: dict[bytes, list[Known]] = defaultdict(list)
    for one in whose.known(session, organisation_id, people, base) if is_own else whose.accounts(people, base):
        known[one.agent].append(one)
    reached = reach.of(session, organisation_id, version, people)
    agents = list(known)
    met: dict[tuple[bytes, UUID], list[OutsideHit]] = defaultdict(list)
    for start in range(0, len(agents), CHUNK):
        its = select(OutsideHit).where(
            OutsideHit.organisation_id == version.organisation_id,
            OutsideHit.agent.in_(agents[start : start + CHUNK]),
            OutsideHit.version_id == version.id,
        )
        for row in session.scalars(its if only is None else its.where(OutsideHit.statement_id.in_(only))):
            met[row.agent, row.statement_id].append(row)
    found: dict[UUID, list[Hit]] = defaultdict(list)
    for (agent, statement), rows in met.items():
        conditions = tuple(sorted(row.condition for row in rows))
        for one in known[agent]:
            since = max(rows[0].stored, version.since, one.since or version.since)
            until = min(version.until or NEVER, one.until or NEVER)
            for opens, closes in reached.windows(one.person, rows[0].stored):
                times = max(since, opens), min(until, closes)
                found[one.person].append(Hit(statement, rows[0].client, conditions, rows[0].happened_at, *times))
    return found


def _stored(
    session: Session, organisation_id: int, version: InForce, people: Sequence[UUID], only: Collection[UUID] | None
) -> dict[tuple[UUID, datetime], dict[str, Any]]:
    found: dict[tuple[UUID, datetime], dict[str, Any]] = {}
    for start in range(0, len(people), CHUNK):
        its = select(_EVIDENCE).where(
            _EVIDENCE.c.organisation_id == organisation_id,
            _EVIDENCE.c.person_uuid.in_(people[start : start + CHUNK]),
            _EVIDENCE.c.competence_key == version.says.competence_key,
            _EVIDENCE.c.rule == version.rule,
            _EVIDENCE.c.rule_version == version.number,
        )
        if only is not None:
            its = its.where(_EVIDENCE.c.statement_id.in_(only))
        for row in session.connection().execute(its).mappings():
            found[row["statement_id"], row["known_at"]] = dict(row)
    return found

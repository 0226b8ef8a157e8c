"""Where a rule counts besides where it was decided: in the organisations below, for those who belong there.

A project's program tells of people all over the project. What it tells is kept with the project, and so is the rule;
the level that it shows is the partner's. A statement counts in an organisation if the one it tells of belonged there
when it was stored: what somebody did elsewhere does not come along. It counts by the account that Kunna gives people,
and by nothing else, since whose an address or an employee number is each organisation says for itself only.

An organisation can refuse a rule from above, and take that back; what the rule showed there ends, and comes again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.competence.models import Evidence
from lms.competence.outside import backlog, decided
from lms.competence.outside.decided import InForce
from lms.competence.outside.models import OutsideRefusal, OutsideRule
from lms.competence.outside.timeline import NEVER
from lms.competence.required.profiles import lineages
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity import access
from lms.identity.models import MembershipPeriod, Organisation, Person
from lms.xapi.storing import Turn

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 1000
ALWAYS: Final = datetime.min.replace(tzinfo=UTC)

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Reach:
    """When statements count in an organisation."""

    # The organisation's own rule counts whenever anybody has done it.
    periods: Mapping[UUID, Sequence[Window]] | None = None
    open: Sequence[Window] = field(default=((ALWAYS, NEVER),))

    def windows(self, person: UUID, stored: datetime) -> Sequence[Window]:
        """In which a statement counts, from its beginning until just before its end."""
        if self.periods is None:
            return self.open
        belonged = any(began <= stored < ended for began, ended in self.periods.get(person, ()))
        return self.open if belonged else ()


def places(session: Session, version: InForce, people: Collection[UUID]) -> Mapping[int, set[UUID]]:
    """The organisations below to which these people have ever belonged, in the order of their ids."""
    found: dict[int, set[UUID]] = defaultdict(set)
    wanted = list(people) if version.says.below else []
    for start in range(0, len(wanted), CHUNK):
        its = select(MembershipPeriod.organisation_id, Person.uuid).join(
            Person, Person.id == MembershipPeriod.person_id
        )
        its = its.where(
            Person.uuid.in_(wanted[start : start + CHUNK]),
            MembershipPeriod.organisation_id.in_(access.below(version.organisation_id)),
            MembershipPeriod.organisation_id != version.organisation_id,
        )
        for organisation_id, person in session.execute(its.distinct()):
            found[organisation_id].add(person)
    return dict(sorted(found.items()))


def organisations(session: Session, organisation_id: int, versions: Iterable[InForce]) -> set[int]:
    """Where anything counts that these rules of an organisation are about."""
    if not any(one.says.below for one in versions):
        return {organisation_id}
    return {organisation_id, *session.scalars(access.below(organisation_id))}


def of(session: Session, organisation_id: int, version: InForce, people: Sequence[UUID]) -> Reach:
    """Of a rule in one of those organisations."""
    if organisation_id == version.organisation_id:
        return Reach()
    periods: dict[UUID, list[Window]] = defaultdict(list)
    for start in range(0, len(people), CHUNK):
        its = select(Person.uuid, MembershipPeriod.began_at, MembershipPeriod.ended_at)
        its = its.join(Person, Person.id == MembershipPeriod.person_id)
        its = its.where(
            Person.uuid.in_(people[start : start + CHUNK]), MembershipPeriod.organisation_id == organisation_id
        )
        for person, began, ended in session.execute(its):
            periods[person].append((began, ended or NEVER))
    refused = session.execute(
        select(OutsideRefusal.refused_at, OutsideRefusal.taken_back_at)
        .where(OutsideRefusal.organisation_id == organisation_id, OutsideRefusal.rule_id == version.rule_id)
        .order_by(OutsideRefusal.refused_at)
    )
    return Reach(periods, _between([(since, until or NEVER) for since, until in refused]))


def _between(refused: Sequence[Window]) -> Sequence[Window]:
    starts = [ALWAYS, *(until for _, until in refused)]
    ends = [*(since for since, _ in refused), NEVER]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


@dataclass(frozen=True, slots=True)
class FromAbove:
    """A rule that an organisation above has decided, as it stands in one below."""

    rule: OutsideRule
    organisation: str
    # None: it counts here.
    refused: OutsideRefusal | None
    # How many statements show something here.
    statements: int


def above(session: Session, organisation_id: int, at: datetime) -> Sequence[FromAbove]:
    """What is decided above and counts here, unless it is refused."""
    line = lineages(session, [organisation_id])[organisation_id][1:]
    names = dict(
        session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(line))).tuples().all()
    )
    rules = [
        rule
        for one in line
        for rule in decided.of(session, one)
        if rule.versions[-1].below and rule.versions[-1].conditions
    ]
    refused = {one.rule_id: one for one in session.scalars(_refused(organisation_id))}
    counted = session.execute(
        select(Evidence.rule, func.count(Evidence.statement_id.distinct()))
        .where(
            Evidence.organisation_id == organisation_id,
            Evidence.rule.in_([f"{decided.PREFIX}{rule.id}" for rule in rules]),
            Evidence.valid_until.is_(None) | (Evidence.valid_until > at),
        )
        .group_by(Evidence.rule)
    )
    numbers = dict(counted.tuples().all())
    return [
        FromAbove(
            rule,
            names[rule.organisation_id],
            refused.get(rule.id),
            numbers.get(f"{decided.PREFIX}{rule.id}", 0),
        )
        for rule in rules
    ]


def refuse(session: Session, organisation_id: int, rule_id: int, *, by: int, at: datetime) -> OutsideRule:
    """Let a rule from above show nothing here from now on. Pictures of days on which it did stay as they were."""
    its = _from_above(session, organisation_id, rule_id, at)
    if its.refused is None:
        session.add(OutsideRefusal(organisation_id=organisation_id, rule_id=rule_id, refused_at=at, refused_by_id=by))
        _again(session, its.rule)
    return its.rule


def accept(session: Session, organisation_id: int, rule_id: int, *, by: int, at: datetime) -> OutsideRule:
    """Let it show again what it shows, also of what has come meanwhile."""
    its = _from_above(session, organisation_id, rule_id, at)
    if its.refused is not None:
        its.refused.taken_back_at, its.refused.taken_back_by_id = at, by
        _again(session, its.rule)
    return its.rule


def _refused(organisation_id: int) -> Select[tuple[OutsideRefusal]]:
    return select(OutsideRefusal).where(
        OutsideRefusal.organisation_id == organisation_id, OutsideRefusal.taken_back_at.is_(None)
    )


def _from_above(session: Session, organisation_id: int, rule_id: int, at: datetime) -> FromAbove:
    found = next((one for one in above(session, organisation_id, at) if one.rule.id == rule_id), None)
    if found is None:
        raise NotFound(gettext("There is no such rule."))
    return found


def _again(session: Session, rule: OutsideRule) -> None:
    """What it shows is brought into line in the background. Whoever records for its organisation waits until then."""
    Turn(session, rule.organisation_id)
    session.flush()
    backlog.again(session, rule.organisation_id, rule.versions[-1].id)

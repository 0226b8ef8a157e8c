"""Why a statement of a program counts for nothing, rule by rule: for whom it tells of, and for who can put it right."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.competence.outside import decided, reach, whose
from lms.competence.outside.decided import InForce
from lms.competence.outside.models import OutsideBacklog, OutsideHit
from lms.competence.outside.rule import Condition, Verdict, judge, kind
from lms.identity.models import Membership, Person
from lms.xapi.models import digest
from lms.xapi.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that is about the activity, and what is in the way by it."""

    rule: str
    rule_id: int
    says: InForce
    verdict: Verdict
    # That the statement would have to meet, and which verb it asks for where that is another.
    condition: Condition
    # How many of the conditions the person has met.
    met: int
    # What had come before the rule is still being read.
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Uncounted:
    # That the one it tells of is somebody here.
    is_known: bool
    # The nearest first. None: no rule is about the activity.
    near: Sequence[Near]


def why(session: Session, entry: Recorded, client: str, base: str) -> Uncounted:
    """What is in the way of a statement that a program of the organisation has sent."""
    organisation_id = entry.organisation_id
    person = whose.people_of(session, organisation_id, [entry.agent], base).get(entry.agent)
    counts_in = reach.organisations(session, organisation_id, decided.latest(session, organisation_id))
    is_known = person is not None and bool(
        session.scalar(
            select(
                exists().where(
                    Membership.organisation_id.in_(counts_in),
                    Membership.person_id == Person.id,
                    Person.uuid == person,
                )
            )
        )
    )
    versions = [
        one
        for one in decided.latest(session, organisation_id)
        if kind(one.says, entry.activity or "", entry.verb, client) is not Verdict.OTHER_ACTIVITY
    ]
    names = decided.names(session, [one.rule for one in versions])
    agents = whose.agents(session, organisation_id, person, base) if person is not None else [entry.agent]
    near = [
        Near(
            names[one.rule],
            one.rule_id,
            one,
            verdict := judge(one.says, entry, client).verdict,
            _condition(one, entry, verdict),
            _met(session, organisation_id, one, agents),
            _is_waiting(session, organisation_id, one),
        )
        for one in versions
    ]
    return Uncounted(is_known, sorted(near, key=lambda one: one.verdict.nearness, reverse=True))


def _condition(version: InForce, entry: Recorded, verdict: Verdict) -> Condition:
    about = [one for one in version.says.conditions if one.is_about(entry.activity or "")]
    its = [one for one in about if one.verb == entry.verb]
    same = [one for one in its if one.result_of(entry.statement.result) is verdict]
    return next(iter([*same, *its, *about]))


def _met(session: Session, organisation_id: int, version: InForce, agents: Sequence[str]) -> int:
    found = session.scalars(
        select(OutsideHit.condition)
        .where(
            OutsideHit.organisation_id == organisation_id,
            OutsideHit.version_id == version.id,
            OutsideHit.agent.in_([digest(agent) for agent in agents]),
        )
        .distinct()
    )
    return len(found.all())


def _is_waiting(session: Session, organisation_id: int, version: InForce) -> bool:
    its = exists().where(OutsideBacklog.organisation_id == organisation_id, OutsideBacklog.version_id == version.id)
    return bool(session.scalar(select(its)))

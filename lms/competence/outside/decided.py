"""Rules about other programs: decided in versions, each of which counts from then until the next."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lms.competence.outside import backlog
from lms.competence.outside.models import OutsideCondition, OutsideRule, OutsideRuleVersion
from lms.competence.outside.rule import Asks, Condition, Says
from lms.competence.required.versions import Decision, stamp
from lms.errors import NotFound
from lms.i18n import gettext
from lms.xapi.storing import Turn

logger = logging.getLogger(__name__)

# What evidence names its rule by, before the rule's number.
PREFIX: Final = "outside/"


@dataclass(frozen=True, slots=True)
class InForce:
    """A version, and the time in which it counts what is known."""

    id: int
    rule_id: int
    # That decided it.
    organisation_id: int
    number: int
    says: Says
    since: datetime
    # None: it is the latest.
    until: datetime | None

    @property
    def rule(self) -> str:
        """As evidence names it."""
        return f"{PREFIX}{self.rule_id}"


def rule_id(rule: str) -> int | None:
    """Of a rule as evidence names it; None if it is one of Kunna's own."""
    return int(rule.removeprefix(PREFIX)) if rule.startswith(PREFIX) else None


def versions(session: Session, organisation_id: int) -> list[InForce]:
    """All that were ever decided and count something, each with its time."""
    found = _load(session, organisation_id)
    return [one for rule in found for one in in_force(rule) if one.says.conditions]


def latest(session: Session, organisation_id: int) -> list[InForce]:
    """Those that count what comes now."""
    return [one for one in versions(session, organisation_id) if one.until is None]


def of(session: Session, organisation_id: int) -> Sequence[OutsideRule]:
    return sorted(_load(session, organisation_id), key=lambda rule: (not rule.versions[-1].conditions, rule.name))


def get(session: Session, organisation_id: int, id: int) -> OutsideRule:
    found = session.get(OutsideRule, id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(gettext("There is no such rule."))
    return found


def names(session: Session, rules: Iterable[str]) -> dict[str, str]:
    """What rules are called, by how evidence names them; Kunna's own are left out."""
    wanted = {id for one in rules if (id := rule_id(one)) is not None}
    if not wanted:
        return {}
    found = session.execute(select(OutsideRule.id, OutsideRule.name).where(OutsideRule.id.in_(wanted)))
    return {f"{PREFIX}{id}": name for id, name in found}


def homes(session: Session, rules: Iterable[str]) -> dict[str, int]:
    """The organisations that decided rules, by how evidence names them; Kunna's own are left out."""
    wanted = {id for one in rules if (id := rule_id(one)) is not None}
    if not wanted:
        return {}
    found = session.execute(select(OutsideRule.id, OutsideRule.organisation_id).where(OutsideRule.id.in_(wanted)))
    return {f"{PREFIX}{id}": organisation_id for id, organisation_id in found}


def _load(session: Session, organisation_id: int) -> Sequence[OutsideRule]:
    whole = selectinload(OutsideRule.versions).selectinload(OutsideRuleVersion.conditions)
    its = select(OutsideRule).where(OutsideRule.organisation_id == organisation_id).order_by(OutsideRule.id)
    return session.scalars(its.options(whole)).all()


def in_force(rule: OutsideRule) -> list[InForce]:
    ends = [*(version.decided_at for version in rule.versions[1:]), None]
    return [
        InForce(version.id, rule.id, rule.organisation_id, version.number, says(version), version.decided_at, end)
        for version, end in zip(rule.versions, ends, strict=True)
    ]


def says(version: OutsideRuleVersion) -> Says:
    return Says(
        competence_key=version.competence_key,
        level=version.level,
        conditions=tuple(
            Condition(one.verb, one.activity, one.beginning, Asks(one.asks), one.at_least) for one in version.conditions
        ),
        clients=frozenset(version.clients),
        needed=version.needed,
        months=version.months,
        counts_from=version.counts_from,
        below=version.below,
    )


def add(session: Session, organisation_id: int, name: str, says: Says, decision: Decision) -> OutsideRule:
    """A rule that counts what comes from now on, and, once `backlog` has read it, what has come before."""
    rule = OutsideRule(organisation_id=organisation_id, name=name, created_at=decision.at)
    session.add(rule)
    change(session, rule, says, decision)
    return rule


def change(session: Session, rule: OutsideRule, says: Says, decision: Decision) -> None:
    """Let another version count from now on. What the one before has shown ends, once `backlog` has come to it."""
    # Whoever records for the organisation waits, and then reads by this version too.
    turn = Turn(session, rule.organisation_id)
    before = rule.versions[-1] if rule.versions else None
    rule.versions.append(_version(says, decision, 1 + (before.number if before is not None else 0)))
    session.flush()
    (*_, now) = in_force(rule)
    if before is not None and before.conditions:
        backlog.end(session, rule.organisation_id, before.id)
    backlog.begin(session, rule.organisation_id, now.id, says, turn.last)
    logger.info("Outside rule %s of organisation %s has version %s", rule.id, rule.organisation_id, now.number)


def withdraw(session: Session, rule: OutsideRule, decision: Decision) -> None:
    """Let it count nothing. Pictures of days on which it did stay as they were."""
    last = says(rule.versions[-1])
    change(session, rule, Says(last.competence_key, last.level, (), last.clients), decision)


def undo(session: Session, rule: OutsideRule, decision: Decision) -> None:
    """Let it say again what it said before its latest version: nothing, if that is the only one."""
    before = says(rule.versions[-2]) if len(rule.versions) > 1 else None
    if before is None or not before.conditions:
        withdraw(session, rule, decision)
    else:
        change(session, rule, before, decision)


def lately(rules: Iterable[OutsideRule], since: datetime) -> list[OutsideRule]:
    """Those whose latest version counts something and was decided since then, but for those that undid something."""
    return [
        rule
        for rule in rules
        if rule.versions[-1].conditions
        and rule.versions[-1].decided_at >= since
        and not (len(rule.versions) > 2 and says(rule.versions[-1]) == says(rule.versions[-3]))
    ]


def _version(says: Says, decision: Decision, number: int) -> OutsideRuleVersion:
    return stamp(
        OutsideRuleVersion(
            competence_key=says.competence_key,
            level=says.level,
            needed=says.needed,
            months=says.months,
            counts_from=says.counts_from,
            clients=sorted(says.clients),
            below=says.below,
            conditions=[
                OutsideCondition(
                    number=place,
                    verb=one.verb,
                    activity=one.activity,
                    beginning=one.beginning,
                    asks=one.asks,
                    at_least=one.at_least,
                )
                for place, one in enumerate(says.conditions)
            ],
        ),
        decision,
        number,
    )

"""What each rule has counted, and what it has not, in statements: what programs have sent, and nobody's level."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.competence.outside.models import OutsideHit, OutsideMiss, OutsideRuleVersion
from lms.competence.outside.rule import Verdict
from lms.xapi.models import digest


def statements(session: Session, organisation_id: int) -> Mapping[int, int]:
    """How many statements meet each rule as it is now, by the rule's id."""
    latest = (
        select(OutsideRuleVersion.rule_id, func.max(OutsideRuleVersion.id).label("id"))
        .group_by(OutsideRuleVersion.rule_id)
        .subquery()
    )
    rows = session.execute(
        select(latest.c.rule_id, func.count(OutsideHit.statement_id.distinct()))
        .join(OutsideHit, OutsideHit.version_id == latest.c.id)
        .where(OutsideHit.organisation_id == organisation_id)
        .group_by(latest.c.rule_id)
    )
    return {row[0]: row[1] for row in rows}


def of_agents(session: Session, organisation_id: int, agents: Collection[str]) -> Mapping[str, int]:
    """How many of the statements of each agent meet a rule as it is now; of those that have any."""
    digests = {digest(agent): agent for agent in agents}
    latest = select(func.max(OutsideRuleVersion.id)).group_by(OutsideRuleVersion.rule_id)
    rows = session.execute(
        select(OutsideHit.agent, func.count(OutsideHit.statement_id.distinct()))
        .where(
            OutsideHit.organisation_id == organisation_id,
            OutsideHit.agent.in_(digests),
            OutsideHit.version_id.in_(latest),
        )
        .group_by(OutsideHit.agent)
    )
    return {digests[agent]: number for agent, number in rows}


def of_version(session: Session, organisation_id: int, version_id: int) -> int:
    its = (OutsideHit.organisation_id == organisation_id, OutsideHit.version_id == version_id)
    return session.scalar(select(func.count(OutsideHit.statement_id.distinct())).where(*its)) or 0


def misses(session: Session, organisation_id: int, version_id: int) -> Mapping[Verdict, int]:
    """Statements that the version is about and that do not meet it, by why."""
    rows = session.execute(
        select(OutsideMiss.reason, func.sum(OutsideMiss.statements))
        .where(OutsideMiss.organisation_id == organisation_id, OutsideMiss.version_id == version_id)
        .group_by(OutsideMiss.reason)
    )
    return {Verdict(reason): number for reason, number in rows}

"""By which rule levels are told: an organisation's choice, or that of the nearest above it, in versions."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.orm import Session

from lms.competence.models import LevelRuleVersion
from lms.competence.required.versions import Decision, stamp
from lms.competence.shown.level import LEVEL_RULES, USUAL, LevelRule
from lms.identity.models import Organisation

logger = logging.getLogger(__name__)


def rule_of(session: Session, organisation_id: int, at: datetime) -> LevelRule:
    """The rule that an organisation's levels are told by at an instant, as had been decided by then."""
    return rules_of(session, [organisation_id], at)[organisation_id]


def rules_of(session: Session, organisation_ids: Iterable[int], at: datetime) -> dict[int, LevelRule]:
    wanted = list(organisation_ids)
    in_force: dict[int, tuple[tuple[object, ...], str]] = {}
    found = session.connection().execute(_IN_FORCE, {"organisations": wanted, "day": at.date(), "at": at})
    for organisation, depth, valid_from, number, rule in found:
        rank = (-depth, valid_from, number)
        if organisation not in in_force or rank > in_force[organisation][0]:
            in_force[organisation] = rank, rule
    return {one: LEVEL_RULES[in_force[one][1]] if one in in_force else USUAL for one in wanted}


_above = (
    select(Organisation.id.label("start"), Organisation.id, Organisation.parent_id, literal(0).label("depth"))
    .where(Organisation.id.in_(bindparam("organisations", expanding=True)))
    .cte("above", recursive=True)
)
_above = _above.union_all(
    select(_above.c.start, Organisation.id, Organisation.parent_id, _above.c.depth + 1).join(
        _above, Organisation.id == _above.c.parent_id
    )
)
_IN_FORCE: Final = (
    select(_above.c.start, _above.c.depth, LevelRuleVersion.valid_from, LevelRuleVersion.number, LevelRuleVersion.rule)
    .join(LevelRuleVersion, LevelRuleVersion.organisation_id == _above.c.id)
    .where(LevelRuleVersion.valid_from <= bindparam("day"), LevelRuleVersion.decided_at <= bindparam("at"))
)


def choose(session: Session, organisation_id: int, rule: LevelRule, decision: Decision) -> LevelRuleVersion:
    """From the day that is decided levels are told by this rule, there and below where nothing else is chosen.

    Then `standings.pick_anew` brings the stored levels up to date; until it has, they are told as they are read.
    """
    its = LevelRuleVersion.organisation_id == organisation_id
    number = 1 + (session.scalar(select(func.max(LevelRuleVersion.number)).where(its)) or 0)
    version = stamp(LevelRuleVersion(organisation_id=organisation_id, rule=rule.key), decision, number)
    session.add(version)
    logger.info("Organisation %s chose level rule %s from %s", organisation_id, rule.name, decision.valid_from)
    return version


def history(session: Session, organisation_id: int) -> Sequence[LevelRuleVersion]:
    """An organisation's own choices, latest first."""
    its = select(LevelRuleVersion).where(LevelRuleVersion.organisation_id == organisation_id)
    return session.scalars(its.order_by(LevelRuleVersion.number.desc())).all()

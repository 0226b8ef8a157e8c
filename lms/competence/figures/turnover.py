"""How many of a hundred leave in a year: what an organisation reckons with besides those whose last day is known."""

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence.models import Turnover
from lms.competence.required.profiles import lineages
from lms.errors import Invalid, Problem
from lms.i18n import gettext

logger = logging.getLogger(__name__)


def rates_of(session: Session, organisation_ids: Iterable[int]) -> dict[int, float]:
    """0–1 a year: an organisation's own, or that of the nearest above it. 0 where nobody has said any."""
    lines = lineages(session, organisation_ids)
    every = {step for line in lines.values() for step in line}
    said = select(Turnover.organisation_id, Turnover.per_year).where(Turnover.organisation_id.in_(every))
    rates = {organisation: per_year / 100 for organisation, per_year in session.execute(said)}
    return {start: next((rates[step] for step in line if step in rates), 0.0) for start, line in lines.items()}


def share_left(per_year: float, months: int) -> float:
    """0–1: who is likely to be left when so large a part of all leaves in a year, besides those whose last day is
    known: year by year that part of those who were left."""
    return float((1 - per_year) ** (months / 12))


def reckon(session: Session, organisation_id: int, per_year: int, *, by: int, at: datetime) -> None:
    """`by` is a person's id."""
    if not 0 <= per_year <= 100:
        raise Invalid([Problem("per_year", gettext("Enter a whole number from 0 to 100."))])
    session.merge(Turnover(organisation_id=organisation_id, per_year=per_year, decided_at=at, decided_by_id=by))
    logger.info("Organisation %s reckons that %s in a hundred leave in a year", organisation_id, per_year)

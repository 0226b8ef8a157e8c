"""What the demo's managers have done about gaps: whom they have asked to learn what, and what came of it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.day import today
from lms.courses.content import Library
from lms.demo.ahead import viewer
from lms.demo.cast import Cast
from lms.identity.access import Viewer
from lms.plans import assigning, assignments, team
from lms.plans.assigning import Terms

# What is asked in one go: hours, days ago, last day in so many days from then, why.
FYREN: Final = (
    (3, 60, 35, "Inför sommarens läger: vi behöver kunna planera utan mig."),
    (4, 12, 70, "Nätverket kommer hit i vår, och du håller i en av dagarna."),
)


def make(session: Session, library: Library, cast: Cast, at: datetime) -> None:
    bjorn = viewer(cast, cast.bjorn, cast.fyren)
    for hours, ago, days, why in FYREN:
        _ask(session, library, bjorn, hours, at - timedelta(days=ago), days, why, now=at)


def _ask(
    session: Session,
    library: Library,
    manager: Viewer,
    hours: int,
    when: datetime,
    days: int,
    why: str,
    *,
    now: datetime,
) -> None:
    """What the plan would suggest for so many hours, asked at an earlier time."""
    standing = assignments.of_team(session, manager, library, now.date())
    plan = team.plan(session, manager, library, standing, hours * 60, today(now))
    pairs = [(one.person_uuid, its.lesson) for its in plan.suggested for one, _ in its.people]
    terms = Terms((when + timedelta(days=days)).date(), why)
    assigning.assign(session, manager, pairs, terms, library, at=when)

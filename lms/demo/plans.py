"""What the demo's managers have done about gaps: whom they have asked to learn what, and what came of it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.day import today
from lms.courses.content import Library
from lms.demo.ahead import viewer
from lms.demo.cast import Cast
from lms.identity.access import Viewer
from lms.plans import assigning, assignments, measures, team
from lms.plans.assigning import Terms
from lms.plans.measures import Wanted
from lms.plans.models import Kind

# What is asked in one go: hours, days ago, last day in so many days from then, why.
FYREN: Final = (
    (3, 60, 35, "Inför sommarens läger: vi behöver kunna planera utan mig."),
    (4, 12, 70, "Nätverket kommer hit i vår, och du håller i en av dagarna."),
)
# Competence, what is done, days ago, last day in so many days from then.
OTHER_WAYS_AT_FYREN: Final = (
    ("lifecomp/S2", Kind.MENTOR, "Alva går bredvid Björn i nätverkets styrgrupp under våren.", 30, 150),
    ("self-leadership/SL4", Kind.STOP, "Inga kvällsmöten två kvällar i rad.", 80, 60),
)
OTHER_WAYS_AT_EKEBY: Final = (
    ("guidance/V8", Kind.REORGANISE, "Vägledarna leder grupperna två och två, en från varje enhet.", 45, 200),
    ("guidance/V3", Kind.RECRUIT, "Står i annonsen när vägledaren på vuxenutbildningen går i pension.", 20, 300),
)


def make(session: Session, library: Library, cast: Cast, at: datetime) -> None:
    bjorn = viewer(cast, cast.bjorn, cast.fyren)
    for hours, ago, days, why in FYREN:
        _ask(session, library, bjorn, hours, at - timedelta(days=ago), days, why, now=at)
    elsa = viewer(cast, cast.elsa, cast.ekeby)
    for by, view, its in ((bjorn, "team", OTHER_WAYS_AT_FYREN), (elsa, "groups", OTHER_WAYS_AT_EKEBY)):
        for key, kind, what, ago, days in its:
            when = at - timedelta(days=ago)
            wanted = Wanted(key, kind, what, (when + timedelta(days=days)).date())
            measures.decide(session, measures.scope(by, view), wanted, by=by.person_id, at=when)


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

"""What the first page says about talks and goals: of one's own, and of those one leads."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.talks import team
from lms.talks.goals import Answer
from lms.talks.models import Goal, Talk


@dataclass(frozen=True, slots=True)
class Ahead:
    # The day of one's own next talk, and whether anything has been written before it.
    talk: date | None
    # Proposals that wait for one's own answer, and own goals whose day has passed.
    asked: int
    overdue: int
    # Of a manager's people: proposals that wait for an answer, and those who have had no talk for a year.
    asked_by_team: int
    due: int

    def __bool__(self) -> bool:
        return self.talk is not None or any((self.asked, self.overdue, self.asked_by_team, self.due))


def of(session: Session, viewer: Viewer, today: date) -> Ahead:
    own = (Talk.organisation_id == viewer.organisation_id, Talk.person_uuid == viewer.person_uuid)
    open_ones = select(Talk.day).where(*own, Talk.held_at.is_(None), Talk.called_off_at.is_(None))
    goals = session.execute(
        select(Goal.answer, Goal.due, Goal.proposed_by).where(
            Goal.organisation_id == viewer.organisation_id,
            Goal.person_uuid == viewer.person_uuid,
            Goal.outcome.is_(None),
        )
    ).all()
    led = team.of(session, viewer, today) if viewer.has(Role.MANAGER) else []
    return Ahead(
        session.scalars(open_ones).first(),
        sum(one.answer is None and one.proposed_by != viewer.person_uuid for one in goals),
        sum(one.answer == Answer.AGREED and one.due < today for one in goals),
        sum(row.asked for row in led),
        sum(row.is_due for row in led),
    )

"""What is kept here about a person: for their own copy, and to be forgotten."""

from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lms import signals
from lms.identity.models import Organisation
from lms.talks.models import FollowUp, Goal, Preparation, Talk


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """Their talks and goals, and what they have written themselves. Not what a manager prepared in private."""
    names = dict(session.execute(select(Organisation.id, Organisation.name)).tuples().all())
    talks = session.scalars(
        select(Talk).where(or_(Talk.person_uuid == person, Talk.manager_uuid == person)).order_by(Talk.day)
    ).all()
    prepared = {
        one.talk_id: one.texts for one in session.scalars(select(Preparation).where(Preparation.writer_uuid == person))
    }
    goals = session.scalars(select(Goal).where(Goal.person_uuid == person).order_by(Goal.proposed_at)).all()
    elsewhere = session.scalars(
        select(FollowUp)
        .where(FollowUp.writer_uuid == person, FollowUp.goal_id.not_in([goal.id for goal in goals]))
        .order_by(FollowUp.written_at)
    ).all()
    return "development", {
        "talks": [
            {
                "organisation": names[talk.organisation_id],
                "day": talk.day.isoformat(),
                "held": talk.held_at is not None,
                "called_off": talk.called_off_at is not None,
                "as_manager": talk.manager_uuid == person,
                "my_preparation": prepared.get(talk.id),
            }
            for talk in talks
        ],
        "goals": [_told(goal, names[goal.organisation_id], person) for goal in goals],
        "written_on_goals_of_others": [
            {"written_at": one.written_at.isoformat(), "standing": one.standing, "text": one.text} for one in elsewhere
        ],
    }


def _told(goal: Goal, organisation: str, person: UUID) -> dict[str, object]:
    return {
        "organisation": organisation,
        "goal": goal.text,
        "competence": goal.competence_key,
        "level": goal.level,
        "how": goal.how,
        "support": goal.support,
        "due": goal.due.isoformat(),
        "proposed_by_me": goal.proposed_by == person,
        "proposed_at": goal.proposed_at.isoformat(),
        "answer": goal.answer,
        "outcome": goal.outcome,
        "follow_ups": [
            {
                "written_at": one.written_at.isoformat(),
                "by_me": one.writer_uuid == person,
                "standing": one.standing,
                "text": one.text,
            }
            for one in goal.follow_ups
        ],
    }


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    """Everything about the person, and what they wrote in private. What a manager agreed with others stays theirs."""
    their_talks = select(Talk.id).where(Talk.person_uuid == person_uuid)
    their_goals = select(Goal.id).where(Goal.person_uuid == person_uuid)
    for written in (
        delete(Preparation).where(or_(Preparation.writer_uuid == person_uuid, Preparation.talk_id.in_(their_talks))),
        delete(FollowUp).where(FollowUp.goal_id.in_(their_goals)),
        delete(Goal).where(Goal.person_uuid == person_uuid),
        delete(Talk).where(Talk.person_uuid == person_uuid),
    ):
        session.execute(written.execution_options(synchronize_session=False))

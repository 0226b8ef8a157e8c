"""Talks: set to a day, prepared by each alone, held, or called off."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.i18n import gettext
from lms.talks.models import Preparation, Talk
from lms.talks.pairs import Pair

logger = logging.getLogger(__name__)

LONGEST_ANSWER: Final = 2000
# After this time without one, a talk is due.
YEARLY: Final = timedelta(days=365)
FURTHEST: Final = timedelta(days=730)


class Question(StrEnum):
    """What each of the two thinks through before a talk."""

    SINCE = "since"
    AHEAD = "ahead"
    NEEDED = "needed"


def to_come(session: Session, pair: Pair, *, to_change: bool = False) -> Talk | None:
    """The talk that the two wait for. One that was set by an earlier manager is not theirs."""
    found = _waited_for(session, pair, to_change)
    is_theirs = found is not None and pair.manager is not None and found.manager_uuid == pair.manager.uuid
    return found if is_theirs else None


def _waited_for(session: Session, pair: Pair, to_change: bool) -> Talk | None:
    its = select(Talk).where(
        Talk.organisation_id == pair.organisation_id,
        Talk.person_uuid == pair.person.uuid,
        Talk.held_at.is_(None),
        Talk.called_off_at.is_(None),
    )
    return session.scalars(its.with_for_update() if to_change else its).first()


def must_come(session: Session, pair: Pair) -> Talk:
    """The same, to be changed; NotFound where there is none."""
    found = to_come(session, pair, to_change=True)
    if found is None:
        raise NotFound(gettext("No talk has been set. It may have been called off meanwhile."))
    return found


def parse_day(form: Mapping[str, str], today: date) -> date:
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError as error:
        raise Invalid([Problem("day", gettext("Enter a day, such as 2027-01-01."))]) from error
    if not today <= day <= today + FURTHEST:
        raise Invalid([Problem("day", gettext("Choose a day from today on, within two years."))])
    return day


def set_day(session: Session, pair: Pair, day: date, *, at: datetime) -> Talk:
    """A talk on this day; one that has been set already is moved to it. One set by an earlier manager is called off."""
    person, manager = pair.meets()
    found = _waited_for(session, pair, to_change=True)
    if found is not None and found.manager_uuid != manager.uuid:
        call_off(found, at=at)
        # The database lets nobody wait for two.
        session.flush()
        found = None
    if found is None:
        found = Talk(
            organisation_id=pair.organisation_id, person_uuid=person.uuid, manager_uuid=manager.uuid, set_at=at
        )
        session.add(found)
    found.day = day
    logger.info("A development talk in organisation %d is set to %s", pair.organisation_id, day)
    return found


def call_off(talk: Talk, *, at: datetime) -> None:
    talk.called_off_at = at


def hold(pair: Pair, talk: Talk, today: date, *, at: datetime) -> None:
    """The two have talked. One that came earlier than it was set to is dated today."""
    if pair.is_own:
        raise Conflict(gettext("Your manager notes that the talk has been held."))
    talk.day = min(talk.day, today)
    talk.held_at = at


def preparation(session: Session, talk: Talk, writer: UUID) -> Preparation | None:
    return session.get(Preparation, (talk.organisation_id, talk.id, writer))


def prepare(session: Session, talk: Talk, writer: UUID, form: Mapping[str, str], *, at: datetime) -> None:
    texts = {question.value: form.get(question.value, "").strip() for question in Question}
    problems = [
        Problem(name, gettext("Write at most %(number)d characters.", number=LONGEST_ANSWER))
        for name, text in texts.items()
        if len(text) > LONGEST_ANSWER
    ]
    if problems:
        raise Invalid(problems)
    kept = preparation(session, talk, writer)
    if kept is None:
        kept = Preparation(organisation_id=talk.organisation_id, talk_id=talk.id, writer_uuid=writer)
        session.add(kept)
    kept.texts, kept.changed_at = texts, at


def held(session: Session, pair: Pair) -> Sequence[Talk]:
    """The latest first. That there was a talk anybody may know who may talk with the person now."""
    its = select(Talk).where(
        Talk.organisation_id == pair.organisation_id,
        Talk.person_uuid == pair.person.uuid,
        Talk.held_at.is_not(None),
    )
    return session.scalars(its.order_by(Talk.day.desc(), Talk.set_at.desc())).all()


def prepared_by(session: Session, talks: Sequence[Talk], writer: UUID) -> dict[UUID, Preparation]:
    """What the writer had written before these, by talk."""
    its = select(Preparation).where(
        Preparation.organisation_id.in_({talk.organisation_id for talk in talks}),
        Preparation.talk_id.in_([talk.id for talk in talks]),
        Preparation.writer_uuid == writer,
    )
    return {one.talk_id: one for one in session.scalars(its)}

"""A person's plan as the two see it: what waits for an answer, what was agreed, and how far it has come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence import opening, own
from lms.competence.own import Line, Picture
from lms.courses.content import Library
from lms.frameworks.framework import Competence, Frameworks
from lms.identity.access import Viewer
from lms.identity.models import Person
from lms.talks import goals, talks
from lms.talks.models import Goal, Preparation, Talk
from lms.talks.pairs import Pair


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal, with where the person stands in its competence now."""

    goal: Goal
    competence: Competence | None
    # None: it is about no competence, one that nobody here knows any more, or not for the viewer to see.
    line: Line | None
    is_overdue: bool
    # Whether the viewer is asked for an answer.
    is_asked: bool

    @property
    def has_got_there(self) -> bool:
        """Whether the level is shown already; the two say themselves whether that is what they meant."""
        level = self.line.level if self.line is not None else None
        return level is not None and self.goal.level is not None and level >= self.goal.level


@dataclass(frozen=True, slots=True)
class Past:
    """A talk that has been held, and what the viewer had written before it."""

    talk: Talk
    preparation: Preparation | None


@dataclass(frozen=True, slots=True)
class Plan:
    pair: Pair
    # None: where the person stands is not for the viewer to see.
    picture: Picture | None
    talk: Talk | None
    preparation: Preparation | None
    # Proposals without an answer.
    waiting: Sequence[Aim]
    agreed: Sequence[Aim]
    # Reached, dropped, replaced, declined or withdrawn; the latest first.
    ended: Sequence[Aim]
    past: Sequence[Past]
    # Who wrote and proposed, by uuid. Whoever has been forgotten is not here.
    names: Mapping[UUID, str]


# Of a competence's key, where the person stands in it.
Look = Callable[[str], tuple[Competence | None, Line | None]]


def of(
    session: Session, viewer: Viewer, pair: Pair, library: Library, frameworks: Frameworks, today: date, *, at: datetime
) -> Plan:
    picture = picture_of(session, viewer, pair, library, frameworks, at=at)
    look = _standing(picture, frameworks)
    aims = [_aim(goal, pair, look, today) for goal in goals.seen(session, pair)]
    ended = [aim for aim in aims if not aim.goal.is_waiting and not aim.goal.is_in_force]
    ended.sort(key=lambda aim: aim.goal.ended_at or aim.goal.answered_at or aim.goal.proposed_at, reverse=True)
    talk = talks.to_come(session, pair)
    held = talks.held(session, pair)
    prepared = talks.prepared_by(session, [*held, *([talk] if talk is not None else [])], pair.viewer_uuid)
    return Plan(
        pair,
        picture,
        talk,
        prepared.get(talk.id) if talk is not None else None,
        [aim for aim in aims if aim.goal.is_waiting],
        [aim for aim in aims if aim.goal.is_in_force],
        ended,
        [Past(one, prepared.get(one.id)) for one in held],
        _names(session, [aim.goal for aim in aims]),
    )


def one(
    session: Session,
    viewer: Viewer,
    pair: Pair,
    goal: Goal,
    library: Library,
    frameworks: Frameworks,
    today: date,
    *,
    at: datetime,
) -> tuple[Aim, Mapping[UUID, str]]:
    """A single goal, and the names of those who wrote on it."""
    picture = picture_of(session, viewer, pair, library, frameworks, at=at)
    return _aim(goal, pair, _standing(picture, frameworks), today), _names(session, [goal])


def picture_of(
    session: Session, viewer: Viewer, pair: Pair, library: Library, frameworks: Frameworks, *, at: datetime
) -> Picture | None:
    """Where the person stands; None where that is not for the viewer to see."""
    if not opening.shows_levels(session, viewer, pair.person.uuid):
        return None
    return own.picture(session, viewer, pair.person.uuid, library, frameworks, at=at)


def _standing(picture: Picture | None, frameworks: Frameworks) -> Look:
    lines = {line.competence.key: line for line in (*picture.needed, *picture.beside)} if picture is not None else {}

    def look(key: str) -> tuple[Competence | None, Line | None]:
        return frameworks.find(key), lines.get(key)

    return look


def _aim(goal: Goal, pair: Pair, look: Look, today: date) -> Aim:
    competence, line = look(goal.competence_key) if goal.competence_key is not None else (None, None)
    return Aim(goal, competence, line, goal.is_in_force and goal.due < today, goals.may_answer(pair, goal))


def _names(session: Session, found: Sequence[Goal]) -> dict[UUID, str]:
    writers = {goal.proposed_by for goal in found} | {one.writer_uuid for goal in found for one in goal.follow_ups}
    its = select(Person.uuid, Person.name).where(Person.uuid.in_(writers))
    return dict(session.execute(its).tuples().all()) if writers else {}

"""Observations: a manager notes the level at which somebody was seen to work, and what it was.

The level becomes a statement about the person; what was seen is written beside it, where both can read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence import opening
from lms.competence.assessment import calibrating
from lms.competence.assessment.calibrating import LONGEST_NOTE, Note
from lms.competence.day import today, typed
from lms.competence.members import Member
from lms.competence.models import Evidence
from lms.competence.shown import saying, withdrawing
from lms.competence.shown.rules import authority
from lms.errors import Invalid, NotAllowed, Problem
from lms.frameworks.framework import LEVELS, Competence, Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.looks import Looked
from lms.identity.models import Role
from lms.xapi import storing
from lms.xapi.vocabulary import Vocabulary

# The verb, and the rule that reads it.
RULE: Final = "observed"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is about to be noted."""

    competence: Competence
    level: int
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Observation:
    statement: UUID
    competence_key: str
    level: int
    seen_at: datetime
    # Whoever may open it reads it. None: it was imported without.
    note: Note | None
    may_withdraw: bool


def of(session: Session, viewer: Viewer, person: UUID, *, at: datetime) -> tuple[Member, list[Observation]]:
    """What has been seen of somebody whose levels the viewer may open, newest first; otherwise NotFound. Who may not
    see what they rest on sees what they have noted themselves."""
    member = opening.one(session, viewer, person, Looked.OBSERVED, today(at))
    its = select(Evidence).where(
        Evidence.organisation_id == member.organisation_id, Evidence.person_uuid == person, Evidence.rule == RULE
    )
    if not opening.shows_evidence(session, viewer, person):
        its = its.where(Evidence.issuer == str(viewer.person_uuid))
    found = session.scalars(its.order_by(Evidence.shown_at.desc(), Evidence.statement_id)).all()
    notes = calibrating.beside(session, member.organisation_id, [one.statement_id for one in found])
    return member, [
        Observation(
            one.statement_id,
            one.competence_key,
            one.level,
            one.shown_at,
            notes.get(one.statement_id),
            withdrawing.may(viewer, one),
        )
        for one in found
    ]


def assert_may(viewer: Viewer, person: UUID) -> None:
    """As with a calibration talk: a manager of the team, never of themselves. (That it is the team `of` sees to.)"""
    if person == viewer.person_uuid or not viewer.has(Role.MANAGER):
        raise NotAllowed(gettext("Only the manager of a person notes what was seen in work."))


def parse(form: Mapping[str, str], frameworks: Frameworks, *, today: date) -> Seen:
    problems: list[Problem] = []
    competence, level = frameworks.find(form.get("competence", "")), _LEVELS.get(form.get("level", ""))
    text, on = form.get("text", "").strip(), typed(form, "on", problems)
    if competence is None:
        problems.append(Problem("competence", gettext("Choose the competence that you saw.")))
    if level is None:
        problems.append(Problem("level", gettext("Choose the level that it showed.")))
    if not form.get("on", "").strip():
        problems.append(Problem("on", gettext("Say which day it was.")))
    if on is not None and on > today:
        problems.append(Problem("on", gettext("Choose a day that has been.")))
    if not text:
        problems.append(Problem("text", gettext("Say what you saw.")))
    if len(text) > LONGEST_NOTE:
        problems.append(Problem("text", gettext("Write at most %(number)d characters.", number=LONGEST_NOTE)))
    if problems or competence is None or level is None or on is None:
        raise Invalid(problems)
    return Seen(competence, level, on, text)


_LEVELS: Final = {str(level): level for level in LEVELS if level}


def observe(
    session: Session,
    viewer: Viewer,
    person: UUID,
    id: UUID,
    seen: Seen,
    already: Sequence[Observation],
    *,
    zone: tzinfo,
    base: str,
    at: datetime,
) -> None:
    """In the middle of the day it was seen. With the `id` of one there is already it is that one, sent twice."""
    assert_may(viewer, person)
    if any(one.statement == id for one in already):
        return
    seen_at = min(datetime.combine(seen.on, time(12), zone), at)
    told = statement(id, seen, person, viewer.person_uuid, Vocabulary(base), seen_at)
    storing.record(session, viewer.organisation_id, [told], authority=authority(base), at=at)
    calibrating.write(
        session, viewer.organisation_id, viewer.person_uuid, person, seen.competence.key, seen.text, at=at, statement=id
    )


def statement(
    id: UUID, seen: Seen, person: UUID, manager: UUID, ours: Vocabulary, seen_at: datetime
) -> dict[str, object]:
    display = {"sv": "visade i arbetet", "en": "showed at work"}
    told = saying.level(RULE, display, seen.competence, seen.level, person, ours, seen_at, manager=manager)
    return told | {"id": str(id)}

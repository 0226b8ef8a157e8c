"""What is worth knowing for the one who looks, now: where to go on, what to learn next, what the team lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.competence import own
from lms.competence.own import Summary
from lms.competence.proofs import listing
from lms.competence.shown import ending
from lms.competence.shown.ending import Ending
from lms.courses import standing
from lms.courses.asked import Asked
from lms.courses.content import Library
from lms.courses.standing import InCourse
from lms.frameworks.framework import Frameworks
from lms.identity import insight
from lms.identity.access import Viewer
from lms.identity.insight import Standing
from lms.identity.models import Membership, Role
from lms.plans import assignments
from lms.talks import ahead
from lms.talks.ahead import Ahead


@dataclass(frozen=True, slots=True)
class Today:
    # Courses under way, the one last worked in first.
    under_way: list[InCourse]
    # Not begun, for those who have nothing under way.
    to_begin: list[InCourse]
    finished: int
    # What the viewer has been asked to learn, and how much of what they have asked of their team is late.
    asked: Sequence[Asked]
    late: int
    competence: Summary
    talks: Ahead
    # What soon shows one's own levels no more, and how much of a manager's team.
    ending: list[Ending]
    ending_in_team: int
    # Proofs of the team that wait for the manager.
    waiting: int
    # What their manager sees of them, where they have not been told of it as it is.
    news: Standing | None


def today(
    session: Session, viewer: Viewer, library: Library, frameworks: Frameworks, day: date, *, at: datetime
) -> Today:
    courses = standing.of(session, viewer.organisation_id, viewer.person_uuid, library.courses)
    under_way = [course for course in courses if course.enrolment is not None and not course.is_completed]
    under_way.sort(key=_last_seen, reverse=True)
    endings = ending.soon(session, viewer, at=at)
    return Today(
        under_way=under_way,
        to_begin=[] if under_way else [course for course in courses if course.enrolment is None],
        finished=sum(course.is_completed for course in courses),
        asked=assignments.asked(library, session, viewer.organisation_id, viewer.person_uuid, day),
        late=_late(session, viewer, library, day),
        competence=own.summary(session, viewer, library, frameworks, at=at),
        talks=ahead.of(session, viewer, day),
        ending=[one for one in endings if one.person_uuid == viewer.person_uuid],
        ending_in_team=sum(one.person_uuid != viewer.person_uuid for one in endings),
        waiting=listing.waiting(session, viewer) if viewer.has(Role.MANAGER) else 0,
        news=_news(session, viewer, at),
    )


def _late(session: Session, viewer: Viewer, library: Library, day: date) -> int:
    if not viewer.has(Role.MANAGER):
        return 0
    return sum(one.is_late for one in assignments.of_team(session, viewer, library, day))


def _news(session: Session, viewer: Viewer, at: datetime) -> Standing | None:
    """Only for those who have a manager here."""
    if session.get_one(Membership, viewer.membership_id).manager_id is None:
        return None
    standing = insight.of(session, viewer.membership_id, viewer.organisation_id, at)
    return standing if standing.is_news else None


def _last_seen(course: InCourse) -> datetime:
    seen = course.seen_at or (course.enrolment.enrolled_at if course.enrolment else None)
    if seen is None:
        raise LookupError("Only courses that someone is enrolled in have been seen.")
    return seen

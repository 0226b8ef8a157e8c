"""Letters to those who have been asked to learn something, where whoever asks wants one sent."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import mail
from lms.courses.content import Library
from lms.i18n import local, locale
from lms.identity.models import Person
from lms.plans.assignments import Lesson
from lms.plans.models import Assignment

compose: Final = mail.Texts("lms.plans", "templates/plans/letters").compose


def post(
    session: Session, new: Iterable[Assignment], by: str, library: Library, site_url: str, *, at: datetime
) -> None:
    """One to each person, in their own language, of all that is asked at once."""
    asked: dict[UUID, list[Assignment]] = defaultdict(list)
    for one in new:
        asked[one.person_uuid].append(one)
    for person in session.scalars(select(Person).where(Person.uuid.in_(asked), Person.email.is_not(None))):
        its = asked[person.uuid]
        subject, text = compose(
            "assigned",
            person.language,
            name=person.name,
            by=by,
            lessons=[_title(one, library, person.language) for one in its],
            due=format_date(its[0].due_on, "long", locale=locale(person.language)),
            why=its[0].why,
            link=f"{site_url}/",
        )
        mail.post(session, person.email or "", subject, text, at=at)


def _title(assignment: Assignment, library: Library, language: str) -> str:
    course, module = Lesson(assignment.course_key, assignment.module_key).look_up(library)
    return local((module or course).title, language)

"""What people write on exercises, reflections and acts. It is theirs: nobody else reads it, it is in no
statement and in no figure. A reflection can be shared with one's manager by choice, for as long as one
wants."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms import signals
from lms.courses import learning
from lms.courses.course import Course, Keep, Kind, Module, Page
from lms.courses.models import Note
from lms.courses.statements import Learner
from lms.errors import Invalid, NotAllowed, NotFound, Problem
from lms.i18n import gettext as _

# Some ten pages of text; more in one field is a mistake or mischief.
LONGEST: Final = 20_000


def find(session: Session, learner: Learner, course: Course, module: Module, page: Page) -> Note | None:
    key = (learner.organisation_id, learner.person_uuid, course.key, module.key, page.key)
    return session.get(Note, key)


def save(
    session: Session,
    learner: Learner,
    course: Course,
    module: Module,
    page: Page,
    texts: Mapping[str, str],
    *,
    at: datetime,
) -> Note:
    """Keep what stands in the page's fields; all of them, so that one that was emptied is empty."""
    if not page.fields or page.keep is Keep.DEVICE:
        raise NotAllowed(_("What is written on this page stays in the browser."))
    kept = {field.key: texts.get(field.key, "").replace("\r\n", "\n") for field in page.fields}
    too_long = [key for key, text in kept.items() if len(text) > LONGEST]
    if too_long:
        raise Invalid([Problem(key, _("The text is too long to be kept. Shorten it.")) for key in too_long])
    learning.begin(session, learner, course, module, at=at)
    note = find(session, learner, course, module, page)
    if note is None:
        note = Note(
            organisation_id=learner.organisation_id,
            person_uuid=learner.person_uuid,
            course_key=course.key,
            module_key=module.key,
            page_key=page.key,
        )
        session.add(note)
    note.texts, note.updated_at = kept, at
    return note


def may_be_shared(page: Page) -> bool:
    return page.kind is Kind.REFLECTION and page.keep is Keep.ACCOUNT


def share(session: Session, learner: Learner, course: Course, module: Module, page: Page, *, at: datetime) -> None:
    note = find(session, learner, course, module, page)
    if not may_be_shared(page):
        raise NotAllowed(_("Only reflections can be shared."))
    if note is None:
        raise NotFound(_("There is nothing written here to share."))
    note.shared_at = note.shared_at or at


def take_back(session: Session, learner: Learner, course: Course, module: Module, page: Page) -> None:
    note = find(session, learner, course, module, page)
    if note is not None:
        note.shared_at = None


def shared_by(session: Session, organisation_id: int, people: list[UUID]) -> list[Note]:
    """Reflections that these people share, newest first. Who may ask is for the caller to know."""
    shared = select(Note).where(
        Note.organisation_id == organisation_id, Note.person_uuid.in_(people), Note.shared_at.is_not(None)
    )
    return list(session.scalars(shared.order_by(Note.updated_at.desc())))


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    session.execute(delete(Note).where(Note.person_uuid == person_uuid))

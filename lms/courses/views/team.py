from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from lms import clock
from lms.courses import notes, standing
from lms.courses.course import Course, Module, Page
from lms.courses.models import Note
from lms.courses.standing import InCourse
from lms.courses.views.blueprint import bp, library
from lms.db import session
from lms.http import args, roles
from lms.i18n import gettext as _
from lms.i18n import language
from lms.identity import looks
from lms.identity.access import Viewer, levels
from lms.identity.looks import Looked
from lms.identity.models import Membership, Person, Role


@dataclass(frozen=True, slots=True)
class Shared:
    """A reflection that someone in the team shares, with what the page asked."""

    person: Person
    note: Note
    course: Course
    module: Module
    page: Page


@bp.get("/team")
@roles(Role.MANAGER)
def team(viewer: Viewer) -> ResponseReturnValue:
    """How it goes for those who have the viewer as their manager, and what they have chosen to share."""
    args()
    people = _team(viewer)
    uuids = [person.uuid for person in people]
    looks.note(session(), viewer, uuids, Looked.LEARNING, clock.now())
    stands = standing.team(session(), viewer.organisation_id, uuids, library().courses)
    by_uuid = {person.uuid: person for person in people}
    return render_template(
        "courses/team.html",
        rows=[(person, _taken(stands[person.uuid])) for person in people],
        shared=_shared(notes.shared_by(session(), viewer.organisation_id, uuids), by_uuid),
        crumbs=[(_("Courses"), url_for(".catalogue")), (_("My team"), None)],
    )


def _team(viewer: Viewer) -> list[Person]:
    """Whose learning the viewer may open, but for their own, which has its own page."""
    others = levels(viewer).where(Membership.id != viewer.membership_id)
    found = session().scalars(others.options(joinedload(Membership.person)))
    return sorted((membership.person for membership in found), key=lambda person: person.name)


def _taken(stands: Sequence[InCourse]) -> list[InCourse]:
    return [stand for stand in stands if stand.enrolment is not None]


def _shared(found: Sequence[Note], people: Mapping[UUID, Person]) -> list[Shared]:
    shared = [_with_page(note, people[note.person_uuid]) for note in found]
    return [one for one in shared if one is not None]


def _with_page(note: Note, person: Person) -> Shared | None:
    """None for a page that is no longer in the course: nobody could tell what its answers answer."""
    course = library().find(note.course_key)
    module = next((one for one in course.modules if one.key == note.module_key), None) if course else None
    if course is None or module is None:
        return None
    pages = module.edition(course.language(language())).pages
    page = next((one for one in pages if one.key == note.page_key and notes.may_be_shared(one)), None)
    return Shared(person, note, course, module, page) if page else None

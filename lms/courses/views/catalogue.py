from collections.abc import Sequence
from itertools import groupby

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.courses import learning, searching, standing
from lms.courses.course import Area
from lms.courses.standing import InCourse
from lms.courses.views.blueprint import address, bp, here, learner_of, library, zone
from lms.db import db, session
from lms.http import args, see_other, signed_in
from lms.i18n import gettext as _
from lms.i18n import language, local
from lms.identity.access import Viewer
from lms.identity.models import Role


@bp.get("/")
@signed_in
def catalogue(viewer: Viewer) -> ResponseReturnValue:
    query = args("q").get("q", "").strip()
    courses = library().courses
    stands = standing.of(session(), viewer.organisation_id, viewer.person_uuid, courses)
    return render_template(
        "courses/catalogue.html",
        query=query,
        hits=searching.find(courses, query, language()),
        asked=current_app.extensions["kunna"].asked(
            session(), viewer.organisation_id, viewer.person_uuid, clock.now().astimezone(zone()).date()
        ),
        under_way=_under_way(stands),
        shelves=_shelves(stands),
        has_team=viewer.has(Role.MANAGER),
    )


def _shelves(stands: Sequence[InCourse]) -> list[tuple[Area, list[InCourse]]]:
    return [(area, list(shelf)) for area, shelf in groupby(stands, key=lambda stand: stand.course.area)]


def _under_way(stands: Sequence[InCourse]) -> list[InCourse]:
    """Begun and not completed, the one last worked in first."""
    begun = [(seen_at, stand) for stand in stands if (seen_at := stand.seen_at) and not stand.is_completed]
    begun.sort(key=lambda one: one[0], reverse=True)
    return [stand for _seen_at, stand in begun]


@bp.get("/<key>")
@signed_in
def course(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = library().get(key)
    [stand] = standing.of(session(), viewer.organisation_id, viewer.person_uuid, [found])
    return render_template(
        "courses/course.html",
        course=found,
        stand=stand,
        next=stand.next(),
        language_read=found.language(language()),
        crumbs=[(_("Courses"), url_for(".catalogue")), (local(found.title), None)],
    )


@bp.get("/<key>/<module_key>")
@signed_in
def module(viewer: Viewer, key: str, module_key: str) -> ResponseReturnValue:
    args()
    place = here(key, module_key)
    [stand] = standing.of(session(), viewer.organisation_id, viewer.person_uuid, [place.course])
    in_module = stand.module(module_key)
    *above, (title, _url) = place.crumbs
    return render_template(
        "courses/module.html",
        here=place,
        course=place.course,
        module=place.module,
        stand=in_module,
        next=standing.next_in(in_module),
        onwards=stand.next(),
        crumbs=[*above, (title, None)],
    )


@bp.post("/<key>/start")
@signed_in
def start(viewer: Viewer, key: str) -> ResponseReturnValue:
    """Begin, or go on where one stopped: in the course, or in the module that is named."""
    found, at = library().get(key), clock.now()
    [stand] = standing.of(session(), viewer.organisation_id, viewer.person_uuid, [found])
    wanted = request.form.get("module")
    place = standing.next_in(stand.module(found.module(wanted).key)) if wanted else stand.next()
    if place is not None:
        learning.begin(session(), learner_of(viewer), found, place.module, at=at)
        db.session.commit()
    return redirect(address(found, place), 303)


@bp.post("/<key>/leave")
@signed_in
def leave(viewer: Viewer, key: str) -> ResponseReturnValue:
    learning.leave(session(), learner_of(viewer), library().get(key), at=clock.now())
    db.session.commit()
    flash(_("Everything is saved. You come back to where you stopped."), "success")
    return see_other(".course", key=key)

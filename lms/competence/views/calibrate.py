"""The calibration talk: a manager's form, and what both can read and answer afterwards."""

from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.competence.assessment import calibrating
from lms.competence.views.blueprint import bp, frameworks, iri_base
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.frameworks.framework import LEVELS
from lms.http import args, roles, see_other, signed_in
from lms.i18n import gettext, ngettext
from lms.identity.access import Viewer
from lms.identity.models import Role


@bp.get("/people/<uuid:person_uuid>/calibrate")
@roles(Role.MANAGER)
def calibrate(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    args()
    return _form(viewer, person_uuid, [])


@bp.post("/people/<uuid:person_uuid>/calibrate")
@roles(Role.MANAGER)
def calibrated(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    at = clock.now()
    member, rows = calibrating.side_by_side(session(), viewer, person_uuid, frameworks(), at=at)
    calibrating.assert_may(viewer, person_uuid)
    try:
        answers = calibrating.parse(rows, request.form)
    except Invalid as invalid:
        return _form(viewer, person_uuid, invalid.problems), 400
    saved = calibrating.calibrate(session(), viewer, person_uuid, rows, answers, base=iri_base(), at=at)
    db.session.commit()
    if saved:
        flash(
            ngettext(
                "%(num)d level saved. %(name)s sees it now.",
                "%(num)d levels saved. %(name)s sees them now.",
                saved,
                name=member.name,
            ),
            "success",
        )
    elif answers.notes:
        flash(gettext("Your notes have been saved."), "success")
    return see_other(".calibration", person_uuid=person_uuid)


def _form(viewer: Viewer, person_uuid: UUID, problems: list[Problem]) -> str:
    at = clock.now()
    member, rows = calibrating.side_by_side(session(), viewer, person_uuid, frameworks(), at=at)
    calibrating.assert_may(viewer, person_uuid)
    return render_template(
        "competence/calibrate.html",
        member=member,
        rows=rows,
        answers=request.form,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        levels=LEVELS,
        frameworks=frameworks(),
        at=at,
        words=words,
    )


@bp.get("/people/<uuid:person_uuid>/calibration")
@signed_in
def calibration(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    args()
    return _talk(viewer, person_uuid, [])


@bp.post("/people/<uuid:person_uuid>/calibration")
@signed_in
def calibration_note(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    """A note about one competence, from either of the two."""
    at = clock.now()
    _, rows = calibrating.side_by_side(session(), viewer, person_uuid, frameworks(), at=at)
    about = [row for row in rows if row.competence.key == request.form.get("competence")]
    if not about:
        raise NotFound(gettext("There is no such competence here."))
    try:
        calibrating.note(session(), viewer, person_uuid, about[0], request.form.get("text", ""), at=at)
    except Invalid as invalid:
        return _talk(viewer, person_uuid, invalid.problems), 400
    db.session.commit()
    flash(gettext("Your note has been saved."), "success")
    return see_other(".calibration", person_uuid=person_uuid)


def _talk(viewer: Viewer, person_uuid: UUID, problems: list[Problem]) -> str:
    at = clock.now()
    member, rows = calibrating.side_by_side(session(), viewer, person_uuid, frameworks(), at=at)
    return render_template(
        "competence/calibration.html",
        member=member,
        rows=[row for row in rows if row.manager is not None or row.notes],
        is_self=person_uuid == viewer.person_uuid,
        typed=request.form,
        problems=problems,
        frameworks=frameworks(),
        at=at,
        words=words,
    )

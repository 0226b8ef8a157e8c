"""The plan with its next talk, for the person and for the manager; and the manager's people."""

from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.http import args, roles, see_other, signed_in
from lms.i18n import date, gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.talks import plan, talks, team, words
from lms.talks.views.blueprint import bp, frameworks, library, pair, today


@bp.get("/")
@signed_in
def mine(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _plan(viewer, viewer.person_uuid)


@bp.get("/team")
@roles(Role.MANAGER)
def of_team(viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("talks/team.html", rows=team.of(session(), viewer, today()))


@bp.get("/with/<uuid:person>")
@signed_in
def between(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    args()
    return see_other(".mine") if person == viewer.person_uuid else _plan(viewer, person)


@bp.post("/with/<uuid:person>/day")
@signed_in
def set_day(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    """Either of the two sets the day, or moves it."""
    its = pair(viewer, person)
    its.meets()
    try:
        day = talks.parse_day(request.form, today())
    except Invalid as invalid:
        return _plan(viewer, person, invalid.problems), 400
    talks.set_day(session(), its, day, at=clock.now())
    db.session.commit()
    flash(gettext("The talk is set to %(day)s. You both see it on the first page.", day=date(day)), "success")
    return see_other(".between", person=person)


@bp.post("/with/<uuid:person>/call-off")
@signed_in
def call_off(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    talks.call_off(talks.must_come(session(), pair(viewer, person)), at=clock.now())
    db.session.commit()
    flash(gettext("The talk has been called off."), "success")
    return see_other(".between", person=person)


@bp.post("/with/<uuid:person>/preparation")
@signed_in
def prepare(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    talk = talks.must_come(session(), pair(viewer, person))
    try:
        talks.prepare(session(), talk, viewer.person_uuid, request.form, at=clock.now())
    except Invalid as invalid:
        return _plan(viewer, person, invalid.problems), 400
    db.session.commit()
    if "X-Autosave" in request.headers:
        return "", 204
    flash(gettext("Saved. Only you can read it."), "success")
    return see_other(".between", person=person)


@bp.post("/with/<uuid:person>/held")
@roles(Role.MANAGER)
def held(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    its = pair(viewer, person)
    talks.hold(its, talks.must_come(session(), its), today(), at=clock.now())
    db.session.commit()
    flash(gettext("Noted. The goals you have agreed on stand in the plan."), "success")
    return see_other(".between", person=person)


def _plan(viewer: Viewer, person: UUID, problems: list[Problem] | None = None) -> str:
    its = pair(viewer, person)
    found = plan.of(session(), viewer, its, library(), frameworks(viewer), today(), at=clock.now())
    return render_template(
        "talks/plan.html",
        plan=found,
        pair=its,
        today=today(),
        asked=[(one, *words.question(one, is_own=its.is_own)) for one in talks.Question],
        typed=request.form,
        problems=problems or [],
        wrong={problem.field: problem.message for problem in problems or []},
        longest=talks.LONGEST_ANSWER,
        frameworks=frameworks(viewer),
        words=words,
    )

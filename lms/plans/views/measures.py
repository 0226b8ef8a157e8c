"""What is done about gaps beside courses."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.plans import measures, words
from lms.plans.models import Kind
from lms.plans.views.blueprint import bp, frameworks, needed, today, view_of

IN_CHARGE = (Role.MANAGER, Role.ADMINISTRATOR, Role.PROJECT_LEADER)


@bp.get("/measures/new")
@roles(*IN_CHARGE)
def measure(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view", "competence")
    return _form(viewer, view_of(viewer, wanted.get("view", "")), wanted, [])


@bp.post("/measures")
@roles(*IN_CHARGE)
def decide_measure(viewer: Viewer) -> ResponseReturnValue:
    view = view_of(viewer, request.form.get("view", ""))
    try:
        wanted = measures.parse(request.form, frameworks(), today())
    except Invalid as invalid:
        return _form(viewer, view, request.form, invalid.problems), 400
    measures.decide(session(), measures.scope(viewer, view), wanted, by=viewer.person_id, at=clock.now())
    db.session.commit()
    flash(gettext("It has been decided, and stands in the plan."), "success")
    return see_other(".plan", view=view, _anchor="measures")


def _form(viewer: Viewer, view: str, filled: Mapping[str, str], problems: list[Problem]) -> str:
    return render_template(
        "plans/measure.html",
        view=view,
        competences=needed(viewer, view),
        kinds=list(Kind),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=today(),
        words=words,
    )


@bp.post("/measures/<uuid:uuid>")
@roles(*IN_CHARGE)
def end_measure(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """It is done, or no longer going to be."""
    ended = measures.end(session(), viewer, uuid, request.form.get("outcome", ""), at=clock.now())
    db.session.commit()
    flash(gettext("That has been noted."), "success")
    return see_other(".plan", view="groups" if ended.team_id is None else "team", _anchor="measures")

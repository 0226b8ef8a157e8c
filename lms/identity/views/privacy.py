"""What managers see of each in their team: what holds, and deciding it anew."""

from collections.abc import Mapping
from datetime import date

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity import insight, words
from lms.identity.access import Viewer
from lms.identity.models import Insight, Organisation, Role
from lms.identity.views.blueprint import bp

IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)


@bp.get("/people/privacy")
@roles(*IN_CHARGE)
def privacy(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _page(viewer, {"valid_from": clock.now().date().isoformat()}, [])


@bp.post("/people/privacy")
@roles(*IN_CHARGE)
def decide_privacy(viewer: Viewer) -> ResponseReturnValue:
    form, at = request.form, clock.now()
    try:
        chosen, valid_from = _parse(form)
        if form.get("seen", "") != _seen(viewer):
            raise Conflict(gettext("Something else has been decided since you looked. See what holds now."))
        note = form.get("note", "")
        insight.decide(session(), viewer.organisation_id, chosen, valid_from, note, by=viewer.person_id, at=at)
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _page(viewer, form, problems), 400
    db.session.commit()
    flash(
        gettext("Decided. People are told when they sign in; what is wider holds for each once they have read it."),
        "success",
    )
    return see_other(".privacy")


def _parse(form: Mapping[str, str]) -> tuple[Insight, date]:
    problems = []
    if form.get("insight") not in list(Insight):
        problems.append(Problem("insight", gettext("Choose what managers see.")))
    try:
        valid_from = date.fromisoformat(form.get("valid_from", ""))
    except ValueError:
        problems.append(Problem("valid_from", gettext("Enter a day, such as 2027-01-01.")))
    if problems:
        raise Invalid(problems)
    return Insight(form["insight"]), valid_from


def _seen(viewer: Viewer) -> str:
    """For the form: which decision was the latest when it was shown."""
    history = insight.history(session(), viewer.organisation_id)
    return str(history[0].number) if history else ""


def _page(viewer: Viewer, filled: Mapping[str, str], problems: list[Problem]) -> str:
    at = clock.now()
    current, decision = insight.in_force(session(), viewer.organisation_id, at)
    return render_template(
        "identity/privacy.html",
        place=session().get_one(Organisation, viewer.organisation_id),
        current=current,
        decision=decision,
        told=insight.told(session(), viewer.organisation_id, decision, at),
        history=insight.history(session(), viewer.organisation_id),
        insights=list(Insight),
        seen=_seen(viewer),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=at.date(),
        words=words,
    )

"""The plan of a manager's team, and what has been assigned in it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as competence_words
from lms.competence.day import today as now
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.plans import assigning, assignments, letters, team, words
from lms.plans.assignments import Lesson, lesson
from lms.plans.views.blueprint import GROUPS, bp, frameworks, library, today, view_of, views_of

USUAL_HOURS: Final = 20
MOST_HOURS: Final = 10_000


@bp.get("/")
@roles(Role.MANAGER, *GROUPS)
def plan(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view", "hours")
    view_of(viewer, wanted.get("view", ""))
    return _team(viewer, hours_of(wanted), {}, [])


def hours_of(wanted: Mapping[str, str]) -> int:
    text = wanted.get("hours", "").strip() or str(USUAL_HOURS)
    if not text.isdecimal() or not 1 <= int(text) <= MOST_HOURS:
        raise Invalid([Problem("hours", gettext("Enter a whole number of hours, from 1 to 10,000."))])
    return int(text)


def _team(viewer: Viewer, hours: int, form: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    assigned = assignments.of_team(session(), viewer, library(), today())
    return render_template(
        "plans/team.html",
        plan=team.plan(session(), viewer, library(), assigned, hours * 60, now(clock.now())),
        assigned=assigned,
        hours=hours,
        views=views_of(viewer),
        ticked=form.getlist("asked") if problems else None,  # type: ignore[attr-defined]
        filled=form,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=today(),
        frameworks=frameworks(),
        competence=competence_words,
        words=words,
    )


@bp.post("/")
@roles(Role.MANAGER)
def assign_planned(viewer: Viewer) -> ResponseReturnValue:
    """What is ticked in the plan."""
    at, hours = clock.now(), hours_of(request.form)
    try:
        terms = assigning.parse(request.form, today())
        pairs = [_pair(text) for text in request.form.getlist("asked")]
        new = assigning.assign(session(), viewer, pairs, terms, library(), at=at)
    except Invalid as invalid:
        return _team(viewer, hours, request.form, invalid.problems), 400
    if request.form.get("letter"):
        letters.post(session(), new, viewer.name, library(), current_app.config["SITE_URL"], at=at)
    db.session.commit()
    flash(words.assigned(len(new), len(pairs)), "success")
    return see_other(".plan", view="team", hours=hours, _anchor="assigned")


def _pair(text: str) -> tuple[UUID, Lesson]:
    """Whom, and which lesson, as a box of the plan has it."""
    person, _, what = text.partition(":")
    try:
        return UUID(person), lesson(what)
    except ValueError:
        raise NotFound(gettext("There is no such person here.")) from None

"""The plan of a team, or of an organisation: what closes most, what is assigned, and what else is done."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from lms import clock
from lms.competence import words as competence_words
from lms.competence.day import today as now
from lms.competence.figures import groups
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role
from lms.plans import assigning, assignments, letters, measures, organisation, team, words
from lms.plans.assignments import Lesson, lesson
from lms.plans.models import Assignment
from lms.plans.views.blueprint import (
    GROUPS,
    bp,
    frameworks,
    library,
    minimum_group,
    today,
    view_of,
    views_of,
)

USUAL_HOURS: Final = {"team": 20, "groups": 200}
MOST_HOURS: Final = 100_000
Form = ImmutableMultiDict[str, str]


@bp.get("/")
@roles(Role.MANAGER, *GROUPS)
def plan(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view", "hours")
    view = view_of(viewer, wanted.get("view", ""))
    return _page(viewer, view, hours_of(wanted, view), ImmutableMultiDict(), [])


def hours_of(wanted: Mapping[str, str], view: str) -> int:
    text = wanted.get("hours", "").strip() or str(USUAL_HOURS[view])
    if not text.isdecimal() or not 1 <= int(text) <= MOST_HOURS:
        raise Invalid([Problem("hours", gettext("Enter a whole number of hours, from 1 to 100,000."))])
    return int(text)


def _page(viewer: Viewer, view: str, hours: int, form: Form, problems: Sequence[Problem]) -> str:
    drawn = _team(viewer, hours) if view == "team" else _organisation(viewer, hours)
    scope = measures.scope(viewer, view)
    return render_template(
        f"plans/{view}.html",
        **drawn,
        view=view,
        views=views_of(viewer),
        hours=hours,
        here=session().get_one(Organisation, viewer.organisation_id),
        measures=measures.of(session(), scope),
        may_decide=scope.may_decide,
        ticked=form.getlist("asked") if problems else None,
        filled=form,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=today(),
        frameworks=frameworks(),
        competence=competence_words,
        words=words,
    )


def _team(viewer: Viewer, hours: int) -> dict[str, Any]:
    assigned = assignments.of_team(session(), viewer, library(), today())
    found = team.plan(session(), viewer, library(), assigned, hours * 60, now(clock.now()))
    return {"plan": found, "assigned": assigned}


def _organisation(viewer: Viewer, hours: int) -> dict[str, Any]:
    counted = groups.count(session(), viewer, minimum_group(), now(clock.now()))
    among = assignments.among(session(), access.aggregates(viewer), library(), today())
    found = organisation.plan(counted, assignments.levels_ahead(among), library(), frameworks(), hours * 60)
    return {
        "plan": found,
        "batches": assignments.batches(session(), viewer, among),
        "k": minimum_group(),
        "may_assign": viewer.has(Role.ADMINISTRATOR),
    }


@bp.post("/")
@roles(Role.MANAGER)
def assign_planned(viewer: Viewer) -> ResponseReturnValue:
    """What is ticked in the plan of a team."""
    at, hours = clock.now(), hours_of(request.form, "team")
    try:
        terms = assigning.parse(request.form, today())
        pairs = [_pair(text) for text in request.form.getlist("asked")]
        new = assigning.assign(session(), viewer, pairs, terms, library(), at=at)
    except Invalid as invalid:
        return _page(viewer, "team", hours, request.form, invalid.problems), 400
    _send(viewer, new)
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


@bp.post("/organisation")
@roles(Role.ADMINISTRATOR)
def assign_groups(viewer: Viewer) -> ResponseReturnValue:
    """What is ticked in the plan of an organisation: all of a group whose work needs it are asked."""
    at, hours = clock.now(), hours_of(request.form, "groups")
    counted = groups.count(session(), viewer, minimum_group(), now(at))
    try:
        terms = assigning.parse(request.form, today())
        pairs = [
            (person, what)
            for group, what in map(_group, request.form.getlist("asked"))
            for person in organisation.whom(session(), viewer, counted, group, what, library())
        ]
        among = access.in_charge_of(viewer)
        new = assigning.assign_among(session(), viewer, among, pairs, terms, library(), at=at)
    except Invalid as invalid:
        return _page(viewer, "groups", hours, request.form, invalid.problems), 400
    _send(viewer, new)
    db.session.commit()
    # How many had done it already is not for others to know.
    flash(gettext("Everyone in those groups whose work needs it, and who has not done it, is asked now."), "success")
    return see_other(".plan", view="groups", hours=hours, _anchor="assigned")


def _group(text: str) -> tuple[str, Lesson]:
    what, _, group = text.partition(":")
    return group, lesson(what)


def _send(viewer: Viewer, new: Sequence[Assignment]) -> None:
    if request.form.get("letter"):
        letters.post(session(), new, viewer.name, library(), current_app.config["SITE_URL"], at=clock.now())

"""Assigning a lesson to people of the team, and withdrawing it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence.day import today as now
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.plans import assigning, letters, team, words
from lms.plans.assignments import lesson
from lms.plans.views.blueprint import bp, library, today


@bp.get("/assign")
@roles(Role.MANAGER)
def assign(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("person", "lesson")
    people = [_person(wanted["person"])] if wanted.get("person") else []
    return _form(viewer, wanted, people, [])


@bp.post("/assign")
@roles(Role.MANAGER)
def assign_one(viewer: Viewer) -> ResponseReturnValue:
    """One lesson to those who are ticked."""
    at, people = clock.now(), [_person(text) for text in request.form.getlist("person")]
    try:
        if not request.form.get("lesson"):
            raise Invalid([Problem("lesson", gettext("Choose a module or a course."))])
        terms, what = assigning.parse(request.form, today()), lesson(request.form["lesson"])
        new = assigning.assign(session(), viewer, [(person, what) for person in people], terms, library(), at=at)
    except Invalid as invalid:
        return _form(viewer, request.form, people, invalid.problems), 400
    if request.form.get("letter"):
        letters.post(session(), new, viewer.name, library(), current_app.config["SITE_URL"], at=at)
    db.session.commit()
    flash(words.assigned(len(new), len(people)), "success")
    return see_other(".plan", view="team", _anchor="assigned")


def _form(viewer: Viewer, filled: Mapping[str, Any], people: Sequence[UUID], problems: list[Problem]) -> str:
    return render_template(
        "plans/assign.html",
        team=team.people(session(), viewer, now(clock.now())),
        courses=library().courses,
        chosen=people,
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=today(),
    )


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(gettext("There is no such person here.")) from None


@bp.post("/assigned/<uuid:uuid>/withdraw")
@roles(Role.MANAGER)
def withdraw(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    assigning.withdraw(session(), viewer, uuid, at=clock.now())
    db.session.commit()
    flash(gettext("It has been withdrawn. It is no longer asked of them."), "success")
    return see_other(".plan", view="team", _anchor="assigned")


@bp.post("/assigned/<uuid:uuid>/withdraw-all")
@roles(Role.ADMINISTRATOR)
def withdraw_all(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """It, and what was asked with it of others in the organisation."""
    assigning.withdraw_all(session(), viewer, uuid, at=clock.now())
    db.session.commit()
    flash(gettext("It has been withdrawn. It is no longer asked of them."), "success")
    return see_other(".plan", view="groups", _anchor="assigned")

"""The facilitator's pages: starting, leading, and what the projector shows."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lms import clock
from lms.competence import words as levels
from lms.competence.required import needs, profiles
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation
from lms.workshops import agenda, deciding, items, running, voting, words
from lms.workshops.agenda import Kind, Step
from lms.workshops.models import Seat, Workshop
from lms.workshops.views.blueprint import MAY_LEAD, bp, fragment, frameworks, is_known, tag, unchanged

LONGEST_TITLE = 120


@bp.get("/competence/workshops")
@roles(*MAY_LEAD)
def workshops(viewer: Viewer) -> ResponseReturnValue:
    args()
    found = session().scalars(running.visible(viewer).order_by(Workshop.started_at.desc())).all()
    return render_template("workshops/workshops.html", workshops=found, words=words)


@bp.get("/competence/workshops/new")
@roles(*MAY_LEAD)
def new(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _new(viewer, {"horizon": "12", "dots": str(running.USUAL_DOTS)}, [])


@bp.post("/competence/workshops/new")
@roles(*MAY_LEAD)
def start(viewer: Viewer) -> ResponseReturnValue:
    form, known = request.form, profiles.names(session(), viewer.organisation_id)
    chosen = {key: known[key] for key in form.getlist("role") if key in known}
    named, problems = form.get("new_role", "").strip(), []
    if named and profiles.key_of(named):
        chosen[profiles.key_of(named)] = named
    title, dots = form.get("title", "").strip(), form.get("dots", "")
    places = {place.key: place for place in _places(viewer)}
    if not title or len(title) > LONGEST_TITLE:
        problems.append(Problem("title", gettext("Enter what the workshop is about, in a few words.")))
    if not chosen:
        problems.append(Problem("roles", gettext("Choose at least one role, or name a new one.")))
    if form.get("place", "") not in places:
        problems.append(Problem("place", gettext("Choose whom it is about.")))
    if form.get("horizon", "") not in [str(months) for months in running.HORIZONS]:
        problems.append(Problem("horizon", gettext("Choose how far ahead you look.")))
    if not dots.isdecimal() or not 1 <= int(dots) <= running.MOST_DOTS:
        problems.append(Problem("dots", gettext("Enter a number from 1 to %(most)d.", most=running.MOST_DOTS)))
    if problems:
        return _new(viewer, form, problems), 400
    workshop = running.start(
        session(),
        viewer,
        places[form["place"]],
        title,
        roles=chosen,
        horizon=int(form["horizon"]),
        dots=int(dots),
        at=clock.now(),
    )
    db.session.commit()
    return see_other(".lead", uuid=workshop.uuid)


def _places(viewer: Viewer) -> list[Organisation]:
    """Those whose needs the viewer decides; a manager without a unit speaks for the team, under the organisation."""
    return needs.places(session(), viewer) or [session().get_one(Organisation, viewer.organisation_id)]


def _new(viewer: Viewer, filled: Any, problems: list[Problem]) -> str:
    return render_template(
        "workshops/new.html",
        profiles=profiles.names(session(), viewer.organisation_id),
        places=_places(viewer),
        chosen=filled.getlist("role") if hasattr(filled, "getlist") else [],
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        decides_roles=deciding.may_decide_roles(viewer),
        levels=levels,
    )


@bp.get("/competence/workshops/<uuid:uuid>")
@roles(*MAY_LEAD)
def lead(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """What the facilitator works with; of a workshop that has ended, its record."""
    args()
    workshop = running.get(session(), viewer, uuid)
    if workshop.ended_at is not None:
        return see_other(".record", uuid=uuid)
    return _lead(workshop, [])


def _lead(workshop: Workshop, problems: list[Problem]) -> str:
    return render_template(
        "workshops/lead.html", problems=problems, beside=agenda.beside(workshop.step), **_surroundings(workshop)
    )


@bp.get("/competence/workshops/<uuid:uuid>/now")
@roles(*MAY_LEAD)
def lead_now(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """How many have joined and given something, for the facilitator's page."""
    args()
    workshop = running.get_running(session(), viewer, uuid)
    if is_known(known := tag(workshop)):
        return unchanged(known)
    return fragment(render_template("workshops/_counts.html", **_surroundings(workshop)), known)


@bp.get("/competence/workshops/<uuid:uuid>/screen")
@roles(*MAY_LEAD)
def screen(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    args()
    workshop = running.get_running(session(), viewer, uuid)
    return render_template("workshops/screen.html", **_surroundings(workshop))


@bp.get("/competence/workshops/<uuid:uuid>/screen/now")
@roles(*MAY_LEAD)
def screen_now(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    args()
    workshop = running.get_running(session(), viewer, uuid)
    # The clock of the step is on the screen too.
    if is_known(known := tag(workshop, _minutes_in(workshop))):
        return unchanged(known)
    return fragment(render_template("workshops/_screen.html", **_surroundings(workshop)), known)


def _minutes_in(workshop: Workshop) -> int:
    return int((clock.now() - workshop.step_began_at).total_seconds() // 60)


def _surroundings(workshop: Workshop) -> dict[str, Any]:
    shown, part = items.shown(session(), workshop), agenda.part(workshop.step)
    sums = voting.sums(session(), workshop)
    kind = Kind.COMPETENCE if part.step in (Step.VOTE, Step.TALK, Step.DECIDE) else part.gives
    its = [one for one in shown if one.item.kind == kind]
    if workshop.is_counted:
        its.sort(key=lambda one: -sums[one.item.id])
    return {
        "workshop": workshop,
        "part": part,
        "agenda": agenda.AGENDA,
        "minutes_in": _minutes_in(workshop),
        "shown": its,
        "notes": [one for one in shown if one.item.kind == Kind.NOTE] if part.step is Step.TALK else [],
        "ground": [one for one in shown if one.item.kind == part.builds_on and not one.item.is_hidden],
        "hidden": [one for one in its if one.item.is_hidden],
        "sums": sums if workshop.is_counted else None,
        "seats": session().scalar(select(func.count()).select_from(Seat).where(Seat.workshop_id == workshop.id)),
        "voters": voting.voters(session(), workshop),
        "address": current_app.config["SITE_URL"].partition("://")[2] + "/join",
        "find": frameworks(workshop).find,
        "words": words,
        "levels": levels,
    }


@bp.post("/competence/workshops/<uuid:uuid>/step")
@roles(*MAY_LEAD)
def go_to(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    workshop = running.get_running(session(), viewer, uuid)
    running.go_to(workshop, request.form.get("to", ""), clock.now())
    db.session.commit()
    return _back(workshop)


@bp.post("/competence/workshops/<uuid:uuid>/count")
@roles(*MAY_LEAD)
def count(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    workshop = running.get_running(session(), viewer, uuid)
    running.count(workshop, shown=request.form.get("show") == "yes", at=clock.now())
    db.session.commit()
    return _back(workshop)


def _back(workshop: Workshop) -> ResponseReturnValue:
    """To the page it was asked from: the facilitator's, or the projector's."""
    return see_other(".screen" if request.form.get("from") == "screen" else ".lead", uuid=workshop.uuid)


@bp.post("/competence/workshops/<uuid:uuid>/items/<int:id>")
@roles(*MAY_LEAD)
def arrange(viewer: Viewer, uuid: UUID, id: int) -> ResponseReturnValue:
    """Reword what has come in, hide it, make it one with another, or show it again."""
    workshop = running.get_running(session(), viewer, uuid)
    item, do = items.get(session(), workshop, id), request.form.get("do", "")
    try:
        if do == "reword":
            items.reword(item, request.form)
        elif do == "merge":
            into = request.form.get("into", "")
            if not into.isdecimal():
                raise Invalid([Problem(f"into-{id}", gettext("Choose what it is the same as."))])
            items.merge(session(), workshop, item, items.get(session(), workshop, int(into)))
        elif do == "hide":
            item.is_hidden = True
        elif do == "show":
            items.restore(item)
        else:
            raise NotFound(gettext("There is nothing of that name to do."))
    except Invalid as invalid:
        db.session.rollback()
        return _lead(workshop, invalid.problems), 400
    running.touch(workshop, clock.now())
    db.session.commit()
    return see_other(".lead", uuid=uuid, _anchor=f"item-{item.merged_into_id or id}")


@bp.post("/competence/workshops/<uuid:uuid>/note")
@roles(*MAY_LEAD)
def note(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """What was said in the room, as the facilitator writes it down."""
    workshop = running.get_running(session(), viewer, uuid)
    try:
        given = items.parse({**request.form.to_dict(), "kind": Kind.NOTE}, workshop, frameworks(workshop))
    except Invalid as invalid:
        return _lead(workshop, invalid.problems), 400
    if items.take(session(), workshop, given):
        running.touch(workshop, clock.now())
    db.session.commit()
    return see_other(".lead", uuid=uuid)


@bp.post("/competence/workshops/<uuid:uuid>/end")
@roles(*MAY_LEAD)
def end(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    workshop = running.get_running(session(), viewer, uuid)
    running.end(session(), workshop, clock.now())
    db.session.commit()
    flash(gettext("The workshop has ended. Nobody's votes are kept, only their sums."), "success")
    return see_other(".record", uuid=uuid)

"""Assessing oneself, an area at a time; each step is saved when it is sent."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import own, words
from lms.competence.assessment import assessing
from lms.competence.assessment.assessing import MY_WORK, Step
from lms.competence.proofs import listing
from lms.competence.required.profiles import Profile
from lms.competence.views.blueprint import bp, frameworks, iri_base, library
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.frameworks.framework import COMMON_SCALE
from lms.http import args, see_other, signed_in
from lms.i18n import gettext, ngettext
from lms.identity.access import Viewer


@bp.get("/assess")
@signed_in
def assess(viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template(
        "competence/assess.html",
        profile=_profile(viewer),
        my_work=MY_WORK,
        frameworks=frameworks(),
        given=assessing.given(session(), viewer.organisation_id, viewer.person_uuid),
    )


@bp.get("/assess/<what>/<int:number>")
@signed_in
def step(viewer: Viewer, what: str, number: int) -> ResponseReturnValue:
    args()
    return _page(viewer, what, number, [])


@bp.post("/assess/<what>/<int:number>")
@signed_in
def answer(viewer: Viewer, what: str, number: int) -> ResponseReturnValue:
    steps = assessing.steps(what, _profile(viewer), frameworks())
    asked = _at(steps, number).competences
    try:
        answers, because = assessing.parse(asked, request.form, _reasons(viewer))
    except Invalid as invalid:
        return _page(viewer, what, number, invalid.problems), 400
    saved = assessing.assess(
        session(), viewer.organisation_id, viewer.person_uuid, answers, asked, because, base=iri_base(), at=clock.now()
    )
    db.session.commit()
    if saved:
        flash(ngettext("%(num)d assessment saved.", "%(num)d assessments saved.", saved), "success")
    wanted, _, key = request.form.get("do", "").partition(":")
    if wanted == "proof" and key in asked:
        return see_other(".proof_new", competence=key, level=answers.get(key), back=f"{what}/{number}")
    return see_other(".step", what=what, number=number + 1) if number < len(steps) else see_other(".mine")


def _page(viewer: Viewer, what: str, number: int, problems: list[Problem]) -> str:
    steps = assessing.steps(what, _profile(viewer), frameworks())
    return render_template(
        "competence/assess_step.html",
        what=what,
        my_work=MY_WORK,
        steps=steps,
        step=_at(steps, number),
        number=number,
        minutes=assessing.minutes_left(steps[number - 1 :]),
        given=assessing.given(session(), viewer.organisation_id, viewer.person_uuid),
        reasons=_reasons(viewer),
        proofs=listing.of_person(session(), viewer, viewer.person_uuid, base=iri_base()),
        at=clock.now(),
        answers=request.form,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        scale=COMMON_SCALE,
        words=words,
    )


def _at(steps: list[Step], number: int) -> Step:
    if not 1 <= number <= len(steps):
        raise NotFound(gettext("There is no such step."))
    return steps[number - 1]


def _reasons(viewer: Viewer) -> dict[str, str]:
    return assessing.reasons(session(), viewer.organisation_id, viewer.person_uuid)


def _profile(viewer: Viewer) -> Profile | None:
    shown = own.picture(session(), viewer, viewer.person_uuid, library(), frameworks(), at=clock.now())
    return shown.member.profile

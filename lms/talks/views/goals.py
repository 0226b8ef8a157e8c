"""A goal: proposed, answered, and followed up."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as levels
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.frameworks.framework import HIGHEST
from lms.http import args, see_other, signed_in
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.talks import goals, plan, words
from lms.talks.goals import Answer, Standing
from lms.talks.views.blueprint import bp, frameworks, library, pair, today


@bp.get("/with/<uuid:person>/goals/new")
@signed_in
def new_goal(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    """Empty, about a competence, or as the goal whose place it is to take."""
    asked = args("competence", "replaces")
    filled: dict[str, str] = {"id": str(uuid4()), "competence": asked.get("competence", "")}
    if replaced := _id(asked.get("replaces", "")):
        earlier = goals.get(session(), pair(viewer, person), replaced)
        filled |= {
            "replaces": str(earlier.id),
            "text": earlier.text,
            "competence": earlier.competence_key or "",
            "level": str(earlier.level or ""),
            "how": earlier.how,
            "support": earlier.support,
        }
    return _form(viewer, person, filled, [])


@bp.post("/with/<uuid:person>/goals")
@signed_in
def propose(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    its = pair(viewer, person)
    its.meets()
    try:
        wanted = goals.parse(request.form, frameworks(viewer), today())
    except Invalid as invalid:
        return _form(viewer, person, request.form, invalid.problems), 400
    replaced = _id(request.form.get("replaces", ""))
    replaces = goals.get(session(), its, replaced) if replaced else None
    goals.propose(session(), its, _id(request.form.get("id", "")) or uuid4(), wanted, replaces, at=clock.now())
    db.session.commit()
    other = its.other
    flash(gettext("Proposed. It is in the plan when %(name)s has agreed.", name=other.name if other else ""), "success")
    return see_other(".between", person=person)


@bp.get("/with/<uuid:person>/goals/<uuid:goal>")
@signed_in
def goal(viewer: Viewer, person: UUID, goal: UUID) -> ResponseReturnValue:
    args()
    return _goal(viewer, person, goal, [])


@bp.post("/with/<uuid:person>/goals/<uuid:goal>/answer")
@signed_in
def answer(viewer: Viewer, person: UUID, goal: UUID) -> ResponseReturnValue:
    its = pair(viewer, person)
    given = request.form.get("answer", "")
    if given not in list(Answer):
        return _goal(viewer, person, goal, [Problem("answer", gettext("Say yes or no to the proposal."))]), 400
    goals.answer(session(), its, goals.get(session(), its, goal, to_change=True), Answer(given), at=clock.now())
    db.session.commit()
    said = {
        Answer.AGREED: gettext("You have agreed. The goal is in the plan."),
        Answer.DECLINED: gettext("You have declined. Talk about what would be better."),
        Answer.WITHDRAWN: gettext("The proposal has been withdrawn."),
    }
    flash(said[Answer(given)], "success")
    return see_other(".between", person=person)


@bp.post("/with/<uuid:person>/goals/<uuid:goal>/follow-up")
@signed_in
def follow_up(viewer: Viewer, person: UUID, goal: UUID) -> ResponseReturnValue:
    its = pair(viewer, person)
    try:
        found = goals.get(session(), its, goal, to_change=True)
        goals.follow_up(its, found, request.form, at=clock.now())
    except Invalid as invalid:
        return _goal(viewer, person, goal, invalid.problems), 400
    db.session.commit()
    flash(gettext("Saved. You both see it."), "success")
    return see_other(".goal", person=person, goal=goal)


def _goal(viewer: Viewer, person: UUID, id: UUID, problems: list[Problem]) -> str:
    its = pair(viewer, person)
    found = goals.get(session(), its, id)
    aim, names = plan.one(session(), viewer, its, found, library(), frameworks(viewer), today(), at=clock.now())
    return render_template(
        "talks/goal.html",
        pair=its,
        aim=aim,
        goal=found,
        names=names,
        standings=list(Standing),
        typed=request.form,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        longest=goals.LONGEST_FOLLOW_UP,
        levels=levels,
        words=words,
    )


def _form(viewer: Viewer, person: UUID, filled: Mapping[str, str], problems: list[Problem]) -> str:
    its = pair(viewer, person)
    its.meets()
    picture = plan.picture_of(session(), viewer, its, library(), frameworks(viewer), at=clock.now())
    # The largest gaps first: they are what most goals are about.
    lines = [*sorted(picture.needed, key=lambda line: -line.weighted_gap), *picture.beside] if picture else []
    return render_template(
        "talks/goal_new.html",
        pair=its,
        filled=filled,
        lines=lines,
        numbers=range(1, HIGHEST + 1),
        longest=goals.LONGEST,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        levels=levels,
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

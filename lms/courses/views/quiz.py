from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.courses import quizzes, standing
from lms.courses.answering import fields, name
from lms.courses.course import Quiz
from lms.courses.models import Attempt
from lms.courses.questions import Question, correct, kind
from lms.courses.statements import Learner
from lms.courses.views.blueprint import Here, bp, here, is_autosave, learner_of, saved
from lms.db import db, session
from lms.errors import NotFound, Problem
from lms.http import args, see_other, signed_in
from lms.i18n import gettext as _
from lms.identity.access import Viewer


@dataclass(frozen=True, slots=True)
class Posed:
    """A question as it stands on the page. Before handing in with what is in its fields, afterwards with its
    mark."""

    question: Question
    parts: Sequence[Any]
    filled: Mapping[str, Sequence[str]]
    problem: Problem | None = None
    answer: Any = None
    is_right: bool | None = None

    @property
    def kind(self) -> str:
        return kind(self.question)

    @property
    def name(self) -> str:
        return name(self.question)

    @property
    def correct(self) -> Any:
        return correct(self.question)

    def field(self, item: str) -> str:
        return name(self.question, item)

    def value(self, item: str = "") -> str:
        return next(iter(self.filled.get(name(self.question, item), ())), "")

    def values(self) -> Sequence[str]:
        return self.filled.get(self.name, ())


def _quiz(place: Here) -> Quiz:
    if place.edition.quiz is None:
        raise NotFound(_("The module has no quiz."))
    return place.edition.quiz


@bp.get("/<key>/<module_key>/quiz")
@signed_in
def quiz(viewer: Viewer, key: str, module_key: str) -> ResponseReturnValue:
    args()
    place, learner = here(key, module_key), learner_of(viewer)
    return _form(place, learner, [])


def _form(place: Here, learner: Learner, problems: Sequence[Problem]) -> str:
    """The questions of the attempt that is open; without one, what the quiz is and how it has gone before."""
    attempts = quizzes.attempts(session(), learner, place.course, place.module)
    found = _quiz(place)
    is_open = bool(attempts) and quizzes.is_open(attempts[-1], place.edition)
    [stand] = standing.of(session(), learner.organisation_id, learner.person_uuid, [place.course])
    return render_template(
        "courses/questions.html" if is_open else "courses/quiz.html",
        here=place,
        course=place.course,
        module=place.module,
        quiz=found,
        attempts=attempts,
        left=quizzes.left(attempts, found),
        posed=_posed(attempts[-1], found, problems) if is_open else [],
        problems=problems,
        stand=stand.module(place.module.key),
        crumbs=[*place.crumbs, (_("Quiz"), None)],
    )


def _posed(attempt: Attempt, found: Quiz, problems: Sequence[Problem]) -> list[Posed]:
    wrong = {problem.field: problem for problem in problems}
    return [
        Posed(
            one.question,
            one.parts,
            attempt.draft,
            next((wrong[field] for field in fields(one.question) if field in wrong), None),
        )
        for one in quizzes.drawn(attempt, found)
    ]


@bp.post("/<key>/<module_key>/quiz")
@signed_in
def begin_quiz(viewer: Viewer, key: str, module_key: str) -> ResponseReturnValue:
    place = here(key, module_key)
    quizzes.begin(session(), learner_of(viewer), place.course, place.module, at=clock.now(), chance=SystemRandom())
    db.session.commit()
    return see_other(".quiz", **place.keys)


@bp.post("/<key>/<module_key>/quiz/draft")
@signed_in
def save_answers(viewer: Viewer, key: str, module_key: str) -> ResponseReturnValue:
    place = here(key, module_key)
    quizzes.save(session(), learner_of(viewer), place.course, place.module, _sent(), at=clock.now())
    db.session.commit()
    return saved() if is_autosave() else see_other(".module", **place.keys)


@bp.post("/<key>/<module_key>/quiz/answers")
@signed_in
def hand_in(viewer: Viewer, key: str, module_key: str) -> ResponseReturnValue:
    place, learner = here(key, module_key), learner_of(viewer)
    attempt, problems = quizzes.hand_in(session(), learner, place.course, place.module, _sent(), at=clock.now())
    db.session.commit()
    if problems:
        return _form(place, learner, problems), 400
    return see_other(".outcome", **place.keys, number=attempt.number)


def _sent() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)


@bp.get("/<key>/<module_key>/quiz/<int:number>")
@signed_in
def outcome(viewer: Viewer, key: str, module_key: str, number: int) -> ResponseReturnValue:
    args()
    place, learner = here(key, module_key), learner_of(viewer)
    found = _quiz(place)
    attempt = quizzes.get(session(), learner, place.course, place.module, number)
    [stand] = standing.of(session(), viewer.organisation_id, viewer.person_uuid, [place.course])
    return render_template(
        "courses/outcome.html",
        here=place,
        course=place.course,
        module=place.module,
        quiz=found,
        attempt=attempt,
        outcome=quizzes.outcome(attempt),
        posed=_marked(attempt, found),
        left=quizzes.left(quizzes.attempts(session(), learner, place.course, place.module), found),
        stand=stand.module(module_key),
        onwards=stand.next(),
        crumbs=[*place.crumbs, (_("Quiz"), None)],
    )


def _marked(attempt: Attempt, found: Quiz) -> list[Posed]:
    """Those that are still in the quiz and were answered in a form that they still have."""
    answers: Mapping[str, Any] = attempt.answers
    return [
        Posed(
            one.question,
            one.parts,
            {},
            answer=answers[one.question.key],
            is_right=attempt.marks[one.question.key],
        )
        for one in quizzes.drawn(attempt, found)
        if quizzes.fits(one.question, answers.get(one.question.key))
    ]

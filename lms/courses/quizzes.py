"""Attempts at a quiz: drawn, answered bit by bit, handed in and marked.

The questions of an attempt and the order of their options are drawn once and kept, so that a form that is
left and opened again, in another browser or without scripts, is the same form.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from lms import signals
from lms.courses import learning, statements
from lms.courses.answering import Form, Unanswered, answer, fields
from lms.courses.course import Course, Edition, Module, Quiz
from lms.courses.models import Attempt, Stay
from lms.courses.questions import (
    Answer,
    Item,
    Match,
    Multiple,
    Option,
    Order,
    Placed,
    Question,
    Single,
    TrueFalse,
    is_right,
)
from lms.courses.statements import Learner, Outcome, Scene
from lms.errors import Conflict, NotFound, Problem
from lms.i18n import gettext as _

Part = Option | Item | Placed


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question of an attempt, with its parts in the order they are shown in."""

    question: Question
    parts: Sequence[Any]


def attempts(session: Session, learner: Learner, course: Course, module: Module) -> list[Attempt]:
    """All there have been, in order; the last may still be open."""
    return list(session.scalars(_theirs(learner, course, module).order_by(Attempt.number)))


def get(session: Session, learner: Learner, course: Course, module: Module, number: int) -> Attempt:
    found = session.scalars(_theirs(learner, course, module).where(Attempt.number == number)).first()
    if found is None or found.submitted_at is None:
        raise NotFound(_("There is no such attempt."))
    return found


def _theirs(learner: Learner, course: Course, module: Module) -> Select[tuple[Attempt]]:
    return select(Attempt).where(
        Attempt.organisation_id == learner.organisation_id,
        Attempt.person_uuid == learner.person_uuid,
        Attempt.course_key == course.key,
        Attempt.module_key == module.key,
    )


def is_open(attempt: Attempt, edition: Edition) -> bool:
    """Not handed in, and its questions are still there as they were drawn."""
    if attempt.submitted_at is not None or edition.quiz is None:
        return False
    return all(_same_parts(edition.quiz, kept) for kept in attempt.drawn)


def _same_parts(quiz: Quiz, kept: Mapping[str, Any]) -> bool:
    question = quiz.find(str(kept["question"]))
    return question is not None and {part.key for part in _parts(question)} == set(kept["order"])


def left(attempts: Sequence[Attempt], quiz: Quiz) -> int | None:
    """How many more times it may be taken; None for any number of times."""
    handed_in = sum(attempt.submitted_at is not None for attempt in attempts)
    return max(quiz.attempts - handed_in, 0) if quiz.attempts else None


def begin(
    session: Session, learner: Learner, course: Course, module: Module, *, at: datetime, chance: Random
) -> Attempt:
    """The attempt that is open, or a new one with questions drawn: first those asked least often before."""
    edition, quiz = _quiz(learner, course, module)
    learning.begin(session, learner, course, module, at=at)
    earlier = attempts(session, learner, course, module)
    if earlier and is_open(earlier[-1], edition):
        return earlier[-1]
    if left(earlier, quiz) == 0:
        raise Conflict(_("There are no attempts left at this quiz."))
    if earlier and earlier[-1].submitted_at is None:
        # Its questions have been changed by the author since; what is left of it cannot be marked.
        session.delete(earlier.pop())
        session.flush()
    attempt = Attempt(
        organisation_id=learner.organisation_id,
        person_uuid=learner.person_uuid,
        course_key=course.key,
        module_key=module.key,
        number=len(earlier) + 1,
        revision=course.revision,
        drawn=_draw(quiz, earlier, chance),
        draft={},
        answers={},
        marks={},
        started_at=at,
    )
    session.add(attempt)
    return attempt


def _quiz(learner: Learner, course: Course, module: Module) -> tuple[Edition, Quiz]:
    edition = module.edition(course.language(learner.language))
    if edition.quiz is None:
        raise NotFound(_("The module has no quiz."))
    return edition, edition.quiz


def _draw(quiz: Quiz, earlier: Sequence[Attempt], chance: Random) -> list[dict[str, object]]:
    asked = Counter(kept["question"] for attempt in earlier for kept in attempt.drawn)
    bank = chance.sample(quiz.questions, len(quiz.questions))
    # A sort keeps the order of equals, so that chance decides among them.
    chosen = sorted(bank, key=lambda question: asked[question.key])[: quiz.draw]
    return [
        {"question": question.key, "order": _shuffled(question, chance)}
        for question in chance.sample(chosen, len(chosen))
    ]


def _parts(question: Question) -> Sequence[Part]:
    """What is shown in an order of its own."""
    match question:
        case Single(options=options) | Multiple(options=options):
            return options
        case Order(items=items):
            return items
        case Match(items=placed):
            return placed
        case _:
            return ()


def _shuffled(question: Question, chance: Random) -> list[str]:
    keys = [part.key for part in _parts(question)]
    shuffled = chance.sample(keys, len(keys))
    # Shown in the right order, the answer would stand there already.
    return shuffled[::-1] if isinstance(question, Order) and shuffled == keys else shuffled


def drawn(attempt: Attempt, quiz: Quiz) -> list[Drawn]:
    """The questions of an attempt, as they now are; those that are no longer in the quiz are left out."""
    shown = []
    for kept in attempt.drawn:
        question = quiz.find(str(kept["question"]))
        if question is not None:
            order: Any = kept["order"]
            parts = {part.key: part for part in _parts(question)}
            shown.append(Drawn(question, [parts[key] for key in order if key in parts]))
    return shown


def save(session: Session, learner: Learner, course: Course, module: Module, form: Form, *, at: datetime) -> None:
    """Keep what stands in the form so far."""
    edition, quiz = _quiz(learner, course, module)
    learning.begin(session, learner, course, module, at=at)
    _keep(_open(session, learner, course, module, edition), quiz, form)


def _open(session: Session, learner: Learner, course: Course, module: Module, edition: Edition) -> Attempt:
    earlier = attempts(session, learner, course, module)
    if not earlier or not is_open(earlier[-1], edition):
        raise Conflict(_("It is handed in already, or its questions have changed. Open the quiz again."))
    return earlier[-1]


def _keep(attempt: Attempt, quiz: Quiz, form: Form) -> None:
    names = [name for one in drawn(attempt, quiz) for name in fields(one.question)]
    attempt.draft = {name: list(form[name]) for name in names if any(form.get(name, ()))}


def hand_in(
    session: Session, learner: Learner, course: Course, module: Module, form: Form, *, at: datetime
) -> tuple[Attempt, list[Problem]]:
    """Mark the attempt that is open and say how it went; when something is not answered, keep it and say what.

    The same answers sent twice, as by pressing twice, are handed in once.
    """
    edition, quiz = _quiz(learner, course, module)
    learning.enrol(session, learner, course, at=at)
    handed_in = _handed_in_already(session, learner, course, module, quiz, form)
    if handed_in is not None:
        return handed_in, []
    scene, stay = learning.begin(session, learner, course, module, at=at)
    attempt = _open(session, learner, course, module, edition)
    _keep(attempt, quiz, form)
    questions = [one.question for one in drawn(attempt, quiz)]
    answers, problems = _answers(questions, form)
    if not problems:
        _mark(attempt, questions, answers, at)
        _tell(session, scene, module, quiz, attempt, stay, questions)
    return attempt, problems


def _handed_in_already(
    session: Session, learner: Learner, course: Course, module: Module, quiz: Quiz, form: Form
) -> Attempt | None:
    earlier = attempts(session, learner, course, module)
    if not earlier or earlier[-1].submitted_at is None:
        return None
    answers, problems = _answers([one.question for one in drawn(earlier[-1], quiz)], form)
    return earlier[-1] if not problems and answers == earlier[-1].answers else None


def _answers(questions: Sequence[Question], form: Form) -> tuple[dict[str, Answer], list[Problem]]:
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    for question in questions:
        try:
            answers[question.key] = answer(question, form)
        except Unanswered as missing:
            problems.append(Problem(missing.field, str(missing)))
    return answers, problems


def _mark(attempt: Attempt, questions: Sequence[Question], answers: Mapping[str, Answer], at: datetime) -> None:
    attempt.answers = dict(answers)
    attempt.marks = {question.key: is_right(question, answers[question.key]) for question in questions}
    attempt.correct = sum(attempt.marks.values())
    attempt.submitted_at, attempt.draft = at, {}


def _tell(
    session: Session,
    scene: Scene,
    module: Module,
    quiz: Quiz,
    attempt: Attempt,
    stay: Stay,
    questions: Sequence[Question],
) -> None:
    """The answers, how it went, how far that brings the learner. The stay ends with it: cmi5 9.3 lets a stay
    have one “passed” or “failed”, and the next attempt is another stay's."""
    progress = learning.progress_of(session, scene.learner, scene.course, module)
    before = learning.percent(module, progress)
    # The time that it took, without that in which the learner was away.
    length = scene.at - max(attempt.started_at, stay.started_at)
    outcome = Outcome(attempt.correct or 0, len(questions), length)
    has_passed = progress is not None and progress.passed_at is not None
    kept: Mapping[str, Any] = attempt.answers
    scene.tell(
        session,
        [
            *(
                statements.answered(scene, module, question, kept[question.key], attempt.marks[question.key])
                for question in questions
            ),
            statements.judged(scene, module, quiz, outcome, has_passed=has_passed),
        ],
    )
    learning.conclude(session, scene, module, stay, before)
    if stay.ended_at is None:
        scene.tell(session, learning.end(scene.learner, scene.course, stay))


def outcome(attempt: Attempt) -> Outcome:
    """How an attempt that was handed in went, without the time it took."""
    return Outcome(attempt.correct or 0, len(attempt.marks), timedelta())


def fits(question: Question, answer: object) -> bool:
    """Whether an answer that was given once can be shown with the question as it now is."""
    match question:
        case Single(options=options):
            return answer in [option.key for option in options]
        case Multiple(options=options):
            return isinstance(answer, list) and set(answer) <= {option.key for option in options}
        case TrueFalse():
            return answer in ("true", "false")
        case Order(items=items):
            return isinstance(answer, list) and set(answer) == {item.key for item in items}
        case Match(items=placed, targets=targets):
            keys = {target.key for target in targets}
            return isinstance(answer, dict) and all(answer.get(item.key) in keys for item in placed)
        case _:
            return isinstance(answer, str)


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    """What was never handed in is nobody's business any more."""
    session.execute(delete(Attempt).where(Attempt.person_uuid == person_uuid, Attempt.submitted_at.is_(None)))

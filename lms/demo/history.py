"""What the demo's people did: how they saw themselves, and the modules they took, some to the end.

Everything is told in statements through the record store's door, month by month, and read by the same readers as
what really happens. Chance is seeded: every demo is alike but for its dates.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence.assessment import assessing
from lms.competence.shown.rules import authority
from lms.courses import statements
from lms.courses.content import Library
from lms.courses.course import Course, Module
from lms.courses.models import Attempt, Enrolment
from lms.courses.questions import Answer, Multiple, Question, Single, TrueFalse, correct, is_right
from lms.courses.statements import Learner, Outcome, Scene, Told
from lms.demo import talks
from lms.demo.cast import Cast
from lms.demo.colleagues import PROFILES
from lms.frameworks.framework import Frameworks
from lms.identity.models import Membership, Person
from lms.xapi import storing
from lms.xapi.vocabulary import Vocabulary

COURSE: Final = "sjalvledarskap"
MONTH: Final = timedelta(days=30)


@dataclass
class Diary:
    """What happened, to be told in the order in which it did; and the rows that stand beside statements."""

    told: list[tuple[datetime, int, Told]] = field(default_factory=list)
    rows: list[Enrolment | Attempt] = field(default_factory=list)

    def note(self, scene: Scene, *happened: Told) -> None:
        self.told += ((scene.at, scene.learner.organisation_id, one) for one in happened)


def tell(
    session: Session,
    library: Library,
    frameworks: Frameworks,
    settings: Mapping[str, Any],
    cast: Cast,
    at: datetime,
    say: Callable[[str], None],
) -> None:
    diary, chance, base = Diary(), Random(2026), settings["IRI_BASE"]
    course = library.get(COURSE)
    people = session.execute(select(Membership, Person).join(Membership.person).order_by(Membership.id)).all()
    for membership, person in people:
        learner = Learner(membership.organisation_id, person.uuid, "sv", base, timedelta(minutes=30))
        profile = PROFILES[membership.role_profile_key or ""][1]
        given = _assess(diary, learner, frameworks, profile, chance, at, is_alva=person is cast.alva)
        if person is cast.alva:
            diary.told += talks.with_alva(session, learner, cast.bjorn, given, frameworks, at)
        elif membership.manager is not None:
            diary.told += talks.with_manager(learner, membership.manager.person, given, frameworks, at)
        if person is cast.alva:
            _begin_reading(diary, learner, course, at - timedelta(days=1, hours=2))
        elif chance.random() < 0.7:
            _study(diary, learner, course, chance, at)
    session.add_all(diary.rows)
    session.flush()
    _record(session, diary, authority(base), say)


def _record(session: Session, diary: Diary, us: Mapping[str, object], say: Callable[[str], None]) -> None:
    """Month by month, and in it organisation by organisation."""
    diary.told.sort(key=lambda entry: entry[:2])
    first = diary.told[0][0]
    batches: dict[tuple[int, int], list[tuple[datetime, Told]]] = defaultdict(list)
    for when, organisation_id, told in diary.told:
        batches[(when - first) // MONTH, organisation_id].append((when, told))
    done = 0
    for number, (place, batch) in enumerate(sorted(batches.items(), key=lambda item: item[0]), 1):
        storing.record(session, place[1], [told for _, told in batch], authority=us, at=batch[-1][0])
        done += len(batch)
        if number % 20 == 0 or number == len(batches):
            say(f"{100 * done // len(diary.told)} % of {len(diary.told)} statements recorded")


def _assess(
    diary: Diary,
    learner: Learner,
    frameworks: Frameworks,
    profile: Mapping[str, tuple[int, int]],
    chance: Random,
    at: datetime,
    *,
    is_alva: bool,
) -> dict[str, int]:
    """Most look at themselves when they begin, and again after a year; some never do, and nobody at everything.

    Returns the levels that they gave last.
    """
    given: dict[str, int] = {}
    if not is_alva and chance.random() < 0.12:
        return given
    words = Vocabulary(learner.iri_base)
    rounds = [at - timedelta(days=chance.randint(640, 725)), at - timedelta(days=chance.randint(60, 330))]
    if is_alva:
        rounds = [at - timedelta(days=40)]
    elif chance.random() < 0.35:
        rounds.pop()
    for turn, when in enumerate(rounds):
        for number, (key, (required, _)) in enumerate(profile.items()):
            # Alva has not yet looked at what the first module is about.
            if chance.random() < 0.15 or (is_alva and key in {"self-leadership/SL4", "self-leadership/SL6"}):
                continue
            level = max(
                0,
                min(4, required + chance.choice((-2, -1, -1, -1, 0, 0, 1)) + turn * chance.choice((0, 0, 1))),
            )
            moment = when + timedelta(seconds=20 * number)
            told = assessing.statement(frameworks.competence(key), level, learner.person_uuid, words, moment)
            diary.told.append((moment, learner.organisation_id, told))
            given[key] = level
    return given


def _begin_reading(diary: Diary, learner: Learner, course: Course, at: datetime) -> None:
    """Two pages into the first module, yesterday."""
    module = course.modules[0]
    registration = _enrol(diary, learner, course, at)
    stay = uuid4()
    for number, (scene, happened) in enumerate(_reading(learner, course, module, registration, stay, at)):
        if number > 2:
            break
        diary.note(scene, *happened)
    scene = Scene(learner, course, registration, at + timedelta(minutes=14), stay)
    diary.note(scene, statements.terminated(scene, module, timedelta(minutes=14)))


def _study(diary: Diary, learner: Learner, course: Course, chance: Random, at: datetime) -> None:
    """Some modules in order, one now and then; the last of them perhaps left in the middle."""
    when = at - timedelta(days=chance.randint(120, 560), minutes=chance.randint(0, 500))
    registration = _enrol(diary, learner, course, when)
    number_of_modules = chance.choice((1, 2, 2, 3, 3, 4, 5, 7))
    for module in course.modules[:number_of_modules]:
        if when > at - timedelta(days=2):
            return
        _take(diary, learner, course, module, registration, chance, when)
        when += timedelta(days=chance.randint(3, 40), minutes=chance.randint(0, 300))
    if number_of_modules == len(course.modules):
        scene = Scene(learner, course, registration, when)
        diary.note(scene, statements.course_completed(scene))


def _enrol(diary: Diary, learner: Learner, course: Course, at: datetime) -> UUID:
    registration = uuid4()
    diary.rows.append(
        Enrolment(
            organisation_id=learner.organisation_id,
            person_uuid=learner.person_uuid,
            course_key=course.key,
            registration=registration,
            enrolled_at=at,
        )
    )
    scene = Scene(learner, course, registration, at)
    diary.note(scene, statements.registered(scene))
    return registration


def _reading(
    learner: Learner, course: Course, module: Module, registration: UUID, stay: UUID, at: datetime
) -> Iterator[tuple[Scene, list[Told]]]:
    """A stay that goes through the pages in order: what is told at its beginning and after each page."""
    scene = Scene(learner, course, registration, at, stay)
    yield scene, [statements.initialized(scene, module)]
    required, read = module.required_pages, 0
    for page in module.original.pages:
        scene = Scene(learner, course, registration, scene.at + timedelta(minutes=page.minutes), stay)
        told = [statements.experienced(scene, module, page)]
        if page.key in required:
            read += 1
            told.append(statements.progressed(scene, module, 100 * read // (len(required) + 1)))
        yield scene, told


def _take(
    diary: Diary,
    learner: Learner,
    course: Course,
    module: Module,
    registration: UUID,
    chance: Random,
    at: datetime,
) -> None:
    """A module to its end: the pages, the quiz (sometimes twice), and out."""
    began, stay = at, uuid4()
    scene = Scene(learner, course, registration, at, stay)
    for scene, told in _reading(learner, course, module, registration, stay, at):
        diary.note(scene, *told)
    failures = chance.choice((0, 0, 0, 1))
    for number in count(1):
        scene = Scene(learner, course, registration, scene.at + timedelta(minutes=6), stay)
        told, passed = _answer(diary, scene, module, number, chance, wrong=0 if number > failures else 3)
        diary.note(scene, *told)
        spent = scene.at - began
        if passed:
            diary.note(scene, statements.completed(scene, module, spent))
        diary.note(scene, statements.terminated(scene, module, spent))
        if passed:
            return
        # The next attempt is another stay's.
        stay, began = uuid4(), scene.at + timedelta(hours=20)
        scene = Scene(learner, course, registration, began, stay)
        diary.note(scene, statements.initialized(scene, module))


def _answer(
    diary: Diary, scene: Scene, module: Module, number: int, chance: Random, *, wrong: int
) -> tuple[list[Told], bool]:
    """An attempt with so many wrong answers, and whether it was enough."""
    quiz = module.original.quiz
    if quiz is None:
        raise LookupError(f"The demo takes courses whose modules have quizzes; {module.key} has none.")
    questions = chance.sample(quiz.questions, quiz.draw)
    answers: dict[str, Answer] = {}
    for question in questions:
        given = _wrong(question) if wrong else None
        wrong -= given is not None
        answers[question.key] = correct(question) if given is None else given
    marks = {question.key: is_right(question, answers[question.key]) for question in questions}
    length = timedelta(minutes=6)
    diary.rows.append(_attempt(scene, module, number, questions, answers, marks, length))
    outcome = Outcome(sum(marks.values()), len(questions), length)
    told = [
        statements.answered(scene, module, question, answers[question.key], marks[question.key])
        for question in questions
    ]
    return [*told, statements.judged(scene, module, quiz, outcome, has_passed=False)], outcome.is_enough(quiz)


def _wrong(question: Question) -> Answer | None:
    """A wrong answer that somebody could give, for the kinds where that is easily said."""
    match question:
        case Single(options=options):
            return next(option.key for option in options if not option.correct)
        case Multiple(options=options):
            return [option.key for option in options] if not all(option.correct for option in options) else None
        case TrueFalse(answer=answer):
            return "false" if answer else "true"
        case _:
            return None


def _attempt(
    scene: Scene,
    module: Module,
    number: int,
    questions: Sequence[Question],
    answers: Mapping[str, Answer],
    marks: Mapping[str, bool],
    length: timedelta,
) -> Attempt:
    return Attempt(
        organisation_id=scene.learner.organisation_id, person_uuid=scene.learner.person_uuid,
        course_key=scene.course.key, module_key=module.key, number=number, revision=scene.course.revision,
        drawn=[{"question": question.key, "order": _order(question)} for question in questions],
        draft={}, answers=dict(answers), marks=dict(marks), correct=sum(marks.values()),
        started_at=scene.at - length, submitted_at=scene.at,
    )  # fmt: skip


def _order(question: Question) -> list[str]:
    parts: Sequence[Any] = getattr(question, "options", None) or getattr(question, "items", None) or ()
    return [part.key for part in parts]

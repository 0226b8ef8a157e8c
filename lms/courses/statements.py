"""What we tell the record store that a learner has done, in words of xAPI and the profile cmi5.

A module is what cmi5 calls an assignable unit. The verbs that cmi5 defines (initialized, passed, failed,
completed, terminated) are used of modules, with its category, and follow its rules of order (cmi5 9.3):
`learning` and `quizzes` see to that. All else is “cmi5 allowed” (cmi5 7.1.3): it has the same context but not
the category, and those rules do not bind it. What people write in exercises and reflections is in no
statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.courses.course import Course, Kind, Module, Page, Part, Quiz
from lms.courses.durations import written
from lms.courses.interactions import definition, response
from lms.courses.questions import Answer, Question
from lms.identity.actor import actor
from lms.xapi import vocabulary as v
from lms.xapi.storing import record
from lms.xapi.vocabulary import Vocabulary

PLATFORM: Final = "Kunna"
# What people see of a verb, after “You”.
DISPLAY: Final = {
    v.ANSWERED: {"sv": "besvarade", "en": "answered"},
    v.COMPLETED: {"sv": "slutförde", "en": "completed"},
    v.EXPERIENCED: {"sv": "gick igenom", "en": "experienced"},
    v.FAILED: {"sv": "klarade inte", "en": "failed"},
    v.INITIALIZED: {"sv": "öppnade", "en": "initialized"},
    v.PASSED: {"sv": "klarade", "en": "passed"},
    v.PROGRESSED: {"sv": "kom vidare i", "en": "progressed"},
    v.REGISTERED: {"sv": "började på", "en": "registered"},
    v.SCORED: {"sv": "fick resultat på", "en": "scored"},
    v.TERMINATED: {"sv": "lämnade", "en": "terminated"},
}

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Learner:
    """Someone learning, in the organisation they now act in."""

    organisation_id: int
    person_uuid: UUID
    language: str
    # What our identifiers begin with (the setting IRI_BASE).
    iri_base: str
    # How long without a sign of life a stay lasts (the setting SESSION_IDLE_MINUTES).
    idle: timedelta


@dataclass(frozen=True, slots=True)
class Scene:
    """What the statements of one moment have in common."""

    learner: Learner
    course: Course
    registration: UUID
    at: datetime
    # None outside a stay.
    stay: UUID | None = None

    @property
    def language(self) -> str:
        return self.course.language(self.learner.language)

    @property
    def words(self) -> Vocabulary:
        return Vocabulary(self.learner.iri_base)

    def tell(self, session: Session, statements: Sequence[Told]) -> None:
        """Into the record store, in this transaction."""
        learner = self.learner
        record(session, learner.organisation_id, statements, authority=self.words.authority, at=self.at)


def registered(scene: Scene) -> Told:
    return _statement(scene, v.REGISTERED, _course(scene))


def initialized(scene: Scene, module: Module) -> Told:
    return _statement(scene, v.INITIALIZED, _module(scene, module), module, category=[v.CMI5_CATEGORY])


def experienced(scene: Scene, module: Module, page: Page) -> Told:
    """A page was gone through. An act is told of as done, since it is the learner who says so."""
    if page.kind is Kind.ACT:
        return _statement(scene, v.COMPLETED, _page(scene, module, page), module, result={"completion": True})
    return _statement(scene, v.EXPERIENCED, _page(scene, module, page), module)


def progressed(scene: Scene, module: Module, percent: int) -> Told:
    """cmi5 9.5.5.1: a whole number 0–100, not told of once the module is completed."""
    result = {"extensions": {v.PROGRESS: percent}}
    return _statement(scene, v.PROGRESSED, _module(scene, module), module, result=result)


def answered(scene: Scene, module: Module, question: Question, answer: Answer, right: bool) -> Told:
    key = scene.course.key
    return _statement(
        scene,
        v.ANSWERED,
        {
            "id": scene.words.question(key, module.key, question.key),
            "definition": definition(question, scene.language),
        },
        module,
        parent=scene.words.quiz(key, module.key),
        result={"response": response(question, answer), "success": right},
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """An attempt at a quiz, marked."""

    correct: int
    out_of: int
    length: timedelta

    def is_enough(self, quiz: Quiz) -> bool:
        # In whole ten-thousandths, the most that a pass mark can have (cmi5 10.2.4); floats would be unfair.
        return self.correct * 10_000 >= round(quiz.pass_mark * 10_000) * self.out_of

    @property
    def scaled(self) -> float:
        """Rounded down, so that it is below the pass mark exactly when it was not enough (cmi5 9.3.4,
        9.3.5)."""
        return self.correct * 10_000 // self.out_of / 10_000


def judged(scene: Scene, module: Module, quiz: Quiz, outcome: Outcome, *, has_passed: bool) -> Told:
    """Passed or failed, about the module; about what is only for practice, its score.

    cmi5 9.3 lets a registration have one “passed” for a module, and no “failed” after it. Attempts made after
    passing are true all the same, and their scores matter to the learner, so they are told of with the same
    verbs but without the category of cmi5, which makes them “cmi5 allowed”.
    """
    enough = outcome.is_enough(quiz)
    result: dict[str, Any] = {
        "score": {"scaled": outcome.scaled, "raw": outcome.correct, "min": 0, "max": outcome.out_of},
        "duration": written(outcome.length),
    }
    if Part.QUIZ not in module.passes:
        return _statement(scene, v.SCORED, _module(scene, module), module, result=result)
    extensions: dict[str, Any] = {v.MASTERY_SCORE: quiz.pass_mark}
    if enough and module.develops:
        extensions[scene.words.extension("develops")] = _develops(scene, module)
    return _statement(
        scene,
        v.PASSED if enough else v.FAILED,
        _module(scene, module),
        module,
        result={**result, "success": enough},
        category=[] if has_passed else [v.CMI5_CATEGORY, v.CMI5_MOVE_ON],
        extensions=extensions,
    )


def completed(scene: Scene, module: Module, spent: timedelta) -> Told:
    """cmi5 9.5.4.1: with the time that it took to get there."""
    return _statement(
        scene,
        v.COMPLETED,
        _module(scene, module),
        module,
        result={"completion": True, "duration": written(spent)},
        category=[v.CMI5_CATEGORY, v.CMI5_MOVE_ON],
    )


def course_completed(scene: Scene) -> Told:
    return _statement(scene, v.COMPLETED, _course(scene), result={"completion": True})


def terminated(scene: Scene, module: Module, length: timedelta) -> Told:
    """The last statement of a stay, with how long it was (cmi5 9.3.8, 9.5.4.1)."""
    return _statement(
        scene,
        v.TERMINATED,
        _module(scene, module),
        module,
        result={"duration": written(length)},
        category=[v.CMI5_CATEGORY],
    )


def _statement(
    scene: Scene,
    verb: str,
    activity: Mapping[str, Any],
    module: Module | None = None,
    *,
    parent: str = "",
    result: Mapping[str, Any] | None = None,
    category: Sequence[str] = (),
    extensions: Mapping[str, Any] | None = None,
) -> Told:
    told: Told = {
        "actor": actor(scene.learner.person_uuid, scene.learner.iri_base),
        "verb": {"id": verb, "display": DISPLAY[verb]},
        "object": activity,
        "context": {
            "registration": str(scene.registration),
            "contextActivities": _around(scene, activity, module, parent, category),
            "platform": PLATFORM,
            "language": scene.language,
            "revision": scene.course.revision,
            "extensions": {**({v.SESSION_ID: str(scene.stay)} if scene.stay else {}), **(extensions or {})},
        },
        "timestamp": scene.at.isoformat(),
    }
    if result:
        told["result"] = result
    return told


def _around(
    scene: Scene, activity: Mapping[str, Any], module: Module | None, parent: str, category: Sequence[str]
) -> dict[str, Any]:
    """What it is part of. The module is always in the grouping, as cmi5 9.6.2.3 wants, itself included."""
    course = scene.words.course(scene.course.key)
    within = scene.words.module(scene.course.key, module.key) if module else course
    above = parent or (course if activity["id"] == within else within)
    around: dict[str, Any] = {"grouping": [{"id": iri} for iri in dict.fromkeys((within, course))]}
    if activity["id"] != course:
        around["parent"] = [{"id": above}]
    if category:
        around["category"] = [{"id": iri} for iri in category]
    return around


def _course(scene: Scene) -> dict[str, Any]:
    return {
        "id": scene.words.course(scene.course.key),
        "definition": {"type": v.COURSE, "name": dict(scene.course.title)},
    }


def _module(scene: Scene, module: Module) -> dict[str, Any]:
    return {
        "id": scene.words.module(scene.course.key, module.key),
        "definition": {"type": v.MODULE, "name": dict(module.title)},
    }


def _page(scene: Scene, module: Module, page: Page) -> dict[str, Any]:
    return {
        "id": scene.words.page(scene.course.key, module.key, page.key),
        "definition": {
            "type": v.PERFORMANCE if page.kind is Kind.ACT else v.LESSON,
            "name": {scene.language: page.title},
        },
    }


def _develops(scene: Scene, module: Module) -> list[dict[str, Any]]:
    """As the objectives stand at the moment of passing: texts change, records do not."""
    return [
        {"competence": scene.words.competence(*competence.split("/", 1)), "level": level}
        for competence, level in sorted(module.develops.items())
    ]

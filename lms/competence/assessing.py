"""Assessing oneself. Answers become statements; the levels are read from those, like all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.competence import levels, saying
from lms.competence.level import FRESH, Shown, Source
from lms.competence.profiles import Profile
from lms.competence.rules import authority
from lms.errors import Invalid, NotFound, Problem
from lms.frameworks.framework import LEVELS, Area, Competence, Framework, Frameworks
from lms.i18n import gettext
from lms.xapi import storing
from lms.xapi.vocabulary import Vocabulary

# In an address: what one's own work needs, as one's role profile says.
MY_WORK: Final = "my-work"
# Competences asked about at once: what a phone can hold without getting lost.
STEP: Final = 3
# To read four sentences and choose: what a first assessment of 40 competences in 20 minutes takes.
SECONDS_EACH: Final = 30


@dataclass(frozen=True, slots=True)
class Step:
    """Some of an area's competences, to be assessed together."""

    framework: Framework
    area: Area
    competences: Mapping[str, Competence]


def steps(what: str, profile: Profile | None, frameworks: Frameworks) -> list[Step]:
    """Area by area: of a framework, or of what the role profile needs."""
    if what != MY_WORK:
        return _steps(frameworks.get(what), None)
    if profile is None:
        raise NotFound(gettext("You have no role profile here."))
    found = [step for framework in frameworks.all for step in _steps(framework, set(profile.requirements))]
    if not found:
        raise NotFound(gettext("Your role profile has no competences."))
    return found


def minutes_left(steps: Sequence[Step]) -> int:
    """In all of these, in whole minutes and at least one."""
    return max(1, round(SECONDS_EACH * sum(len(step.competences) for step in steps) / 60))


def _steps(framework: Framework, keys: set[str] | None) -> list[Step]:
    found = []
    for area, its in framework.by_area():
        asked = [one for one in its if keys is None or one.key in keys]
        for start in range(0, len(asked), STEP):
            found.append(Step(framework, area, {one.key: one for one in asked[start : start + STEP]}))
    return found


# What someone gave themselves, by competence key.
Answers = Mapping[str, int]


def given(session: Session, organisation_id: int, person: UUID) -> dict[str, Shown]:
    """What a person has last assessed in each competence."""
    standing = levels.standing(session, organisation_id, person)
    return {key: shown for key, shown in standing if shown.source is Source.SELF}


def parse(asked: Mapping[str, Competence], form: Mapping[str, str]) -> dict[str, int]:
    """Answers from a form with a field for each competence. "I don't know" is empty, and no answer."""
    answers, problems = {}, []
    for key in asked:
        text = form.get(key, "")
        if text in _LEVELS:
            answers[key] = _LEVELS[text]
        elif text:
            problems.append(Problem(key, gettext("Choose one of the levels.")))
    if problems:
        raise Invalid(problems)
    return answers


_LEVELS = {str(level): level for level in LEVELS}


def assess(
    session: Session,
    organisation_id: int,
    person: UUID,
    answers: Answers,
    competences: Mapping[str, Competence],
    *,
    base: str,
    at: datetime,
) -> int:
    """One statement for each level that is new, or that was last given so long ago that it is worth saying.

    Returns how many.
    """
    before = given(session, organisation_id, person)
    changed = {key: level for key, level in answers.items() if _says_something(before.get(key), level, at)}
    ours = Vocabulary(base)
    statements = [statement(competences[key], level, person, ours, at) for key, level in changed.items()]
    storing.record(session, organisation_id, statements, authority=authority(base), at=at)
    return len(statements)


def _says_something(before: Shown | None, level: int, at: datetime) -> bool:
    return before is None or before.level != level or at - before.at > FRESH


def statement(competence: Competence, level: int, person: UUID, ours: Vocabulary, at: datetime) -> dict[str, object]:
    display = {"sv": "skattade", "en": "assessed"}
    return saying.level("assessed", display, competence, level, person, ours, at)

"""Assessing oneself. Answers become statements; the levels are read from those, like all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.competence.assessment import calibrating
from lms.competence.assessment.calibrating import LONGEST_NOTE
from lms.competence.models import CalibrationNote, Evidence
from lms.competence.required.profiles import Profile
from lms.competence.shown import levels, saying
from lms.competence.shown.level import FRESH, Shown, Source
from lms.competence.shown.rules import authority
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
    for area, its in framework.by_area(keys or ()):
        asked = [one for one in its if keys is None or one.key in keys]
        for start in range(0, len(asked), STEP):
            found.append(Step(framework, area, {one.key: one for one in asked[start : start + STEP]}))
    return found


# What someone gave themselves, by competence key.
Answers = Mapping[str, int]
# What they base it on, as they put it, by competence key.
Reasons = Mapping[str, str]


def given(session: Session, organisation_id: int, person: UUID) -> dict[str, Shown]:
    """What a person has last assessed in each competence."""
    standing = levels.standing(session, organisation_id, person)
    return {key: shown for key, shown in standing if shown.source is Source.SELF}


def reasons(session: Session, organisation_id: int, person: UUID) -> dict[str, str]:
    """What a person wrote to explain what they last assessed in each competence."""
    beside = (
        CalibrationNote.organisation_id == Evidence.organisation_id,
        CalibrationNote.statement_id == Evidence.statement_id,
    )
    its = (
        select(Evidence.competence_key, CalibrationNote.text)
        .outerjoin(CalibrationNote, and_(*beside))
        .where(
            Evidence.organisation_id == organisation_id,
            Evidence.person_uuid == person,
            Evidence.source == Source.SELF,
        )
        .order_by(Evidence.shown_at, Evidence.level)
    )
    # The last of each stands; a later one without a reason has none.
    last = dict(session.execute(its).tuples().all())
    return {key: text for key, text in last.items() if text}


def parse(
    asked: Mapping[str, Competence], form: Mapping[str, str], before: Reasons
) -> tuple[dict[str, int], dict[str, str]]:
    """Answers and reasons, from a form with a field and a `because:` for each competence. "I don't know" is empty, and
    no answer; then there is nothing new to give a reason for."""
    answers, why, problems = {}, {}, []
    for key in asked:
        text, because = form.get(key, ""), form.get(f"because:{key}", "").strip()
        if text in _LEVELS:
            answers[key], why[key] = _LEVELS[text], because
        elif text:
            problems.append(Problem(key, gettext("Choose one of the levels.")))
        elif because and because != before.get(key):
            problems.append(Problem(key, gettext("Choose a level too, or leave out what it is based on.")))
        if len(because) > LONGEST_NOTE:
            message = gettext("Write at most %(number)d characters.", number=LONGEST_NOTE)
            problems.append(Problem(f"because:{key}", message))
    if problems:
        raise Invalid(problems)
    return answers, why


_LEVELS = {str(level): level for level in LEVELS}


def assess(
    session: Session,
    organisation_id: int,
    person: UUID,
    answers: Answers,
    competences: Mapping[str, Competence],
    because: Reasons | None = None,
    *,
    base: str,
    at: datetime,
) -> int:
    """One statement for each level that is new or is based on something else, or that was last given so long ago that
    it is worth saying. What it is based on stands beside it.

    Returns how many.
    """
    before, why = given(session, organisation_id, person), reasons(session, organisation_id, person)
    because = because if because is not None else why
    changed = {
        key: level
        for key, level in answers.items()
        if _says_something(before.get(key), level, at) or because.get(key, "") != why.get(key, "")
    }
    ours = Vocabulary(base)
    statements = [statement(competences[key], level, person, ours, at) for key, level in changed.items()]
    told = storing.record(session, organisation_id, statements, authority=authority(base), at=at)
    for key, id in zip(changed, told, strict=True):
        if text := because.get(key):
            calibrating.write(session, organisation_id, person, person, key, text, at=at, statement=id)
    return len(statements)


def _says_something(before: Shown | None, level: int, at: datetime) -> bool:
    return before is None or before.level != level or at - before.at > FRESH


def statement(competence: Competence, level: int, person: UUID, ours: Vocabulary, at: datetime) -> dict[str, object]:
    display = {"sv": "skattade", "en": "assessed"}
    return saying.level("assessed", display, competence, level, person, ours, at)

"""The calibration talks of the demo: what managers saw in their people, and what Björn and Alva wrote to each other."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.assessment import calibrating
from lms.competence.models import CalibrationNote
from lms.courses.statements import Learner, Told
from lms.frameworks.framework import Frameworks
from lms.identity.models import Person
from lms.xapi.vocabulary import Vocabulary

# When it was told, in which organisation, and what.
Entry = tuple[datetime, int, Told]

# What the two wrote about what they saw most differently.
WRITTEN: Final = (
    "Jag har inte sett dig göra det här utan stöd än. Vi tar nästa planering tillsammans.",
    "Jag gjorde det på sommarlägret, då du var ledig. Fråga Farid!",
)


def with_manager(
    learner: Learner, manager: Person, given: Mapping[str, int], frameworks: Frameworks, at: datetime
) -> Iterator[Entry]:
    """Half have had a talk: mostly they agree, now and then by a level, seldom by two."""
    chance = Random(f"{learner.organisation_id} {len(given)} {sum(given.values())}")
    if chance.random() < 0.5:
        return
    when = at - timedelta(days=chance.randint(20, 50))
    for number, (key, own) in enumerate(given.items()):
        if chance.random() < 0.3:
            continue
        level = max(0, min(4, own + chance.choice((-2, -1, -1, 0, 0, 0, 0, 0, 1))))
        yield _told(learner, manager, key, level, frameworks, when + timedelta(seconds=number))


def with_alva(
    session: Session, learner: Learner, bjorn: Person, given: Mapping[str, int], frameworks: Frameworks, at: datetime
) -> list[Entry]:
    """Three weeks ago. They agree on all but what she rates highest."""
    when = at - timedelta(days=21, hours=3)
    highest = max(given, key=lambda key: (given[key], key))
    for number, (author, text) in enumerate(zip((bjorn.uuid, learner.person_uuid), WRITTEN, strict=True)):
        session.add(
            CalibrationNote(
                organisation_id=learner.organisation_id,
                person_uuid=learner.person_uuid,
                author_uuid=author,
                competence_key=highest,
                written_at=when + timedelta(days=number),
                text=text,
            )
        )
    return [
        _told(learner, bjorn, key, max(0, own - 2 * (key == highest)), frameworks, when + timedelta(seconds=number))
        for number, (key, own) in enumerate(given.items())
    ]


def _told(learner: Learner, manager: Person, key: str, level: int, frameworks: Frameworks, moment: datetime) -> Entry:
    words = Vocabulary(learner.iri_base)
    told = calibrating.statement(frameworks.competence(key), level, learner.person_uuid, manager.uuid, words, moment)
    return moment, learner.organisation_id, told

"""What Ekeby has written beside the shared frameworks: one competence that is published, another on its way."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from lms.demo.cast import Cast
from lms.frameworks import own
from lms.frameworks.framework import Frameworks
from lms.frameworks.models import CompetenceDraft

INTERPRETER: Final = {
    "name_sv": "Samtal genom tolk",
    "name_en": "Talking through an interpreter",
    "area_sv": "Möten",
    "area_en": "Meetings",
    "descriptor_sv": "Ha samtal med hjälp av tolk så att båda parter blir förstådda.",
    "descriptor_en": "Talk with the help of an interpreter so that both sides are understood.",
    "level_1_sv": "Vet hur tolk bokas och varför anhöriga inte ska tolka.",
    "level_1_en": "Knows how an interpreter is booked, and why relatives should not interpret.",
    "level_2_sv": "Håller egna samtal genom tolk, talar till personen och i lagom långa stycken.",
    "level_2_en": "Holds talks through an interpreter, speaking to the person and in pieces of the right length.",
    "level_3_sv": "Märker när något går förlorat i tolkningen och reder ut det på plats.",
    "level_3_en": "Notices when something is lost in interpretation and sorts it out there and then.",
    "level_4_sv": "Lär upp kollegor och tar fram rutiner tillsammans med tolkförmedlingen.",
    "level_4_en": "Trains colleagues and works out routines with the interpreting agency.",
}
OUTREACH: Final = {
    "name_sv": "Uppsökande arbete",
    "area_sv": "Möten",
    "descriptor_sv": "Nå dem som inte själva söker upp kommunen.",
    "level_1_sv": "Följer med en kollega ut och vet vad man får lova.",
}


def write(session: Session, frameworks: Frameworks, cast: Cast, at: datetime) -> None:
    elsa = cast.elsa.id
    interpreter = _draft(session, cast, INTERPRETER, at - timedelta(days=60))
    own.publish(session, frameworks, cast.ekeby, [interpreter], at=at - timedelta(days=58), by=elsa)
    _draft(session, cast, OUTREACH, at - timedelta(days=3))


def _draft(session: Session, cast: Cast, filled: own.Filled, at: datetime) -> CompetenceDraft:
    draft = CompetenceDraft(organisation_id=cast.ekeby.id, replaces="")
    own.save(draft, filled, by=cast.elsa.id, at=at, seen_at="")
    session.add(draft)
    session.flush()
    return draft

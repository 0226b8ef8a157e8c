"""Calibration: a manager and a person go through levels side by side. Neither's assessment overwrites the other's.

The manager's levels become statements about the person; the notes that the two write stand beside them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.competence import opening
from lms.competence.day import today
from lms.competence.members import Member
from lms.competence.models import CalibrationNote, Evidence
from lms.competence.required.profiles import Requirement
from lms.competence.shown import levels, saying
from lms.competence.shown.level import FAR_APART, FRESH, Shown, Source
from lms.competence.shown.rules import authority
from lms.errors import Invalid, NotAllowed, Problem
from lms.frameworks.framework import LEVELS, Competence, Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.looks import Looked
from lms.identity.models import Organisation, Person, Role
from lms.xapi import storing
from lms.xapi.vocabulary import Vocabulary

LONGEST_NOTE: Final = 500
# The same level given again within this time is the same answer, sent twice.
TWICE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Note:
    # Empty: they have left and been forgotten.
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A competence as each of the two sees it, and what else shows it."""

    competence: Competence
    # None: the work does not ask for it.
    required: Requirement | None
    own: Shown | None
    manager: Shown | None
    # Courses, tests and whatever else is nobody's opinion; the highest first.
    shown: Sequence[Shown]
    notes: Sequence[Note]

    @property
    def difference(self) -> int | None:
        """How many levels apart the two are. None: one of them has said nothing."""
        return abs(self.own.level - self.manager.level) if self.own is not None and self.manager is not None else None

    @property
    def apart(self) -> bool:
        return self.difference is not None and self.difference >= FAR_APART

    def is_old(self, shown: Shown, at: datetime) -> bool:
        return at - shown.at > FRESH


def side_by_side(
    session: Session, viewer: Viewer, person: UUID, frameworks: Frameworks, *, at: datetime
) -> tuple[Member, list[Row]]:
    """What the work needs, and what has been calibrated or noted beside it, in the frameworks' order.

    Of someone whose levels the viewer may open; otherwise NotFound. Who may not see what they rest on sees what
    managers have given, and the notes.
    """
    member = opening.one(session, viewer, person, Looked.TALK, today(at))
    shows_evidence = opening.shows_evidence(session, viewer, person)
    by: dict[str, dict[Source, Shown]] = defaultdict(dict)
    for key, shown in levels.standing(session, member.organisation_id, person):
        if shown.holds(at) and (shows_evidence or shown.source is Source.MANAGER):
            by[key][shown.source] = shown
    required = member.profile.requirements if member.profile is not None else {}
    notes = _notes(session, viewer, member, shows_evidence=shows_evidence)
    beside = {key for key, its in by.items() if Source.MANAGER in its}
    rows = []
    for competence in frameworks.known(required.keys() | beside | notes.keys()):
        its = by.get(competence.key, {})
        facts = [one for source, one in its.items() if source not in (Source.SELF, Source.MANAGER)]
        facts.sort(key=lambda one: (-one.level, one.source))
        rows.append(
            Row(
                competence,
                required.get(competence.key),
                its.get(Source.SELF),
                its.get(Source.MANAGER),
                facts,
                notes.get(competence.key, ()),
            )
        )
    return member, rows


def _notes(session: Session, viewer: Viewer, member: Member, *, shows_evidence: bool) -> dict[str, list[Note]]:
    """Without what explains evidence that the viewer may not see."""
    found: dict[str, list[Note]] = defaultdict(list)
    its = (
        select(CalibrationNote, Person.name)
        .outerjoin(Person, Person.uuid == CalibrationNote.author_uuid)
        .where(
            CalibrationNote.organisation_id == member.organisation_id, CalibrationNote.person_uuid == member.person_uuid
        )
        .order_by(CalibrationNote.written_at, CalibrationNote.id)
    )
    if not shows_evidence:
        own = CalibrationNote.author_uuid == viewer.person_uuid
        its = its.where(or_(CalibrationNote.statement_id.is_(None), own))
    for note, name in session.execute(its):
        found[note.competence_key].append(Note(name or "", note.written_at, note.text))
    return found


def latest(session: Session, viewer: Viewer, person: UUID) -> datetime | None:
    """When a manager last gave this person a level, where the viewer now acts. None: never."""
    its = select(Evidence.shown_at).where(
        Evidence.organisation_id == viewer.organisation_id,
        Evidence.person_uuid == person,
        Evidence.source == Source.MANAGER,
    )
    return session.scalars(its.order_by(Evidence.shown_at.desc()).limit(1)).first()


def assert_may(viewer: Viewer, person: UUID) -> None:
    """A manager calibrates the team, never themselves. That it is their own team `side_by_side` sees to."""
    if person == viewer.person_uuid or not viewer.has(Role.MANAGER):
        raise NotAllowed(gettext("Only the manager of a person gives levels in a calibration talk."))


@dataclass(frozen=True, slots=True)
class Answers:
    """What a manager said in a talk: levels, and notes, by competence key."""

    levels: Mapping[str, int]
    notes: Mapping[str, str]


def parse(rows: Iterable[Row], form: Mapping[str, str]) -> Answers:
    """From a form with `level:` and `note:` for each competence. Not now is empty. With `rest`, whatever has no level
    yet gets the one that the person gave."""
    given, notes, problems = {}, {}, []
    for row in rows:
        key = row.competence.key
        text, note = form.get(f"level:{key}", ""), form.get(f"note:{key}", "").strip()
        if text in _LEVELS:
            given[key] = _LEVELS[text]
        elif text:
            problems.append(Problem(f"level:{key}", gettext("Choose one of the levels.")))
        elif form.get("do") == "rest" and row.own is not None and not note:
            given[key] = row.own.level
        if len(note) > LONGEST_NOTE:
            problems.append(_too_long(f"note:{key}"))
        if note:
            notes[key] = note
    if problems:
        raise Invalid(problems)
    return Answers(given, notes)


_LEVELS: Final = {str(level): level for level in LEVELS}


def _too_long(field: str) -> Problem:
    return Problem(field, gettext("Write at most %(number)d characters.", number=LONGEST_NOTE))


def calibrate(
    session: Session, viewer: Viewer, person: UUID, rows: Sequence[Row], answers: Answers, *, base: str, at: datetime
) -> int:
    """A statement for each level, and the notes. Returns how many levels."""
    assert_may(viewer, person)
    ours = Vocabulary(base)
    new = [
        (row.competence, answers.levels[row.competence.key])
        for row in rows
        if row.competence.key in answers.levels and not _is_twice(row, answers.levels[row.competence.key], at)
    ]
    statements = [statement(competence, level, person, viewer.person_uuid, ours, at) for competence, level in new]
    storing.record(session, viewer.organisation_id, statements, authority=authority(base), at=at)
    for row in rows:
        if text := answers.notes.get(row.competence.key):
            note(session, viewer, person, row, text, at=at)
    return len(statements)


def _is_twice(row: Row, level: int, at: datetime) -> bool:
    return row.manager is not None and row.manager.level == level and at - row.manager.at < TWICE


def statement(
    competence: Competence, level: int, person: UUID, manager: UUID, ours: Vocabulary, at: datetime
) -> dict[str, object]:
    display = {"sv": "gick igenom med sin chef", "en": "went through with the manager"}
    return saying.level("calibrated", display, competence, level, person, ours, at, manager=manager)


def note(session: Session, viewer: Viewer, person: UUID, row: Row, text: str, *, at: datetime) -> bool:
    """From the manager, or the person's own; whoever may open it writes. False: it is what was written last."""
    text = text.strip()
    if not text:
        raise Invalid([Problem("text", gettext("Write what you want to say."))])
    if len(text) > LONGEST_NOTE:
        raise Invalid([_too_long("text")])
    if row.notes and row.notes[-1].text == text and row.notes[-1].author == viewer.name:
        return False
    write(session, viewer.organisation_id, viewer.person_uuid, person, row.competence.key, text, at=at)
    return True


def write(
    session: Session,
    organisation_id: int,
    author: UUID,
    person: UUID,
    competence_key: str,
    text: str,
    *,
    at: datetime,
    statement: UUID | None = None,
) -> None:
    """A note that has been looked at already, in the talk or beside a statement that it explains."""
    session.add(
        CalibrationNote(
            organisation_id=organisation_id,
            person_uuid=person,
            author_uuid=author,
            competence_key=competence_key,
            written_at=at,
            text=text,
            statement_id=statement,
        )
    )


def beside(session: Session, organisation_id: int, statements: Collection[UUID]) -> dict[UUID, Note]:
    """What has been written to explain these statements, the latest of each."""
    its = (
        select(CalibrationNote, Person.name)
        .outerjoin(Person, Person.uuid == CalibrationNote.author_uuid)
        .where(CalibrationNote.organisation_id == organisation_id, CalibrationNote.statement_id.in_(statements))
        .order_by(CalibrationNote.written_at, CalibrationNote.id)
    )
    return {
        note.statement_id: Note(name or "", note.written_at, note.text)
        for note, name in session.execute(its)
        if note.statement_id is not None
    }


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """The notes about a person, and by them, for their own copy."""
    theirs = or_(CalibrationNote.person_uuid == person, CalibrationNote.author_uuid == person)
    found = (
        select(CalibrationNote, Organisation.name)
        .join(Organisation, Organisation.id == CalibrationNote.organisation_id)
        .where(theirs)
        .order_by(CalibrationNote.written_at, CalibrationNote.id)
    )
    return "calibration", [
        {
            "organisation": name,
            "competence": one.competence_key,
            "about_me": one.person_uuid == person,
            "by_me": one.author_uuid == person,
            "written_at": one.written_at.isoformat(),
            "text": one.text,
            "explains": str(one.statement_id) if one.statement_id is not None else None,
        }
        for one, name in session.execute(found)
    ]

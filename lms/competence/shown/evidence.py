"""Evidence: folded from statements as they come, taken back when they are voided, summed up as standings.

Rows depend on which statements there are, not on the order they came in; `flask rebuild` gives the same.
(Two writers never fold statements of one organisation at once; the record store sees to that.)
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from lms import signals
from lms.competence.models import CalibrationNote, Evidence, Standing
from lms.competence.proofs import steps
from lms.competence.shown import levels, standings
from lms.competence.shown.level import Shown, Source
from lms.competence.shown.rules import RULES, is_ours
from lms.db import Base
from lms.identity.actor import person_uuid as person_behind
from lms.identity.models import Organisation
from lms.xapi.models import StoredStatement
from lms.xapi.reading import read_stored
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity, Statement
from lms.xapi.vocabulary import Vocabulary


class Reader:
    """Reads what is said in our own identifiers, which begin with `base`; nobody else's say anything here."""

    def __init__(self, base: str) -> None:
        self._ours = Vocabulary(base)

    def read(self, session: Session, entries: Sequence[Recorded]) -> None:
        hollow = steps.about_withdrawn(session, entries, self._ours)
        rows = [row for entry in entries if entry.id not in hollow for row in self._rows(entry)]
        if not rows:
            return
        before = standings.known_people(session, {(row["organisation_id"], row["person_uuid"]) for row in rows})
        rows = [row for row in rows if (row["organisation_id"], row["person_uuid"]) in before]
        if rows:
            session.connection().execute(_KEEP, rows)
            standings.fold(session, rows, before, max(row["known_at"] for row in rows))

    def undo(self, session: Session, entries: Sequence[Recorded]) -> None:
        """A voided statement shows nothing; nor does what was said of a proof that is withdrawn. What was written
        beside it goes too."""
        voided = [(entry.organisation_id, entry.id) for entry in entries]
        voided += steps.decided_about(session, voided)
        beside = tuple_(CalibrationNote.organisation_id, CalibrationNote.statement_id).in_(voided)
        session.execute(delete(CalibrationNote).where(beside).execution_options(synchronize_session=False))
        its = tuple_(Evidence.organisation_id, Evidence.statement_id).in_(voided)
        places = select(Evidence.organisation_id, Evidence.person_uuid, Evidence.competence_key).where(its)
        touched = {(row[0], row[1], row[2]) for row in session.execute(places)}
        if touched:
            session.execute(delete(Evidence).where(its).execution_options(synchronize_session=False))
            standings.work_out(session, touched, max(entry.stored for entry in entries))

    def _rows(self, entry: Recorded) -> Iterator[dict[str, Any]]:
        person = person_behind(entry.agent, self._ours.base)
        if person is None or not is_ours(entry, self._ours):
            return
        for rule in RULES:
            for key, showing in rule.read(entry, self._ours).items():
                yield {
                    "organisation_id": entry.organisation_id,
                    "statement_id": entry.id,
                    "competence_key": key,
                    "rule": rule.key,
                    "rule_version": rule.version,
                    "person_uuid": person,
                    "source": rule.source,
                    "level": showing.level,
                    # Nothing is shown before it has happened, whatever the clock of the sender says.
                    "shown_at": min(entry.timestamp, entry.stored, showing.shown_at or entry.stored),
                    "known_at": entry.stored,
                    "valid_until": showing.valid_until,
                    "issuer": showing.issuer,
                }


_KEEP: Final = insert(Base.metadata.tables["evidence"])


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    for table in (Evidence, Standing, CalibrationNote):
        session.execute(delete(table).where(table.person_uuid == person_uuid))


def clear(session: Session) -> None:
    """Before the whole store is read again."""
    standings.clear(session)
    session.execute(delete(Evidence))


def of(session: Session, organisation_id: int, person: UUID, competence_key: str) -> list[Evidence]:
    """Everything that one person has shown in a competence, newest first."""
    its = select(Evidence).where(
        Evidence.organisation_id == organisation_id,
        Evidence.person_uuid == person,
        Evidence.competence_key == competence_key,
    )
    newest_first = (Evidence.shown_at.desc(), Evidence.level.desc(), Evidence.statement_id)
    return list(session.scalars(its.order_by(*newest_first)))


def shown(session: Session, organisation_id: int, competence_key: str) -> list[tuple[UUID, str, Shown]]:
    """Who has shown what in a competence, and by which rule."""
    rows = session.execute(
        select(
            Evidence.person_uuid,
            Evidence.rule,
            Evidence.source,
            Evidence.level,
            Evidence.shown_at,
            Evidence.valid_until,
        ).where(Evidence.organisation_id == organisation_id, Evidence.competence_key == competence_key)
    )
    return [(person, rule, Shown(Source(source), *rest)) for person, rule, source, *rest in rows]


def statements(session: Session, organisation_id: int, ids: Sequence[UUID]) -> dict[UUID, Statement]:
    its = select(StoredStatement.id, StoredStatement.text).where(
        StoredStatement.organisation_id == organisation_id, StoredStatement.id.in_(ids)
    )
    return {id: read_stored(text) for id, text in session.execute(its)}


def about(session: Session, organisation_id: int, ids: Sequence[UUID]) -> dict[UUID, Mapping[str, str]]:
    """What these statements call the activity that they are about, in the languages that they say it in."""
    return {id: called(statement) for id, statement in statements(session, organisation_id, ids).items()}


def called(statement: Statement) -> Mapping[str, str]:
    """What a statement calls the activity that it is about, in the languages that it says it in."""
    activity = statement.object
    definition = activity.definition if isinstance(activity, Activity) else None
    return (definition.name if definition is not None else None) or {}


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """What is kept here about a person, for their own copy of it."""
    found = select(Evidence, Organisation.name).join(Organisation, Organisation.id == Evidence.organisation_id)
    found = found.where(Evidence.person_uuid == person).order_by(Evidence.organisation_id, Evidence.shown_at)
    pieces = [(one, name) for one, name in session.execute(found)]
    counts = Counter((one.organisation_id, one.competence_key, one.source) for one, _ in pieces)
    names = {one.organisation_id: name for one, name in pieces}
    return "competence", {
        "levels": [
            {
                **_told(names[organisation], key, shown.source, shown.level, shown.at),
                "pieces_of_evidence": counts[organisation, key, shown.source],
            }
            for organisation in names
            for key, shown in levels.standing(session, organisation, person)
        ],
        "evidence": [
            {
                **_told(name, one.competence_key, one.source, one.level, one.shown_at),
                "known_at": one.known_at.isoformat(),
                "valid_until": one.valid_until.isoformat() if one.valid_until is not None else None,
                "issuer": one.issuer,
                "rule": f"{one.rule} {one.rule_version}",
                "statement": str(one.statement_id),
            }
            for one, name in pieces
        ],
    }


def _told(organisation: str, competence: str, source: str, level: int, shown_at: datetime) -> dict[str, object]:
    return {
        "organisation": organisation,
        "competence": competence,
        "source": source,
        "level": level,
        "shown_at": shown_at.isoformat(),
    }

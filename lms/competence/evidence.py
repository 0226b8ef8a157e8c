"""Evidence: folded from statements as they come, taken back when they are voided, summed up as standings.

Rows depend on which statements there are, not on the order they came in; `flask rebuild` gives the same.
(Two writers never fold statements of one organisation at once; the record store sees to that.)
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, delete, insert, select, tuple_
from sqlalchemy.orm import Session

from lms import signals
from lms.competence.level import Shown, Source, where_it_stands
from lms.competence.models import Evidence, Standing
from lms.competence.rules import RULES, is_ours
from lms.identity.actor import person_uuid as person_behind
from lms.identity.models import Organisation, Person
from lms.xapi.models import StoredStatement
from lms.xapi.reading import read_stored
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity
from lms.xapi.vocabulary import Vocabulary

logger = logging.getLogger(__name__)

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 5000

Kept = TypeVar("Kept", Evidence, Standing)
# One person's competence in one organisation.
Place = tuple[int, UUID, str]


class Reader:
    """Reads what is said in our own identifiers, which begin with `base`; nobody else's say anything here."""

    def __init__(self, base: str) -> None:
        self._ours = Vocabulary(base)

    def read(self, session: Session, entries: Sequence[Recorded]) -> None:
        rows = [row for entry in entries for row in self._rows(entry)]
        known = _people(session, {row["person_uuid"] for row in rows})
        rows = [row for row in rows if row["person_uuid"] in known]
        if rows:
            session.execute(insert(Evidence), rows)
            _stand(session, {_place(row) for row in rows})

    def _rows(self, entry: Recorded) -> Iterator[dict[str, Any]]:
        person = person_behind(entry.agent, self._ours.base)
        if person is None or not is_ours(entry, self._ours):
            return
        for rule in RULES:
            for key, level in rule.read(entry, self._ours).items():
                yield {
                    "organisation_id": entry.organisation_id,
                    "statement_id": entry.id,
                    "competence_key": key,
                    "rule": rule.key,
                    "rule_version": rule.version,
                    "person_uuid": person,
                    "source": rule.source,
                    "level": level,
                    "shown_at": entry.timestamp,
                }


def _place(row: dict[str, Any]) -> Place:
    return row["organisation_id"], row["person_uuid"], row["competence_key"]


_readers: dict[str, Reader] = {}


def connect(base: str) -> None:
    """From now on statements that use our identifiers with this base are read. Once for each base."""
    if base in _readers:
        return
    reader = _readers[base] = Reader(base)

    def recorded(session: Session, entries: Sequence[Recorded]) -> None:
        reader.read(session, entries)

    signals.statements_recorded.connect(recorded, weak=False)


@signals.statements_voided.connect
def undo(session: Session, entries: Sequence[Recorded]) -> None:
    """A voided statement shows nothing."""
    voided = [(entry.organisation_id, entry.id) for entry in entries]
    its = tuple_(Evidence.organisation_id, Evidence.statement_id).in_(voided)
    places = select(Evidence.organisation_id, Evidence.person_uuid, Evidence.competence_key).where(its)
    touched = {(row[0], row[1], row[2]) for row in session.execute(places)}
    if touched:
        session.execute(delete(Evidence).where(its).execution_options(synchronize_session=False))
        _stand(session, touched)


@signals.person_erased.connect
def forget(session: Session, person_uuid: UUID) -> None:
    for table in (Evidence, Standing):
        session.execute(delete(table).where(table.person_uuid == person_uuid))


def clear(session: Session) -> None:
    """Before the whole store is read again."""
    session.execute(delete(Standing))
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


def about(session: Session, organisation_id: int, statements: Sequence[UUID]) -> dict[UUID, Mapping[str, str]]:
    """What these statements call the activity that they are about, in the languages that they say it in."""
    its = select(StoredStatement.id, StoredStatement.text).where(
        StoredStatement.organisation_id == organisation_id, StoredStatement.id.in_(statements)
    )
    named: dict[UUID, Mapping[str, str]] = {}
    for id, text in session.execute(its):
        activity = read_stored(text).object
        definition = activity.definition if isinstance(activity, Activity) else None
        named[id] = (definition.name if definition is not None else None) or {}
    return named


def portion(session: Session, person: UUID) -> tuple[str, object]:
    """What is kept here about a person, for their own copy of it."""
    return "competence", {
        "levels": [
            {**_told(name, one), "pieces_of_evidence": one.count}
            for one, name in session.execute(_kept_about(person, Standing))
        ],
        "evidence": [
            {**_told(name, one), "rule": f"{one.rule} {one.rule_version}", "statement": str(one.statement_id)}
            for one, name in session.execute(_kept_about(person, Evidence))
        ],
    }


def _kept_about(person: UUID, table: type[Kept]) -> Select[tuple[Kept, str]]:
    found = select(table, Organisation.name).join(Organisation, Organisation.id == table.organisation_id)
    return found.where(table.person_uuid == person).order_by(table.organisation_id, table.shown_at)


def _told(organisation: str, row: Evidence | Standing) -> dict[str, object]:
    return {
        "organisation": organisation,
        "competence": row.competence_key,
        "source": row.source,
        "level": row.level,
        "shown_at": row.shown_at.isoformat(),
    }


def _people(session: Session, uuids: set[UUID]) -> set[UUID]:
    """Those who exist. Whoever has been erased, or never was one of ours, has no evidence."""
    known = select(Person.uuid).where(Person.uuid.in_(uuids), Person.email.is_not(None))
    return set(session.scalars(known)) if uuids else set()


def _stand(session: Session, places: Iterable[Place]) -> None:
    """Work out again where these people stand."""
    ordered = sorted(places)
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        keys = [{"organisation": place[0], "person": place[1], "competence": place[2]} for place in chunk]
        session.connection().execute(_FORGET, keys)
        if rows := _standings(session, chunk):
            session.execute(insert(Standing), rows)


_FORGET: Final = delete(Standing).where(
    Standing.organisation_id == bindparam("organisation"),
    Standing.person_uuid == bindparam("person"),
    Standing.competence_key == bindparam("competence"),
)


def _standings(session: Session, places: Sequence[Place]) -> list[dict[str, object]]:
    shown: dict[tuple[int, UUID, str, str], list[Shown]] = defaultdict(list)
    for organisation, person, key, source, level, at in _evidence(session, places):
        shown[organisation, person, key, source].append(Shown(Source(source), level, at))
    rows: list[dict[str, object]] = []
    for (organisation, person, key, source), pieces in shown.items():
        stands = where_it_stands(pieces)
        rows.append(
            {
                "organisation_id": organisation,
                "person_uuid": person,
                "competence_key": key,
                "source": source,
                "level": stands.level,
                "shown_at": stands.at,
                "count": len(pieces),
            }
        )
    return rows


def _evidence(session: Session, places: Sequence[Place]) -> Iterator[Row[tuple[int, UUID, str, str, int, datetime]]]:
    """In a wide net first, for the sake of the index; then only these places."""
    wanted = set(places)
    found = select(
        Evidence.organisation_id,
        Evidence.person_uuid,
        Evidence.competence_key,
        Evidence.source,
        Evidence.level,
        Evidence.shown_at,
    ).where(
        Evidence.organisation_id.in_({place[0] for place in places}),
        Evidence.person_uuid.in_({place[1] for place in places}),
        Evidence.competence_key.in_({place[2] for place in places}),
    )
    return (row for row in session.execute(found) if (row[0], row[1], row[2]) in wanted)

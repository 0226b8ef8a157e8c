"""Standings: where all evidence from one kind of source leaves a person in a competence.

New evidence is folded into them in the database (`fold`), by the rule of `level.where_it_stands`, and in any
order with the same outcome. When evidence goes, what is left is read again (`work_out`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, delete, insert, select, text
from sqlalchemy.orm import Session

from lms.competence.level import Shown, Source, where_it_stands
from lms.competence.models import Evidence, Standing
from lms.db import Base, UtcDateTime

# Well below the number of parameters that the databases take in one query.
CHUNK: Final = 5000

_STANDING: Final = Base.metadata.tables["standing"]

# One person's competence in one organisation.
Place = tuple[int, UUID, str]
# And one source in it.
Stand = tuple[int, UUID, str, str]


def place_of(row: Mapping[str, Any]) -> Place:
    return row["organisation_id"], row["person_uuid"], row["competence_key"]


def fold(session: Session, evidence: Iterable[Mapping[str, Any]]) -> None:
    """Let new evidence, which is stored already, move the standings."""
    shown: dict[Stand, list[Shown]] = defaultdict(list)
    for row in evidence:
        piece = Shown(Source(row["source"]), row["level"], row["shown_at"])
        shown[*place_of(row), row["source"]].append(piece)
    session.connection().execute(_FOLD, _rows(shown))


# As text, which SQLAlchemy compiles once; its own ON CONFLICT it compiles every time.
_FOLD: Final = text(
    """
    INSERT INTO standing (organisation_id, person_uuid, competence_key, source, level, shown_at, count)
    VALUES (:organisation_id, :person_uuid, :competence_key, :source, :level, :shown_at, :count)
    ON CONFLICT (organisation_id, person_uuid, competence_key, source) DO UPDATE SET
        count = standing.count + excluded.count,
        level = CASE WHEN standing.source IN ('self', 'manager')
                THEN CASE WHEN (excluded.shown_at, excluded.level) > (standing.shown_at, standing.level)
                     THEN excluded.level ELSE standing.level END
                ELSE CASE WHEN excluded.level > standing.level THEN excluded.level ELSE standing.level END
                END,
        shown_at = CASE WHEN standing.source IN ('self', 'manager') OR excluded.level = standing.level
                   THEN CASE WHEN excluded.shown_at > standing.shown_at
                        THEN excluded.shown_at ELSE standing.shown_at END
                   ELSE CASE WHEN excluded.level > standing.level
                        THEN excluded.shown_at ELSE standing.shown_at END
                   END
    """
).bindparams(bindparam("person_uuid", type_=Uuid()), bindparam("shown_at", type_=UtcDateTime()))


def work_out(session: Session, places: Iterable[Place]) -> None:
    """From what evidence there is."""
    ordered = sorted(places)
    connection = session.connection()
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        keys = [{"organisation": place[0], "person": place[1], "competence": place[2]} for place in chunk]
        connection.execute(_FORGET, keys)
        if rows := _rows(_shown(session, chunk)):
            connection.execute(insert(_STANDING), rows)


_FORGET: Final = delete(_STANDING).where(
    _STANDING.c.organisation_id == bindparam("organisation"),
    _STANDING.c.person_uuid == bindparam("person"),
    _STANDING.c.competence_key == bindparam("competence"),
)


def _rows(shown: Mapping[Stand, Sequence[Shown]]) -> list[dict[str, object]]:
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


def _shown(session: Session, places: Sequence[Place]) -> dict[Stand, list[Shown]]:
    shown: dict[Stand, list[Shown]] = defaultdict(list)
    for organisation, person, key, source, level, at in _evidence(session, places):
        shown[organisation, person, key, source].append(Shown(Source(source), level, at))
    return shown


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


def clear(session: Session) -> None:
    session.execute(delete(Standing))

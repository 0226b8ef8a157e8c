"""What statements show of people in modules and courses, and the rows that it is kept in.

Those of exactly the places that are asked for are read, and written whole, in text that SQLAlchemy compiles once: as
objects they take longer than the statements that they are read from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Float, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from lms.courses.models import CourseProgress, ModuleProgress
from lms.db import Base, Json, UtcDateTime


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A person in a module; in the course as a whole when `module` is empty."""

    organisation_id: int
    person_uuid: UUID
    course: str
    module: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What statements show of one place. `joined` is associative, commutative and idempotent."""

    pages: frozenset[str] = frozenset()
    best: float | None = None
    passed_at: datetime | None = None
    # With the course's revision, which decides between two of the same instant.
    completed: tuple[datetime, str] | None = None
    started_at: datetime | None = None
    last: tuple[datetime, str] | None = None
    stays: Mapping[str, float] = field(default_factory=dict)

    def joined(self, other: "Shown") -> "Shown":
        return Shown(
            pages=self.pages | other.pages,
            best=_largest(self.best, other.best),
            passed_at=_smallest(self.passed_at, other.passed_at),
            completed=_smallest(self.completed, other.completed),
            started_at=_smallest(self.started_at, other.started_at),
            last=_largest(self.last, other.last),
            stays={
                stay: max(self.stays.get(stay, 0), other.stays.get(stay, 0)) for stay in {*self.stays, *other.stays}
            },
        )


def _smallest(one: Any, other: Any) -> Any:
    return min((value for value in (one, other) if value is not None), default=None)


def _largest(one: Any, other: Any) -> Any:
    return max((value for value in (one, other) if value is not None), default=None)


NOTHING: Final = Shown()


def kept(session: Session, places: Iterable[Place]) -> dict[Place, Shown]:
    """What is kept of these places as it now is: whoever wrote it has committed."""
    found: dict[Place, Shown] = {}
    for table, its in _apart(places):
        for row in table.rows(session.connection(), its):
            place = Place(row.organisation_id, row.person_uuid, row.course_key, getattr(row, "module_key", ""))
            found[place] = table.shown(row)
    return found


def keep(session: Session, now: Mapping[Place, Shown]) -> None:
    """In place of what is kept of these places; where nothing is shown, no row is left."""
    connection = session.connection()
    for table, its in _apart(now):
        if rows := {place: now[place] for place in its if now[place] != NOTHING}:
            table.write(connection, rows)
        if gone := [place for place in its if now[place] == NOTHING]:
            table.remove(connection, gone)
        # Whoever has such a row as an object sees what it is now.
        for held in [one for one in session.identity_map.values() if isinstance(one, table.model)]:
            session.expire(held)


def _shown_of_module(row: Any) -> Shown:
    return Shown(
        pages=frozenset(row.pages),
        best=row.best,
        passed_at=row.passed_at,
        completed=_completed(row),
        started_at=row.started_at,
        last=(row.last_at, row.last_page) if row.last_at and row.last_page else None,
        stays=row.stays,
    )


def _shown_of_course(row: Any) -> Shown:
    return Shown(completed=_completed(row))


def _completed(row: Any) -> tuple[datetime, str] | None:
    return (row.completed_at, row.revision or "") if row.completed_at else None


def _named(place: Place) -> dict[str, object]:
    return {
        "organisation_id": place.organisation_id,
        "person_uuid": place.person_uuid,
        "course_key": place.course,
        "module_key": place.module,
    }


def _module(place: Place, shown: Shown) -> dict[str, object]:
    completed_at, revision = shown.completed or (None, "")
    last_at, last_page = shown.last or (None, None)
    return _named(place) | {
        "pages": sorted(shown.pages),
        "best": shown.best,
        "passed_at": shown.passed_at,
        "completed_at": completed_at,
        "revision": revision or None,
        "started_at": shown.started_at,
        "last_page": last_page,
        "last_at": last_at,
        "stays": {stay: shown.stays[stay] for stay in sorted(shown.stays)},
        "seconds": sum(shown.stays.values()),
    }


def _course(place: Place, shown: Shown) -> dict[str, object]:
    completed_at, revision = shown.completed or (None, "")
    return _named(place) | {"completed_at": completed_at, "revision": revision or None}


_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "person_uuid": Uuid(), "pages": Json, "best": Float(), "passed_at": UtcDateTime(), "completed_at": UtcDateTime(),
    "revision": Text(), "started_at": UtcDateTime(), "last_page": Text(), "last_at": UtcDateTime(), "stays": Json,
}  # fmt: skip


class _Table:
    """How modules, or courses, are asked for and written, and what a row of theirs shows.

    PostgreSQL takes many rows at once as JSON, which it reads into the types of its columns; one by one they take as
    long as the statements themselves. SQLite, which is not asked over a wire, takes only the places to read like that.
    """

    def __init__(
        self,
        model: type[ModuleProgress | CourseProgress],
        values: Callable[[Place, Shown], dict[str, object]],
        shown: Callable[[Any], Shown],
    ) -> None:
        self.model, self.values, self.shown = model, values, shown
        table = Base.metadata.tables[model.__tablename__]
        key, columns = [one.name for one in table.primary_key], [one.name for one in table.columns]
        listed = ", ".join(columns)
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
        insert, over = f"INSERT INTO {table.name} ({listed})", f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"
        given = f"json_populate_recordset(CAST(NULL AS {table.name}), CAST(:given AS json)) AS given"
        chosen = f"SELECT {', '.join(f'kept.{name}' for name in columns)} FROM"
        typed = {name: type for name, type in _TYPES.items() if name in columns}
        self._write: Final = {
            "sqlite": _typed(f"{insert} VALUES ({', '.join(f':{name}' for name in columns)}) {over}"),
            "postgresql": text(f"{insert} SELECT {listed} FROM {given} {over}"),
        }
        self._remove: Final = _typed(f"DELETE FROM {table.name} WHERE {_all(f'{name} = :{name}' for name in key)}")
        self._read: Final = {
            "sqlite": text(
                f"{chosen} json_each(:given) AS given CROSS JOIN {table.name} AS kept "
                f"WHERE {_all(f'''kept.{name} = json_extract(given.value, '$.{name}')''' for name in key)}"
            ).columns(**typed),
            "postgresql": text(
                f"{chosen} {given} JOIN {table.name} AS kept ON {_all(f'kept.{name} = given.{name}' for name in key)}"
            ).columns(**typed),
        }

    def rows(self, connection: Connection, places: Sequence[Place]) -> Iterable[Any]:
        kind = connection.dialect.name
        named = [_named(place) for place in places]
        if kind == "sqlite":
            named = [one | {"person_uuid": place.person_uuid.hex} for one, place in zip(named, places, strict=True)]
        return connection.execute(self._read[kind], {"given": _json(named)})

    def write(self, connection: Connection, now: Mapping[Place, Shown]) -> None:
        kind = connection.dialect.name
        rows = [self.values(place, now[place]) for place in sorted(now)]
        connection.execute(self._write[kind], rows if kind == "sqlite" else {"given": _json(rows)})

    def remove(self, connection: Connection, places: Iterable[Place]) -> None:
        connection.execute(self._remove, [_named(place) for place in places])


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    return msgspec.json.encode(rows).decode()


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions)


def _typed(sql: str) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, type_=type) for name, type in _TYPES.items() if f":{name}" in sql))


_MODULES: Final = _Table(ModuleProgress, _module, _shown_of_module)
_COURSES: Final = _Table(CourseProgress, _course, _shown_of_course)


def _apart(places: Iterable[Place]) -> Iterator[tuple[_Table, Sequence[Place]]]:
    """By the tables that keep them; none without any."""
    apart: dict[_Table, list[Place]] = {_MODULES: [], _COURSES: []}
    for place in places:
        apart[_MODULES if place.module else _COURSES].append(place)
    yield from ((table, its) for table, its in apart.items() if its)

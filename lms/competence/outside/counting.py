"""Counts of what other programs tell: of what, of whom, and what rules miss in it. Derived, as `models` says.

Each count knows when the latest statement in it was stored; what it is about can be read there. A statement that is
voided is taken away again, and if it was the latest, the one before it is looked up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import BigInteger, LargeBinary, TextClause, Uuid, bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from lms.competence.outside.decided import InForce
from lms.competence.outside.rule import MISSES, Verdict, client_of, judge
from lms.identity.actor import person_uuid
from lms.xapi import browsing
from lms.xapi.browsing import Look
from lms.xapi.clients import asserts_as
from lms.xapi.models import digest, microseconds
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Agent
from lms.xapi.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement that a program of an organisation has sent."""

    entry: Recorded
    client: str

    @property
    def traffic(self) -> dict[str, Any]:
        activity = self.entry.activity or ""
        return {"activity": digest(activity), "verb": digest(self.entry.verb), "client": self.client}

    @property
    def actor(self) -> dict[str, Any]:
        return {"agent": digest(self.entry.agent), "client": self.client}

    @property
    def is_of_one(self) -> bool:
        return isinstance(self.entry.statement.actor, Agent)


def sent(entries: Iterable[Recorded], ours: Vocabulary) -> Iterator[Sent]:
    for entry in entries:
        # Voiding is about a statement, and is not something that somebody does.
        if (client := client_of(entry, ours)) is not None and not entry.statement.voids:
            yield Sent(entry, client)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of counts: what they are by, and what is kept beside."""

    name: str
    key: tuple[str, ...]
    beside: tuple[str, ...] = ()

    def _text(self, sql: str, *names: str) -> TextClause:
        return text(sql).bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names if name in _TYPES))

    @property
    def adding(self) -> TextClause:
        names = ("organisation_id", *self.key, *self.beside, "statements", "latest")
        return self._text(
            f"""
            INSERT INTO {self.name} ({", ".join(names)}) VALUES ({", ".join(f":{name}" for name in names)})
            ON CONFLICT (organisation_id, {", ".join(self.key)}) DO UPDATE SET
                statements = {self.name}.statements + excluded.statements,
                latest = CASE WHEN excluded.latest > {self.name}.latest THEN excluded.latest ELSE {self.name}.latest END
            """,  # noqa: S608
            *names,
        )

    def _where(self) -> str:
        return "organisation_id = :organisation_id AND " + " AND ".join(f"{name} = :{name}" for name in self.key)

    @property
    def taking(self) -> TextClause:
        sql = f"UPDATE {self.name} SET statements = statements - :statements WHERE {self._where()}"  # noqa: S608
        return self._text(f"{sql} RETURNING statements, latest", *self.key)

    @property
    def removing(self) -> TextClause:
        return self._text(f"DELETE FROM {self.name} WHERE {self._where()}", *self.key)  # noqa: S608

    @property
    def dating(self) -> TextClause:
        sql = f"UPDATE {self.name} SET latest = :latest WHERE {self._where()}"  # noqa: S608
        return self._text(sql, "latest", *self.key)


_TYPES: Final[Mapping[str, TypeEngine[Any]]] = {
    "activity": LargeBinary(), "verb": LargeBinary(), "agent": LargeBinary(), "person_uuid": Uuid(),
    "latest": BigInteger(),
}  # fmt: skip
_TRAFFIC: Final = _Table("outside_traffic", ("activity", "verb", "client"), ("activity_id", "verb_id"))
_ACTORS: Final = _Table("outside_actor", ("agent", "client"), ("person_uuid",))
_MISSES: Final = _Table("outside_miss", ("version_id", "activity", "verb", "client", "reason"))
# As text, each is compiled once.
_ADDING: Final = {table.name: table.adding for table in (_TRAFFIC, _ACTORS, _MISSES)}

# What is counted of a statement in a table; and whether another statement is counted in the same place.
Counted = tuple[Mapping[str, Any], Recorded, Callable[[Recorded], bool]]


def add(session: Session, organisation_id: int, new: Sequence[Sent], base: str) -> None:
    """To what has been told of, and to whom it has been told of."""
    _add(session, _TRAFFIC, organisation_id, _traffic(new))
    _add(session, _ACTORS, organisation_id, _actors(new, base))


def take_away(session: Session, organisation_id: int, voided: Sequence[Sent], base: str) -> None:
    _take(session, _TRAFFIC, organisation_id, _traffic(voided), base)
    _take(session, _ACTORS, organisation_id, _actors(voided, base), base)


def add_misses(session: Session, organisation_id: int, new: Sequence[Sent], versions: Sequence[InForce]) -> None:
    _add(session, _MISSES, organisation_id, _missed(new, versions))


def take_misses(
    session: Session, organisation_id: int, voided: Sequence[Sent], versions: Sequence[InForce], base: str
) -> None:
    _take(session, _MISSES, organisation_id, _missed(voided, versions), base)


def _traffic(of: Iterable[Sent]) -> Iterator[Counted]:
    for one in of:
        beside = {"activity_id": one.entry.activity or "", "verb_id": one.entry.verb}
        yield one.traffic | beside, one.entry, partial(_is_about, one.entry.activity)


def _is_about(activity: str | None, other: Recorded) -> bool:
    # No index has those that are about no activity.
    return other.activity == activity


def _actors(of: Iterable[Sent], base: str) -> Iterator[Counted]:
    for one in of:
        if one.is_of_one:
            own = {"person_uuid": person_uuid(one.entry.agent, base)}
            yield one.actor | own, one.entry, partial(_is_of, one.entry.agent)


def _is_of(agent: str, other: Recorded) -> bool:
    # Those done to somebody are found as well.
    return other.agent == agent


def _missed(of: Iterable[Sent], versions: Sequence[InForce]) -> Iterator[Counted]:
    for one in of:
        for version in versions:
            if version.until is None or one.entry.stored < version.until:
                verdict = judge(version.says, one.entry, one.client).verdict
                if verdict in MISSES:
                    key = one.traffic | {"version_id": version.id, "reason": verdict.value}
                    yield key, one.entry, partial(_is_judged, version, one.client, verdict)


def _is_judged(version: InForce, client: str, verdict: Verdict, other: Recorded) -> bool:
    return judge(version.says, other, client).verdict is verdict


def _add(session: Session, table: _Table, organisation_id: int, counted: Iterable[Counted]) -> None:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, entry, _ in counted:
        place = tuple(key[name] for name in table.key)
        row = rows.setdefault(place, {"organisation_id": organisation_id, **key, "statements": 0, "latest": 0})
        row["statements"] += 1
        row["latest"] = max(row["latest"], microseconds(entry.stored))
    if rows:
        # In one order, so that two that write the same never wait for each other.
        session.connection().execute(_ADDING[table.name], [rows[place] for place in sorted(rows, key=repr)])


def _take(session: Session, table: _Table, organisation_id: int, counted: Iterable[Counted], base: str) -> None:
    by: dict[tuple[Any, ...], list[Counted]] = {}
    for one in counted:
        by.setdefault(tuple(one[0][name] for name in table.key), []).append(one)
    connection = session.connection()
    for its in by.values():
        key = {"organisation_id": organisation_id} | {name: its[0][0][name] for name in table.key}
        row = connection.execute(table.taking, key | {"statements": len(its)}).one_or_none()
        if row is None:
            continue
        left, latest = row
        if left <= 0:
            connection.execute(table.removing, key)
        elif latest in {microseconds(entry.stored) for _, entry, _ in its}:
            before = _latest(session, table, its[0], base)
            connection.execute(table.dating, key | {"latest": microseconds(before.stored)})


def _latest(session: Session, table: _Table, of: Counted, base: str) -> Recorded:
    """The latest that is left of what is counted together with this one."""
    key, entry, is_same = of
    look = Look(entry.organisation_id, [asserts_as(base, key["client"])], voided=False)
    if table is _ACTORS:
        look = replace(look, agents=[entry.agent])
    else:
        look = replace(look, verb=entry.verb, activity=entry.activity)
    return next(found.entry for found in browsing.each(session, look) if is_same(found.entry))

from datetime import timedelta
from itertools import count, cycle
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Insert, event

from bench.measure import Figure, ratio
from bench.world import AT, competences, world
from lms.competence import assessing
from lms.competence.rules import authority
from lms.db import db, session
from lms.xapi import storing
from lms.xapi.vocabulary import Vocabulary


def one_statement() -> Figure:
    """A self-assessment through the store's door, with what is read from it, against inserting its rows."""
    built = world()
    competence = competences(built.app)[0]
    ours, vouching = Vocabulary(built.base), authority(built.base)
    people, seconds = cycle(built.people), count()

    def record() -> None:
        second = next(seconds)
        at = AT + timedelta(seconds=second)
        told = assessing.statement(competence, second % 5, next(people), ours, at)
        storing.record(session(), built.organisation_id, [told], authority=vouching, at=at)
        db.session.commit()

    with built.app.app_context():
        inserts = rows_of(record)
        later = (AT + timedelta(days=365, microseconds=number) for number in count())

        def insert() -> None:
            id, stored = uuid4(), next(later)
            for statement, rows in inserts:
                session().execute(statement, [row | fresh(row, id=id, stored=stored) for row in rows])
            db.session.commit()

        beside = f"an assessment with its evidence and standing, {built.sizes}"
        return ratio("recording a statement", 3, beside, record, insert, times=20)


def rows_of(work: Any) -> list[tuple[Insert, list[dict[str, Any]]]]:
    """What a piece of work inserts into the record store's tables."""
    seen: list[tuple[Insert, list[dict[str, Any]]]] = []

    def keep(_connection: Any, clause: Any, many: Any, one: Any, _options: Any) -> None:
        if isinstance(clause, Insert) and clause.table.name in {
            "statement",
            "statement_agent",
            "statement_activity",
        }:
            seen.append((clause, many or [one]))

    event.listen(Engine, "before_execute", keep)
    try:
        work()
    finally:
        event.remove(Engine, "before_execute", keep)
    return seen


def fresh(row: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in row}

"""The map of large organisations, against reading one packed row for each person and adding them up."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import flask_migrate
import numpy as np
from flask import Flask
from sqlalchemy import insert, select

from bench.measure import Figure, ratio, spent
from bench.world import AT, PEOPLE, SINCE, TEAMS, world
from lms import signals
from lms.app import create_app
from lms.competence.assessment import assessing
from lms.competence.day import month_ends, today
from lms.competence.figures import matrix, tallies, trend
from lms.competence.models import Evidence, Standing
from lms.competence.required import profiles
from lms.competence.required.profiles import Requirement
from lms.competence.shown import evidence, packing, standings
from lms.competence.shown.level import Source
from lms.db import db, session
from lms.frameworks import framework
from lms.frameworks.framework import Competence
from lms.identity import periods
from lms.identity.models import Membership, Organisation, Person
from lms.xapi import search

COMPETENCES = 60
TEAM = 12


@dataclass(frozen=True)
class Place:
    app: Flask
    # Of the project: everything in it is counted.
    project_id: int
    organisations: list[int]
    people: list[UUID]


def one_organisation() -> Figure:
    """10,000 people of one organisation."""
    return _map_data("map data, one organisation", 1, 10_000)


def many_organisations() -> Figure:
    """100,000 people of 1,000 organisations."""
    return _map_data("map data, 1,000 of them", 1_000, 100)


def _map_data(name: str, organisations: int, people: int) -> Figure:
    with place(organisations, people) as built, built.app.app_context():

        def ours() -> None:
            its = matrix.load(session(), periods.places(select(Membership)), today(AT))
            by = its.organisations if organisations > 1 else its.managers
            found = tallies.of(its, by)
            assert int(found.assessed.sum()) > 0
            db.session.rollback()

        def bare() -> None:
            packed = session().connection().execute(select(Standing.levels)).scalars().all()
            states = np.frombuffer(b"".join(packed), dtype=packing.LEVEL_FIELDS)
            assert states["level"].reshape(len(packed), -1).sum(axis=0).any()
            db.session.rollback()

        grouped = "organisation" if organisations > 1 else "team"
        beside = f"{organisations * people:,} people × {COMPETENCES}, by {grouped}"
        return ratio(name, 10, beside, ours, bare, times=1, rounds=5)


def months() -> Figure:
    """How 500 people have moved in 24 months, of all and of the same."""
    built = world()
    with built.app.app_context():
        days = month_ends(AT, 24)

        def ours() -> None:
            assert trend.trend(session(), periods.were, days)[-1].people == PEOPLE + TEAMS
            db.session.rollback()

        ours()
        seconds = min(spent(ours, 1) for _ in range(3))
    return Figure("trend of 24 months", seconds, 1, "s", f"of CPU, {built.sizes}")


def one_more() -> Figure:
    """A piece of evidence and what it moves, against its bare insert."""
    with place(1, 1_000) as built, built.app.app_context():
        numbered, chance = count(), random.Random(3)
        keys = list(_asked())

        def row() -> dict[str, Any]:
            at = AT + timedelta(seconds=next(numbered))
            return _evidence(built.organisations[0], chance.choice(built.people), chance.choice(keys), 2, at)

        def ours() -> None:
            its = row()
            session().connection().execute(_KEEP, [its])
            before = standings.known_people(session(), {(its["organisation_id"], its["person_uuid"])})
            standings.fold(session(), [its], before, its["known_at"])
            db.session.commit()

        def bare() -> None:
            session().connection().execute(_KEEP, [row()])
            db.session.commit()

        beside = f"among 1,000 people × {COMPETENCES}"
        return ratio("one new piece of evidence", 10, beside, ours, bare, times=50)


_KEEP = insert(Evidence)


def rebuild() -> Figure:
    """Reading the store again with what is read from it, against reading and decoding the same statements."""
    with place(1, 200, with_statements=True) as built, built.app.app_context():

        def ours() -> None:
            evidence.clear(session())
            for entries in search.each(session()):
                signals.statements_recorded.send(session(), entries=entries)
            db.session.rollback()

        def bare() -> None:
            for _entries in search.each(session()):
                pass
            db.session.rollback()

        beside = "12,000 assessments of 200 people"
        return ratio("rebuild of evidence", 3, beside, ours, bare, times=1, rounds=3)


@cache
def _asked() -> dict[str, Competence]:
    known = [one for its in framework.load().all for one in its.competences]
    return {one.key: one for one in known[:COMPETENCES]}


@contextmanager
def place(organisations: int, people: int, *, with_statements: bool = False) -> Iterator[Place]:
    """So many organisations with so many people each, in teams, who have all been assessed in everything."""
    with tempfile.TemporaryDirectory(prefix="kunna-bench-") as folder:
        app = create_app(
            DATABASE_URL=f"sqlite:///{folder}/kunna.sqlite",
            IRI_BASE="https://kunna.test",
            SECRET_KEY="only for measuring, and long enough",
        )
        with app.app_context():
            flask_migrate.upgrade()
            built = _settle(app, organisations, people)
            (_tell if with_statements else _assess)(built)
            db.session.commit()
            session().connection().exec_driver_sql("ANALYZE")
            db.session.commit()
        try:
            yield built
        finally:
            with app.app_context():
                db.engine.dispose()


def _settle(app: Flask, organisations: int, people: int) -> Place:
    project = Organisation(kind="project", key="projektet", name="Projektet")
    region = Organisation(kind="region", key="regionen", name="Regionen", parent=project)
    places = [
        Organisation(kind="partner", key=f"plats-{number}", name=f"Plats {number}", parent=region)
        for number in range(organisations)
    ]
    session().add_all(places)
    session().flush()
    _require(project.id)
    uuids = [uuid4() for _ in range(organisations * people)]
    connection = session().connection()
    connection.execute(
        insert(Person),
        [
            {"uuid": uuid, "name": f"Person {number:06}", "email": f"{number}@verket.example", "created_at": SINCE}
            for number, uuid in enumerate(uuids)
        ],
    )
    ids = {row.uuid: row.id for row in session().execute(select(Person.uuid, Person.id))}
    connection.execute(
        insert(Membership),
        [
            {
                "id": number + 1,
                "organisation_id": places[number // people].id,
                "person_id": ids[uuid],
                # The first of each team leads it.
                "manager_id": number // TEAM * TEAM + 1,
                "role_profile_key": "alla",
                "began_at": SINCE,
            }
            for number, uuid in enumerate(uuids)
        ],
    )
    return Place(app, project.id, [place.id for place in places], uuids)


def _require(organisation_id: int) -> None:
    needed = {key: Requirement(3, 3) for key in _asked()}
    profiles.define(session(), organisation_id, "Alla", needed, at=SINCE)
    session().flush()


def _evidence(organisation: int, person: UUID, key: str, level: int, at: Any) -> dict[str, Any]:
    return {
        "organisation_id": organisation,
        "statement_id": uuid4(),
        "competence_key": key,
        "rule": "invented",
        "rule_version": 1,
        "person_uuid": person,
        "source": Source.SELF,
        "level": level,
        "shown_at": at,
        "known_at": at,
        "valid_until": None,
        "issuer": None,
    }


# So many people differ; the others are like one of them.
DIFFERENT = 100


def _assess(built: Place) -> None:
    """The standings alone: maps read nothing else."""
    chance, at = random.Random(7), AT - timedelta(days=90)
    share = len(built.people) // len(built.organisations)
    whose = [(built.organisations[number // share], person) for number, person in enumerate(built.people)]
    some = whose[:DIFFERENT]
    evidence = [_evidence(*its, key, chance.randrange(5), at) for its in some for key in _asked()]
    standings.fold(session(), evidence, dict.fromkeys(some, standings.NOTHING), at)
    table = Standing.__table__
    made = [dict(row) for row in session().execute(select(table)).mappings()]
    others = [
        made[number % len(made)] | {"organisation_id": organisation, "person_uuid": person}
        for number, (organisation, person) in enumerate(whose[DIFFERENT:])
    ]
    if others:
        session().connection().execute(insert(table), others)


def _tell(built: Place) -> None:
    """Through the record store's door."""
    chance, asked = random.Random(7), _asked()
    for person in built.people:
        answers = {key: chance.randrange(5) for key in asked}
        assessing.assess(
            session(),
            built.organisations[0],
            person,
            answers,
            asked,
            base="https://kunna.test",
            at=AT - timedelta(days=9),
        )

"""Statements as the courses and the self-assessment write them, put in through the record store's door."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.competence.models import Evidence
from lms.competence.required import profiles
from lms.competence.required.profiles import Requirement
from lms.competence.shown import standings
from lms.competence.shown.level import Source
from lms.competence.shown.rules import authority
from lms.identity.actor import actor
from lms.identity.models import Membership, Person
from lms.xapi import storing
from lms.xapi.vocabulary import PASSED, VOIDED, Vocabulary

BASE = "https://kunna.test"
OURS = Vocabulary(BASE)


def competence_iri(key: str) -> str:
    return OURS.competence(*key.split("/"))


def passed(person: UUID, develops: dict[str, int], at: datetime, id: UUID | None = None, module="m1") -> dict:
    told = [{"competence": competence_iri(key), "level": level} for key, level in develops.items()]
    return {
        "id": str(id or uuid4()),
        "actor": actor(person, BASE),
        "verb": {"id": PASSED},
        "object": {"id": OURS.module("c1", module)},
        "context": {"extensions": {OURS.extension("develops"): told}},
        "timestamp": at.isoformat(),
    }


def assessed(person: UUID, key: str, level: int, at: datetime, id: UUID | None = None) -> dict:
    return {
        "id": str(id or uuid4()),
        "actor": actor(person, BASE),
        "verb": {"id": OURS.verb("assessed")},
        "object": {"id": competence_iri(key)},
        "result": {"extensions": {OURS.extension("level"): level}},
        "timestamp": at.isoformat(),
    }


def voided(id: UUID, at: datetime) -> dict:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": BASE, "name": "kunna"}},
        "verb": {"id": VOIDED},
        "object": {"objectType": "StatementRef", "id": str(id)},
        "timestamp": at.isoformat(),
    }


@pytest.fixture
def record(session: Session, at: datetime) -> Callable[..., list[UUID]]:
    """`record(cast.fyren, statement, …)`: into the record store, as Kunna's own."""

    def into_the_store(organisation: object, *statements: dict) -> list[UUID]:
        ids = storing.record(session, organisation.id, statements, authority=authority(BASE), at=at)
        session.commit()
        return ids

    return into_the_store


@pytest.fixture
def profile(session: Session, at: datetime) -> Callable[..., object]:
    """`profile(cast.project, "Vägledare", {key: (level, weight)})`: in its first version, decided a year ago."""

    def define(organisation: object, name: str, needed: dict[str, tuple[int, int]]) -> object:
        requirements = {key: Requirement(level, weight) for key, (level, weight) in needed.items()}
        made = profiles.define(session, organisation.id, name, requirements, at=at - timedelta(days=365))
        session.flush()
        return made

    return define


@pytest.fixture
def show(session: Session, at: datetime) -> Callable[..., UUID]:
    """`show(cast.fyren, cast.alva, key, 3, Source.MANAGER, days_ago=10)`: evidence, as a rule would have read it."""

    def shown(
        organisation: object,
        person: object,
        key: str,
        level: int,
        source: Source = Source.SELF,
        *,
        days_ago: int = 10,
        known_days_ago: int | None = None,
        ends_in: int | None = None,
    ) -> UUID:
        known = at - timedelta(days=days_ago if known_days_ago is None else known_days_ago)
        row = {
            "organisation_id": organisation if isinstance(organisation, int) else organisation.id,
            "statement_id": uuid4(),
            "competence_key": key,
            "rule": "invented",
            "rule_version": 1,
            "person_uuid": person.uuid,
            "source": source,
            "level": level,
            "shown_at": at - timedelta(days=days_ago),
            "known_at": known,
            "valid_until": None if ends_in is None else at + timedelta(days=ends_in),
            "issuer": None,
        }
        session.execute(insert(Evidence), [row])
        before = standings.known_people(session, {(row["organisation_id"], person.uuid)})
        standings.fold(session, [row], before, known)
        return row["statement_id"]

    return shown


@pytest.fixture
def staff(session, show, at):
    """`staff(unit, [2, None, 3], …)`: people at a unit whose own assessments of a competence are these."""

    def employ(unit, levels, key="self-leadership/SL1", role="guide", manager=None, partner=None):
        people = []
        for level in levels:
            uuid = uuid4()
            person = Person(uuid=uuid, name=f"Person {uuid}", email=f"{uuid}@test.example", created_at=at)
            partner_id = partner.id if partner is not None else unit.parent_id
            membership = Membership(
                person=person,
                organisation_id=partner_id,
                unit_id=None if unit is None else unit.id,
                role_profile_key=role,
                began_at=at,
                manager=manager,
            )
            session.add_all([person, membership])
            session.flush()
            if level is not None:
                show(partner_id, person, key, level)
            people.append(person)
        session.commit()
        return people

    return employ

"""What was kept before standings were packed, and memberships had a history, is there afterwards."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import flask_migrate
import pytest
import sqlalchemy as sa

from lms.app import create_app
from lms.competence.models import Evidence, Standing
from lms.competence.shown import levels, standings
from lms.db import Base, db, session
from lms.identity.models import MembershipPeriod
from lms.xapi.models import microseconds
from tests.conftest import TEST_SETTINGS

AT = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)
P1, P2 = "lifecomp/P1", "lifecomp/P2"
ALVA, BJORN = UUID(int=1), UUID(int=2)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def before(request, tmp_path):
    """The app on a database as it was then, with two people."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    app = create_app(**TEST_SETTINGS, DATABASE_URL=url)
    with app.app_context():
        flask_migrate.upgrade(revision="0010")
        put("organisation", [{"id": 1, "kind": "project", "key": "projektet", "name": "Projektet"}])
        people = ((1, ALVA), (2, BJORN))
        put(
            "person",
            [
                {
                    "id": number,
                    "uuid": uuid,
                    "email": f"{number}@test.example",
                    "name": "–",
                    "language": "sv",
                    "session_epoch": 0,
                    "created_at": AT,
                }
                for number, uuid in people
            ],
        )
        put(
            "membership",
            [
                {
                    "id": number,
                    "organisation_id": 1,
                    "person_id": number,
                    "manager_id": None if number == 2 else 2,
                    "role_profile_key": "guide",
                    "began_at": AT,
                    "ended_at": None if number == 2 else AT + timedelta(days=30),
                }
                for number, _ in people[::-1]
            ],
        )
        yield app
        db.session.remove()
        db.engine.dispose()


def put(name, rows):
    """Into a table as it is at this revision: columns that it has got since are left out."""
    table = Base.metadata.tables[name]
    with db.engine.begin() as connection:
        known = {column["name"] for column in sa.inspect(connection).get_columns(name)}
        some = sa.table(name, *(sa.column(one.name, one.type) for one in table.columns if one.name in known))
        for row in rows:
            connection.execute(some.insert(), row)


def evidence(person, key, level, source, days_ago, *, known=None):
    """With its statement, unless that is not there any more."""
    statement = uuid4()
    shown = AT - timedelta(days=days_ago)
    if known is not None:
        with db.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "INSERT INTO statement (organisation_id, id, stored, timestamp, verb, voided, text)"
                    " VALUES (1, :id, :stored, :stored, :verb, :voided, '{}')"
                ).bindparams(sa.bindparam("id", type_=sa.Uuid()), sa.bindparam("verb", type_=sa.LargeBinary())),
                {"id": statement, "stored": microseconds(known), "verb": b"\0" * 16, "voided": False},
            )
    row = {
        "organisation_id": 1,
        "statement_id": statement,
        "competence_key": key,
        "rule": "invented",
        "rule_version": 1,
        "person_uuid": person,
        "source": source,
        "level": level,
        "shown_at": shown,
    }
    put("evidence", [row])


def test_where_people_belong_stands_from_the_first_day(before):
    flask_migrate.upgrade(revision="0011")
    its = sa.select(MembershipPeriod).order_by(MembershipPeriod.membership_id)
    found = [(one.person_id, one.manager_id, one.began_at, one.ended_at) for one in session().scalars(its)]
    assert found == [(1, 2, AT, AT + timedelta(days=30)), (2, None, AT, None)]


def test_evidence_gets_to_know_when_it_was_known(before):
    evidence(ALVA, P1, 1, "self", 10, known=AT)
    evidence(ALVA, P2, 2, "self", 10)
    evidence(BJORN, P1, 2, "self", 0, known=AT - timedelta(days=1))
    flask_migrate.upgrade(revision="0012")
    its = session().scalars(sa.select(Evidence).order_by(Evidence.person_uuid, Evidence.competence_key))
    ago = AT - timedelta(days=10)
    # What its sender said of a time that had not come is taken as of when we got to know.
    yesterday = AT - timedelta(days=1)
    assert [(one.shown_at, one.known_at) for one in its] == [(ago, AT), (ago, ago), (yesterday, yesterday)]


def test_what_is_packed_is_what_folding_would_have_packed(before):
    for number in range(40):
        person, key = (ALVA, BJORN)[number % 2], (P1, P2)[number % 3 % 2]
        source = ("self", "manager", "course", "test", "certificate")[number % 5]
        evidence(person, key, number % 4, source, number * 7 % 50)
    flask_migrate.upgrade()
    rows = sa.select(Standing.person_uuid, Standing.kept).order_by(Standing.person_uuid)
    packed = session().execute(rows).all()
    places = session().execute(sa.select(Evidence.organisation_id, Evidence.person_uuid, Evidence.competence_key))
    standings.work_out(session(), {tuple(place) for place in places}, AT)
    assert session().execute(rows).all() == packed


def test_levels_are_picked_by_whoever_reads_them_first(before):
    evidence(ALVA, P1, 3, "course", 10)
    flask_migrate.upgrade()
    assert levels.of(session(), [(1, ALVA)], AT)[1, ALVA][P1].level == 3
    assert standings.sweep(session(), {}, AT) == 1


def test_it_can_be_taken_back(before):
    evidence(ALVA, P1, 1, "self", 10)
    evidence(ALVA, P1, 3, "self", 20)
    evidence(ALVA, P1, 2, "course", 10)
    evidence(ALVA, P1, 3, "course", 30)
    flask_migrate.upgrade(revision="0012")
    flask_migrate.downgrade(revision="0010")
    told = sa.text("SELECT source, level, count FROM standing ORDER BY source")
    with db.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(told)] == [("course", 3, 2), ("self", 1, 2)]
        assert connection.execute(sa.text("SELECT count(*) FROM evidence")).scalar() == 4

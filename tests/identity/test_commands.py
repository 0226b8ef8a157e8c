import pytest
from sqlalchemy import select

from lms.identity.cli import organisations, people
from lms.identity.models import Organisation, Person, Role
from lms.signals import person_erased


@pytest.fixture
def run(app):
    return lambda command, *words, **more: app.test_cli_runner().invoke(command, words, **more)


def test_the_very_first_administrator(run, session, letters, client):
    assert run(organisations, "add", "projekt", "Projektet", "--kind", "project").exit_code == 0
    assert run(organisations, "add", "norr", "Norr", "--kind", "region", "--under", "projekt").exit_code == 0
    assert run(organisations, "add", "sjovik", "Sjövik", "--kind", "partner", "--under", "norr").exit_code == 0
    done = run(
        people, "invite", "Ida@sjovik.example", "--organisation", "sjovik", "--name", "Ida", "--role", "administrator"
    )
    assert done.exit_code == 0
    link = done.output.split("https://kunna.test")[1].strip()
    assert link in letters()[0]
    assert client.post(link, data={"password": "tre små grisar i rad"}).status_code == 303
    [membership] = session.scalars(select(Person).where(Person.email == "ida@sjovik.example")).one().memberships
    assert membership.roles == {Role.LEARNER, Role.ADMINISTRATOR}


def test_the_tree_is_shown(run, cast):
    assert "    fyren  Ungdomshuset Fyren  (3)" in run(organisations, "list").output


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere", "Nowhere", "--kind", "region"),
        ("ekeby", "Ekeby", "--kind", "partner", "--under", "ost"),
        ("x", "X", "--kind", "unit", "--under", "ost"),
        ("x", "X", "--kind", "partner", "--under", "no-such-key"),
        ("Å", "Å", "--kind", "partner", "--under", "ost"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run, cast, words, session):
    before = len(session.scalars(select(Organisation)).all())
    done = run(organisations, "add", *words)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    session.rollback()
    assert len(session.scalars(select(Organisation)).all()) == before


@pytest.mark.parametrize(
    "words",
    [
        ("not-an-address", "--organisation", "ekeby", "--name", "A"),
        ("a@ekeby.example", "--organisation", "no-such-key", "--name", "A"),
        ("a@ekeby.example", "--organisation", "ekeby", "--name", "A", "--role", "coordinator"),
        ("farid@ekeby.example", "--organisation", "ekeby", "--name", "A"),
    ],
)
def test_who_cannot_be_invited_is_told_in_words(run, cast, words, letters):
    done = run(people, "invite", *words)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert letters() == []


def test_erasing_a_person(run, cast, session, sign_in):
    told = []
    client, uuid = sign_in(cast.bjorn), cast.bjorn.uuid
    with person_erased.connected_to(lambda session, person_uuid: told.append(person_uuid)):
        assert run(people, "erase", "bjorn@fyren.example", "--yes").exit_code == 0
    session.expire_all()
    assert told == [uuid]
    assert (cast.bjorn.email, cast.bjorn.name, cast.bjorn.password_hash) == (None, "–", None)
    assert cast.bjorn.memberships[0].ended_at is not None
    assert cast.alva.memberships[0].manager is None
    assert client.get("/me").status_code == 303
    assert run(people, "erase", "bjorn@fyren.example", "--yes").exit_code == 1

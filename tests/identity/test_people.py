import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lms.identity.models import Membership, Person, Role


def place(**form):
    return {"unit": "", "manager": "", "profile": "", "roles": [], **form}


def new_person(**form):
    return place(**{"email": "ny@ekeby.example", "name": "Ny Person", "language": "sv"} | form)


@pytest.fixture
def elsa(cast, sign_in):
    """Elsa's browser: she administers Ekeby."""
    return sign_in(cast.elsa)


@pytest.fixture
def person(session):
    return lambda email: session.scalars(select(Person).where(Person.email == email)).first()


class TestTheList:
    def test_it_works(self, cast, elsa):
        page = elsa.get("/people").text
        assert "Farid Nazari" in page
        assert "Skolan" in page
        assert "Alva Ek" not in page

    @pytest.mark.parametrize(
        ("who", "seen", "unseen"),
        [
            ("bjorn", ["Alva Ek", "Farid Nazari"], ["Elsa Öberg", "Gun Wiklund", "Ekeby"]),
            (
                "david",
                ["Alva Ek", "Elsa Öberg", "Ungdomshuset Fyren"],
                ["Gun Wiklund", "Cecilia Holm", "Nordverk"],
            ),
            ("cecilia", ["Alva Ek", "Gun Wiklund", "Nordverk AB"], []),
            ("gun", ["Gun Wiklund"], ["Alva", "Elsa", "Farid", "Fyren", "Ekeby", "Björn"]),
        ],
    )
    def test_everyone_sees_theirs(self, cast, sign_in, who, seen, unseen):
        page = sign_in(getattr(cast, who)).get("/people").text
        assert [words for words in seen if words not in page] == []
        assert [words for words in unseen if words in page] == []

    def test_a_learner_has_no_list(self, cast, sign_in):
        assert sign_in(cast.alva).get("/people").status_code == 403

    @pytest.mark.parametrize("words", ["åkerlund", "ÅKER", "david@"])
    def test_a_part_of_a_name_or_an_address_finds(self, cast, sign_in, words):
        page = sign_in(cast.david).get("/people", query_string={"search": words}).text
        assert "David Åkerlund</a>" in page
        assert "Alva Ek" not in page

    def test_signs_that_mean_something_to_the_database_are_only_signs(self, cast, elsa):
        assert "Farid" not in elsa.get("/people", query_string={"search": "%"}).text

    def test_one_looks_at_a_unit_or_an_organisation(self, cast, sign_in):
        david = sign_in(cast.david)
        assert "Björn Dahl</a>" not in david.get("/people?place=fyren-kansli").text
        assert "Farid Nazari</a>" in david.get("/people?place=fyren-kansli").text
        assert "Elsa Öberg</a>" not in david.get("/people?place=fyren").text

    def test_what_one_may_not_see_is_not_there_to_look_at(self, elsa):
        assert elsa.get("/people?place=nordverk").status_code == 404
        assert elsa.get("/people?place=no-such-place").status_code == 404

    def test_a_parameter_nobody_knows_is_refused(self, elsa):
        assert elsa.get("/people?sort=name").status_code == 400

    def test_pages(self, cast, session, elsa, at):
        for number in range(60):
            person = Person(name=f"Kollega {number:02}", email=f"k{number}@ekeby.example", created_at=at)
            session.add(Membership(person=person, organisation=cast.ekeby, began_at=at))
        session.commit()
        assert "Kollega 10</a>" in elsa.get("/people").text
        assert "Kollega 55</a>" in elsa.get("/people?page=2").text
        assert elsa.get("/people?page=9").status_code == 404

    def test_a_longer_list_takes_no_more_queries(self, cast, session, elsa, at, count_queries):
        def queries():
            with count_queries() as counted:
                elsa.get("/people")
            return counted.number

        before = queries()
        for number in range(20):
            person = Person(name=f"Kollega {number}", email=f"k{number}@ekeby.example", created_at=at)
            manager = cast.membership(cast.elsa, cast.ekeby)
            session.add(Membership(person=person, organisation=cast.ekeby, began_at=at, manager=manager))
        session.commit()
        assert queries() <= before


class TestInviting:
    def test_it_works(self, cast, elsa, person, letters, client):
        unit = cast.units["ekeby-skola"]
        answer = elsa.post("/people/invite", data=new_person(unit=unit.id, roles=["manager"]))
        assert (answer.status_code, answer.location) == (303, "/people")
        [membership] = person("ny@ekeby.example").memberships
        assert (membership.organisation, membership.unit) == (cast.ekeby, unit)
        assert membership.roles == {Role.LEARNER, Role.MANAGER}
        [letter] = letters()
        assert "Subject: Elsa Öberg bjuder in dig till Kunna" in letter
        link = letter.split("https://kunna.test")[1].split()[0]
        assert client.post(link, data={"password": "tre små grisar i rad"}).status_code == 303
        assert "Ny Person" in client.get("/me").text

    def test_a_person_known_elsewhere_is_told_and_nothing_of_theirs_is_shown(
        self, cast, session, elsa, letters, password
    ):
        answer = elsa.post("/people/invite", data=new_person() | {"email": "Alva@fyren.example"})
        assert answer.status_code == 303
        assert {m.organisation.key for m in cast.alva.memberships} == {"fyren", "ekeby"}
        assert cast.alva.name == "Alva Ek"
        [letter] = letters()
        assert "/choose-password/" not in letter
        assert "Ekeby kommun" in letter
        page = elsa.get(f"/people/{cast.alva.uuid}").text
        assert "Fyren" not in page
        assert "Björn" not in page

    def test_who_belongs_already_is_not_invited_twice(self, cast, elsa, letters):
        answer = elsa.post("/people/invite", data=new_person() | {"email": cast.farid.email})
        assert answer.status_code == 400
        assert 'id="email-error"' in answer.text
        assert letters() == []

    def test_who_has_left_can_come_back(self, cast, session, elsa, hold_clock, at):
        hold_clock(at)
        cast.membership(cast.farid, cast.ekeby).ended_at = at
        session.commit()
        assert elsa.post("/people/invite", data=new_person() | {"email": cast.farid.email}).status_code == 303
        assert cast.membership(cast.farid, cast.ekeby).ended_at is None

    def test_nothing_typed_is_lost(self, elsa, letters):
        answer = elsa.post("/people/invite", data=new_person(email="not an address", roles=["author"]))
        assert answer.status_code == 400
        assert 'value="not an address"' in answer.text
        assert 'value="Ny Person"' in answer.text
        assert re.search(r'<input checked [^>]*value="author"', answer.text)
        assert letters() == []

    @pytest.mark.parametrize("role", ["coordinator", "project_leader", "emperor"])
    def test_nobody_gives_a_role_that_is_not_theirs_to_give(self, elsa, person, role):
        assert elsa.post("/people/invite", data=new_person(roles=[role])).status_code == 400
        assert person("ny@ekeby.example") is None

    def test_a_unit_or_a_manager_of_others_cannot_be_given(self, cast, elsa, person):
        theirs = {
            "unit": cast.units["fyren-ungdom"].id,
            "manager": cast.membership(cast.bjorn, cast.fyren).id,
        }
        for field, value in theirs.items():
            assert elsa.post("/people/invite", data=new_person(**{field: value})).status_code == 400
        assert person("ny@ekeby.example") is None

    @pytest.mark.parametrize("who", ["alva", "bjorn", "cecilia", "david"])
    def test_only_administrators_invite(self, cast, sign_in, who):
        client = sign_in(getattr(cast, who))
        assert client.get("/people/invite").status_code == 403
        assert client.post("/people/invite", data=new_person()).status_code == 403


class TestOnePerson:
    def change(self, client, person, **form):
        return client.post(f"/people/{person.uuid}", data=place(name=person.name, **form))

    def test_it_works(self, cast, elsa):
        unit = cast.units["ekeby-arbetsmarknad"]
        answer = self.change(elsa, cast.farid, unit=unit.id, roles=["author", "manager"])
        assert answer.status_code == 303
        membership = cast.membership(cast.farid, cast.ekeby)
        assert (membership.unit, membership.roles) == (unit, {Role.LEARNER, Role.AUTHOR, Role.MANAGER})
        assert cast.membership(cast.farid, cast.fyren).roles == {Role.LEARNER}

    @pytest.mark.parametrize("who", ["alva", "bjorn", "cecilia", "david", "gun"])
    def test_nobody_else_changes_it(self, cast, sign_in, who):
        client = sign_in(getattr(cast, who))
        at_ekeby = cast.membership(cast.farid, cast.ekeby)
        assert self.change(client, cast.farid, roles=["author"]).status_code in {403, 404}
        assert client.post(f"/people/{cast.farid.uuid}/end").status_code in {403, 404}
        assert client.post(f"/people/{cast.farid.uuid}/invitation").status_code in {403, 404}
        assert at_ekeby.roles == {Role.LEARNER}

    @pytest.mark.parametrize(("who", "status"), [("bjorn", 200), ("david", 200), ("cecilia", 200), ("gun", 404)])
    def test_who_may_look(self, cast, sign_in, who, status):
        answer = sign_in(getattr(cast, who)).get(f"/people/{cast.alva.uuid}")
        assert answer.status_code == status
        assert f'action="/people/{cast.alva.uuid}"' not in answer.text

    def test_an_administrator_keeps_that_role(self, cast, elsa):
        answer = self.change(elsa, cast.elsa, roles=[])
        assert answer.status_code == 400
        assert Role.ADMINISTRATOR in cast.membership(cast.elsa, cast.ekeby).roles
        assert elsa.post(f"/people/{cast.elsa.uuid}/end").status_code == 409

    def test_a_manager_of_people_stays_one_until_they_have_another(self, cast, session, sign_in, elsa):
        self.change(elsa, cast.elsa, roles=["administrator", "manager"])
        manager = cast.membership(cast.elsa, cast.ekeby)
        assert self.change(elsa, cast.farid, manager=manager.id).status_code == 303
        assert cast.membership(cast.farid, cast.ekeby).manager is manager
        answer = self.change(elsa, cast.elsa, roles=["administrator"])
        assert answer.status_code == 400
        assert Role.MANAGER in manager.roles

    def test_nobody_is_above_their_own_manager(self, cast, session, elsa):
        self.change(elsa, cast.elsa, roles=["administrator", "manager"])
        self.change(elsa, cast.farid, roles=["manager"], manager=cast.membership(cast.elsa, cast.ekeby).id)
        farid = cast.membership(cast.farid, cast.ekeby)
        answer = self.change(elsa, cast.elsa, roles=["administrator", "manager"], manager=farid.id)
        assert answer.status_code == 400
        assert 'id="manager-error"' in answer.text

    def test_ending_a_membership(self, cast, elsa, sign_in):
        assert elsa.post(f"/people/{cast.farid.uuid}/end").location == "/people"
        assert elsa.get(f"/people/{cast.farid.uuid}").status_code == 404
        assert "Ungdomshuset Fyren" in sign_in(cast.farid).get(f"/people/{cast.farid.uuid}").text

    def test_a_last_day_to_come_is_kept_and_can_be_taken_back(self, cast, elsa, sign_in, hold_clock, at):
        hold_clock(at)
        farid = cast.membership(cast.farid, cast.ekeby)
        page = f"/people/{cast.farid.uuid}"
        form = place(name="Farid Nazari", last_day="2026-12-31")
        assert elsa.post(page, data=form).status_code == 303
        # The last day has ended where people are.
        assert farid.ended_at == datetime(2026, 12, 31, 23, tzinfo=UTC)
        assert 'value="2026-12-31"' in elsa.get(page).text
        assert sign_in(cast.farid, cast.ekeby).get("/me").status_code == 200
        hold_clock(farid.ended_at)
        assert elsa.get(page).status_code == 404
        hold_clock(at)
        elsa.post(page, data=form | {"last_day": ""})
        assert farid.ended_at is None

    @pytest.mark.parametrize("day", ["2026-11-22", "soon"])
    def test_a_last_day_that_has_been_is_none(self, cast, elsa, hold_clock, at, day):
        hold_clock(at)
        form = place(name="Farid Nazari", last_day=day)
        assert elsa.post(f"/people/{cast.farid.uuid}", data=form).status_code == 400
        assert cast.membership(cast.farid, cast.ekeby).ended_at is None

    def test_nobody_sets_their_own_last_day(self, cast, elsa, hold_clock, at):
        hold_clock(at)
        form = place(name="Elsa Öberg", roles=["administrator"], last_day="2026-12-31")
        assert elsa.post(f"/people/{cast.elsa.uuid}", data=form).status_code == 400

    def test_a_team_whose_manager_leaves_has_none(self, cast, session, sign_in, at):
        cast.membership(cast.alva, cast.fyren).held.append(type(cast.alva.memberships[0].held[0])(role="administrator"))
        session.commit()
        assert sign_in(cast.alva).post(f"/people/{cast.bjorn.uuid}/end").status_code == 303
        session.expire_all()
        assert cast.membership(cast.alva, cast.fyren).manager is None

    def test_a_name_is_corrected_until_its_owner_has_signed_in(self, cast, session, elsa, password):
        session.delete(cast.membership(cast.farid, cast.fyren))
        session.commit()
        form = place(name="Farid N.")
        assert elsa.post(f"/people/{cast.farid.uuid}", data=form).status_code == 400
        assert cast.farid.name == "Farid Nazari"
        cast.farid.password_hash = None
        session.commit()
        assert elsa.post(f"/people/{cast.farid.uuid}", data=form).status_code == 303
        assert cast.farid.name == "Farid N."

    def test_the_name_of_someone_who_belongs_to_others_too_is_not_hers_to_correct(self, cast, elsa):
        assert cast.farid.password_hash is None
        assert elsa.post(f"/people/{cast.farid.uuid}", data=place(name="Farid N.")).status_code == 400
        assert cast.farid.name == "Farid Nazari"

    def test_an_invitation_is_posted_again(self, cast, elsa, letters, hold_clock, at):
        hold_clock(at)
        assert elsa.post(f"/people/{cast.farid.uuid}/invitation").status_code == 303
        assert "/choose-password/" in letters()[0]
        assert cast.membership(cast.farid, cast.ekeby).invited_at == at

"""What each of the cast may see, straight from the one place that decides it."""

import pytest
from sqlalchemy import select

from lms.errors import NotFound
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Person

FYREN = {"Alva Ek", "Björn Dahl", "Farid Nazari"}


@pytest.fixture
def viewing(cast):
    def viewer(person, organisation=None):
        membership = cast.membership(person, organisation) if organisation else person.memberships[0]
        return Viewer(
            person.id,
            person.uuid,
            person.name,
            "sv",
            membership.id,
            membership.organisation_id,
            membership.roles,
        )

    return viewer


@pytest.fixture
def names(session):
    return lambda seen: {membership.person.name for membership in session.scalars(seen)}


@pytest.fixture
def keys(session):
    return lambda seen: {organisation.key for organisation in session.scalars(seen)}


def test_a_learner_sees_herself(cast, viewing, names):
    assert names(access.people(viewing(cast.alva))) == {"Alva Ek"}
    assert names(access.levels(viewing(cast.alva))) == {"Alva Ek"}


def test_a_manager_sees_his_team_and_opens_their_levels(cast, viewing, names):
    assert names(access.people(viewing(cast.bjorn))) == FYREN
    assert names(access.levels(viewing(cast.bjorn))) == FYREN


def test_a_manager_sees_nobody_who_has_another_manager(cast, session, viewing, names):
    cast.membership(cast.alva, cast.fyren).manager = None
    session.flush()
    assert names(access.people(viewing(cast.bjorn))) == FYREN - {"Alva Ek"}


def test_an_administrator_sees_her_organisation_and_nobodys_levels(cast, viewing, names):
    assert names(access.people(viewing(cast.elsa))) == {"Elsa Öberg", "Farid Nazari"}
    assert names(access.levels(viewing(cast.elsa))) == {"Elsa Öberg"}
    assert names(access.in_charge_of(viewing(cast.elsa))) == {"Elsa Öberg", "Farid Nazari"}


def test_a_coordinator_sees_the_region_and_nobodys_levels(cast, viewing, names, keys):
    david = viewing(cast.david)
    assert names(access.people(david)) == FYREN | {"David Åkerlund", "Elsa Öberg"}
    assert names(access.levels(david)) == {"David Åkerlund"}
    assert names(access.in_charge_of(david)) == set()
    assert {"ost", "fyren", "ekeby"} <= keys(access.organisations(david))
    assert not {"vast", "lindo", "nordverk"} & keys(access.organisations(david))


def test_a_project_leader_sees_everyone_and_changes_nobody(cast, session, viewing, names):
    cecilia = viewing(cast.cecilia)
    assert names(access.people(cecilia)) == set(session.scalars(select(Person.name)))
    assert names(access.levels(cecilia)) == {"Cecilia Holm"}
    assert names(access.in_charge_of(cecilia)) == set()


def test_gun_sees_nothing_of_the_others(cast, viewing, names, keys):
    gun = viewing(cast.gun)
    for seen in (access.people, access.levels, access.aggregates, access.in_charge_of):
        assert names(seen(gun)) == {"Gun Wiklund"}
    assert keys(access.organisations(gun)) == {"nordverk"}
    assert keys(access.grown_by(gun)) == {"nordverk"}


def test_farid_sees_only_where_he_acts(cast, viewing, session):
    for organisation in (cast.ekeby, cast.fyren):
        [membership] = session.scalars(access.people(viewing(cast.farid, organisation)))
        assert membership.organisation is organisation


def test_who_has_left_is_seen_by_nobody(cast, session, viewing, names, hold_clock, at):
    hold_clock(at)
    cast.membership(cast.farid, cast.ekeby).ended_at = at
    session.flush()
    assert names(access.people(viewing(cast.elsa))) == {"Elsa Öberg"}
    assert "Farid Nazari" in names(access.people(viewing(cast.bjorn)))


def test_what_may_not_be_seen_is_not_found(cast, session, viewing):
    with pytest.raises(NotFound):
        access.membership_of(session, access.people(viewing(cast.gun)), cast.alva.uuid)


def test_who_may_put_organisations_where(cast, viewing, keys):
    assert keys(access.grown_by(viewing(cast.elsa))) == {"ekeby"}
    assert keys(access.grown_by(viewing(cast.david))) == set()
    partners = {"fyren", "ekeby", "lindo", "nordverk"}
    assert keys(access.grown_by(viewing(cast.cecilia))) == {cast.project.key, "ost", "vast", *partners}

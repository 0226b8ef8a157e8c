"""Where people have belonged: kept whatever way a membership changes."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.identity import access, erasing, memberships, periods
from lms.identity.access import Viewer
from lms.identity.memberships import Place
from lms.identity.models import Membership, MembershipPeriod, Person, Role


@pytest.fixture
def alva(cast):
    return cast.membership(cast.alva, cast.fyren)


@pytest.fixture
def told(session):
    """`told(membership)`: (unit, manager, role profile, from, until) of each period, oldest first."""

    def of(membership):
        session.flush()
        its = select(MembershipPeriod).where(MembershipPeriod.membership_id == membership.id)
        found = session.scalars(its.order_by(MembershipPeriod.began_at).execution_options(populate_existing=True))
        return [(one.unit_id, one.manager_id, one.role_profile_key, one.began_at, one.ended_at) for one in found]

    return of


def test_a_change_ends_one_period_and_begins_another(cast, session, alva, told, hold_clock, at):
    hold_clock(at)
    unit, manager = alva.unit_id, alva.manager_id
    alva.unit = cast.units["fyren-kansli"]
    assert told(alva) == [
        (unit, manager, None, alva.began_at, at),
        (cast.units["fyren-kansli"].id, manager, None, at, None),
    ]


def test_changes_at_the_same_moment_are_one(cast, session, alva, told, hold_clock, at):
    hold_clock(at)
    alva.unit = None
    session.flush()
    alva.role_profile_key = "guide"
    assert [row[2:] for row in told(alva)] == [(None, alva.began_at, at), ("guide", at, None)]


def test_what_does_not_move_anybody_is_no_new_period(session, alva, told):
    before = told(alva)
    alva.invited_at = alva.began_at
    assert told(alva) == before


def test_an_end_to_come_is_known_and_can_be_taken_back(session, alva, told, at):
    alva.ended_at = at + timedelta(days=90)
    assert [row[3:] for row in told(alva)] == [(alva.began_at, at + timedelta(days=90))]
    alva.ended_at = None
    assert [row[3:] for row in told(alva)] == [(alva.began_at, None)]


def test_who_leaves_and_comes_back_has_two_periods(cast, session, alva, told, at):
    began, left, back = alva.began_at, at - timedelta(days=90), at - timedelta(days=10)
    elsa = cast.membership(cast.elsa, cast.ekeby).id
    memberships.end(session, alva, by=elsa, at=left)
    session.flush()
    memberships.add(session, cast.fyren, email=cast.alva.email, name="Alva Ek", language="sv", place=Place(), at=back)
    assert [row[3:] for row in told(alva)] == [(began, left), (back, None)]


def test_when_a_manager_leaves_their_team_has_none(cast, session, alva, told, hold_clock, at):
    hold_clock(at)
    bjorn = cast.membership(cast.bjorn, cast.fyren)
    memberships.end(session, bjorn, by=alva.id, at=at)
    assert [row[1] for row in told(alva)] == [bjorn.id, None]


def test_who_is_erased_has_belonged_nowhere(cast, session, alva, told, at):
    erasing.erase(session, cast.bjorn, at)
    assert told(cast.bjorn.memberships[0]) == []
    assert {row[1] for row in told(alva)} == {None}
    assert session.scalars(select(MembershipPeriod.person_id).where(MembershipPeriod.person_id == cast.alva.id)).all()


def test_what_is_told_afterwards_holds_from_then(cast, session, alva, told, at):
    then = at - timedelta(days=300)
    with periods.taking_effect(session, then):
        alva.role_profile_key = "guide"
    assert [row[2:] for row in told(alva)] == [(None, alva.began_at, then), ("guide", then, None)]


def test_memberships_cannot_be_changed_in_bulk(session, cast):
    """Nothing would follow."""
    with pytest.raises(TypeError, match="one by one"):
        session.execute(update(Membership).values(unit_id=None))


def test_every_membership_is_somewhere_now(session, cast):
    """The open period is as the membership."""
    columns = (Membership.unit_id, Membership.manager_id, Membership.role_profile_key, Membership.ended_at)
    now = {row[0]: tuple(row[1:]) for row in session.execute(select(Membership.id, *columns))}
    table = MembershipPeriod
    open_ones = select(table.membership_id, table.unit_id, table.manager_id, table.role_profile_key, table.ended_at)
    found = session.execute(open_ones.where(table.ended_at.is_(None)))
    assert {row[0]: tuple(row[1:]) for row in found} == now


class TestSeeing:
    @pytest.fixture
    def seen(self, session, at):
        """Names of whom a viewer counts on a day, and of whom they may open."""

        def names(viewer, on, select_on=access.aggregates_on):
            its = select_on(viewer, on, at=at).subquery()
            found = session.scalars(select(Person.name).join(its, its.c.person_id == Person.id))
            return set(found)

        return names

    @pytest.fixture
    def viewer(self):
        def of(person, membership, *roles):
            held = frozenset({Role.LEARNER, *roles})
            return Viewer(person.id, person.uuid, person.name, "sv", membership.id, membership.organisation_id, held)

        return of

    def test_who_belonged_on_a_day_counts_on_it(self, cast, session, viewer, seen, at):
        elsa = viewer(cast.elsa, cast.membership(cast.elsa, cast.ekeby), Role.ADMINISTRATOR)
        memberships.end(session, cast.membership(cast.farid, cast.ekeby), by=elsa.membership_id, at=at)
        session.flush()
        assert seen(elsa, at - timedelta(days=1)) == {"Elsa Öberg", "Farid Nazari"}
        assert seen(elsa, at - timedelta(days=800)) == set()

    def test_who_is_known_to_leave_counts_until_then(self, cast, session, viewer, seen, hold_clock, at):
        hold_clock(at)
        elsa = viewer(cast.elsa, cast.membership(cast.elsa, cast.ekeby), Role.ADMINISTRATOR)
        cast.membership(cast.farid, cast.ekeby).ended_at = at + timedelta(days=90)
        session.flush()
        assert seen(elsa, at) == seen(elsa, at + timedelta(days=89)) == {"Elsa Öberg", "Farid Nazari"}
        assert seen(elsa, at + timedelta(days=90)) == {"Elsa Öberg"}

    def test_a_manager_opens_nobody_who_has_left_the_team(self, cast, session, viewer, seen, alva, hold_clock, at):
        hold_clock(at)
        bjorn = viewer(cast.bjorn, cast.membership(cast.bjorn, cast.fyren), Role.MANAGER)
        alva.manager = None
        session.flush()
        then = at - timedelta(days=1)
        assert seen(bjorn, then, access.levels_on) == {"Björn Dahl", "Farid Nazari"}

    def test_nor_whoever_was_not_in_it_then(self, cast, session, viewer, seen, alva, hold_clock, at):
        hold_clock(at - timedelta(days=5))
        alva.manager = None
        session.flush()
        hold_clock(at)
        alva.manager = cast.membership(cast.bjorn, cast.fyren)
        session.flush()
        bjorn = viewer(cast.bjorn, cast.membership(cast.bjorn, cast.fyren), Role.MANAGER)
        assert "Alva Ek" not in seen(bjorn, at - timedelta(days=1), access.levels_on)
        assert "Alva Ek" in seen(bjorn, at, access.levels_on)

    def test_nobody_sees_the_past_of_another_organisation(self, cast, viewer, seen, at):
        gun = viewer(cast.gun, cast.membership(cast.gun, cast.nordverk), Role.ADMINISTRATOR, Role.MANAGER)
        assert seen(gun, at - timedelta(days=1)) == {"Gun Wiklund"}

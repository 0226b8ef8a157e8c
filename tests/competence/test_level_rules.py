"""Which rule tells levels: chosen in versions, handed down, and followed by what is stored."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.competence.models import Standing
from lms.competence.required.versions import Decision
from lms.competence.shown import level_rules, levels, standings
from lms.competence.shown.level import HIGHEST_SHOWN, LATEST, USUAL, WEIGHTED, Source
from lms.errors import Invalid

P1, P2 = "lifecomp/P1", "lifecomp/P2"


@pytest.fixture
def choose(session, cast):
    def chosen(organisation, rule, at, *, days=0):
        decision = Decision((at + timedelta(days=days)).date(), at, cast.cecilia.id, "Tried for a year.")
        level_rules.choose(session, organisation.id, rule, decision)
        session.flush()

    return chosen


@pytest.fixture
def rule_of(session):
    return lambda organisation, at: level_rules.rule_of(session, organisation.id, at)


@pytest.fixture
def stored(session, cast):
    """`stored()`: how Alva's levels at Fyren are kept: bytes, and by which rule they were picked."""
    its = select(Standing.levels, Standing.picked_by).where(Standing.person_uuid == cast.alva.uuid)
    return lambda: session.execute(its).one()


class TestChoosing:
    def test_where_nobody_has_chosen_it_is_the_usual_one(self, cast, rule_of, at):
        assert rule_of(cast.fyren, at) is USUAL

    def test_it_holds_from_its_day(self, cast, choose, rule_of, at):
        choose(cast.fyren, LATEST, at, days=10)
        assert rule_of(cast.fyren, at + timedelta(days=9)) is USUAL
        assert rule_of(cast.fyren, at + timedelta(days=10)) is LATEST
        assert rule_of(cast.ekeby, at + timedelta(days=10)) is USUAL

    def test_what_is_decided_today_did_not_hold_this_morning(self, cast, choose, rule_of, at):
        choose(cast.fyren, LATEST, at)
        assert rule_of(cast.fyren, at - timedelta(hours=1)) is USUAL
        assert rule_of(cast.fyren, at) is LATEST

    def test_it_is_handed_down_and_the_nearest_goes_before(self, cast, choose, rule_of, at):
        choose(cast.project, WEIGHTED, at)
        choose(cast.fyren, LATEST, at)
        assert [rule_of(one, at) for one in (cast.fyren, cast.ekeby, cast.nordverk)] == [LATEST, WEIGHTED, WEIGHTED]

    def test_of_two_from_the_same_day_the_later_decided_holds(self, session, cast, choose, rule_of, at):
        choose(cast.fyren, LATEST, at)
        choose(cast.fyren, WEIGHTED, at)
        assert rule_of(cast.fyren, at) is WEIGHTED
        assert [(one.number, one.rule) for one in level_rules.history(session, cast.fyren.id)] == [
            (2, "weighted"),
            (1, "latest"),
        ]

    def test_no_rule_holds_from_before_it_was_decided(self, cast, choose, at):
        with pytest.raises(Invalid):
            choose(cast.fyren, LATEST, at, days=-1)


class TestFollowing:
    @pytest.fixture(autouse=True)
    def shown(self, show, cast):
        show(cast.fyren, cast.alva, P1, 4, Source.COURSE, days_ago=100)
        show(cast.fyren, cast.alva, P1, 1, Source.SELF, days_ago=10)

    @pytest.fixture
    def level(self, session, cast):
        def of(at, **asked):
            whose = cast.fyren.id, cast.alva.uuid
            return levels.of(session, [whose], at, **asked)[whose][P1].level

        return of

    def test_a_new_rule_counts_at_once(self, cast, choose, level, at):
        assert level(at) == 4
        choose(cast.fyren, LATEST, at)
        assert level(at) == 1

    def test_another_rule_can_be_tried_without_storing_anything(self, level, stored, at):
        before = stored()
        assert [level(at, rule=rule) for rule in (HIGHEST_SHOWN, LATEST, WEIGHTED)] == [4, 1, 3]
        assert stored() == before

    def test_what_is_stored_follows(self, session, cast, choose, stored, at):
        assert stored().picked_by == USUAL.name
        choose(cast.fyren, LATEST, at)
        assert standings.pick_anew(session, [cast.fyren.id], at) == 1
        assert stored().picked_by == LATEST.name
        assert standings.pick_anew(session, [cast.fyren.id], at) == 0

    def test_what_comes_in_before_the_stored_has_followed_is_told_by_it_too(self, cast, choose, show, level, at):
        choose(cast.fyren, LATEST, at - timedelta(days=20))
        show(cast.fyren, cast.alva, P1, 2, days_ago=5)
        assert level(at) == 2

    def test_whoever_is_new_begins_with_it(self, session, cast, choose, show, at):
        choose(cast.fyren, LATEST, at - timedelta(days=20))
        show(cast.fyren, cast.farid, P1, 2, days_ago=5)
        its = select(Standing.picked_by).where(Standing.person_uuid == cast.farid.uuid)
        assert session.scalar(its) == LATEST.name

    def test_the_sweep_picks_what_has_grown_old(self, session, show, cast, stored, at):
        before = stored().levels
        later = at + timedelta(days=700)
        assert standings.sweep(session, {}, at) == 0
        assert standings.sweep(session, {}, later) == 1
        assert stored().levels != before
        assert standings.sweep(session, {}, later) == 0

    def test_the_sweep_takes_the_rule_of_a_day_that_has_come(self, session, cast, choose, stored, at):
        choose(cast.project, LATEST, at, days=3)
        assert standings.sweep(session, {}, at) == 0
        assert standings.sweep(session, {}, at + timedelta(days=3)) == 1
        assert stored().picked_by == LATEST.name

    def test_a_row_that_somebody_else_has_just_written_is_left(self, session, cast, choose, stored, at, monkeypatch):
        """What was kept is no longer what was read."""
        choose(cast.fyren, LATEST, at)
        read = standings.packing.unpack

        def write_meanwhile(kept):
            session.execute(update(Standing).values(kept=b"").execution_options(synchronize_session=False))
            return read(kept)

        monkeypatch.setattr(standings.packing, "unpack", write_meanwhile)
        standings.pick_anew(session, [cast.fyren.id], at)
        assert stored().picked_by == USUAL.name

"""What the start page says, and what would close a gap."""

from datetime import timedelta

import pytest

from lms.competence import own
from lms.competence.shown.level import Source
from lms.identity import periods
from lms.identity.access import Viewer
from lms.identity.models import Role
from tests.competence.conftest import assessed

GOALS, SELF, NOWHERE = "self-leadership/SL1", "self-leadership/SL2", "digcomp-3/3.4"


@pytest.fixture
def summary(app, cast, session, at):
    def told(person, *roles):
        membership = cast.membership(person, cast.fyren)
        viewer = Viewer(
            person.id, person.uuid, person.name, "sv", membership.id, cast.fyren.id, frozenset({Role.LEARNER, *roles})
        )
        kunna = app.extensions["kunna"]
        return own.summary(session, viewer, kunna.library, kunna.frameworks, at=at)

    return told


@pytest.fixture
def guides(cast, session, profile):
    profile(cast.fyren, "Guide", {GOALS: (3, 2), SELF: (2, 4), NOWHERE: (4, 5)})
    cast.membership(cast.alva, cast.fyren).role_profile_key = "guide"
    session.commit()


def test_before_there_is_a_role_profile(cast, summary):
    told = summary(cast.alva)
    assert (told.has_profile, told.not_assessed, told.next, told.team) == (False, 0, None, "")


def test_before_anything_is_assessed_there_is_no_gap_to_speak_of(cast, guides, summary):
    told = summary(cast.alva)
    assert (told.has_profile, told.not_assessed, told.next) == (True, 3, None)


def test_the_gap_that_weighs_most_comes_first(cast, guides, record, summary, at):
    record(cast.fyren, assessed(cast.alva.uuid, GOALS, 2, at), assessed(cast.alva.uuid, SELF, 0, at))
    assert summary(cast.alva).next.competence.key == SELF


def test_modules_are_named_by_what_they_close_for_their_time(cast, guides, record, summary, at):
    record(cast.fyren, assessed(cast.alva.uuid, NOWHERE, 0, at), assessed(cast.alva.uuid, GOALS, 2, at))
    told = summary(cast.alva)
    assert told.next.competence.key == NOWHERE
    assert told.furthest
    assert all(one.levels == {GOALS: 1} and one.module.develops[GOALS] > 2 for one in told.furthest)
    hours = [one.per_hour for one in told.furthest]
    assert hours == sorted(hours, reverse=True)


def test_where_no_module_helps_the_gap_is_still_named(cast, guides, record, summary, at):
    record(cast.fyren, assessed(cast.alva.uuid, NOWHERE, 0, at))
    assert (summary(cast.alva).next.competence.key, summary(cast.alva).furthest) == (NOWHERE, [])


def test_a_manager_is_told_of_the_team_in_one_sentence(cast, guides, record, summary, at):
    record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
    assert "priorit" in summary(cast.bjorn, Role.MANAGER).team


def test_a_profile_is_opened_as_it_was_and_as_it_will_be(cast, session, profile, show, sign_in, hold_clock, at):
    hold_clock(at)
    profile(cast.fyren, "Guide", {GOALS: (3, 2)})
    with periods.taking_effect(session, at - timedelta(days=300)):
        cast.membership(cast.alva, cast.fyren).role_profile_key = "guide"
    show(cast.fyren, cast.alva, GOALS, 1, days_ago=200)
    show(cast.fyren, cast.alva, GOALS, 3, Source.CERTIFICATE, days_ago=20, ends_in=100)
    session.commit()
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    levels = [
        "Nivå 3, 3 krävs" in alva.get("/competence/").text,
        "Nivå 1, 3 krävs" in alva.get(f"/competence/?on={(at - timedelta(days=90)).date()}").text,
        "Nivå 1, 3 krävs" in bjorn.get(f"/competence/people/{cast.alva.uuid}?horizon=12").text,
    ]
    assert levels == [True, True, True]
    assert alva.get("/competence/?on=2099-01-01").status_code == 400

"""What soon shows nothing any more, told in time to whom it concerns."""

import pytest

from lms.competence.shown import ending
from lms.competence.shown.level import Source
from lms.identity.access import Viewer
from lms.identity.models import Role

GOALS, SELF = "self-leadership/SL1", "self-leadership/SL2"


@pytest.fixture
def soon(cast, session, at):
    """`soon(cast.bjorn, Role.MANAGER)`: whose, of which competences, in how many days."""

    def found(person, *roles):
        member = cast.membership(person, cast.fyren)
        viewer = Viewer(
            person.id, person.uuid, person.name, "sv", member.id, cast.fyren.id, frozenset({Role.LEARNER, *roles})
        )
        return [(one.person, one.keys, (one.until - at).days) for one in ending.soon(session, viewer, at=at)]

    return found


def test_ninety_days_ahead_and_only_of_those_whose_levels_one_may_open(cast, session, show, soon):
    for person, key, days in ((cast.alva, GOALS, 90), (cast.alva, SELF, 91), (cast.bjorn, GOALS, 20)):
        show(cast.fyren, person, key, 2, Source.CERTIFICATE, ends_in=days)
    show(cast.ekeby, cast.elsa, GOALS, 2, Source.CERTIFICATE, ends_in=5)
    session.commit()
    assert soon(cast.alva) == [(cast.alva.name, (GOALS,), 90)]
    assert soon(cast.bjorn, Role.MANAGER) == [(cast.bjorn.name, (GOALS,), 20), (cast.alva.name, (GOALS,), 90)]


@pytest.mark.parametrize(
    ("level", "ends_in", "still"),
    [(2, 400, False), (3, None, False), (1, 400, True), (2, 30, True)],
    ids=["renewed", "renewed for good", "a lower level", "what ends sooner"],
)
def test_what_has_been_renewed_needs_no_warning(cast, session, show, soon, level, ends_in, still):
    show(cast.fyren, cast.alva, GOALS, 2, Source.CERTIFICATE, ends_in=60)
    show(cast.fyren, cast.alva, GOALS, level, Source.CERTIFICATE, ends_in=ends_in)
    session.commit()
    assert ((cast.alva.name, (GOALS,), 60) in soon(cast.alva)) is still


def test_the_person_is_told_on_the_first_page_and_the_manager_of_the_team(cast, session, show, sign_in, hold_clock, at):
    hold_clock(at)
    show(cast.fyren, cast.alva, GOALS, 2, Source.CERTIFICATE, ends_in=60)
    session.commit()
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    assert "till 22 jan. 2027" in alva.get("/").text
    assert "till 22 jan. 2027" in alva.get("/competence/").text
    assert "I ditt team går ett underlag ut inom 90 dagar" in bjorn.get("/").text
    assert cast.alva.name in bjorn.get("/competence/proofs").text

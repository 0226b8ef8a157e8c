"""What rests on one person: by name in a manager's team, without one inside the organisation, and nowhere else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lms.competence.required import profiles
from lms.competence.required.profiles import Requirement
from lms.identity.models import Membership, Person

GOALS, SELF, LIMITS, USUAL = (f"self-leadership/SL{number}" for number in (1, 2, 4, 5))


@pytest.fixture
def guides(cast, session, hold_clock, at):
    hold_clock(at)
    needed = {key: Requirement(3, 1, consequence=4) for key in (GOALS, SELF, LIMITS)} | {USUAL: Requirement(3, 1)}
    profiles.define(session, cast.project.id, "Guide", needed, at=at - timedelta(days=365))
    session.flush()


def row(page, name):
    """What is said of a competence; empty where it is not there."""
    return next((part.split("</tr>")[0] for part in page.split("<tr>")[1:] if f">{name}</a>" in part), "")


def test_a_manager_sees_who_it_is(cast, session, guides, show, sign_in):
    for person in (cast.alva, cast.farid):
        cast.membership(person, cast.fyren).role_profile_key = "guide"
    for person, key, level in (
        (cast.alva, GOALS, 3),
        (cast.farid, GOALS, 1),
        (cast.alva, SELF, 1),
        (cast.alva, USUAL, 3),
        (cast.farid, USUAL, 4),
    ):
        show(cast.fyren, person, key, level)
    session.commit()
    page = sign_in(cast.bjorn).get("/competence/alone").text
    assert cast.alva.name in row(page, "Sätta mål och prioritera")
    assert "En enda" in row(page, "Sätta mål och prioritera")
    assert "Saknas" in row(page, "Reglera sig själv")
    # Nobody is assessed in the third, and two reach the fourth.
    assert row(page, "Sätta gränser") == ""
    assert cast.farid.name not in page


def test_an_administrator_sees_which_and_not_who(cast, session, guides, show, sign_in, at):
    """Ten assessed: one reaches the first, nobody the second, and of the third only nine are assessed."""
    for number in range(10):
        person = Person(uuid=uuid4(), name=f"Name {number}", email=f"p{number}@ekeby.example", created_at=at)
        session.add(Membership(person=person, organisation=cast.ekeby, role_profile_key="guide", began_at=at))
        session.flush()
        show(cast.ekeby, person, GOALS, 3 if number == 0 else 1)
        show(cast.ekeby, person, SELF, 1)
        show(cast.ekeby, person, USUAL, 1)
        if number:
            show(cast.ekeby, person, LIMITS, 3 if number == 1 else 1)
    session.commit()
    page = sign_in(cast.elsa).get("/competence/alone").text
    assert "En enda" in row(page, "Sätta mål och prioritera")
    assert "Saknas" in row(page, "Reglera sig själv")
    assert row(page, "Sätta gränser") == ""
    assert "Name" not in page
    # Not critical.
    assert page.count("<tr>") == 3
    assert sign_in(cast.elsa).get("/competence/alone?view=team").status_code == 404
    for other in (cast.david, cast.cecilia, cast.alva):
        assert sign_in(other).get("/competence/alone").status_code == 403

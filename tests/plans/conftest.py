"""Björn's team, with work that needs what the courses teach, and what is known of them."""

import pytest

from lms.identity.access import Viewer
from lms.identity.models import Role
from tests.competence.conftest import profile, record, show, staff

__all__ = ["profile", "record", "show", "staff"]

GOALS, SELF, NOWHERE = "self-leadership/SL1", "self-leadership/SL2", "digcomp-3/3.4"


@pytest.fixture
def viewer(cast):
    """`viewer(cast.bjorn, cast.fyren, Role.MANAGER)`."""

    def acting(person, organisation, *roles):
        membership = cast.membership(person, organisation)
        held = frozenset({Role.LEARNER, *roles})
        return Viewer(person.id, person.uuid, person.name, "sv", membership.id, organisation.id, held)

    return acting


@pytest.fixture
def library(app):
    return app.extensions["kunna"].library


@pytest.fixture
def guides(cast, session, profile, show):
    """Alva lacks two levels in goals, Farid one; of Alva nobody has assessed the other."""
    profile(cast.fyren, "Guide", {GOALS: (3, 4), SELF: (2, 2), NOWHERE: (4, 5)})
    for person in (cast.alva, cast.farid):
        cast.membership(person, cast.fyren).role_profile_key = "guide"
    show(cast.fyren, cast.alva, GOALS, 1)
    show(cast.fyren, cast.farid, GOALS, 2)
    show(cast.fyren, cast.farid, SELF, 1)
    session.commit()

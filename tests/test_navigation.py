"""Which pages of Competence stand in whose navigation."""

from uuid import uuid4

import pytest

from lms import navigation
from lms.identity.access import Viewer
from lms.identity.models import Role


def viewer(*roles):
    return Viewer(1, uuid4(), "", "en", 1, 1, frozenset(roles))


def shown(*roles):
    return [(str(group.label), [room.key for room in group.rooms]) for group in navigation.competence(viewer(*roles))]


@pytest.fixture(autouse=True)
def english(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def test_a_learner_meets_their_own_and_the_frameworks():
    assert shown() == [("Mine", ["mine", "plan", "proofs"]), ("Frameworks", ["frameworks"])]


@pytest.mark.parametrize(
    ("role", "needed", "last"),
    [
        (Role.MANAGER, ["needs", "workshops"], ["frameworks"]),
        (Role.COORDINATOR, None, ["frameworks"]),
        (Role.ADMINISTRATOR, ["profiles", "needs", "workshops"], ["frameworks", "rule"]),
        (Role.PROJECT_LEADER, ["profiles", "needs", "workshops"], ["frameworks", "rule"]),
    ],
)
def test_each_role_meets_few_words_and_what_is_under_them(role, needed, last):
    groups = dict(shown(role))
    assert groups.get("What is needed") == needed
    assert list(groups)[:2] == ["Mine", "Map"]
    assert list(groups.values())[-1] == last
    assert len(groups) <= 5


def test_what_stands_alone_in_its_group_goes_by_its_own_name():
    assert shown(Role.MANAGER)[-1] == ("Frameworks", ["frameworks"])
    assert shown(Role.ADMINISTRATOR)[-1][0] == "Frameworks and rules"


def test_every_page_is_there_and_has_a_key_of_its_own(app):
    rooms = [room for group in navigation.COMPETENCE for room in group.rooms]
    assert len({room.key for room in rooms}) == len(rooms)
    assert [room.endpoint for room in rooms if room.endpoint not in app.view_functions] == []

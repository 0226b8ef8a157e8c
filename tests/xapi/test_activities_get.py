"""GET activities: an activity as the store knows it (Communication 2.5)."""

import pytest

from tests.xapi.conftest import Caller
from tests.xapi.documents import tag
from tests.xapi.statements import activity, statement

COURSE = activity()["id"]


def telling(**definition):
    return statement(object=activity() | {"definition": definition})


@pytest.fixture
def ask(caller):
    return lambda by=caller, **more: by.get("/xapi/activities", **{"activityId": COURSE, **more})


def test_it_works(caller, ask):
    """“Loads the complete Activity Object specified.”"""
    caller.post(telling(name={"sv": "Kurs"}, type="x:course", extensions={"x:n": 85.0}))
    caller.post(telling(name={"en": "Course"}, moreInfo="https://kunna.test/course"))
    answer = ask()
    assert answer.status_code == 200
    assert answer.json == {
        "objectType": "Activity",
        "id": COURSE,
        "definition": {
            "name": {"sv": "Kurs", "en": "Course"},
            "type": "x:course",
            "moreInfo": "https://kunna.test/course",
            "extensions": {"x:n": 85.0},
        },
    }
    assert answer.headers["ETag"] == tag(answer.data)
    assert ask(headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_an_unknown_one_is_an_activity_all_the_same(ask):
    """“If an LRS does not have a canonical definition of the Activity to return, the LRS SHOULD still return an
    Activity Object when queried.”"""
    assert ask().json == {"objectType": "Activity", "id": COURSE}


def test_so_is_one_that_nothing_was_told_of(caller, ask):
    caller.post(statement())
    assert ask().json == {"objectType": "Activity", "id": COURSE}


def test_an_interaction_is_shown_whole(caller, ask):
    """Data 2.4.4.1, interaction activities."""
    question = {
        "interactionType": "matching",
        "correctResponsesPattern": ["a[.]1[,]b[.]2"],
        "source": [{"id": "a", "description": {"sv": "A"}}, {"id": "b"}],
        "target": [{"id": "1"}, {"id": "2"}],
    }
    caller.post(telling(**question))
    assert ask().json["definition"] == question


def test_anothers_definitions_are_not_shown(client, key, cast, caller, ask):
    caller.post(telling(name={"sv": "Kurs"}))
    assert "definition" not in ask(Caller(client, key(cast.nordverk))).json
    assert "definition" not in ask(Caller(client, key(cast.project))).json
    assert ask(Caller(client, key(cast.project, below=True))).json["definition"] == {"name": {"sv": "Kurs"}}


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("statements/read", 200),
        ("statements/read/mine", 200),
        ("state", 200),
        ("profile", 200),
        ("define", 200),
        ("all/read", 200),
        ("all", 200),
        ("statements/write", 403),
    ],
)
def test_who_may_ask(client, key, cast, ask, scope, status):
    assert ask(Caller(client, key(cast.fyren, scope))).status_code == status


@pytest.mark.spec("Communication 2.5", "activityId")
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"activityId": ""},
        {"activityId": "course"},
        {"activityId": "/course"},
        {"activityid": COURSE},
        {"activityId": COURSE, "unknown": "1"},
        {"activityId": COURSE, "format": "canonical"},
    ],
)
def test_a_wrong_parameter_is_400(caller, parameters):
    """The table there: activityId is “Required”, an IRI; 3.2: others are 400."""
    assert caller.get("/xapi/activities", **parameters).status_code == 400


def test_head_says_the_same(client, caller, ask):
    """1.1: “All resources that support GET requests also support HEAD.”"""
    head = client.head("/xapi/activities", query_string={"activityId": COURSE}, headers=caller.headers)
    got = ask()
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", got.headers["ETag"])

"""Documents kept by a client that is not ours: `tincan`, unmodified, over the network.

It speaks 1.0.3 and knows of conditions only If-Match, so it cannot be the first to keep a profile: of a new one that
version wants If-None-Match (Communication 3.1). What it looks for in an answer's headers it never finds; the tag is
taken from the answer itself.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import tincan
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument
from tincan.http_request import HTTPRequest

from tests.xapi.living import living, served

COURSE = tincan.Activity(id="https://kunna.test/activities/course")
ALVA = tincan.Agent(account=tincan.AgentAccount(home_page="https://kunna.test", name="alva"), name="Alva")


@pytest.fixture(scope="module")
def lrs(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('foreign') / 'kunna.sqlite'}"
    with living(url, datetime(2026, 11, 23, tzinfo=UTC)) as (app, keys), served(app) as address:
        key, secret = keys["fyren"]
        yield tincan.RemoteLRS(endpoint=f"{address}/xapi/", username=key, password=secret, version="1.0.3")


def contents(answer):
    return bytes(answer.content.content)


def state(id, content=b'{"page": 1}'):
    return StateDocument(
        id=id, activity=COURSE, agent=ALVA, content=bytearray(content), content_type="application/json"
    )


def test_it_saves_reads_lists_and_deletes_states(lrs):
    """It sends a state twice, and never says its registration."""
    assert lrs.save_state(state("place")).success
    assert lrs.save_state(state("place", b'{"page": 2}')).success
    assert lrs.save_state(state("other")).success
    assert contents(lrs.retrieve_state(COURSE, ALVA, "place")) == b'{"page": 2}'
    assert sorted(lrs.retrieve_state_ids(COURSE, ALVA).content) == ["other", "place"]
    assert lrs.retrieve_state_ids(COURSE, ALVA, registration=str(uuid4())).content == []
    assert lrs.retrieve_state_ids(COURSE, ALVA, since="2999-01-01T00:00:00Z").content == []
    assert lrs.delete_state(state("place")).success
    assert lrs.retrieve_state_ids(COURSE, ALVA).content == ["other"]
    assert lrs.clear_state(COURSE, ALVA).success
    assert lrs.retrieve_state_ids(COURSE, ALVA).content == []


def test_a_state_that_is_not_there_is_an_empty_one(lrs):
    answer = lrs.retrieve_state(COURSE, ALVA, "nowhere")
    assert answer.success
    assert answer.response.status == 404


@pytest.mark.parametrize("whose", ["agent", "activity"])
def test_it_reads_lists_saves_and_deletes_profiles(lrs, whose):
    kind, thing, resource, about = {
        "agent": (AgentProfileDocument, ALVA, "agents/profile", {"agent": ALVA.to_json("1.0.3")}),
        "activity": (ActivityProfileDocument, COURSE, "activities/profile", {"activityId": COURSE.id}),
    }[whose]
    save, retrieve, ids, delete = (
        getattr(lrs, name.format(whose))
        for name in ("save_{}_profile", "retrieve_{}_profile", "retrieve_{}_profile_ids", "delete_{}_profile")
    )

    def profile(content, etag=None):
        return kind(
            id="settings",
            content=bytearray(content),
            content_type="text/plain",
            etag=etag,
            **{whose: thing},
        )

    new = save(profile(b"large"))
    assert (new.success, new.response.status) == (False, 400)
    first = HTTPRequest(
        method="PUT",
        resource=resource,
        headers={"If-None-Match": "*", "Content-Type": "text/plain"},
        content="large",
        query_params={"profileId": "settings", **about},
    )
    assert lrs._send_request(first).success

    answer = retrieve(thing, "settings")
    assert contents(answer) == b"large"
    assert ids(thing).content == ["settings"]
    known = answer.response.getheader("ETag")
    assert save(profile(b"small")).response.status == 409
    assert save(profile(b"small", known)).success
    assert save(profile(b"tiny", known)).response.status == 412
    assert contents(retrieve(thing, "settings")) == b"small"
    assert delete(profile(b"", known)).response.status == 412
    assert delete(profile(b"")).success
    assert ids(thing).content == []

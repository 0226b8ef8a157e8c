"""Documents kept by a client that is not ours: `tincan`, unmodified, over the network.

It knows of conditions only If-Match, and of a new profile 1.0.3 wants If-None-Match (Communication 3.1): so it keeps
new ones as a client of 1.0.2, which it can be as well. What it looks for in an answer's headers it never finds; the
tag is taken from the answer itself.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import tincan
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument

from tests.xapi.living import living, served

COURSE = tincan.Activity(id="https://kunna.test/activities/course")
ALVA = tincan.Agent(account=tincan.AgentAccount(home_page="https://kunna.test", name="alva"), name="Alva")


@pytest.fixture(scope="module")
def speaking(tmp_path_factory):
    """`speaking("1.0.3")`: the client as one of that version."""
    url = f"sqlite:///{tmp_path_factory.mktemp('foreign') / 'kunna.sqlite'}"
    with living(url, datetime(2026, 11, 23, tzinfo=UTC)) as (app, keys), served(app) as address:
        key, secret = keys["fyren"]
        yield lambda version: tincan.RemoteLRS(
            endpoint=f"{address}/xapi/", username=key, password=secret, version=version
        )


@pytest.fixture
def lrs(speaking):
    return speaking("1.0.3")


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
def test_it_reads_lists_saves_and_deletes_profiles(speaking, whose):
    kind, thing = {"agent": (AgentProfileDocument, ALVA), "activity": (ActivityProfileDocument, COURSE)}[whose]
    late, early = speaking("1.0.3"), speaking("1.0.2")

    def profile(content, etag=None):
        return kind(id="settings", content=bytearray(content), content_type="text/plain", etag=etag, **{whose: thing})

    def call(lrs, name, *given):
        return getattr(lrs, name.format(whose))(*given)

    refused = call(late, "save_{}_profile", profile(b"large"))
    assert (refused.success, refused.response.status) == (False, 400)
    assert call(early, "save_{}_profile", profile(b"large")).success

    for lrs in (early, late):
        answer = call(lrs, "retrieve_{}_profile", thing, "settings")
        assert contents(answer) == b"large"
        assert call(lrs, "retrieve_{}_profile_ids", thing).content == ["settings"]
        known = answer.response.getheader("ETag")
        assert call(lrs, "save_{}_profile", profile(b"small")).response.status == 409
        assert call(lrs, "save_{}_profile", profile(b"small", known)).success
        assert call(lrs, "save_{}_profile", profile(b"tiny", known)).response.status == 412
        assert contents(call(lrs, "retrieve_{}_profile", thing, "settings")) == b"small"
        known = call(lrs, "retrieve_{}_profile", thing, "settings").response.getheader("ETag")
        assert call(lrs, "save_{}_profile", profile(b"large", known)).success
    assert call(late, "delete_{}_profile", profile(b"", '"other"')).response.status == 412
    assert call(late, "delete_{}_profile", profile(b"")).success
    assert call(late, "retrieve_{}_profile_ids", thing).content == []

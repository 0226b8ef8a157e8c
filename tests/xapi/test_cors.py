"""Pages of any site may use the store (Communication 1.3: “One of the goals of the xAPI is to allow cross-domain
tracking”), with what the Fetch standard calls CORS."""

import json

import pytest

from tests.xapi.statements import activity, agent

ABOUT = {"activityId": activity()["id"], "agent": json.dumps(agent())}
ADDRESSES = {
    "about": {},
    "statements": {},
    "agents": {"agent": ABOUT["agent"]},
    "activities": {"activityId": ABOUT["activityId"]},
    "activities/state": ABOUT,
    "activities/profile": {"activityId": ABOUT["activityId"]},
    "agents/profile": {"agent": ABOUT["agent"]},
}
# 1.2: headers “expected to be used by the Learning Record Providers”, but for those that a browser sets itself.
SENT = {
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "if-match",
    "if-none-match",
    "x-experience-api-version",
}
# 1.2: headers “expected to be used by the LRS”, but for those that every page may read.
READ = {
    "content-length",
    "etag",
    "last-modified",
    "x-experience-api-consistent-through",
    "x-experience-api-version",
}
each = pytest.mark.parametrize("address", [*ADDRESSES, "nowhere", ""])


def words(text):
    return set(text.lower().split(", "))


@each
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
def test_a_browser_is_told_beforehand_what_it_may_send(client, address, method):
    """A preflight has neither credentials nor a version, and names the headers that will come."""
    answer = client.options(
        f"/xapi/{address}",
        headers={
            "Origin": "https://player.test",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ",".join(SENT),
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method.lower() in words(answer.headers["Access-Control-Allow-Methods"])
    assert words(answer.headers["Access-Control-Allow-Headers"]) >= SENT
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@each
def test_every_answer_can_be_read(client, caller, address):
    """Also one that refuses; but never with the cookies of this site, which have no say here."""
    parameters = ADDRESSES.get(address, {})
    for headers in (caller.headers, {}, caller.headers | {"Authorization": "Basic eDp5"}):
        for asked in (parameters, {"unknown": "1"}):
            for method in ("GET", "PATCH"):
                answer = client.open(f"/xapi/{address}", method=method, query_string=asked, headers=headers)
                assert answer.headers["Access-Control-Allow-Origin"] == "*"
                assert words(answer.headers["Access-Control-Expose-Headers"]) >= READ
                assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("address", "parameters"), ADDRESSES.items())
def test_every_answer_says_its_version(client, caller, address, parameters):
    """3.3: “The LRS MUST include the "X-Experience-API-Version" header in every response.”"""
    for version, told in (("1.0.1", "1.0.3"), ("2.0", "2.0.0")):
        for asked in (parameters, {"unknown": "1"}):
            headers = caller.headers | {"X-Experience-API-Version": version}
            answer = client.get(f"/xapi/{address}", query_string=asked, headers=headers)
            assert answer.headers["X-Experience-API-Version"] == told

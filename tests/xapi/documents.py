"""The three resources that keep documents, as a client uses them."""

import json
from dataclasses import dataclass
from hashlib import sha1

import pytest

from tests.xapi.statements import activity, agent

STATE, AGENT_PROFILE, ACTIVITY_PROFILE = "activities/state", "agents/profile", "activities/profile"
EACH = (STATE, AGENT_PROFILE, ACTIVITY_PROFILE)
VERSIONS = ("1.0.3", "2.0.0")
JSON = "application/json"
ANY = {"If-None-Match": "*"}

each = pytest.mark.parametrize("resource", EACH)
profiles = pytest.mark.parametrize("resource", [AGENT_PROFILE, ACTIVITY_PROFILE])
versions = pytest.mark.parametrize("version", VERSIONS)


def tag(contents: bytes) -> str:
    return f'"{sha1(contents, usedforsecurity=False).hexdigest()}"'


@dataclass
class Documents:
    """Those of one resource about one thing."""

    client: object
    headers: dict
    resource: str
    who: str = "alva"
    what: str = "course"

    @property
    def about(self):
        names = {"activityId": activity(self.what)["id"], "agent": json.dumps(agent(self.who))}
        wanted = {STATE: ("activityId", "agent"), AGENT_PROFILE: ("agent",), ACTIVITY_PROFILE: ("activityId",)}
        return {name: names[name] for name in wanted[self.resource]}

    def address(self, id=None, **parameters):
        name = "stateId" if self.resource == STATE else "profileId"
        return self.about | ({} if id is None else {name: id}) | parameters

    def send(self, method, id=None, contents=None, content_type=None, headers=(), **parameters):
        return self.client.open(
            f"/xapi/{self.resource}",
            method=method,
            query_string=self.address(id, **parameters),
            data=contents,
            content_type=content_type,
            headers=self.headers | dict(headers),
        )

    def put(self, id, contents=b"{}", content_type=JSON, headers=(), **parameters):
        return self.send("PUT", id, contents, content_type, headers, **parameters)

    def post(self, id, contents=b"{}", content_type=JSON, headers=(), **parameters):
        return self.send("POST", id, contents, content_type, headers, **parameters)

    def get(self, id=None, headers=(), **parameters):
        return self.send("GET", id, headers=headers, **parameters)

    def delete(self, id=None, headers=(), **parameters):
        return self.send("DELETE", id, headers=headers, **parameters)

    def keep(self, id, contents=b"{}", content_type=JSON, **parameters):
        """A new one, or another in the place of what is there."""
        there = self.get(id, **parameters)
        condition = {"If-Match": there.headers["ETag"]} if there.status_code == 200 else ANY
        answer = self.put(id, contents, content_type, condition, **parameters)
        assert answer.status_code == 204, answer.data
        return tag(contents)

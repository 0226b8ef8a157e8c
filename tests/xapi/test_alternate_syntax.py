"""The alternate request syntax (Communication 1.3), which 1.0.3 has and 2.0 has not."""

import json
from base64 import b64encode
from urllib.parse import urlencode
from uuid import uuid4

import flask_migrate
import pytest
from flask import Flask

from lms.app import mount
from lms.db import db, session
from lms.xapi import clients
from tests.cast import settle
from tests.conftest import TEST_SETTINGS
from tests.xapi.conftest import credentials
from tests.xapi.statements import activity, agent, identified, statement

STATE = {"activityId": activity()["id"], "agent": json.dumps(agent()), "stateId": "place"}
PROFILE = {"agent": json.dumps(agent()), "profileId": "settings"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def headers(key, cast):
    return key(cast.fyren, version="1.0.3")


@pytest.fixture
def send(client, headers):
    """`send("PUT", "statements", …)`: a POST of a form, with nothing in its headers."""

    def sent(method, address, form=(), *, kind="application/x-www-form-urlencoded", query="", **fields):
        body = urlencode({**headers, **dict(form), **fields})
        return client.post(f"/xapi/{address}?method={method}{query}", data=body, content_type=kind)

    return sent


class TestStatements:
    def test_it_works(self, send, client, headers):
        """Appendix C: a PUT of a statement as a form."""
        sent = identified()
        answer = send("PUT", "statements", JSON, statementId=sent["id"], content=json.dumps(sent))
        assert answer.status_code == 204, answer.json
        kept = client.get("/xapi/statements", query_string={"statementId": sent["id"]}, headers=headers)
        assert kept.json["actor"] == sent["actor"]
        assert answer.headers["X-Experience-API-Version"] == "1.0.3"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_post_stores(self, send):
        answer = send("POST", "statements", JSON, content=json.dumps([statement(), statement()]))
        assert answer.status_code == 200
        assert len(answer.json) == 2

    def test_get_finds(self, send):
        """“This alternate syntax can also be used to GET Statements due to limits on query string length.”"""
        sent = identified(actor=agent("åsa & co"))
        send("POST", "statements", JSON, content=json.dumps(sent))
        send("POST", "statements", JSON, content=json.dumps(statement()))
        found = send("GET", "statements", agent=json.dumps(sent["actor"]), limit="5")
        assert [one["id"] for one in found.json["statements"]] == [sent["id"]]
        assert "X-Experience-API-Consistent-Through" in found.headers

    def test_head_has_no_body_and_waits_for_none(self, send):
        [id] = send("POST", "statements", JSON, content=json.dumps(statement())).json
        answer = send("HEAD", "statements", statementId=id)
        assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "0")
        assert "ETag" in answer.headers
        assert send("HEAD", "statements", statementId=str(uuid4())).status_code == 404


class TestDocuments:
    def test_a_state_is_put_read_and_deleted(self, send):
        put = send("PUT", "activities/state", STATE, content='{"page": "två"}', **JSON)
        assert put.status_code == 204, put.json
        got = send("GET", "activities/state", STATE)
        assert got.json == {"page": "två"}
        assert got.headers["Content-Type"] == "application/json"
        assert send("POST", "activities/state", STATE, content='{"at": 3}', **JSON).status_code == 204
        assert send("GET", "activities/state", STATE).json == {"page": "två", "at": 3}
        assert send("DELETE", "activities/state", STATE).status_code == 204
        assert send("GET", "activities/state", STATE).status_code == 404

    @pytest.mark.spec(
        "Communication 1.3",
        "Authorization",
        "X-Experience-API-Version",
        "Content-Type",
        "Content-Length",
        "If-Match",
        "If-None-Match",
    )
    def test_conditions_are_fields_too(self, send):
        """“This applies to the following parameters: Authorization, X-Experience-API-Version, Content-Type,
        Content-Length, If-Match and If-None-Match.”"""
        new = send("PUT", "agents/profile", PROFILE, content="{}", **JSON, **{"If-None-Match": "*"})
        assert new.status_code == 204, new.json
        assert send("PUT", "agents/profile", PROFILE, content="{}", **JSON, **{"If-None-Match": "*"}).status_code == 412
        tag = send("HEAD", "agents/profile", PROFILE).headers["ETag"]
        again = send("PUT", "agents/profile", PROFILE, content="[]", **JSON, **{"If-Match": tag})
        assert again.status_code == 204
        assert send("DELETE", "agents/profile", PROFILE, **{"If-Match": tag}).status_code == 412

    @pytest.mark.spec("Communication 1.3", "content")
    @pytest.mark.parametrize("content", ["a+b %41&c=d", "å\r\n" * 50_000, "%", "%%4", "☃" * 30_000])
    def test_content_is_what_was_encoded(self, send, content):
        """“The LRS MUST interpret this content as a UTF-8 string.”"""
        send("PUT", "activities/state", STATE, content=content, **{"Content-Type": "text/plain; charset=utf-8"})
        got = send("GET", "activities/state", STATE)
        assert got.data.decode() == content
        assert got.headers["Content-Type"] == "text/plain; charset=utf-8"

    def test_escapes_that_lie_across_the_pieces_are_whole(self, send, client):
        for before in range(4):
            content = "x" * before + "å" * 70_000
            send("PUT", "activities/state", STATE, content=content, **{"Content-Type": "text/plain"})
            assert send("GET", "activities/state", STATE).data.decode() == content

    def test_content_without_a_type_is_json(self, send):
        """1.5.1: “Requests within this specification normally use an application/json content type.”"""
        assert send("PUT", "activities/state", STATE, content="{}").status_code == 204
        assert send("GET", "activities/state", STATE).headers["Content-Type"] == "application/json"


class TestEveryResource:
    @pytest.mark.parametrize(
        ("address", "fields"),
        [
            ("about", {}),
            ("agents", {"agent": json.dumps(agent())}),
            ("activities", {"activityId": activity()["id"]}),
            ("activities/profile", {"activityId": activity()["id"]}),
            ("agents/profile", {"agent": json.dumps(agent())}),
            ("activities/state", {"activityId": activity()["id"], "agent": json.dumps(agent())}),
        ],
    )
    def test_is_read_so(self, send, client, headers, address, fields):
        """“The LRS MUST support the syntax above.”"""
        answer = send("GET", address, fields)
        usual = client.get(f"/xapi/{address}", query_string=fields, headers=headers)
        assert (answer.status_code, answer.data) == (usual.status_code, usual.data) == (200, usual.data)

    def test_a_method_that_an_address_does_not_take_is_405(self, send):
        assert send("DELETE", "statements").status_code == 405

    def test_a_browser_that_cannot_say_what_it_sends_is_understood(self, send):
        """“The Learning Record Provider SHOULD still include a Content-Type header”: it need not."""
        for kind in ("", "text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded; charset=UTF-8"):
            assert send("GET", "statements", kind=kind).status_code == 200

    def test_headers_that_are_not_listed_are_in_their_usual_place(self, client, headers):
        """“The Learning Record Provider MUST include other header parameters not listed above in the HTTP header as
        normal.”"""
        course = activity() | {"definition": {"name": {"sv": "Kurs", "en": "Course"}}}
        client.post("/xapi/statements", json=statement(object=course), headers=headers)
        found = client.post(
            "/xapi/statements?method=GET",
            data={**headers, "format": "canonical"},
            headers={"Accept-Language": "en"},
        )
        assert found.json["statements"][0]["object"]["definition"] == {"name": {"en": "Course"}}

    def test_listed_ones_may_be_in_their_usual_place(self, client, headers):
        assert client.post("/xapi/statements?method=GET", data={"limit": "1"}, headers=headers).status_code == 200


class TestRefusals:
    def test_credentials_are_needed_as_ever(self, client, headers):
        form = {"X-Experience-API-Version": "1.0.3"}
        assert client.post("/xapi/statements?method=GET", data=form).status_code == 401
        wrong = {"Authorization": "Basic " + b64encode(b"a:b").decode()}
        assert client.post("/xapi/statements?method=GET", data=form | wrong).status_code == 401

    def test_version_2_does_not_have_it(self, client, key, cast):
        headers = key(cast.fyren, version="2.0.0")
        for answer in (
            client.post("/xapi/statements?method=GET", data=headers),
            client.post("/xapi/statements?method=GET", data={}, headers=headers),
            client.post("/xapi/statements?method=PUT", json=statement(), headers=headers),
        ):
            assert answer.status_code == 400
            assert "xAPI 2.0 does not have" in answer.json["error"]
            assert answer.headers["X-Experience-API-Version"] == "2.0.0"

    @pytest.mark.spec("Communication 1.3", "method")
    def test_the_method_is_alone_in_the_address(self, send):
        """“The Learning Record Provider MUST NOT include any other query string parameters on the request.”"""
        assert send("GET", "statements", query="&limit=1").status_code == 400
        assert send("GET", "statements", query="&method=GET").status_code == 400

    @pytest.mark.parametrize("method", ["", "get", "PATCH", "OPTIONS", "GET "])
    def test_other_methods_are_refused(self, send, method):
        answer = send(method, "statements")
        assert answer.status_code == 400
        assert answer.json["problems"][0]["field"] == "method"

    @pytest.mark.parametrize(
        "kind", ["application/json", "multipart/form-data; boundary=x", "multipart/mixed; boundary=x"]
    )
    def test_what_is_no_form_is_refused(self, send, kind):
        assert send("GET", "statements", kind=kind).status_code == 400

    def test_attachments_cannot_be_sent_so(self, send):
        """“it is not possible to send binary data attachments using this syntax”."""
        answer = send("POST", "statements", content="--x--", **{"Content-Type": "multipart/mixed; boundary=x"})
        assert answer.status_code == 400
        assert "attachments" in answer.json["error"]

    @pytest.mark.parametrize(
        "body",
        [
            "content=%FF",
            "content={}&content={}",
            "%FF=1",
            "agent=%FF",
            "limit=1&limit=2",
            "If-Match=%22a%22%0D%0AX-Other:%201",
            "content=x&Content-Type=text/plain%0D%0AX-Other:%201",
            "content=x&Content-Type=text/%00",
            "content-type=application/json",
            "CONTENT=x",
            "limit",
            "&".join("x=1" for _ in range(101)),
        ],
    )
    def test_what_cannot_be_understood_is_400(self, client, headers, body):
        answer = client.post(
            "/xapi/statements?method=GET", data=body, content_type="application/x-www-form-urlencoded", headers=headers
        )
        assert answer.status_code == 400, answer.data
        assert answer.json["error"]
        assert answer.headers["X-Experience-API-Version"] == "1.0.3"

    def test_what_is_too_large_is_413(self, send, app, monkeypatch):
        monkeypatch.setitem(app.config, "XAPI_MAX_BODY", 1000)
        assert send("PUT", "activities/state", STATE, content="x" * 1000).status_code == 413

    def test_a_form_without_a_method_is_400(self, client, headers):
        """3.2: “If the content type is application/x-www-form-urlencoded it is expected that the request will include
        a method parameter”."""
        for address in ("statements", "activities/state"):
            answer = client.post(
                f"/xapi/{address}", query_string=STATE if "/" in address else {}, data={"a": "b"}, headers=headers
            )
            assert answer.status_code == 400

    def test_a_method_without_a_form_is_a_parameter_like_others(self, client, headers):
        assert client.get("/xapi/statements?method=GET", headers=headers).status_code == 400


def test_it_works_where_kunna_is_mounted(tmp_path, at):
    host = Flask("host")
    mount(host, url_prefix="/learn", **TEST_SETTINGS, DATABASE_URL=f"sqlite:///{tmp_path / 'kunna.sqlite'}")

    @host.post("/xapi/statements")
    def theirs():
        return "the host's own"

    with host.app_context():
        flask_migrate.upgrade()
        settle(session(), at)
        made, secret = clients.add(session(), "Tests", "fyren", ["all"], below=False, at=at)
        db.session.commit()
        form = credentials(made.key, secret, "1.0.3")
    sent = host.test_client().post(
        "/learn/xapi/statements?method=POST", data={**form, "content": json.dumps(statement())}
    )
    assert sent.status_code == 200, sent.data
    assert host.test_client().post("/xapi/statements?method=POST", data=form).text == "the host's own"
    with host.app_context():
        db.engine.dispose()

"""POST and PUT /xapi/statements."""

import json
from uuid import uuid4

import pytest

from tests.xapi.conftest import Caller
from tests.xapi.statements import activity, agent, identified, statement, voiding


class TestPost:
    def test_a_statement_is_stored_and_its_id_is_returned(self, caller):
        """2.1.2: “Returns: 200 OK, Array of Statement id(s) (UUID) in the same order as the corresponding
        stored Statements.”"""
        one = identified()
        answer = caller.post(one)
        assert answer.status_code == 200
        assert answer.json == [one["id"]]
        assert caller.get(statementId=one["id"]).json["actor"] == one["actor"]

    @pytest.mark.spec("Communication 2.1.2", "content")
    def test_several_are_stored_in_order(self, caller):
        """2.1.2: “Array of Statement id(s) (UUID) in the same order as the corresponding stored Statements.”"""
        batch = [identified() for _ in range(3)]
        assert caller.post(*batch).json == [one["id"] for one in batch]
        assert caller.ids(ascending=True) == [one["id"] for one in batch]

    def test_none_is_an_empty_batch(self, caller, client):
        assert client.post("/xapi/statements", json=[], headers=caller.headers).json == []

    def test_one_faulty_statement_refuses_the_batch(self, caller):
        """3.2: “The LRS MUST reject a batch of statements if any Statement within that batch is rejected.”"""
        answer = caller.post(identified(), statement(verb={"id": "x"}))
        assert answer.status_code == 400
        assert answer.json["problems"] == [
            {
                "field": "statement[1].verb.id",
                "message": "must be an absolute IRI, such as “https://example.org/things/1”.",
            }
        ]
        assert caller.ids() == []

    def test_a_known_id_with_the_same_statement_is_success_and_with_another_409(self, caller):
        one = identified()
        caller.post(one)
        assert caller.post(one).status_code == 200
        answer = caller.post(one | {"object": activity("other")})
        assert answer.status_code == 409
        assert one["id"] in answer.json["error"]
        assert caller.get(statementId=one["id"]).json["object"] == one["object"]

    def test_the_authority_is_who_sent_it(self, caller):
        """2.4.9: “The LRS SHOULD overwrite the authority on all Statements it stores, based on the
        credentials”."""
        [id] = caller.post(statement(authority=agent("someone else"))).json
        authority = caller.get(statementId=id).json["authority"]
        assert authority["account"]["homePage"] == "https://kunna.test/xapi"
        assert authority["name"] == "Tests"

    def test_a_query_parameter_is_refused(self, caller, client):
        answer = client.post(f"/xapi/statements?statementId={uuid4()}", json=statement(), headers=caller.headers)
        assert answer.status_code == 400

    @pytest.mark.spec("Communication 3.2", "Content-Type")
    @pytest.mark.parametrize(
        ("content_type", "status"),
        [
            (None, 400),
            ("text/plain", 400),
            ("application/x-www-form-urlencoded", 400),
            ("application/jsonx", 400),
            ("application/json; charset=utf-8", 200),
            ("multipart/mixed; boundary=x", 400),
        ],
    )
    def test_the_content_type_must_be_json(self, caller, client, content_type, status):
        """3.2: “reject any request with 400 Bad Request status where the content type header does not match
        the content included in the request”."""
        answer = client.post(
            "/xapi/statements",
            data=json.dumps(statement()),
            content_type=content_type,
            headers=caller.headers,
        )
        assert answer.status_code == status

    def test_what_is_too_large_is_413(self, caller, app, monkeypatch):
        """3.2: “The LRS MUST reject with 413 Request Entity Too Large status any request rejected by the
        LRS where the size of the Attachment, Statement or document is larger than the maximum allowed by
        the LRS.”"""
        monkeypatch.setitem(app.config, "XAPI_MAX_BATCH", 2)
        assert caller.post(*(statement() for _ in range(3))).status_code == 413
        monkeypatch.setitem(app.config, "XAPI_MAX_BODY", 100)
        assert caller.post(statement()).status_code == 413

    def test_voiding_needs_the_scope_all(self, client, key, cast):
        """Data 2.3.2: “SHOULD reject the entire request … with 403 Forbidden if the request is not from a
        source authorized to void Statements”."""
        writer = Caller(client, key(cast.fyren, "statements/write", "statements/read"))
        [id] = writer.post(statement()).json
        assert writer.post(voiding(id)).status_code == 403
        assert writer.ids() == [id]


class TestPut:
    def test_a_statement_is_stored_under_the_id_of_the_request(self, caller):
        """2.1.1: “Stores a single Statement with the given id.” “Returns: 204 No Content”"""
        id = str(uuid4())
        answer = caller.put(statement(), id)
        assert (answer.status_code, answer.data) == (204, b"")
        assert caller.get(statementId=id).json["id"] == id

    @pytest.mark.spec("Communication 2.1.1", "statementId")
    def test_the_id_in_the_statement_must_be_the_same(self, caller):
        """2.1.1: “Where provided, the "id" property of the Statement MUST match the "statementId"
        parameter”."""
        one = identified()
        assert caller.put(one, str(uuid4())).status_code == 400
        assert caller.put(one, one["id"].upper()).status_code == 204

    def test_a_known_id_with_the_same_statement_is_204_and_with_another_409(self, caller):
        id = str(uuid4())
        assert [caller.put(statement(), id).status_code for _ in range(2)] == [204, 204]
        assert caller.put(statement(object=activity("other")), id).status_code == 409

    @pytest.mark.parametrize("id", ["", "x", "{6690e6c9-3ef0-4ed3-8b37-7f3964730bee}"])
    def test_an_id_that_is_none_is_refused(self, caller, id):
        assert caller.put(statement(), id).status_code == 400

    def test_the_id_must_be_there_and_alone(self, caller, client):
        for address in (
            "/xapi/statements",
            f"/xapi/statements?statementId={uuid4()}&x=1",
            f"/xapi/statements?StatementId={uuid4()}",
        ):
            assert client.put(address, json=statement(), headers=caller.headers).status_code == 400

    def test_a_batch_is_refused(self, caller):
        assert caller.put([statement()], str(uuid4())).status_code == 400

    def test_an_empty_statement_is_refused(self, caller):
        assert caller.put({}, str(uuid4())).status_code == 400


HOSTILE = [
    b"",
    b"null",
    b"[",
    b"[1]",
    b"[[]]",
    b'["x"]',
    b"[null]",
    b"{}",
    b'{"id":1}',
    b"[" * 100_000,
    b"[" + b"{" * 100_000,
    b'{"a":' * 100_000,
    b"\xff\xfe\x00",
    b"[\xff]",
    b'[{"actor":"\\ud800"}]',
    b"[{}," * 1000,
    b"[{},{}]",
    b"  [ ]x",
    b'{"id":{"a":1}}',
    b'{"id":"\\u0000"}',
    b'{"id":"' + b"a" * 100_000 + b'"}',
    b"9" * 100_000,
    b"[" + b"9" * 100_000 + b"]",
    json.dumps(statement(actor={"account": {"homePage": "http://x.test", "name": "a\u0000b"}})).encode(),
    json.dumps(statement(actor={"account": {"homePage": "http://x.test", "name": "a\ud800b"}})).encode(),
    json.dumps(statement(timestamp="9999-12-31T23:59:59.999999-23:59")).encode(),
    json.dumps(statement(timestamp="0001-01-01T00:00:00+23:59")).encode(),
    json.dumps(statement(result={"score": {"raw": 10**4000}})).encode(),
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_400_and_never_500(caller, client, body):
    for method, address in (("POST", "/xapi/statements"), ("PUT", f"/xapi/statements?statementId={uuid4()}")):
        answer = client.open(address, method=method, data=body, content_type="application/json", headers=caller.headers)
        assert answer.status_code == 400
        assert answer.json["error"]


@pytest.mark.parametrize(
    "parts",
    [
        {"result": {"response": "a\u0000b", "extensions": {"x:y": {"\u0000": "\u0000"}}}},
        {"result": {"extensions": {"x:y": 10**400}}},
        {"timestamp": "0001-01-01T00:00:00Z"},
        {"timestamp": "9999-12-31T23:59:59.999999Z"},
        {"actor": {"account": {"homePage": "http://x.test", "name": "å'\"|%_\\\U0001f600" * 1000}}},
        {"object": {"id": "x:" + "a" * 100_000}},
        {"result": {"response": "x" * 1_000_000}},
    ],
)
def test_odd_but_correct_statements_are_kept_as_they_are(caller, parts):
    one = identified(**parts)
    assert caller.post(one).status_code == 200
    kept = caller.get(statementId=one["id"]).json
    assert {name: kept[name] for name in parts} == parts
    assert caller.ids(agent=one["actor"]) == [one["id"]]
    assert caller.get(statementId=one["id"], format="ids").status_code == 200

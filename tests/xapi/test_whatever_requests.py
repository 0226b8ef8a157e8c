"""Requests with something random, or hostile, in any place: they succeed, or are refused with a sentence."""

import gzip
import json
import tracemalloc
from itertools import count
from urllib.parse import quote_from_bytes
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.xapi.statements import agent, identified, statement
from tests.xapi.test_whatever_comes import RICH, mutated

RESOURCES = [
    "statements",
    "about",
    "agents",
    "agents/profile",
    "activities",
    "activities/profile",
    "activities/state",
    "nowhere",
]
PARAMETERS = [
    "statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "related_agents",
    "related_activities", "since", "until", "limit", "format", "attachments", "ascending", "more", "method",
    "activityId", "stateId", "profileId", "x",
]  # fmt: skip
SENSIBLE = [
    b"", b"0", b"true", b"exact", b"2026-11-23T09:00:00Z", b"x:y", str(uuid4()).encode(), json.dumps(agent()).encode(),
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"%", b"9" * 400, b"[" * 4000, b"{}", b'{"mbox":"\\ud800"}', b"..",
    b"a" * 3000,
]  # fmt: skip
HEADERS = [
    "X-Experience-API-Version", "Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding", "Accept",
    "Accept-Language", "Accept-Encoding", "If-Match", "If-None-Match", "If-Modified-Since", "Range", "Authorization",
    "Expect", "Origin", "X-HTTP-Method-Override", "Cookie", "Host", "X-Forwarded-For",
]  # fmt: skip

FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Latin-1, as HTTP has them, without what no server lets through.
header_values = st.one_of(
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40),
    st.sampled_from(
        [
            "2.0.0",
            "1.0.3",
            "1.0.",
            "2.0.0.0",
            "application/json",
            "application/json; charset=utf-16",
            "multipart/mixed",
            "gzip",
            "*",
            '"a"',
            'W/"a", "b"',
            "sv;q=x",
            "bytes=0-1",
            "100-continue",
            "-1",
            "99999999999999999999",
            "é",
        ]
    ),
)
parameters = st.lists(
    st.tuples(st.sampled_from(PARAMETERS) | st.text(max_size=5), st.sampled_from(SENSIBLE) | st.binary(max_size=20)),
    max_size=4,
)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"])


@st.composite
def texts(draw):
    """Something like a statement, in some encoding, with bytes that were changed on the way."""
    whole = draw(mutated() | st.lists(mutated(), max_size=2))
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()))
    sent = bytearray(text.encode(draw(encodings), errors="replace"))
    for _ in range(draw(st.integers(0, 3))):
        if sent:
            place = draw(st.integers(0, len(sent) - 1))
            sent[place : place + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(sent)


def is_answered_well(answer):
    """With success, or with a sentence about what is wrong with the request."""
    assert answer.status_code < 500, answer.json
    assert answer.headers["X-Experience-API-Version"]
    if answer.status_code >= 400:
        told = answer.json
        assert told["error"].strip()
        assert all(one["message"].endswith((".", ".)")) for one in told.get("problems", []))
    return True


@FUZZ
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    resource=st.sampled_from(RESOURCES),
    asked=parameters,
    headers=st.dictionaries(st.sampled_from(HEADERS), header_values, max_size=3),
    body=st.binary(max_size=40) | st.just(json.dumps(statement()).encode()),
)
@example("GET", "statements", [("agent", b"\xff")], {}, b"")
@example("POST", "statements", [], {"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"")
def test_any_request_is_answered(client, caller, method, resource, asked, headers, body):
    query = "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in asked)
    given = {"Content-Type": "application/json"} | caller.headers | headers
    answer = client.open(f"/xapi/{resource}?{query}", method=method, data=body, headers=given)
    if method == "HEAD":
        assert answer.status_code < 500
    else:
        assert is_answered_well(answer)


@FUZZ
@given(body=texts(), version=st.sampled_from(["1.0.3", "2.0.0"]), put=st.booleans())
@example(b"\xef\xbb\xbf" + json.dumps(statement()).encode(), "2.0.0", False)
@example(json.dumps(statement()).encode("utf-16"), "1.0.3", False)
@example(b'{"actor":{},"actor":{}}', "2.0.0", False)
@example(b'{"\x80":1}', "2.0.0", True)
@example(b"[NaN,Infinity,-Infinity,1e999]", "2.0.0", False)
def test_any_body_is_stored_or_refused_with_a_sentence(client, caller, body, version, put):
    headers = caller.headers | {"X-Experience-API-Version": version, "Content-Type": "application/json"}
    before = len(caller.ids())
    address = f"/xapi/statements?statementId={uuid4()}" if put else "/xapi/statements"
    answer = client.open(address, method="PUT" if put else "POST", data=body, headers=headers)
    assert is_answered_well(answer)
    if answer.status_code >= 400:
        assert len(caller.ids()) == before


@pytest.mark.parametrize("text", ["utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_a_statement_in_another_encoding_is_refused(client, caller, text):
    """1.4: “All strings MUST be encoded and interpreted as UTF-8.”"""
    body = json.dumps(statement(actor=agent("Åsa")), ensure_ascii=False).encode(text)
    answer = client.post("/xapi/statements", data=body, headers=caller.headers, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]


def test_a_body_that_is_packed_is_refused_by_name(client, caller):
    """It would have to be unpacked before anyone knows how large it is."""
    packed = gzip.compress(json.dumps(statement()).encode())
    headers = caller.headers | {"Content-Encoding": "gzip"}
    answer = client.post("/xapi/statements", data=packed, headers=headers, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["problems"][0]["field"] == "Content-Encoding"


DEEP = 200_000
LARGE = {
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep extensions": json.dumps(statement(result={"extensions": {"x:y": "HERE"}})).encode().replace(
        b'"HERE"', b"[" * DEEP + b"]" * DEEP
    ),
    "a long number": json.dumps(statement(result={"score": {"raw": "HERE"}})).encode().replace(
        b'"HERE"', b"9" * 1_000_000
    ),
    "a number with a large exponent": b'{"result":{"score":{"raw":1e99999999999}}}',
    "many properties": b"{" + b",".join(b'"p%d":1' % n for n in range(100_000)) + b"}",
    "the same property many times": b"{" + b",".join([b'"actor":{}'] * 100_000) + b"}",
    "many statements": b"[" + b",".join([b"{}"] * 300_000) + b"]",
    "many wrong statements": b"[" + b",".join([b'{"verb":1}'] * 999) + b"]",
    "escapes": b'{"a":"' + b"\\u0041" * 300_000 + b'"}',
    "spaces": b" " * 3_000_000,
}  # fmt: skip


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE)
def test_what_is_large_or_deep_is_refused_and_takes_little_memory(client, caller, body):
    """Some twenty times what came, at the most."""
    tracemalloc.start()
    answer = client.post("/xapi/statements", data=body, headers=caller.headers, content_type="application/json")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code in {400, 413}
    assert len(answer.data) < 20_000
    assert most < 30_000_000 + 20 * len(body)


def test_extensions_can_hold_any_json(client, caller):
    """Data 4.1: “An LRS MUST NOT reject a Statement based on the values of the extensions map.”"""
    values = [None, True, -0.0, 1e308, 10**300, "", "\0\u2028", [], {}, [[[[]]]], {"": {"objectType": None}}]
    for number, value in zip(count(), values, strict=False):
        one = identified(result={"extensions": {f"x:{number}": value}})
        assert caller.post(one).status_code == 200
        assert caller.get(statementId=one["id"]).json["result"] == one["result"]
    assert caller.post(RICH[1] | {"attachments": []}).status_code == 200

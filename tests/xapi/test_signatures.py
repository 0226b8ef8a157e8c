"""Signed statements (Data 2.6)."""

import base64
import json
import subprocess
import sys
from uuid import uuid4

import pytest

from tests.xapi.parcels import BOUNDARY, attachment, body, first, opened, part
from tests.xapi.signing import (
    certificate,
    elliptic_certificate,
    signature,
    signature_part,
    signed,
)
from tests.xapi.statements import activity, agent, statement

SAID = statement(id=str(uuid4()), timestamp="2026-11-23T08:00:00Z", version="1.0.0")


@pytest.fixture(autouse=True)
def shelf(app, tmp_path):
    app.config["ATTACHMENTS_URL"] = f"file://{tmp_path / 'attachments'}"


@pytest.fixture(params=["1.0.3", "2.0.0"])
def store(client, caller, request):
    """`store(statement, *parts)`: the answer, in either version."""
    caller.headers["X-Experience-API-Version"] = request.param

    def stored(whole, *parts):
        return client.post(
            "/xapi/statements",
            data=body(first(whole), *parts),
            content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
            headers=caller.headers,
        )

    return stored


@pytest.fixture
def sign(store):
    """`sign(statement, jws)`: store it with this as its signature; the answer."""

    def signing(whole, jws, **parts):
        return store(whole | {"attachments": [signature(jws, **parts)]}, signature_part(jws))

    return signing


def is_refused(answer, word):
    assert answer.status_code == 400, answer.json
    [problem] = answer.json["problems"]
    assert problem["field"].startswith("statement.attachments[0]")
    assert word in problem["message"], problem
    return True


def changed(jws, segment, change):
    parts = jws.split(b".")
    padded = parts[segment] + b"=" * (-len(parts[segment]) % 4)
    parts[segment] = base64.urlsafe_b64encode(change(base64.urlsafe_b64decode(padded))).rstrip(b"=")
    return b".".join(parts)


class TestASignedStatement:
    @pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
    def test_is_stored_with_its_signature(self, sign, caller, alg):
        """“The JWS signature MUST use an algorithm of RS256, RS384, or RS512.”"""
        jws = signed(SAID, alg)
        assert sign(SAID, jws).status_code == 200
        _, file = opened(caller.get(statementId=SAID["id"], attachments=True))
        assert file.content == jws
        assert file.headers["Content-Type"] == "application/octet-stream"

    def test_may_be_signed_without_a_certificate(self, sign):
        """“If X.509 was used to sign, the JWS header SHOULD include the x5c property”."""
        assert sign(SAID, signed(SAID, x5c=None)).status_code == 200

    def test_may_be_signed_with_a_chain_of_certificates(self, sign):
        """“… containing the associated certificate chain.”"""
        chain = [certificate(), certificate("The authority")]
        assert sign(SAID, signed(SAID, x5c=chain)).status_code == 200

    def test_may_have_other_things_in_its_header(self, sign):
        """RFC 7515, 4: what is not understood there is to be ignored."""
        assert sign(SAID, signed(SAID, typ="JWS", kid="1", iat=1, jku="http://kunna.test/keys")).status_code == 200

    @pytest.mark.parametrize(
        "before",
        [
            {"timestamp": "2026-11-23T09:00:00+01:00"},
            {"verb": {"id": SAID["verb"]["id"]}},
            {"object": activity() | {"definition": {"name": {"sv": "Kursen"}}}},
            {"stored": "2026-01-01T00:00:00Z", "authority": agent("someone")},
            {"version": "1.0.1"},
            {"id": SAID["id"].upper()},
        ],
    )
    def test_may_differ_in_what_is_no_part_of_it(self, sign, before):
        """“Validate that the original Statement is logically equivalent to the received Statement”, by 2.3.1:
        “Differences which could have been caused by exceptions to Statement immutability MUST be ignored.”"""
        assert sign(SAID, signed(SAID | before)).status_code == 200

    @pytest.mark.parametrize("name", ["id", "timestamp", "version"])
    def test_may_have_been_given_later_what_a_store_sets(self, sign, name):
        before = {key: value for key, value in SAID.items() if key != name}
        assert sign(SAID, signed(before)).status_code == 200

    def test_may_have_other_attachments(self, store):
        carrying = SAID | {"attachments": [attachment()]}
        jws = signed(carrying)
        whole = SAID | {"attachments": [attachment(), signature(jws)]}
        assert store(whole, part(), signature_part(jws)).status_code == 200

    def test_may_be_signed_again(self, store):
        """“… the complete Statement before the signature was added”: the one of the second signer has the first."""
        one = signature(signed(SAID))
        twice = signed(SAID | {"attachments": [one]}, by="Björn")
        whole = SAID | {"attachments": [one, signature(twice)]}
        assert store(whole, signature_part(signed(SAID)), signature_part(twice)).status_code == 200

    def test_may_be_sent_again(self, sign):
        for _ in range(2):
            assert sign(SAID, signed(SAID)).status_code == 200

    def test_may_be_put(self, client, caller):
        unnamed = {key: value for key, value in SAID.items() if key != "id"}
        jws = signed(unnamed)
        answer = client.put(
            "/xapi/statements",
            query_string={"statementId": SAID["id"]},
            data=body(first(unnamed | {"attachments": [signature(jws)]}), signature_part(jws)),
            content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
            headers=caller.headers,
        )
        assert answer.status_code == 204, answer.json


class TestASignatureOfSomethingElse:
    @pytest.mark.parametrize(
        "before",
        [
            {"actor": agent("bjorn")},
            {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}},
            {"object": activity("other")},
            {"result": {"success": True}},
            {"timestamp": "2026-11-23T08:00:01Z"},
            {"id": str(uuid4())},
            {"context": {"platform": "x"}},
            {"attachments": [attachment(fileUrl="https://kunna.test/x")]},
        ],
    )
    def test_is_refused(self, sign, before):
        """“The JWS signature MUST have a payload of a valid JSON serialization of the complete Statement before the
        signature was added.”"""
        assert is_refused(sign(SAID, signed(SAID | before)), "signs another")

    def test_is_refused_when_an_attachment_came_later(self, store):
        jws = signed(SAID)
        whole = SAID | {"attachments": [signature(jws), attachment()]}
        assert is_refused(store(whole, part(), signature_part(jws)), "signs another")

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"x",
            b"null",
            b"[]",
            b"1",
            b"{}",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b'{"actor":1,"actor":2}',
            json.dumps([SAID]).encode(),
            json.dumps(SAID | {"context": {"contextAgents": [1]}}).encode(),
            json.dumps(SAID | {"unknown": 1}).encode(),
        ],
    )
    def test_is_refused_when_it_signs_no_statement(self, sign, payload):
        answer = sign(SAID, signed(payload or b" "))
        assert is_refused(answer, "What it signs is none")


class TestAMalformedSignature:
    """“The LRS MUST reject requests to store Statements that contain malformed signatures, with 400 Bad Request.”"""

    @pytest.mark.parametrize("alg", ["HS256", "PS256", "none", "RS1", "ES256", "rs256", ""])
    def test_is_one_with_another_algorithm(self, sign, alg):
        """“The JWS signature MUST use an algorithm of RS256, RS384, or RS512.”"""
        real = signed(SAID, alg if alg in {"HS256", "PS256"} else "RS256")
        jws = changed(real, 0, lambda header: json.dumps(json.loads(header) | {"alg": alg}).encode())
        assert is_refused(sign(SAID, jws), "RS256, RS384, RS512")

    def test_is_one_that_its_certificate_did_not_make(self, sign):
        """“If the JWS header includes an X.509 certificate, validate the signature against that certificate as
        defined in JWS.”"""
        assert is_refused(sign(SAID, signed(SAID, x5c=[certificate("Björn")])), "not made with the key")

    def test_is_one_whose_first_certificate_did_not_make_it(self, sign):
        """RFC 7515, 4.1.6: “The certificate containing the public key corresponding to the key used to digitally
        sign the JWS MUST be the first certificate.”"""
        chain = [certificate("Björn"), certificate()]
        assert is_refused(sign(SAID, signed(SAID, x5c=chain)), "not made with the key")

    def test_is_one_that_was_changed(self, sign):
        jws = changed(signed(SAID), 2, lambda bits: bits[:-1] + bytes([bits[-1] ^ 1]))
        assert is_refused(sign(SAID, jws), "not made with the key")
        jws = changed(signed(SAID), 1, lambda payload: payload.replace(b"    ", b""))
        assert is_refused(sign(SAID, jws), "not made with the key")

    @pytest.mark.parametrize(
        "chain", [[], ["x"], ["AAAA"], [certificate(), "AAAA"], "x", [1], {}, [certificate()[:-8]], ["å"]]
    )
    def test_is_one_with_certificates_that_are_none(self, sign, chain):
        jws = changed(signed(SAID), 0, lambda header: json.dumps(json.loads(header) | {"x5c": chain}).encode())
        assert sign(SAID, jws).status_code == 400

    def test_is_one_with_a_certificate_for_another_sort_of_key(self, sign):
        assert is_refused(sign(SAID, signed(SAID, x5c=[elliptic_certificate()])), "RSA key")

    @pytest.mark.parametrize("crit", [["b64"], ["exp"], []])
    def test_is_one_that_must_be_read_in_another_way(self, sign, crit):
        """RFC 7515, 4.1.11: extensions that are not understood and must be make the JWS invalid."""
        jws = changed(
            signed(SAID), 0, lambda header: json.dumps(json.loads(header) | {"crit": crit, "b64": False}).encode()
        )
        assert is_refused(sign(SAID, jws), "crit")

    @pytest.mark.parametrize(
        "jws",
        [
            b"x",
            b"",
            b"a.b",
            b"a.b.c.d",
            b"..",
            b"a.b.",
            b"a.b.c",
            b"!.b.c",
            b"\xff\x00.b.c",
            signed(SAID) + b"\n",
            b" " + signed(SAID),
            signed(SAID).replace(b".", b"=.", 1),
            json.dumps({"payload": "x", "signatures": []}).encode(),
            b"W10.e30.eA",
            b"MQ.e30.eA",
            b"e30.e30.eA",
            base64.urlsafe_b64encode(b"[" * 90_000).rstrip(b"=") + b".e30.eA",
        ],
    )
    def test_is_whatever_is_no_jws(self, sign, jws):
        assert is_refused(sign(SAID, jws), "")

    def test_is_one_that_is_too_long(self, sign):
        assert is_refused(sign(SAID, b"x" * 1_000_001), "at most")

    def test_is_one_of_another_type(self, store):
        """“… as an Attachment with … a contentType of application/octet-stream.”"""
        jws = signed(SAID)
        whole = SAID | {"attachments": [signature(jws, contentType="application/jose")]}
        assert is_refused(store(whole, signature_part(jws, Content_Type=None)), "application/octet-stream")


class TestASignatureThatCannotBeLookedAt:
    def test_is_one_that_is_elsewhere(self, caller):
        """“In order to verify signatures are well formed, the LRS MUST … decode the JWS signature”."""
        elsewhere = signature(b"x", fileUrl="https://kunna.test/signature")
        assert is_refused(caller.post(SAID | {"attachments": [elsewhere]}), "must come with the request")

    def test_is_one_of_a_substatement(self, store):
        """Signed is a statement, and a SubStatement is none."""
        inner = {"objectType": "SubStatement", **statement()}
        jws = signed(statement(object=inner))
        whole = statement(object=inner | {"attachments": [signature(jws)]})
        answer = store(whole, signature_part(jws))
        assert answer.status_code == 400
        assert answer.json["problems"][0]["field"] == "statement.object.attachments[0]"


def test_nothing_that_reads_signatures_is_loaded_before_one_comes():
    script = "import sys, lms.xapi.views; print([name for name in ('joserfc', 'obstore') if name in sys.modules])"
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert seen.stdout.strip() == "[]"

"""PUT of a state, of an agent's profile and of an activity's (Communication 2.2, 2.3, 2.6, 2.7, 3.1)."""

import json

import pytest

from tests.xapi.documents import ANY, JSON, STATE, each, profiles, tag, versions
from tests.xapi.statements import activity, agent

ALL_BYTES = bytes(range(256))


@each
@versions
def test_it_works(documents, resource, version):
    """2.3, 2.6, 2.7: “Returns (PUT | POST | DELETE): 204 No Content”."""
    ours = documents(resource, version)
    answer = ours.put("place", b'{"page": 1}', headers=ANY)
    assert (answer.status_code, answer.data) == (204, b"")
    assert ours.get("place").data == b'{"page": 1}'


@pytest.mark.spec("Communication 1.5", "Content-Type")
@each
@pytest.mark.parametrize(
    ("contents", "content_type"),
    [
        (ALL_BYTES, "application/octet-stream"),
        (ALL_BYTES * 5000, "image/png"),
        (b"", "text/plain"),
        ("räksmörgås".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        (b"a=1&b=2", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n--x--", "multipart/mixed; boundary=x"),
        (b' [1, 2.50,\n "\\u0000", "\\ud83d"] ', JSON),
        (b'"text"', "application/json; charset=utf-8"),
        (b"{", "application/vnd.example+json"),
        (b"<script>alert(1)</script>", "text/html"),
    ],
)
def test_what_is_kept_is_what_came(documents, resource, contents, content_type):
    """1.5: “Documents can have any content type.” 2.2: contents are “Arbitrary binary data”."""
    ours = documents(resource)
    ours.keep("place", contents, content_type)
    got = ours.get("place")
    assert (got.data, got.headers["Content-Type"]) == (contents, content_type)
    assert got.headers["ETag"] == tag(contents)
    assert got.headers["Content-Length"] == str(len(contents))


@each
def test_what_says_no_type_is_bytes(documents, resource):
    """RFC 7231, 3.1.1.5: without it, the recipient may assume “application/octet-stream”."""
    ours = documents(resource)
    assert ours.put("place", b"x", None, ANY).status_code == 204
    assert ours.get("place").headers["Content-Type"] == "application/octet-stream"


@each
@pytest.mark.parametrize("contents", [b"", b"{", b"plain", b"{'a': 1}", b"[NaN]", b'"\xff"', b"[" * 5000, b"{} {}"])
def test_what_says_that_it_is_json_must_be(documents, resource, contents):
    """3.2: “SHOULD reject any request with 400 Bad Request status where the content type header does not match the
    content included in the request”."""
    ours = documents(resource)
    assert ours.put("place", contents, headers=ANY).status_code == 400
    assert ours.get("place").status_code == 404


@each
def test_it_takes_the_place_of_what_was_there(documents, resource):
    """2.3: “Stores, changes, fetches, or deletes the document specified by the given "stateId"”; 2.2: “a PUT request
    to replace the whole document”."""
    ours = documents(resource)
    ours.keep("place", b'{"a": 1, "b": 2}')
    ours.keep("place", b"text", "text/plain")
    assert ours.get("place").data == b"text"


@each
def test_activities_and_agents_need_not_be_known(documents, resource):
    """2.2: “The LRS MUST NOT reject documents on the basis of not having prior knowledge of the Activity and/or
    Agent.”"""
    documents(resource, who="nobody", what="nothing").keep("place")


@each
def test_each_thing_has_its_own(documents, resource):
    """2.2: the id is “unique within the scope of the Agent or Activity”."""
    ours, other = documents(resource), documents(resource, who="bjorn", what="quiz")
    ours.keep("place", b"1")
    other.keep("place", b"2")
    other.keep("Place", b"3")
    assert [ours.get("place").data, other.get("place").data, other.get("Place").data] == [b"1", b"2", b"3"]
    assert ours.get().json == ["place"]


def test_the_resources_do_not_know_each_others(documents):
    for number, resource in enumerate((STATE, "agents/profile", "activities/profile")):
        documents(resource).keep("place", b"%d" % number)
    for number, resource in enumerate((STATE, "agents/profile", "activities/profile")):
        assert documents(resource).get("place").data == b"%d" % number


@pytest.mark.spec("Communication 2.3", "registration")
def test_a_state_belongs_to_its_registration(documents):
    """2.3: “exists in the context of the specified Activity, Agent, and registration (if specified)”."""
    ours, registration = documents(STATE), "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
    ours.keep("place", b"1")
    ours.keep("place", b"2", registration=registration)
    assert ours.get("place").data == b"1"
    assert ours.get("place", registration=registration.upper()).data == b"2"
    assert ours.get("place", registration="6690e6c9-3ef0-4ed3-8b37-7f3964730bef").status_code == 404


class TestConditions:
    @pytest.mark.spec("Communication 3.1", "If-Match")
    @each
    @versions
    def test_if_match_lets_the_one_through_who_knows_what_is_there(self, documents, resource, version):
        """3.1: “MUST handle the "If-Match" header as described in RFC2616, HTTP 1.1 if it contains an ETag, in order
        to detect modifications made after the Client last fetched the document.”"""
        ours = documents(resource, version)
        known = ours.keep("place", b"1", "text/plain")
        assert ours.put("place", b"2", "text/plain", {"If-Match": known}).status_code == 204
        assert ours.put("place", b"3", "text/plain", {"If-Match": known}).status_code == 412
        assert ours.get("place").data == b"2"

    @pytest.mark.spec("Communication 3.1", "If-None-Match")
    @each
    @versions
    def test_if_none_match_finds_out_what_is_there(self, documents, resource, version):
        """3.1: “MUST handle the "If-None-Match" header … if it contains "*", in order to to detect when there is a
        resource present that the Client is not aware of.” “MUST return HTTP status 412 Precondition Failed. MUST NOT
        make a modification to the resource.”"""
        ours = documents(resource, version)
        ours.keep("place", b"1", "text/plain")
        answer = ours.put("place", b"2", "text/plain", ANY)
        assert answer.status_code == 412
        assert answer.json["error"]
        assert ours.get("place").data == b"1"

    @each
    @pytest.mark.parametrize(
        ("header", "status"),
        [
            ({"If-Match": "*"}, 204),
            ({"If-Match": '"x", {tag}'}, 204),
            ({"If-Match": '"x", "y"'}, 412),
            # “using the strong comparison function” (RFC 2616, 14.24).
            ({"If-Match": "W/{tag}"}, 412),
            ({"If-Match": ""}, 412),
            ({"If-None-Match": "{tag}"}, 412),
            ({"If-None-Match": '"x",{tag}'}, 412),
            ({"If-None-Match": "W/{tag}"}, 412),
            ({"If-None-Match": '"x", "y"'}, 204),
            ({"If-Match": "{tag}", "If-None-Match": '"x"'}, 204),
            ({"If-Match": "{tag}", "If-None-Match": "*"}, 412),
        ],
    )
    def test_lists_and_asterisks(self, documents, resource, header, status):
        """RFC 2616, 14.24 and 14.26."""
        ours = documents(resource)
        known = ours.keep("place", b"1", "text/plain")
        asked = {name: value.format(tag=known) for name, value in header.items()}
        assert ours.put("place", b"2", "text/plain", asked).status_code == status

    @each
    @pytest.mark.parametrize(
        ("header", "status"),
        [({"If-Match": "*"}, 412), ({"If-Match": '"x"'}, 412), ({"If-None-Match": '"x"'}, 204), (ANY, 204)],
    )
    def test_of_what_is_not_there(self, documents, resource, header, status):
        """RFC 2616, 14.24: “if "*" is given and no current entity exists, the server MUST NOT perform the requested
        method, and MUST return a 412 (Precondition Failed) response.”"""
        ours = documents(resource)
        assert ours.put("place", headers=header).status_code == status
        assert ours.get("place").status_code == (200 if status == 204 else 404)


class TestWithoutConditions:
    @profiles
    @versions
    def test_over_a_profile_it_is_409(self, documents, resource, version):
        """3.1: “If a PUT request is received without either header for a resource that already exists, the LRS: MUST
        return HTTP status 409 Conflict. MUST return a response explaining that the Learning Record Provider SHOULD
        check the current state of the resource [and] set the "If-Match" header with the current ETag … MUST NOT make
        a modification to the resource.”"""
        ours = documents(resource, version)
        ours.keep("place", b"1", "text/plain")
        answer = ours.put("place", b"2", "text/plain")
        assert answer.status_code == 409
        assert "If-Match" in answer.json["error"]
        assert "ETag" in answer.json["error"]
        assert ours.get("place").data == b"1"

    @profiles
    def test_a_new_profile_is_400_in_1_0_3(self, documents, resource):
        """3.1: “A Client making a PUT request to either the Agent Profile Resource or Activity Profile Resource MUST
        include the "If-Match" header or the "If-None-Match" header.”"""
        ours = documents(resource, "1.0.3")
        answer = ours.put("place")
        assert answer.status_code == 400
        assert "If-None-Match" in answer.json["error"]
        assert ours.get("place").status_code == 404

    @profiles
    @pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.2"])
    def test_a_new_profile_is_kept_for_who_speaks_an_earlier_one(self, documents, resource, version):
        """1.0.2, 6.3: “If a PUT request is received without either header for a resource that already exists, the LRS:
        MUST return HTTP status 409”, and nothing of one that does not. The answer says 1.0.3 like any other."""
        ours = documents(resource, version)
        new, again = ours.put("place", b"1", "text/plain"), ours.put("place", b"2", "text/plain")
        assert (new.status_code, again.status_code) == (204, 409)
        assert new.headers["X-Experience-API-Version"] == "1.0.3"
        assert ours.get("place").data == b"1"

    @profiles
    def test_a_new_profile_is_kept_in_2_0(self, documents, resource):
        """2.0: only where there is a document already does a PUT need a condition."""
        assert documents(resource, "2.0.0").put("place").status_code == 204

    def test_a_state_of_1_0_3_is_kept_over_another(self, documents):
        """3.1: “The State Resource will permit PUT, POST and DELETE requests without concurrency headers, since
        state conflicts are unlikely.”"""
        ours = documents(STATE, "1.0.3")
        assert [ours.put("place", contents).status_code for contents in (b"1", b"2")] == [204, 204]
        assert ours.get("place").data == b"2"

    def test_a_state_of_2_0_is_not(self, documents):
        """2.0: a PUT over an existing document with neither header is 409, of a state as well, and changes
        nothing."""
        ours = documents(STATE, "2.0.0")
        assert [ours.put("place", contents).status_code for contents in (b"1", b"2")] == [204, 409]
        assert ours.get("place").data == b"1"


class TestParameters:
    @pytest.mark.spec("Communication 2.3", "activityId", "agent", "stateId")
    @pytest.mark.spec("Communication 2.6", "agent", "profileId")
    @pytest.mark.spec("Communication 2.7", "activityId", "profileId")
    @each
    def test_each_is_needed(self, documents, resource):
        """2.3, 2.6, 2.7: activityId, agent, stateId and profileId are “Required”."""
        ours = documents(resource)
        address = ours.address("place")
        for name in address:
            rest = {other: value for other, value in address.items() if other != name}
            answer = ours.client.put(f"/xapi/{resource}", query_string=rest, json={}, headers=ours.headers | ANY)
            assert answer.status_code == 400
            assert answer.json["problems"][0]["field"] == name

    @each
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("activityId", "not an IRI"),
            ("activityId", ""),
            ("activityId", "/relative"),
            ("agent", "alva"),
            ("agent", "{}"),
            ("agent", '{"mbox": "alva@kunna.test"}'),
            ("agent", '{"mbox": "mailto:a@b.test", "openid": "https://a.test"}'),
            ("agent", '{"mbox": "mailto:a@b.test", "member": []}'),
            # 2.6: “The "agent" parameter is an Agent Object and not a Group.”
            ("agent", '{"objectType": "Group", "mbox": "mailto:a@b.test"}'),
            ("registration", "x"),
            ("registration", ""),
            ("stateId", ""),
            ("stateId", "\x00"),
            ("profileId", ""),
            ("profileId", "a\x00b"),
            # 3.2: parameters “which the LRS does not recognize in their intended context”, “in all but case”.
            ("since", "2026-11-23T09:00:00Z"),
            ("stateid", "place"),
            ("ActivityId", activity()["id"]),
            ("unknown", "1"),
        ],
    )
    def test_a_wrong_one_is_400(self, documents, resource, name, value):
        ours = documents(resource)
        answer = ours.put("place", headers=ANY, **{name: value})
        assert answer.status_code == 400, answer.data
        assert name in answer.json["error"]
        assert ours.get().json == []

    @profiles
    def test_profiles_have_no_registration(self, documents, resource):
        answer = documents(resource).put("place", headers=ANY, registration="6690e6c9-3ef0-4ed3-8b37-7f3964730bee")
        assert answer.status_code == 400

    @each
    def test_ids_can_be_anything_else(self, documents, resource):
        ours = documents(resource)
        ids = ["å ä/ö?&=#%", "x" * 5000, "\n", "‮", "😀"]
        for id in ids:
            ours.keep(id, id.encode(), "text/plain")
        assert [ours.get(id).data.decode() for id in ids] == ids
        assert sorted(ours.get().json) == sorted(ids)

    def test_an_agent_is_who_its_identifier_says(self, documents):
        """Data 2.4.2: names and the way an agent is written are not what identifies it."""
        ours = documents(STATE)
        ours.keep("place")
        shorter = {"account": agent()["account"], "name": "Alva Ek"}
        assert ours.get("place", agent=json.dumps(shorter)).status_code == 200


class TestLimits:
    @each
    def test_what_is_too_large_is_413(self, documents, app, monkeypatch, resource):
        """3.2: “The LRS MUST reject with 413 Request Entity Too Large status any request rejected by the LRS where the
        size of the … document is larger than the maximum allowed by the LRS.”"""
        monkeypatch.setitem(app.config, "XAPI_MAX_DOCUMENT", 100)
        ours = documents(resource)
        assert ours.put("place", b"x" * 100, "text/plain", ANY).status_code == 204
        assert ours.put("place", b"x" * 101, "text/plain", {"If-Match": "*"}).status_code == 413
        monkeypatch.setitem(app.config, "XAPI_MAX_BODY", 100)
        assert ours.put("place", b"x" * 101, "text/plain", {"If-Match": "*"}).status_code == 413
        assert ours.get("place").data == b"x" * 100

    @each
    def test_what_is_compressed_on_the_way_is_refused(self, documents, resource):
        """It would be kept, and given out, as what it is not."""
        assert documents(resource).put("place", headers=ANY | {"Content-Encoding": "gzip"}).status_code == 400


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "state", "profile"),
        [
            ("state", True, False),
            ("profile", False, True),
            ("all", True, True),
            ("all/read", False, False),
            ("statements/write", False, False),
            ("statements/read", False, False),
            ("statements/read/mine", False, False),
            ("define", False, False),
        ],
    )
    def test_each_allows_what_it_says(self, documents, scope, state, profile):
        """4.2: state is “read/write state data”, profile “read/write Profile document data”, all “unrestricted
        access”; 3.2: all else is 403."""
        for resource, allowed in ((STATE, state), ("agents/profile", profile), ("activities/profile", profile)):
            ours = documents(resource, "2.0.0", scope)
            assert ours.put("place", headers=ANY).status_code == (204 if allowed else 403)
            assert ours.post("other").status_code == (204 if allowed else 403)
            assert ours.delete("place").status_code == (204 if allowed else 403)
            reads = 200 if allowed or scope == "all/read" else 403
            assert ours.get().status_code == reads


class TestOrganisations:
    @each
    def test_anothers_are_neither_seen_nor_changed(self, documents, cast, resource):
        ours, theirs = documents(resource), documents(resource, organisation=cast.nordverk)
        ours.keep("place", b"1")
        assert theirs.get().json == []
        assert theirs.get("place").status_code == 404
        theirs.keep("place", b"2")
        theirs.delete("place")
        assert ours.get("place").data == b"1"

    @each
    def test_a_client_that_sees_below_keeps_its_own_all_the_same(self, documents, cast, resource):
        """What is read under an address is what is written there."""
        ours, project = documents(resource), documents(resource, organisation=cast.project, below=True)
        ours.keep("place", b"1")
        assert project.get("place").status_code == 404
        project.keep("place", b"2")
        assert ours.get("place").data == b"1"

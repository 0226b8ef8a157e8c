"""GET and HEAD of a state, of an agent's profile and of an activity's (Communication 1.1, 2.2, 2.3, 2.6, 2.7, 3.1)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from werkzeug.datastructures import MultiDict

from tests.xapi.documents import JSON, STATE, each, tag, versions

R1, R2 = "6690e6c9-3ef0-4ed3-8b37-7f3964730be1", "6690e6c9-3ef0-4ed3-8b37-7f3964730be2"


def in_http(at):
    return format_datetime(at.astimezone(UTC), usegmt=True)


class TestOne:
    @each
    @versions
    def test_it_works(self, documents, resource, version, hold_clock, at):
        """2.3, 2.6, 2.7: “200 OK, the State document”. 3.1: the ETag is “a hexadecimal string of the SHA-1 digest of
        the contents”, and “MUST enclose the header in quotes”. 2.2: “When returning a single document, the LRS SHOULD
        include a "Last-Modified" header indicating when the document was last modified.”"""
        hold_clock(at)
        ours = documents(resource, version)
        ours.keep("place", b"contents", "text/plain")
        got = ours.get("place")
        assert (got.status_code, got.data, got.headers["Content-Type"]) == (200, b"contents", "text/plain")
        assert got.headers["ETag"] == tag(b"contents")
        assert len(got.headers["ETag"]) == 42
        assert got.headers["Last-Modified"] == in_http(at)
        assert got.headers["X-Experience-API-Version"] == version

    @each
    def test_last_modified_follows(self, documents, resource, hold_clock, at):
        ours = documents(resource)
        for minutes in (0, 5):
            hold_clock(at + timedelta(minutes=minutes))
            ours.keep("place", b'{"at": %d}' % minutes)
            assert ours.get("place").headers["Last-Modified"] == in_http(at + timedelta(minutes=minutes))
        hold_clock(at + timedelta(minutes=9))
        ours.post("place", b'{"at": 9}')
        assert ours.get("place").headers["Last-Modified"] == in_http(at + timedelta(minutes=9))

    @each
    def test_one_that_is_not_there_is_404(self, documents, resource):
        """3.2: 404 “May be returned by any method that returns a uniquely identified resource, for instance, any
        State, Agent Profile, or Activity Profile Resource request targeting a specific document”."""
        assert documents(resource).get("place").status_code == 404

    @each
    def test_head_says_the_same_without_the_contents(self, documents, resource):
        """1.1: “The LRS MUST respond to any HTTP HEAD request as it would have responded to an otherwise identical
        HTTP GET request except: The message-body MUST be omitted.”"""
        ours = documents(resource)
        ours.keep("place", b"contents", "text/plain")
        for id in ("place", "other", None):
            got, head = ours.get(id), ours.send("HEAD", id)
            assert (head.status_code, head.data) == (got.status_code, b"")
            names = ("ETag", "Last-Modified", "Content-Type", "Content-Length", "X-Experience-API-Version")
            assert [head.headers.get(name) for name in names] == [got.headers.get(name) for name in names]

    @each
    def test_who_has_it_already_is_told_so(self, documents, resource):
        """RFC 2616, 14.26: “Instead, if the request method was GET or HEAD, the server SHOULD respond with a 304 (Not
        Modified) response, including the cache-related header fields (particularly ETag)”."""
        ours = documents(resource)
        known = ours.keep("place")
        answer = ours.get("place", headers={"If-None-Match": known})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", known)
        assert ours.get("place", headers={"If-None-Match": '"x"'}).status_code == 200
        assert ours.get("place", headers={"If-Match": '"x"'}).status_code == 412
        assert ours.get("place", headers={"If-Match": known}).status_code == 200

    @each
    def test_it_is_not_shown_as_a_page(self, documents, resource):
        """A form of another site's can have it shown; it must have no part in this one."""
        ours = documents(resource)
        ours.keep("place", b"<script>alert(1)</script>", "text/html")
        headers = ours.get("place").headers
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"

    @each
    def test_since_belongs_to_the_list(self, documents, resource):
        """2.3: the table for single documents has no “since”; 3.2: parameters not recognised “in their intended
        context” are 400."""
        ours = documents(resource)
        ours.keep("place")
        assert ours.get("place", since="2026-11-23T09:00:00Z").status_code == 400


class TestMany:
    @pytest.mark.spec("Communication 2.2", "Last-Modified")
    @each
    @versions
    def test_it_works(self, documents, resource, version, hold_clock, at):
        """2.3, 2.6, 2.7: “200 OK, Array of State id(s)”. 2.2: “When returning multiple documents, the LRS SHOULD
        include a "Last-Modified" header indicating when the most recently modified document was last modified.”"""
        ours = documents(resource, version)
        for minutes, id in enumerate(["b", "a", "c"]):
            hold_clock(at + timedelta(minutes=minutes))
            ours.keep(id)
        got = ours.get()
        assert (got.status_code, sorted(got.json), got.headers["Content-Type"]) == (200, ["a", "b", "c"], JSON)
        assert got.headers["ETag"] == tag(got.data)
        assert got.headers["Last-Modified"] == in_http(at + timedelta(minutes=2))

    @each
    def test_where_there_are_none_the_array_is_empty(self, documents, resource):
        got = documents(resource).get()
        assert (got.status_code, got.json) == (200, [])
        assert "ETag" in got.headers
        assert "Last-Modified" not in got.headers

    @pytest.mark.spec("Communication 2.3, several", "since")
    @pytest.mark.spec("Communication 2.6, several", "since")
    @pytest.mark.spec("Communication 2.7, several", "since")
    @each
    @versions
    def test_since_leaves_out_what_is_older(self, documents, resource, version, hold_clock, at):
        """2.3, and 2.6 and 2.7 alike: “this is limited to entries that have been stored or updated since the specified
        timestamp (exclusive)”."""
        ours = documents(resource, version)
        for minutes, id in enumerate(["first", "second", "first"]):
            hold_clock(at + timedelta(minutes=minutes))
            ours.keep(id, b'{"at": %d}' % minutes)

        def since(moment):
            return ours.get(since=moment.isoformat()).json

        assert sorted(since(at - timedelta(seconds=1))) == ["first", "second"]
        assert since(at + timedelta(minutes=1)) == ["first"]
        assert since(at + timedelta(minutes=2)) == []
        assert since(at + timedelta(minutes=1, microseconds=-1)) == ["second", "first"]
        local = (at + timedelta(minutes=1)).astimezone(datetime.fromisoformat("2026-01-01T00:00:00+02:00").tzinfo)
        assert since(local) == ["first"]

    @each
    @pytest.mark.parametrize(
        "since", ["", "yesterday", "2026-11-23", "2026-11-23T09:00:00-00:00", "2026-02-30T00:00:00Z"]
    )
    def test_a_since_that_is_no_time_is_400(self, documents, resource, since):
        answer = documents(resource).get(since=since)
        assert answer.status_code == 400
        assert "since" in answer.json["error"]

    def test_the_version_decides_what_a_time_is(self, documents):
        """2.0 wants RFC 3339; 1.0.3 lets other forms of ISO 8601 through."""
        assert documents(STATE, "1.0.3").get(since="2026-11-23T09:00+0100").status_code == 200
        assert documents(STATE, "2.0.0").get(since="2026-11-23T09:00+0100").status_code == 400

    @pytest.mark.spec("Communication 2.3, several", "registration")
    def test_states_of_one_registration_or_of_all(self, documents):
        """2.3: “Fetches State ids of all state data for this context (Activity + Agent [ + registration if
        specified])”."""
        ours = documents(STATE)
        ours.keep("free")
        ours.keep("bound", registration=R1)
        ours.keep("bound", registration=R2)
        ours.keep("other", registration=R2)
        assert ours.get(registration=R1).json == ["bound"]
        assert sorted(ours.get(registration=R2.upper()).json) == ["bound", "other"]
        assert sorted(ours.get().json) == ["bound", "free", "other"]

    @each
    @pytest.mark.parametrize(
        "wrong",
        [
            {"unknown": "1"},
            {"Since": "2026-11-23T09:00:00Z"},
            {"StateId": "a"},
            {"profileid": "a"},
            {"activityId": "x"},
            {"agent": "x"},
            {"registration": "x"},
        ],
    )
    def test_a_wrong_parameter_is_400(self, documents, resource, wrong):
        """3.2: “any parameters matching parameters described in this specification in all but case”."""
        assert documents(resource).get(**wrong).status_code == 400

    @pytest.mark.spec("Communication 2.3, several", "activityId", "agent")
    @pytest.mark.spec("Communication 2.6, several", "agent")
    @pytest.mark.spec("Communication 2.7, several", "activityId")
    @each
    def test_what_it_is_about_is_needed(self, documents, resource):
        """2.3, 2.6, 2.7: of several documents activityId and agent are “Required” too."""
        ours = documents(resource)
        for name in ours.about:
            rest = {other: value for other, value in ours.about.items() if other != name}
            assert ours.client.get(f"/xapi/{resource}", query_string=rest, headers=ours.headers).status_code == 400

    @each
    def test_a_parameter_given_twice_is_400(self, documents, resource):
        ours = documents(resource)
        twice = [*ours.address("a").items(), *ours.address("b").items()]
        assert (
            ours.client.get(f"/xapi/{resource}", query_string=MultiDict(twice), headers=ours.headers).status_code == 400
        )

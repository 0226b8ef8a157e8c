"""DELETE of a state, of an agent's profile and of an activity's (Communication 2.3, 2.6, 2.7, 3.1)."""

import pytest

from tests.xapi.documents import ANY, STATE, each, profiles, versions

R1, R2 = "6690e6c9-3ef0-4ed3-8b37-7f3964730be1", "6690e6c9-3ef0-4ed3-8b37-7f3964730be2"


class TestOne:
    @each
    @versions
    def test_it_works(self, documents, resource, version):
        """2.3, 2.6, 2.7: “Returns (PUT | POST | DELETE): 204 No Content”."""
        ours = documents(resource, version)
        ours.keep("place")
        ours.keep("other")
        answer = ours.delete("place")
        assert (answer.status_code, answer.data) == (204, b"")
        assert ours.get("place").status_code == 404
        assert ours.get().json == ["other"]

    @each
    def test_one_that_is_not_there_is_no_mistake(self, documents, resource):
        assert documents(resource).delete("place").status_code == 204

    @each
    @versions
    @pytest.mark.parametrize(
        ("header", "status"),
        [
            ({}, 204),
            ({"If-Match": "{tag}"}, 204),
            ({"If-Match": '"x"'}, 412),
            ({"If-Match": "W/{tag}"}, 412),
            ({"If-None-Match": "*"}, 412),
            ({"If-None-Match": "{tag}"}, 412),
            ({"If-None-Match": '"x"'}, 204),
        ],
    )
    def test_conditions_are_kept(self, documents, resource, version, header, status):
        """3.1: “An LRS responding to a POST or DELETE request SHOULD handle the "If-Match" header as described in
        RFC2616, HTTP 1.1 if it contains an ETag, in order to detect modifications made after the Client last fetched
        the document.” In 2.0 it honours both."""
        ours = documents(resource, version)
        known = ours.keep("place")
        asked = {name: value.format(tag=known) for name, value in header.items()}
        assert ours.delete("place", headers=asked).status_code == status
        assert ours.get("place").status_code == (404 if status == 204 else 200)

    @each
    def test_what_is_not_there_matches_nothing(self, documents, resource):
        ours = documents(resource)
        assert ours.delete("place", headers={"If-Match": "*"}).status_code == 412
        assert ours.delete("place", headers=ANY).status_code == 204

    @each
    def test_it_can_be_kept_again(self, documents, resource):
        ours = documents(resource)
        ours.keep("place", b"1")
        ours.delete("place")
        ours.keep("place", b"2")
        assert ours.get("place").data == b"2"

    def test_a_state_of_one_registration_leaves_others(self, documents):
        ours = documents(STATE)
        ours.keep("place")
        ours.keep("place", registration=R1)
        ours.delete("place")
        assert ours.get("place", registration=R1).status_code == 200
        ours.delete("place", registration=R1)
        assert ours.get("place", registration=R1).status_code == 404

    @each
    def test_a_wrong_parameter_is_400(self, documents, resource):
        ours = documents(resource)
        ours.keep("place")
        for wrong in ({"unknown": "1"}, {"since": "2026-11-23T09:00:00Z"}, {"agent": "x"}, {"activityId": "x"}):
            assert ours.delete("place", **wrong).status_code == 400
        assert ours.get().json == ["place"]


class TestMany:
    @profiles
    def test_profiles_are_deleted_one_by_one(self, documents, resource):
        """2.6, 2.7: of several documents there is GET only."""
        ours = documents(resource)
        ours.keep("place")
        assert ours.delete().status_code == 400
        assert ours.get().json == ["place"]

    @pytest.mark.spec("Communication 2.3, delete", "activityId", "agent")
    @versions
    def test_it_works(self, documents, version):
        """2.3: “Deletes all state data for this context (Activity + Agent [+ registration if specified]).”"""
        ours, others = documents(STATE, version), documents(STATE, version, who="bjorn")
        elsewhere = documents(STATE, version, what="quiz")
        for one in (ours, others, elsewhere):
            one.keep("a")
            one.keep("b", registration=R1)
        answer = ours.delete()
        assert (answer.status_code, answer.data) == (204, b"")
        assert ours.get().json == []
        assert sorted(others.get().json) == sorted(elsewhere.get().json) == ["a", "b"]

    @pytest.mark.spec("Communication 2.3, delete", "registration")
    def test_those_of_a_registration_alone(self, documents):
        """2.3: “The Registration associated with this state.”"""
        ours = documents(STATE)
        ours.keep("a")
        ours.keep("a", registration=R1)
        ours.keep("b", registration=R2)
        assert ours.delete(registration=R1).status_code == 204
        assert sorted(ours.get().json) == ["a", "b"]
        assert ours.get(registration=R1).json == []

    def test_an_empty_id_is_not_all_of_them(self, documents):
        ours = documents(STATE)
        ours.keep("a")
        assert ours.delete("").status_code == 400
        assert ours.get().json == ["a"]

    def test_conditions_are_about_the_list(self, documents):
        """RFC 2616, 14.24: the tag is that of the resource that the address names."""
        ours = documents(STATE)
        ours.keep("a")
        known = ours.get().headers["ETag"]
        ours.keep("b")
        assert ours.delete(headers={"If-Match": known}).status_code == 412
        assert ours.delete(headers=ANY).status_code == 412
        assert sorted(ours.get().json) == ["a", "b"]
        assert ours.delete(headers={"If-Match": ours.get().headers["ETag"]}).status_code == 204
        assert ours.get().json == []
        assert ours.delete(headers={"If-Match": "*"}).status_code == 412

    def test_a_wrong_parameter_deletes_nothing(self, documents):
        ours = documents(STATE)
        ours.keep("a")
        for wrong in ({"stateid": "a"}, {"since": "2026-11-23T09:00:00Z"}, {"registration": "x"}, {"unknown": ""}):
            assert ours.delete(**wrong).status_code == 400
        assert ours.get().json == ["a"]

"""POST of a state, of an agent's profile and of an activity's: JSON is merged (Communication 2.2)."""

import pytest

from tests.xapi.documents import ANY, JSON, each, tag, versions


@each
@versions
def test_it_works(documents, resource, version):
    """2.2, the example there: “Note that only top-level properties are merged”; “If the merge is successful, the LRS
    MUST respond with HTTP status code 204 No Content.”"""
    ours = documents(resource, version)
    ours.keep("place", b'{"x": "foo", "y": "bar"}')
    answer = ours.post("place", b'{"x": "bash", "z": "faz"}')
    assert (answer.status_code, answer.data) == (204, b"")
    got = ours.get("place")
    assert got.json == {"x": "bash", "y": "bar", "z": "faz"}
    assert got.headers["Content-Type"] == JSON
    assert got.headers["ETag"] == tag(got.data)


@each
def test_what_is_inside_a_property_is_replaced_whole(documents, resource):
    """2.2: “The entire contents of each original property are replaced with the entire contents of each new
    property.”"""
    ours = documents(resource)
    ours.keep("place", b'{"a": {"b": 1, "c": 2}, "d": [1], "e": 1}')
    ours.post("place", b'{"a": {"b": 3}, "d": null}')
    assert ours.get("place").json == {"a": {"b": 3}, "d": None, "e": 1}


@each
def test_values_stay_as_they_were_written(documents, resource):
    ours = documents(resource)
    ours.keep("place", b'{"a": 85.0, "long": 12345678901234567890.123, "half": "\\ud83d", "e\\u0301": 1e400}')
    assert ours.post("place", '{"å": "\\u0000"}'.encode(), "application/json; charset=utf-8").status_code == 204
    got = ours.get("place")
    assert b"85.0" in got.data
    assert got.json["half"] == "\ud83d"
    assert got.json["å"] == "\x00"
    ours.delete("place")
    ours.keep("place", b'{"a": 85.0, "long": 12345678901234567890.123, "big": 1e400}')
    ours.post("place", b'{"b": 1.50}')
    assert ours.get("place").data == b'{"a":85.0,"long":12345678901234567890.123,"big":1e400,"b":1.50}'


@each
@versions
@pytest.mark.parametrize(
    ("contents", "content_type"), [(b'{"a": 1}', JSON), (b"\x00\xff", "application/octet-stream"), (b"", "text/plain")]
)
def test_where_there_is_none_it_is_kept_as_it_came(documents, resource, version, contents, content_type):
    """2.3: POST “Stores, changes, fetches, or deletes the document”: there is nothing to merge it with."""
    ours = documents(resource, version)
    assert ours.post("place", contents, content_type).status_code == 204
    got = ours.get("place")
    assert (got.data, got.headers["Content-Type"]) == (contents, content_type)


@each
@pytest.mark.parametrize(
    ("there", "sent"),
    [
        ((b'{"a": 1}', JSON), (b'{"b": 2}', "text/plain")),
        ((b'{"a": 1}', JSON), (b'{"b": 2}', None)),
        ((b'{"a": 1}', "text/plain"), (b'{"b": 2}', JSON)),
        ((b"\xff", "application/octet-stream"), (b'{"b": 2}', JSON)),
        ((b"text", "text/plain"), (b"text", "text/plain")),
        ((b'{"a": 1}', JSON), (b"[1]", JSON)),
        ((b'{"a": 1}', JSON), (b"{", JSON)),
        ((b'{"a": 1}', JSON), (b'{"b": "\xff"}', JSON)),
        ((b'{"a": 1}', JSON), (b"", JSON)),
        ((b'{"a": 1}', JSON), (b"null", JSON)),
        ((b"[1]", JSON), (b'{"b": 2}', JSON)),
        ((b'{"a": 1}', "application/jsonx"), (b'{"b": 2}', JSON)),
    ],
)
def test_only_json_objects_can_be_merged(documents, resource, there, sent):
    """2.2: “If the document being posted or any existing document does not have a Content-Type of application/json,
    or if either document cannot be parsed as a JSON Object, the LRS MUST respond with HTTP status code 400 Bad
    Request, and MUST NOT update the target document as a result of the request.”"""
    ours = documents(resource)
    ours.keep("place", *there)
    answer = ours.post("place", *sent)
    assert answer.status_code == 400
    assert answer.json["error"]
    got = ours.get("place")
    assert (got.data, got.headers["Content-Type"]) == there


@each
@pytest.mark.parametrize("contents", [b"[1]", b'"a"', b"{", b"1"])
def test_json_that_is_no_object_is_refused_also_where_there_is_none(documents, resource, contents):
    ours = documents(resource)
    assert ours.post("place", contents).status_code == 400
    assert ours.get("place").status_code == 404


@each
@versions
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({}, 204),
        ({"If-Match": "{tag}"}, 204),
        ({"If-Match": "*"}, 204),
        ({"If-Match": '"x"'}, 412),
        (ANY, 412),
        ({"If-None-Match": "{tag}"}, 412),
        ({"If-None-Match": '"x"'}, 204),
    ],
)
def test_conditions_are_kept(documents, resource, version, header, status):
    """3.1: “An LRS responding to a POST or DELETE request SHOULD handle the "If-Match" header”, “to a POST request
    SHOULD handle the "If-None-Match" header”; “If the header precondition … fails, the LRS: SHOULD return HTTP status
    412 Precondition Failed. SHOULD NOT make a modification to the resource.” 2.0 has no “should” there."""
    ours = documents(resource, version)
    known = ours.keep("place", b'{"a": 1}')
    asked = {name: value.format(tag=known) for name, value in header.items()}
    assert ours.post("place", b'{"a": 2}', headers=asked).status_code == status
    assert ours.get("place").json == {"a": 2 if status == 204 else 1}


@each
@pytest.mark.parametrize(("header", "status"), [({"If-Match": "*"}, 412), ({"If-Match": '"x"'}, 412), (ANY, 204)])
def test_conditions_on_what_is_not_there(documents, resource, header, status):
    ours = documents(resource)
    assert ours.post("place", headers=header).status_code == status
    assert ours.get("place").status_code == (200 if status == 204 else 404)


@each
def test_the_id_is_needed(documents, resource):
    answer = documents(resource).post(None)
    assert answer.status_code == 400
    assert answer.json["problems"][0]["field"] in {"stateId", "profileId"}


@each
def test_an_unknown_parameter_is_400(documents, resource):
    """3.2: “The LRS MUST reject with 400 Bad Request status any requests that use any parameters which the LRS does
    not recognize in their intended context in this specification.”"""
    ours = documents(resource)
    assert ours.post("place", unknown="1").status_code == 400
    assert ours.post("place", since="2026-11-23T09:00:00Z").status_code == 400


@each
def test_a_document_does_not_grow_beyond_what_is_allowed(documents, app, monkeypatch, resource):
    """3.2: 413 where “the size of the … document is larger than the maximum allowed by the LRS”."""
    monkeypatch.setitem(app.config, "XAPI_MAX_DOCUMENT", 100)
    ours = documents(resource)
    ours.keep("place", b'{"a": "%s"}' % (b"x" * 60))
    assert ours.post("place", b'{"b": "%s"}' % (b"x" * 60)).status_code == 413
    assert list(ours.get("place").json) == ["a"]


@each
def test_a_form_without_the_parameter_method_is_400(documents, resource):
    """3.2: “If the content type is application/x-www-form-urlencoded it is expected that the request will include a
    method parameter as outlined in Alternate Request Syntax.”"""
    assert documents(resource).post("place", b"a=b", "application/x-www-form-urlencoded").status_code == 400

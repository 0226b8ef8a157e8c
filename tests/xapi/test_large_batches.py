"""Batches that are not held in memory: told apart in a file, read twice and stored in parts, and as whole as others."""

import json
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Invalid, KunnaError, TooLarge
from lms.xapi import arriving, spooling
from lms.xapi.reading import split
from lms.xapi.spooling import spooled
from lms.xapi.views import recording
from tests.xapi.statements import activity, identified, statement, voiding


@pytest.fixture
def large(monkeypatch):
    """What is large begins at 1,000 bytes, and a part of it is a statement or two."""
    monkeypatch.setattr(arriving, "MOST_HELD", 1000)
    monkeypatch.setattr(arriving, "PART", 300)
    monkeypatch.setattr(recording, "MOST_HELD", 1000)
    monkeypatch.setattr(spooling, "PIECE", 64)


def apart(text, most=1000, size=7):
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    with spooled(pieces, most=most) as found:
        return found if isinstance(found, bytes) else list(found)


@pytest.mark.usefixtures("large")
class TestRecording:
    def test_a_large_batch_is_stored_in_its_order(self, caller):
        batch = [statement(object=activity(f"a{number}")) for number in range(40)]
        answer = caller.post(*batch)
        assert answer.status_code == 200
        assert len(set(answer.json)) == 40
        assert caller.ids(ascending=True, limit=100) == answer.json
        last = caller.get().json["statements"][0]
        assert last["object"] == activity("a39")
        assert answer.headers["X-Experience-API-Consistent-Through"] == last["stored"]

    def test_a_body_without_a_length_is_read_in_pieces(self, client, caller):
        batch = [statement(object=activity(f"a{number}")) for number in range(40)]
        answer = client.post(
            "/xapi/statements",
            input_stream=BytesIO(json.dumps(batch).encode()),
            headers=caller.headers | {"Content-Type": "application/json"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert answer.status_code == 200
        assert len(answer.json) == 40

    def test_one_large_statement_is_stored(self, caller):
        [id] = caller.post(statement(result={"response": "å" * 2000})).json
        assert caller.get(statementId=id).json["result"]["response"] == "å" * 2000

    def test_what_is_wrong_is_told_with_its_place_and_nothing_is_stored(self, caller):
        batch = [statement() for _ in range(20)]
        batch[17] = statement(verb={})
        answer = caller.post(*batch)
        assert answer.status_code == 400
        assert [problem["field"] for problem in answer.json["problems"]] == ["statement[17].verb.id"]
        assert caller.ids() == []

    def test_a_conflict_in_the_last_part_leaves_nothing_of_the_first(self, caller):
        known = identified()
        caller.post(known)
        answer = caller.post(*[statement() for _ in range(20)], known | {"object": activity("other")})
        assert answer.status_code == 409
        assert caller.ids() == [known["id"]]
        assert caller.post(statement()).status_code == 200

    def test_what_is_known_already_is_left_as_it_is(self, caller):
        batch = [identified() for _ in range(20)]
        caller.post(*batch[3:9])
        assert caller.post(*batch).json == [one["id"] for one in batch]
        assert len(caller.ids(limit=100)) == 20
        assert caller.post(*batch).status_code == 200
        assert len(caller.ids(limit=100)) == 20

    @pytest.mark.parametrize("order", [1, -1])
    def test_voiding_works_from_one_part_to_another(self, caller, order):
        target = identified()
        batch = [target, *[statement() for _ in range(20)], voiding(target["id"])][::order]
        assert caller.post(*batch).status_code == 200
        assert caller.get(statementId=target["id"]).status_code == 404
        assert caller.get(voidedStatementId=target["id"]).status_code == 200

    def test_one_id_twice_is_refused_however_far_apart(self, caller):
        one = identified()
        answer = caller.post(one, *[statement() for _ in range(20)], one)
        assert answer.status_code == 400
        assert answer.json["problems"][0]["field"] == "statement[21].id"

    def test_too_many_statements_are_too_large(self, app, caller, monkeypatch):
        monkeypatch.setitem(app.config, "XAPI_MAX_BATCH", 20)
        assert caller.post(*[statement() for _ in range(21)]).status_code == 413
        assert caller.post(*[statement() for _ in range(20)]).status_code == 200

    def test_a_minted_id_is_the_same_when_it_is_read_again(self, caller):
        ids = caller.post(*[statement() for _ in range(20)]).json
        assert all(UUID(id).version == 4 for id in ids)
        assert set(ids) == set(caller.ids(limit=100))


class TestTellingApart:
    def test_each_object_is_as_it_was_sent(self):
        texts = [b'{"a": "]}[{\\"\\\\"}', b"{}", b'{"b": [[{}], {"c": []}]}', '{"å": "ö"}'.encode()]
        assert apart(b" [\n" + b" ,\t".join(texts) + b"] \r\n") == texts

    def test_an_empty_list_has_none(self):
        assert apart(b"[ ]") == []

    def test_what_is_no_list_is_left_as_it_is(self):
        assert apart(b' {"a": [1]} ') == b' {"a": [1]} '

    @pytest.mark.parametrize(
        "text",
        [
            b"[",
            b"[{}",
            b"[{},",
            b"[{}{}]",
            b"[,{}]",
            b"[{},]",
            b"[{},,{}]",
            b"[1]",
            b"[[]]",
            b"[{}]x",
            b"[{}][{}]",
            b"[{}}",
            b'["a", {}]',
            b'[{"a": "b]}',
            b"[{} 1, {}]",
        ],
    )
    def test_what_is_no_list_of_objects_is_refused(self, text):
        with pytest.raises(Invalid, match="The body must be JSON"):
            apart(text)

    def test_more_than_there_may_be_is_too_large(self):
        assert apart(b"[{},{}]", most=2) == [b"{}", b"{}"]
        with pytest.raises(TooLarge):
            apart(b"[{},{},{}]", most=2)

    @given(
        st.lists(
            st.dictionaries(st.text(), st.recursive(st.text() | st.integers(), st.lists) | st.just({"a": [{}]})),
            max_size=8,
        ),
        st.integers(1, 40),
        st.booleans(),
    )
    def test_they_are_those_that_a_parser_finds(self, objects, size, ascii_only):
        text = json.dumps(objects, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        assert apart(text, size=size) == [json.dumps(one, ensure_ascii=ascii_only).encode() for one in objects]

    @given(st.text('[]{},:"\\ a1', max_size=40))
    def test_nothing_is_accepted_that_a_parser_refuses(self, text):
        """But for what is within the objects, which is looked at when they are read."""
        body = f"[{text}]".encode()
        try:
            found = apart(body)
        except KunnaError:
            return
        try:
            assert found == [one.strip() for one in split(body)]
        except Invalid:
            for one in found:
                try:
                    json.loads(one)
                except ValueError:
                    return
            pytest.fail(f"{body!r} is no JSON, and its parts are: {found}")


def test_the_id_of_a_statement_that_is_put_counts_also_when_it_is_large(caller):
    id = str(uuid4())
    assert caller.put(statement(result={"response": "å" * 600_000}), id).status_code == 204
    assert caller.ids() == [id]

"""The door: what is stored, what is left alone and what is refused."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.signals import statements_recorded, statements_voided
from lms.xapi import search
from lms.xapi.arriving import minted
from tests.xapi.statements import AUTHORITY, activity, agent, identified, reference, statement, verb, voiding


@contextmanager
def listening():
    """What readers are told while the block runs: (“recorded” or “voided”, ids)."""
    heard = []

    def recorded(_sender, entries):
        heard.append(("recorded", [entry.id for entry in entries]))

    def voided(_sender, entries):
        heard.append(("voided", [entry.id for entry in entries]))

    with statements_recorded.connected_to(recorded), statements_voided.connected_to(voided):
        yield heard


def test_a_statement_is_stored_as_it_came_with_what_the_store_sets(session, store, cast, at):
    given = (
        b'{"actor": {"mbox": "mailto:a@kunna.test"}, "verb": {"id": "http://x.test/v"},\n'
        b' "object": {"id": "http://x.test/a"}, "result": {"score": {"raw": 85.0}, "duration": "P1W"}}'
    )
    [id] = store(given)
    kept = search.get(session, [cast.fyren.id], id)
    assert '"raw":85.0' in kept.text
    assert '"duration":"P1W"' in kept.text
    members = json.loads(kept.text)
    assert members["id"] == str(id)
    assert members["stored"] == members["timestamp"] == "2026-11-23T09:00:00.000000Z"
    assert members["authority"] == AUTHORITY
    assert members["version"] == "2.0.0"
    assert (kept.stored, kept.timestamp) == (at, at)
    assert (kept.agent, kept.verb, kept.activity) == ("mbox|mailto:a@kunna.test", "http://x.test/v", "http://x.test/a")


def test_a_timestamp_is_returned_in_utc_and_stored_is_overwritten(session, store, cast, at):
    """2.4.8: “The "stored" property MUST be set by the LRS; An LRS SHOULD validate and then MUST
    overwrite”."""
    [id] = store(statement(timestamp="2026-11-20T10:30:00.5+01:00", stored="2001-01-01T00:00:00Z"))
    members = json.loads(search.get(session, [cast.fyren.id], id).text)
    assert members["timestamp"] == "2026-11-20T09:30:00.500000Z"
    assert members["stored"] == "2026-11-23T09:00:00.000000Z"


@pytest.mark.parametrize(("version", "expected"), [("1.0.3", "1.0.0"), ("1.0", "1.0.0"), ("2.0.0", "2.0.0")])
def test_a_statement_without_a_version_gets_that_of_its_request(session, store, cast, version, expected):
    """2.4.10: “If they lack a version, the version MUST be set to 1.0.0.”"""
    [id] = store(statement(), version=version)
    assert json.loads(search.get(session, [cast.fyren.id], id).text)["version"] == expected


def test_context_activities_that_came_alone_are_returned_as_lists(session, store, cast):
    """2.4.6.2: “The LRS MUST return every value in the contextActivities Object as an array”."""
    part = {"contextActivities": {"parent": activity("a"), "other": [activity("b")]}}
    inner = {
        "objectType": "SubStatement",
        **statement(context=part),
        "timestamp": "2026-01-01T01:00:00+01:00",
    }
    [plain, nested] = store(statement(context=part), statement(object=inner))
    expected = {"parent": [activity("a")], "other": [activity("b")]}
    kept = json.loads(search.get(session, [cast.fyren.id], plain).text)
    assert kept["context"]["contextActivities"] == expected
    kept = json.loads(search.get(session, [cast.fyren.id], nested).text)
    assert kept["object"]["context"]["contextActivities"] == expected
    assert kept["object"]["timestamp"] == "2026-01-01T00:00:00.000000Z"


def test_ids_come_back_in_the_order_of_the_statements(store):
    known = identified()
    ids = store(statement(), known, statement())
    assert ids[1] == UUID(known["id"])
    assert len(set(ids)) == 3


def test_a_known_statement_sent_again_changes_nothing(session, store, fyren, at):
    """2.1.2: “An LRS MUST NOT make any modifications to its state based on receiving a Statement with an id
    that it already has a Statement for.”"""
    known = identified(timestamp="2026-11-20T10:00:00Z")
    [id] = store(known)
    before = search.find(session, fyren)
    again = known | {
        "timestamp": "2026-11-20T11:00:00+01:00",
        "verb": verb() | {"display": {"sv": "upplevde"}},
    }
    with listening() as heard:
        assert store(again, at=at + timedelta(days=1)) == [id]
    assert search.find(session, fyren) == before
    assert heard == []


def test_another_statement_with_a_known_id_is_a_conflict_and_nothing_is_stored(session, store, fyren):
    known = identified()
    store(known)
    with pytest.raises(Conflict, match=known["id"]):
        store(statement(), known | {"object": activity("other")})
    assert len(search.find(session, fyren)) == 1


def test_one_id_twice_in_a_batch_is_refused(store):
    """2.1.2: “containing two or more Statements with the same id, it SHOULD* reject the batch”."""
    one = identified()
    with pytest.raises(Invalid) as refused:
        store(one, one)
    assert [problem.field for problem in refused.value.problems] == ["statement[1].id"]


def test_every_faulty_statement_of_a_batch_is_named_and_none_is_stored(session, store, fyren):
    with pytest.raises(Invalid) as refused:
        store(statement(), statement(verb={}), statement(), statement(actor={"mbox": "x"}))
    assert [problem.field for problem in refused.value.problems] == [
        "statement[1].verb.id",
        "statement[3].actor.mbox",
    ]
    assert search.find(session, fyren) == []


def test_one_id_can_be_in_the_stores_of_two_organisations(session, store, cast):
    one = identified()
    store(one)
    store(one | {"object": activity("other")}, organisation=cast.ekeby)
    assert search.get(session, [cast.ekeby.id], UUID(one["id"])).activity.endswith("other")


def test_stored_is_never_the_same_twice_nor_earlier_than_before(session, store, fyren, at):
    store(statement(), statement())
    store(statement(), at=at - timedelta(hours=1))
    times = [entry.stored for entry in search.find(session, fyren)]
    assert times == [at + timedelta(microseconds=n) for n in (2, 1, 0)]


def test_readers_hear_of_new_statements_in_the_same_transaction(store):
    with listening() as heard:
        ids = store(statement(), statement())
    assert heard == [("recorded", ids)]


def test_an_attachment_needs_the_address_of_its_file(store):
    """Communication 1.5.2: “It MUST be of type application/json and include a fileUrl for every
    Attachment”."""
    attachment = {
        "usageType": "http://x.test/certificate",
        "display": {"sv": "Intyg"},
        "contentType": "application/pdf",
        "length": 1,
        "sha2": "0" * 64,
    }
    with pytest.raises(Invalid, match="fileUrl"):
        store(statement(attachments=[attachment]))
    with pytest.raises(Invalid, match="fileUrl"):
        store(statement(object={"objectType": "SubStatement", **statement(attachments=[attachment])}))
    store(statement(attachments=[attachment | {"fileUrl": "https://kunna.test/intyg.pdf"}]))


def test_a_minted_id_is_a_uuid_that_begins_with_the_time(at):
    early, late = next(minted(at)), next(minted(at + timedelta(milliseconds=1)))
    assert early < late
    assert early.version == 4
    assert early.variant == "specified in RFC 4122"


class TestVoiding:
    """Data 2.3.2: “An LRS MUST consider a Statement it contains voided if and only if the Statement is not
    itself a voiding Statement and the LRS also contains a voiding Statement referring to the first
    Statement.”"""

    def test_a_voided_statement_is_found_only_as_voided(self, session, store, cast, fyren):
        [id] = store(statement())
        with listening() as heard:
            [voider] = store(voiding(id))
        assert [entry.id for entry in search.find(session, fyren)] == [voider]
        with pytest.raises(NotFound):
            search.get(session, [cast.fyren.id], id)
        assert search.get(session, [cast.fyren.id], id, voided=True).id == id
        assert heard == [("voided", [id]), ("recorded", [voider])]

    def test_a_statement_that_comes_after_its_voiding_is_voided_at_once(self, session, store, cast, fyren):
        late = identified()
        [voider] = store(voiding(late["id"]))
        with listening() as heard:
            store(late)
        assert [entry.id for entry in search.find(session, fyren)] == [voider]
        assert search.get(session, [cast.fyren.id], UUID(late["id"]), voided=True)
        assert heard == []

    @pytest.mark.parametrize("order", [1, -1])
    def test_both_can_come_in_one_batch_in_either_order(self, session, store, fyren, order):
        target = identified()
        with listening() as heard:
            store(*[target, voiding(target["id"], id=str(uuid4()))][::order])
        [left] = search.find(session, fyren)
        assert heard == [("recorded", [left.id])]
        assert left.voids == UUID(target["id"])

    @pytest.mark.parametrize("first", ["target", "void"])
    def test_a_voiding_statement_cannot_be_voided(self, session, store, cast, first):
        """“Any Statement that voids another cannot itself be voided.”"""
        void = voiding(uuid4(), id=str(uuid4()))
        attempt = voiding(void["id"])
        for one in (void, attempt) if first == "target" else (attempt, void):
            store(one)
        assert search.get(session, [cast.fyren.id], UUID(void["id"]))

    def test_voiding_twice_tells_once(self, store):
        [id] = store(statement())
        store(voiding(id))
        with listening() as heard:
            [second] = store(voiding(id))
        assert heard == [("recorded", [second])]

    def test_another_organisations_statement_is_out_of_reach(self, session, store, cast):
        [id] = store(statement(), organisation=cast.ekeby)
        store(voiding(id))
        assert search.get(session, [cast.ekeby.id], id)

    def test_it_can_be_forbidden(self, session, store, fyren):
        with pytest.raises(NotAllowed):
            store(statement(), voiding(uuid4()), may_void=False)
        assert search.find(session, fyren) == []


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (0, 4, 1, 3, 2), (2, 0, 4, 3, 1), (3, 1, 0, 4, 2)])
def test_a_statement_is_found_by_what_it_targets_whichever_came_first(session, store, fyren, order):
    """Communication 2.1.3: “This rule applies recursively, so that "Statement a" is a match when a targets b
    which targets c and the filter conditions described above match for "Statement c".”"""
    ids = [str(uuid4()) for _ in range(5)]
    chain = [statement(id=one, object=reference(next)) for one, next in pairwise(ids)]
    chain.append(statement(id=ids[-1], actor=agent("gun")))
    for index in order:
        store(chain[index])
    about_gun = replace(fyren, agent="account|https://kunna.test|gun")
    assert {str(entry.id) for entry in search.find(session, about_gun)} == set(ids)


def test_a_chain_can_come_in_one_batch(session, store, fyren):
    ids = [str(uuid4()) for _ in range(5)]
    store(*(statement(id=one, object=reference(next)) for one, next in pairwise(ids[:3])))
    store(
        *(statement(id=one, object=reference(next)) for one, next in pairwise(ids[2:])),
        statement(id=ids[-1], actor=agent("gun")),
    )
    about_gun = replace(fyren, agent="account|https://kunna.test|gun")
    assert {str(entry.id) for entry in search.find(session, about_gun)} == set(ids)


def test_statements_that_target_each_other_do_no_harm(session, store, fyren):
    a, b = str(uuid4()), str(uuid4())
    store(statement(id=a, object=reference(b)))
    store(statement(id=b, object=reference(a), actor=agent("bjorn")))
    about_bjorn = replace(fyren, agent="account|https://kunna.test|bjorn")
    assert {str(entry.id) for entry in search.find(session, about_bjorn)} == {a, b}

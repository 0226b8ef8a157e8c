"""When two statements with one id are the same (Data 2.3.1)."""

import json
from copy import deepcopy

import pytest

from lms.xapi.equivalence import equivalent
from tests.xapi.statements import activity, agent, reference, statement, verb

KEPT = {
    "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
    "stored": "2026-11-23T09:00:00.000000Z",
    "version": "2.0.0",
    "authority": agent("tests"),
    "timestamp": "2026-11-20T10:00:00Z",
}
CROWD = {"objectType": "Group", "member": [agent("a"), agent("b")]}
DEFINED = activity() | {"definition": {"name": {"sv": "Kurs"}}}


def same(sent, kept):
    return equivalent(deepcopy(sent), {**KEPT, **deepcopy(kept)})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (statement(), statement()),
        (statement(**KEPT), statement()),
        (statement(id=KEPT["id"].upper()), statement()),
        # what the store sets
        (statement(authority=agent("other"), stored="2001-01-01T00:00:00Z", version="1.0.0"), statement()),
        # “Verbs referenced by a Statement. The "display" property of the Verb is not considered part”
        (statement(verb={"id": verb()["id"]}), statement()),
        # “The content of Activity Definitions … is not considered part of the Statement itself.”
        (statement(object=DEFINED), statement()),
        (
            statement(object={"objectType": "SubStatement", **statement(object=DEFINED)}),
            statement(object={"objectType": "SubStatement", **statement()}),
        ),
        (
            statement(context={"contextActivities": {"parent": [DEFINED]}}),
            statement(context={"contextActivities": {"parent": [activity()]}}),
        ),
        # “returned in a different timezone … so long as the point in time referenced is not affected”
        (statement(timestamp="2026-11-20T11:00:00.000+01:00"), statement()),
        (
            statement(object={"objectType": "SubStatement", **statement(timestamp="2026-01-01T01:00:00+01:00")}),
            statement(object={"objectType": "SubStatement", **statement(timestamp="2026-01-01T00:00:00Z")}),
        ),
        # a time the store set itself
        (statement(timestamp="2001-01-01T00:00:00Z"), statement(timestamp=KEPT["stored"])),
        # “The list of Agents in a Group is not considered to be an ordered list.”
        (statement(actor=CROWD | {"member": CROWD["member"][::-1]}), statement(actor=CROWD)),
        # “the domain portion an e-mail address is case insensitive”
        (statement(actor={"mbox": "mailto:a@KUNNA.test"}), statement(actor={"mbox": "mailto:a@kunna.test"})),
        (statement(actor={"mbox_sha1sum": "A" * 40}), statement(actor={"mbox_sha1sum": "a" * 40})),
        (statement(object=reference(KEPT["id"].upper())), statement(object=reference(KEPT["id"]))),
        (
            statement(context={"registration": KEPT["id"].upper()}),
            statement(context={"registration": KEPT["id"]}),
        ),
        # 2.4.6.2: alone, it is a list of one
        (
            statement(context={"contextActivities": {"parent": activity()}}),
            statement(context={"contextActivities": {"parent": [activity()]}}),
        ),
        # 4.6: “any precision beyond 0.01 second precision SHOULD* NOT be included in the comparison”
        (statement(result={"duration": "PT1.239S"}), statement(result={"duration": "PT1.23S"})),
        (statement(result={"score": {"raw": 85.0}}), statement(result={"score": {"raw": 85}})),
    ],
)
def test_differences_that_do_not_count(sent, kept):
    assert same(sent, kept)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (statement(actor=agent("bjorn")), statement()),
        (statement(actor=agent() | {"name": "Alva"}), statement()),
        (statement(verb=verb("passed")), statement()),
        (statement(object=activity("other")), statement()),
        (statement(result={}), statement()),
        (statement(timestamp="2026-11-20T10:00:01Z"), statement(timestamp=KEPT["timestamp"])),
        (statement(actor=CROWD | {"member": CROWD["member"][:1]}), statement(actor=CROWD)),
        (statement(actor={"mbox": "mailto:A@kunna.test"}), statement(actor={"mbox": "mailto:a@kunna.test"})),
        # “the Result Duration is considered a string for purposes of Statement comparison”
        (statement(result={"duration": "PT60S"}), statement(result={"duration": "PT1M"})),
        (statement(result={"duration": "PT1.24S"}), statement(result={"duration": "PT1.23S"})),
        (statement(result={"success": True}), statement(result={"success": False})),
        (statement(result={"extensions": {"x:y": True}}), statement(result={"extensions": {"x:y": 1}})),
        (
            statement(result={"extensions": {"x:y": [1, 2]}}),
            statement(result={"extensions": {"x:y": [2, 1]}}),
        ),
        (statement(context={"language": "sv"}), statement(context={"language": "en"})),
        (
            statement(context={"contextActivities": {"parent": [activity("a"), activity("b")]}}),
            statement(context={"contextActivities": {"parent": [activity("a")]}}),
        ),
    ],
)
def test_differences_that_count(sent, kept):
    assert not same(sent, kept)
    assert not same(kept, sent)


def test_the_order_of_properties_does_not_count():
    sent = statement(context={"language": "sv", "platform": "Kunna"})
    turned = json.loads(json.dumps(sent), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    assert same(turned, sent)

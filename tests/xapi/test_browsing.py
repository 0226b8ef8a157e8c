"""Looking through an organisation's statements."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from random import Random
from uuid import UUID

import pytest

from lms.xapi import browsing
from lms.xapi.browsing import Look
from lms.xapi.vocabulary import VOIDED
from tests.xapi.statements import activity, reference, statement, voiding

ALICE, BOB = {"mbox": "mailto:alice@example.org"}, {"mbox": "mailto:bob@example.org"}
REGISTRATION = "8c1ab26b-9da2-4f8a-8d16-4f5d4ac0d4b3"


def asserted(who):
    return {"authority": {"objectType": "Agent", **who}}


@pytest.fixture
def look(cast):
    return Look(cast.fyren.id, authorities=None)


@pytest.fixture
def ids(session):
    return lambda look: [found.entry.id for found in browsing.find(session, look)]


def test_the_newest_come_first_and_voided_ones_too(store, session, look, ids):
    [first] = store(statement())
    [second] = store(voiding(str(first)))
    assert ids(look) == [second, first]
    assert [found.is_voided for found in browsing.find(session, look)] == [False, True]
    assert ids(replace(look, voided=True)) == [first]
    assert ids(replace(look, voided=False)) == [second]
    entry = browsing.get(session, look.organisation_id, first).entry
    assert [one.id for one in browsing.voiding(session, entry)] == [second]


def test_only_what_is_asserted_by_these(store, look, ids):
    [first] = store(statement(), **asserted(ALICE))
    [second] = store(statement(), **asserted(BOB))
    alice, bob = "mbox|mailto:alice@example.org", "mbox|mailto:bob@example.org"
    assert ids(replace(look, authorities=[alice])) == [first]
    assert ids(replace(look, authorities=[bob, alice])) == [second, first]
    assert ids(replace(look, authorities=[])) == []
    assert ids(replace(look, authorities=[bob], limit=1)) == [second]


def test_each_filter_finds_what_it_says(store, look, ids, at):
    [plain] = store(statement())
    [other] = store(
        statement(
            actor=BOB,
            verb={"id": "https://example.org/tried"},
            object=activity("other"),
            context={"registration": REGISTRATION},
        ),
        at=at + timedelta(hours=1),
    )
    filters = {
        "agents": ["mbox|mailto:bob@example.org", "mbox|mailto:nobody@example.org"],
        "verb": "https://example.org/tried",
        "activity": activity("other")["id"],
        "registration": UUID(REGISTRATION),
        "since": at + timedelta(minutes=30),
    }
    for name, value in filters.items():
        assert ids(replace(look, **{name: value})) == [other], name
    assert ids(replace(look, **filters)) == [other]
    assert ids(replace(look, until=at + timedelta(hours=1))) == [plain]
    assert ids(replace(look, verb="https://example.org/never")) == []


def test_a_target_does_not_answer_for_what_targets_it(store, look, ids):
    """It does when programs ask (Communication 2.1.3)."""
    [first] = store(statement(actor=ALICE))
    store(statement(actor=BOB, object=reference(str(first))))
    assert ids(replace(look, activity=activity()["id"])) == [first]
    assert ids(replace(look, agents=["mbox|mailto:alice@example.org"])) == [first]


def test_all_of_them_are_gone_through_batch_by_batch(store, session, look, monkeypatch):
    monkeypatch.setattr(browsing, "BATCH", 3)
    stored = store(*(statement() for _ in range(8)))
    assert [found.entry.id for found in browsing.each(session, look)] == stored[::-1]


def test_another_organisations_are_not_seen(store, session, cast, look, ids):
    [id] = store(statement(), organisation=cast.ekeby)
    assert ids(look) == []
    assert browsing.get(session, look.organisation_id, id) is None


def test_whatever_is_asked_together_is_found_as_by_reading_everything(store, session, look, at):
    """Whichever condition is gone through, the others are asked of each."""
    chance = Random(7)
    verbs, things = ["https://example.org/tried", "https://example.org/saw"], ["one", "two"]
    sent = []
    for number in range(40):
        context = {"context": {"registration": REGISTRATION}} if chance.random() < 0.3 else {}
        said = statement(
            actor=chance.choice((ALICE, BOB)),
            verb={"id": chance.choice(verbs)},
            object=activity(chance.choice(things)),
            **context,
        )
        if number % 5 == 4:
            said = voiding(chance.choice(sent), actor=BOB)
        sent += store(said, **asserted(chance.choice((ALICE, BOB))), at=at + timedelta(minutes=number))
    everything = browsing.find(session, replace(look, limit=100))
    keys = ["mbox|mailto:alice@example.org", "mbox|mailto:bob@example.org"]
    asked = product(
        (None, keys[:1], keys),
        ((), keys[1:], keys),
        (None, verbs[0], VOIDED),
        (None, activity("one")["id"]),
        (None, UUID(REGISTRATION)),
        (None, True, False),
        (None, at + timedelta(minutes=15)),
    )
    for authorities, agents, verb, thing, registration, voided, since in asked:
        found = browsing.find(
            session,
            Look(look.organisation_id, authorities, agents, verb, thing, registration, since, None, voided, 100),
        )
        expected = [
            one.entry.id
            for one in everything
            if (authorities is None or one.entry.statement.authority.key in authorities)
            and (not agents or one.entry.agent in agents)
            and verb in {None, one.entry.verb}
            and thing in {None, one.entry.activity}
            and registration in {None, one.entry.registration}
            and voided in {None, one.is_voided}
            and (since is None or one.entry.stored >= since)
        ]
        assert [one.entry.id for one in found] == expected

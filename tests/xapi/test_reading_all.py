"""The whole store, as `flask rebuild` reads it."""

from lms.xapi import search
from tests.xapi.statements import agent, statement, voiding


def test_everything_comes_once_in_order_without_what_is_voided(session, store, cast):
    ids = store(*(statement() for _ in range(7)))
    [void] = store(voiding(ids[3]))
    [elsewhere] = store(statement(), organisation=cast.ekeby)
    batches = list(search.each(session, batch=3))
    assert all(0 < len(batch) <= 3 for batch in batches)
    entries = [entry for batch in batches for entry in batch]
    here = [entry.id for entry in entries if entry.organisation_id == cast.fyren.id]
    assert here == [*ids[:3], *ids[4:], void]
    assert [entry.id for entry in entries if entry.organisation_id == cast.ekeby.id] == [elsewhere]
    assert len(entries) == len(here) + 1


def test_one_organisation_can_be_read_alone(session, store, cast):
    store(statement())
    [elsewhere] = store(statement(), organisation=cast.ekeby)
    assert [[entry.id for entry in batch] for batch in search.each(session, organisation_id=cast.ekeby.id)] == [
        [elsewhere]
    ]


def test_an_empty_store_gives_nothing(session, cast):
    assert list(search.each(session)) == []


def test_what_is_read_back_is_what_readers_were_told_of(session, store, fyren):
    """Building again must give the same as following along."""
    from lms.signals import statements_recorded

    told = []

    def listen(_sender, entries):
        told.extend(entries)

    with statements_recorded.connected_to(listen):
        store(
            statement(timestamp="2026-01-01T00:00:00+01:00", context={"contextActivities": {"parent": {"id": "x:y"}}}),
            statement(actor={"objectType": "Group", "member": [agent()]}),
        )
    assert [entry for batch in search.each(session) for entry in batch] == told
    assert told[1].agent == ""

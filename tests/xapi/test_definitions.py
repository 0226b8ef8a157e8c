"""What the store knows of activities: put together from what was told, at next to no cost, and never lost."""

import json
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.xapi import definitions, search
from lms.xapi.definitions import merged
from lms.xapi.models import KnownActivity
from tests.xapi.conftest import Caller
from tests.xapi.statements import activity, agent, statement, voiding

CHOICES = {
    "interactionType": "choice",
    "correctResponsesPattern": ["a"],
    "choices": [{"id": "a", "description": {"sv": "Ja"}}, {"id": "b"}],
}


def defined(which="course", /, **definition):
    return activity(which) | {"definition": definition}


def telling(which="course", /, **definition):
    return statement(object=defined(which, **definition))


@pytest.fixture
def known(session, cast):
    """`known("course")`: what is known of that activity, in Fyren."""

    def of(name="course", organisation=None):
        id = activity(name)["id"]
        return definitions.known(session, [(organisation or cast.fyren).id], [id]).get(id)

    return of


class TestMerging:
    """Data 2.4.4.1: “Upon receiving a Statement with an Activity Definition that differs from the one stored, an
    LRS … SHOULD update the stored Activity Definition accordingly”."""

    def test_texts_are_merged_language_by_language(self):
        known = {"name": {"sv": "Kurs", "en": "Course"}, "description": {"sv": "Om allt"}}
        assert merged(known, {"name": {"en": "The course", "fi": "Kurssi"}}) == {
            "name": {"sv": "Kurs", "en": "The course", "fi": "Kurssi"},
            "description": {"sv": "Om allt"},
        }

    def test_the_same_language_in_another_case_is_the_same(self):
        """RFC 5646, 2.1.1: tags “are to be treated as case insensitive”."""
        assert merged({"name": {"en-GB": "Colour"}}, {"name": {"en-gb": "Hue"}}) == {"name": {"en-GB": "Hue"}}

    def test_what_was_told_later_holds(self):
        known = {"type": "x:one", "moreInfo": "https://a.example", "extensions": {"x:a": 1, "x:b": [1]}}
        assert merged(known, {"type": "x:two", "extensions": {"x:b": [2], "x:c": 3}}) == {
            "type": "x:two",
            "moreInfo": "https://a.example",
            "extensions": {"x:a": 1, "x:b": [2], "x:c": 3},
        }

    @pytest.mark.parametrize(
        "told",
        [
            CHOICES | {"correctResponsesPattern": ["b"]},
            {"interactionType": "numeric", "correctResponsesPattern": ["4"]},
        ],
    )
    def test_right_answers_stay_as_they_were(self, told):
        """Data 2.4.4.1: “An LRS SHOULD NOT make significant changes to its canonical definition for the Activity
        based on an updated definition e.g. changes to correct responses.”"""
        assert merged(CHOICES, told) == CHOICES

    def test_what_a_choice_is_called_is_merged_by_language_too(self):
        told = {
            "interactionType": "choice",
            "choices": [
                {"id": "b", "description": {"en": "No"}},
                {"id": "c"},
                {"id": "a", "description": {"en": "Yes"}},
            ],
        }
        assert merged(CHOICES, told)["choices"] == [
            {"id": "a", "description": {"sv": "Ja", "en": "Yes"}},
            {"id": "b", "description": {"en": "No"}},
            {"id": "c"},
        ]

    def test_an_activity_can_turn_out_to_be_an_interaction(self):
        assert merged({"name": {"sv": "Fråga"}}, CHOICES) == {"name": {"sv": "Fråga"}} | CHOICES


_maps = st.dictionaries(st.sampled_from(["sv", "en", "EN", "en-GB"]), st.sampled_from("abc"), max_size=3)
_components = st.lists(
    st.builds(lambda id, words: {"id": id, "description": words}, st.sampled_from("pqr"), _maps),
    unique_by=lambda one: one["id"],
)
_interactions = st.one_of(
    st.just({}),
    st.builds(lambda pattern: {"interactionType": "numeric", "correctResponsesPattern": pattern}, st.just(["1"])),
    st.builds(lambda listed: {"interactionType": "choice", "choices": listed}, _components),
)
_definitions = st.builds(
    lambda parts, interaction: parts | interaction,
    st.fixed_dictionaries(
        {}, optional={"name": _maps, "type": st.sampled_from(["x:1", "x:2"]), "extensions": st.just({"x:e": 1})}
    ),
    _interactions,
)


@given(_definitions, _definitions)
def test_what_was_just_told_is_no_news(known, told):
    once = merged(known, told)
    assert merged(once, told) == once


class TestLearning:
    def test_it_learns_what_a_statement_tells(self, store, known):
        store(telling(name={"sv": "Kurs"}), telling(name={"en": "Course"}, type="x:course"))
        assert known() == {"name": {"sv": "Kurs", "en": "Course"}, "type": "x:course"}

    def test_it_learns_of_every_activity_in_a_statement(self, store, known):
        inner = {
            "objectType": "SubStatement",
            "actor": agent(),
            "verb": {"id": "x:did"},
            "object": defined("inner", type="x:1"),
            "context": {"contextActivities": {"parent": [defined("parent", type="x:2")]}},
        }
        store(statement(object=inner, context={"contextActivities": {"category": defined("category", type="x:3")}}))
        assert [known(name)["type"] for name in ("inner", "parent", "category")] == ["x:1", "x:2", "x:3"]

    def test_what_has_no_definition_is_not_known(self, store, known, session):
        store(statement())
        assert known() is None
        assert session.scalars(select(KnownActivity)).all() == []

    def test_a_statement_sent_again_teaches_nothing(self, store, known):
        """Communication 2.1.1: “it MUST NOT modify the Statement or any other Object.”"""
        sent = telling(name={"sv": "Kurs"}) | {"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}
        store(sent)
        store(sent | {"object": defined(name={"sv": "Något annat"})})
        assert known() == {"name": {"sv": "Kurs"}}

    def test_each_organisation_has_its_own(self, store, known, cast):
        store(telling(name={"sv": "Fyrens"}))
        store(telling(name={"sv": "Ekebys"}), organisation=cast.ekeby)
        assert known() == {"name": {"sv": "Fyrens"}}
        assert known(organisation=cast.ekeby) == {"name": {"sv": "Ekebys"}}

    def test_of_several_organisations_the_first_has_the_last_word(self, store, session, cast):
        store(telling(name={"sv": "Fyrens", "en": "Theirs"}))
        store(telling(name={"sv": "Ekebys", "fi": "Heidän"}), organisation=cast.ekeby)
        id = activity()["id"]
        found = definitions.known(session, [cast.ekeby.id, cast.fyren.id], [id])
        assert found == {id: {"name": {"sv": "Ekebys", "en": "Theirs", "fi": "Heidän"}}}

    def test_a_definition_does_not_grow_for_ever(self, store, known, monkeypatch):
        monkeypatch.setattr(definitions, "MAX_LENGTH", 200)
        store(telling(name={"sv": "Kurs"}))
        store(telling(extensions={"x:long": "x" * 200}))
        assert known() == {"name": {"sv": "Kurs"}}


class TestScopes:
    @pytest.mark.parametrize(
        ("scopes", "learned"),
        [(["statements/write"], False), (["statements/write", "define"], True), (["all"], True)],
    )
    def test_only_clients_that_may_define_do(self, client, key, cast, known, scopes, learned):
        """4.2, define: “If storing a Statement when this is not granted, ids will be saved and the LRS MAY save the
        original Statement for audit purposes, but SHOULD NOT update its canonical representation of any Actors or
        Activities.”"""
        caller = Caller(client, key(cast.fyren, *scopes))
        assert caller.post(telling(name={"sv": "Kurs"})).status_code == 200
        assert (known() is not None) == learned
        everything = Caller(client, key(cast.fyren, "statements/read"))
        assert everything.get().json["statements"][0]["object"]["definition"] == {"name": {"sv": "Kurs"}}


class TestWhatItCosts:
    def asked(self, counted):
        return [one for one in counted.statements if " activity " in one or "SET definitions" in one]

    def test_what_is_no_news_costs_no_question(self, store, count_queries):
        sent = [telling(name={"sv": "Kurs"}), telling("other", type="x:1")]
        with count_queries() as counted:
            store(*sent)
        assert len(self.asked(counted)) == 3
        with count_queries() as counted:
            store(*sent, *sent)
        assert self.asked(counted) == []

    def test_versions_that_take_turns_are_remembered_both(self, store, count_queries):
        """Content that sends its name in the reader's language tells of two that are both known."""
        swedish, english = telling(name={"sv": "Kurs"}), telling(name={"en": "Course"})
        for one in (swedish, english, swedish):
            store(one)
        with count_queries() as counted:
            store(english)
            store(swedish)
        assert self.asked(counted) == []

    def test_statements_without_definitions_cost_nothing(self, store, count_queries):
        with count_queries() as counted:
            store(statement())
        assert self.asked(counted) == []

    def test_the_last_of_two_names_holds_each_time(self, store, known):
        for name in ("A", "B", "A", "B", "A"):
            store(telling(name={"sv": name}))
            assert known() == {"name": {"sv": name}}

    def test_in_a_batch_too(self, store, known):
        a, b = telling(name={"sv": "A"}), telling(name={"sv": "B"})
        store(a)
        store(b, a)
        store(b)
        assert known() == {"name": {"sv": "B"}}

    def test_what_was_rolled_back_is_not_remembered(self, store, session, known):
        store(telling(name={"sv": "Kurs"}))
        session.commit()
        store(telling(name={"en": "Course"}))
        session.rollback()
        assert known() == {"name": {"sv": "Kurs"}}
        store(telling(name={"en": "Course"}))
        assert known() == {"name": {"sv": "Kurs", "en": "Course"}}

    def test_what_another_process_did_is_seen(self, store, known):
        store(telling(name={"sv": "Kurs"}))
        ours = deepcopy(definitions._memories)
        definitions._memories.clear()
        store(telling(name={"sv": "Kursen"}))
        definitions._memories.clear()
        definitions._memories.update(ours)
        store(telling(name={"sv": "Kurs"}))
        assert known() == {"name": {"sv": "Kurs"}}

    def test_the_memory_has_an_end(self, store, monkeypatch):
        monkeypatch.setattr(definitions, "MAX_REMEMBERED", 10)
        for number in range(50):
            store(telling(f"a{number}", type="x:1"))
        assert sum(len(one.heard) for one in definitions._memories.values()) <= 11


class TestRebuilding:
    def rebuilt(self, app):
        answer = app.test_cli_runner().invoke(args=["rebuild"])
        assert answer.exit_code == 0, answer.output

    def everything(self, session):
        session.expire_all()
        rows = session.execute(select(KnownActivity.organisation_id, KnownActivity.id, KnownActivity.definition))
        return {(row.organisation_id, row.id): json.loads(row.definition) for row in rows}

    def test_it_comes_to_the_same(self, app, store, session, cast, client, key):
        first = telling(name={"sv": "Kurs"}, **CHOICES) | {"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}
        store(first, telling(name={"sv": "Kursen", "en": "Course"}), telling("other", type="x:1"))
        store(telling(name={"sv": "Ekebys"}), organisation=cast.ekeby)
        store(voiding(first["id"]), telling("other", type="x:2"), telling("other", type="x:1"))
        Caller(client, key(cast.fyren, "statements/write")).post(telling(name={"sv": "Not to be taken in"}))
        before = self.everything(session)
        assert len(before) == 3
        session.commit()
        self.rebuilt(app)
        assert self.everything(session) == before

    def test_what_cannot_be_read_from_statements_is_gone(self, app, store, session, known, cast):
        store(telling(name={"sv": "Kurs"}))
        session.get(KnownActivity, (cast.fyren.id, definitions.digest(activity()["id"]))).definition = '{"type":"x:1"}'
        session.commit()
        self.rebuilt(app)
        assert known() == {"name": {"sv": "Kurs"}}
        store(telling(name={"sv": "Kursen"}))
        assert known() == {"name": {"sv": "Kursen"}}

    def test_what_waited_meanwhile_is_not_stored_in_the_past(self, app, store, session, cast, at, hold_clock):
        """2.1.3: through X-Experience-API-Consistent-Through all statements “are known with reasonable certainty to be
        available for retrieval”: none comes later with an earlier time."""
        store(telling(name={"sv": "Kurs"}))
        session.commit()
        ended = at + timedelta(minutes=5)
        hold_clock(ended)
        self.rebuilt(app)
        [id] = store(statement(), at=at + timedelta(seconds=1))
        assert search.get(session, [cast.fyren.id], id).stored > ended

"""What is proposed for what does not count: only where something tells, and no more than is said."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from lms.competence.outside.decided import InForce
from lms.competence.outside.rule import Asks, Condition, Says, Verdict
from lms.competence.outside.unmatched import Group, Reason
from lms.connections.remedies import LOWEST, Ground, Remedy, remedy, taken_in
from lms.frameworks import framework
from lms.xapi import vocabulary as v
from lms.xapi.recorded import recorded

BASE = "https://kunna.example"
AT = datetime(2026, 11, 23, tzinfo=UTC)
PLACE = "https://drill.example/drills"
DRILL, ALARM = f"{PLACE}/evacuation", f"{PLACE}/alarm"
FRAMEWORKS = framework.load()
STRESS = FRAMEWORKS.competence("decision-making/D3.2")


def entry(name="Fire drill", verb=v.PASSED, activity=DRILL, context=None, **definition):
    told = {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "mbox": "mailto:x@example.org"},
        "verb": {"id": verb},
        "object": {"objectType": "Activity", "id": activity, "definition": {"name": {"en": name}} | definition},
        "authority": {"objectType": "Agent", "mbox": "mailto:a@example.org"},
        "stored": AT.isoformat(),
        "timestamp": AT.isoformat(),
        "version": "2.0.0",
    } | ({"context": context} if context else {})
    return recorded(1, uuid4(), AT, AT, json.dumps(told))


def rule(*conditions, id=1, **more):
    usual = {"competence_key": STRESS.key, "level": 3, "clients": frozenset({"drill"})}
    return InForce(id, id, 1, 1, Says(conditions=conditions, **(usual | more)), AT, None)


def group(reason=Reason.ACTIVITY, verb=v.PASSED, activity=DRILL, verdict=None, rules=(), client="drill", **more):
    return Group(reason, str(uuid4()), 3, AT, frozenset({(verb, client)}), activity, verdict, rules, **more)


def proposed(of, told=None, versions=(), others=()) -> Remedy | None:
    return remedy(of, told or entry(), versions, others, FRAMEWORKS, BASE)


def new(told, *versions, **more):
    its = proposed(group(**more), told, versions)
    assert its is not None
    return its.ground, its.says.competence_key, its.says.level


@pytest.mark.parametrize(
    "told",
    [
        {"extensions": {"https://x.example/shows": STRESS.key}},
        {"extensions": {"https://x.example/shows": [{"id": f"{BASE}/competences/decision-making/D3.2"}]}},
        {"context": {"contextActivities": {"category": [{"id": f"{BASE}/competences/decision-making/D3.2"}]}}},
    ],
)
def test_what_the_program_names_is_proposed_at_the_lowest_level(told):
    assert new(entry(**told)) == (Ground.NAMED, STRESS.key, LOWEST)


def test_two_competences_that_are_named_are_nothing_to_go_by():
    told = entry(extensions={"https://x.example/shows": [STRESS.key, "self-leadership/SL2"]})
    assert new(told) == (Ground.NONE, "", LOWEST)


def test_a_rule_about_what_lies_beside_it_is_followed_with_what_it_asks_for():
    scored = Condition(v.PASSED, ALARM, asks=Asks.SCORE, at_least=70)
    its = proposed(group(), versions=[rule(scored, months=24)])
    assert (its.ground, its.says.level, its.says.months) == (Ground.LIKE, 3, 24)
    assert its.says.conditions == (Condition(v.PASSED, DRILL, asks=Asks.SCORE, at_least=70),)


@pytest.mark.parametrize(
    "versions",
    [
        [],
        [rule(Condition(v.PASSED, "https://drill.example/other/alarm"))],
        [rule(Condition(v.COMPLETED, ALARM))],
        [rule(Condition(v.PASSED, ALARM), clients=frozenset({"another"}))],
        [rule(Condition(v.PASSED, ALARM)), rule(Condition(v.PASSED, ALARM), id=2, level=1)],
    ],
)
def test_other_rules_tell_nothing(versions):
    assert new(entry(), *versions) == (Ground.NONE, "", LOWEST)


def test_a_name_counts_whole_and_alone():
    name = STRESS.name["en"]
    assert new(entry(f"Course 4: {name.upper()}")) == (Ground.CALLED, STRESS.key, LOWEST)
    assert new(entry(f"{name}ness")) == (Ground.NONE, "", LOWEST)


def test_that_something_was_begun_shows_nothing():
    assert proposed(group(verb=v.ATTEMPTED)) is None
    assert proposed(group(activity="")) is None


PASSED = Condition(v.PASSED, DRILL, asks=Asks.SCORE, at_least=70)


def changed(verdict, its=None, others=(), **more):
    its = its or rule(PASSED, counts_from=AT)
    found = proposed(group(Reason.RULE, verdict=verdict, rules=(its,), **more), others=others)
    return found.says if found is not None else None


def test_a_rule_takes_in_what_is_in_its_way():
    assert changed(Verdict.UNTRUSTED, client="other").clients == {"drill", "other"}
    assert changed(Verdict.TOO_EARLY).counts_from is None
    more = Condition(v.COMPLETED, DRILL, asks=Asks.SCORE, at_least=70)
    assert changed(Verdict.OTHER_VERB, verb=v.COMPLETED).conditions == (PASSED, more)
    assert changed(Verdict.NO_RESULT).conditions == (PASSED, Condition(v.PASSED, DRILL))


def test_what_would_mean_something_else_is_not_proposed():
    both = rule(PASSED, Condition(v.PASSED, ALARM), needed=2)
    assert changed(Verdict.OTHER_VERB, both, verb=v.COMPLETED) is None
    assert changed(Verdict.NO_RESULT, both) is None
    assert changed(Verdict.OTHER_VERB, verb=v.ATTEMPTED) is None
    assert changed(Verdict.NOT_ENOUGH) is None
    assert changed(Verdict.GROUP) is None
    one = rule(PASSED)
    short = group(Reason.RESULT, verdict=Verdict.NOT_ENOUGH, rules=(one,))
    assert changed(Verdict.NO_RESULT, one, [short]) is None


def test_trust_and_days_hold_of_everything_the_rule_is_about():
    its = rule(PASSED)
    mine, same, not_mine = (
        group(Reason.RULE, verdict=Verdict.UNTRUSTED, rules=(its,), client=client, activity=activity)
        for client, activity in (("x", DRILL), ("x", ALARM), ("y", DRILL))
    )
    assert taken_in(mine, [mine, same, not_mine]) == [mine, same]
    verb = group(Reason.RULE, verdict=Verdict.OTHER_VERB, rules=(its,))
    assert taken_in(verb, [verb, mine]) == [verb]

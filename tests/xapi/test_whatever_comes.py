"""Statements with something random in a random place: refused with a sentence, or fit for everything that
follows."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.errors import Invalid
from lms.xapi import mentions, presenting
from lms.xapi.arriving import Authority, Keep, Rules
from lms.xapi.completing import slow_essence
from lms.xapi.equivalence import equivalent
from lms.xapi.models import digest
from lms.xapi.reading import parsed, read
from lms.xapi.recorded import recorded
from tests.xapi.statements import AUTHORITY, activity, agent, reference, statement

ID = UUID("6690e6c9-3ef0-4ed3-8b37-7f3964730bee")
AT = datetime(2026, 11, 23, tzinfo=UTC)
GROUP = {"objectType": "Group", "mbox": "mailto:lag@kunna.test", "member": [agent(), {"mbox_sha1sum": "a" * 40}]}
DEFINED = activity() | {
    "definition": {
        "name": {"sv": "Fråga"},
        "type": "x:y",
        "interactionType": "choice",
        "choices": [{"id": "a", "description": {"sv": "A"}}],
        "correctResponsesPattern": ["a"],
        "extensions": {"x:y": None},
    }
}
CONTEXT = {
    "registration": str(ID),
    "instructor": agent(),
    "team": GROUP,
    "language": "sv",
    "statement": reference(ID),
    "contextActivities": {"parent": DEFINED, "other": [DEFINED, activity()]},
    "extensions": {"x:y": [1, {"a": None}]},
    "contextAgents": [{"objectType": "contextAgent", "agent": agent(), "relevantTypes": ["x:y"]}],
    "contextGroups": [{"objectType": "contextGroup", "group": GROUP}],
}
RESULT = {
    "score": {"scaled": 0.5, "raw": 1, "min": 0, "max": 2},
    "success": True,
    "duration": "PT1.234S",
    "response": "a",
}
FILE = {
    "usageType": "x:y",
    "display": {"sv": "Fil"},
    "contentType": "a/b",
    "length": 1,
    "sha2": "a" * 64,
    "fileUrl": "x:y",
}
INNER = {
    "objectType": "SubStatement",
    **statement(actor=GROUP, object=DEFINED, context=CONTEXT, result=RESULT),
    "timestamp": "2026-01-01T01:00:00+01:00",
    "attachments": [FILE],
}
RICH = [
    statement(
        object=DEFINED,
        context=CONTEXT | {"platform": "Kunna"},
        result=RESULT,
        timestamp="2026-01-01T00:00:00.1Z",
        version="1.0.0",
        authority=agent("a"),
        stored="2026-01-01T00:00:00Z",
        id=str(ID),
        attachments=[FILE],
    ),
    statement(object=INNER, actor=GROUP),
    statement(object=GROUP, context={}, result={}),
    statement(object=reference(ID)),
]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(
        [
            "x:y",
            "mailto:a@b",
            str(ID),
            "sv",
            "P1D",
            "2026-01-01T00:00:00Z",
            "Agent",
            "Group",
            "SubStatement",
            "StatementRef",
            "Activity",
            "\ud800",
            "\0",
        ]
    )
    | st.sampled_from([agent(), GROUP, DEFINED, reference(ID), INNER, CONTEXT]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "objectType", "mbox", "member", "x:y", "sv", "name"]) | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


def places(value, path=()):
    """The way to everything in a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from places(part, (*path, name))


@st.composite
def mutated(draw):
    whole = deepcopy(draw(st.sampled_from(RICH)))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from([path for path in places(whole) if path]))
        place = whole
        for step in way:
            place = place[step]
        if draw(st.booleans()) and isinstance(place, dict):
            del place[last]
        else:
            place[last] = deepcopy(draw(values))
    return whole


def follow(text, strict):
    """All that happens to a statement once it is accepted."""
    accepted = read(text, strict=strict)
    rules = Rules(Authority.of(AUTHORITY), "2.0.0" if strict else "1.0.3", True, True, Keep.NOTHING)
    arrival = rules.arrival(text, "statement", ID)
    entry = rules.entry(1, arrival, AT)
    kept = entry.text
    assert entry == recorded(1, arrival.id, AT, entry.timestamp, kept)
    assert arrival.essence.encode() == slow_essence(text, accepted)
    assert entry.statement.actor == accepted.actor
    for key, _part in (*mentions.agents(entry.statement), *mentions.activities(entry.statement)):
        assert len(digest(key)) == 16
    assert equivalent(parsed(text), parsed(kept.encode()))
    assert json.loads(presenting.identifying(kept))["id"] == str(arrival.id)
    kept.encode()


@settings(max_examples=300)
@given(mutated(), st.booleans())
@example(RICH[0], True)
@example(RICH[1], True)
@example(RICH[2], False)
@example(RICH[3], False)
def test_a_statement_is_refused_with_a_sentence_or_fit_for_all_that_follows(whole, strict):
    try:
        follow(json.dumps(whole).encode(), strict)
    except Invalid as refused:
        [problem] = refused.problems
        assert problem.field.startswith("statement")
        assert problem.message.endswith((".", ".)"))


def test_the_statements_it_starts_from_are_accepted():
    for whole in RICH:
        follow(json.dumps(whole).encode(), strict=True)

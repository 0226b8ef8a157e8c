"""Our reading of statements, against a JSON Schema written from the tables of the standard and nothing of ours.

They agree about any statement, but for what a schema cannot say, or what its formats see differently: that stands in
STRICTER and LOOSER, each with its reason.
"""

import json
import re
from itertools import chain

import pytest
from hypothesis import given, settings

from lms.errors import Invalid
from lms.xapi.reading import read
from tests.xapi.statement_schema import VALIDATOR
from tests.xapi.statements import activity, statement
from tests.xapi.test_statement import ACCEPTED, REFUSED
from tests.xapi.test_whatever_comes import RICH, mutated

FILE = {"usageType": "x:y", "display": {}, "contentType": "a/b", "length": 1, "sha2": "a" * 64}
SAME_IDS = {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}
# What we refuse though the schema has nothing against it: the sentence, why, and a statement that is such.
STRICTER = [
    (
        "must be greater than min|must lie between min and max",
        "A schema cannot compare two properties (2.4.5.1).",
        {"result": {"score": {"raw": 2, "max": 1}}},
    ),
    (
        "must have different ids",
        "Nor the ids in a list (2.4.4.1, interaction components).",
        {"object": activity() | {"definition": SAME_IDS}},
    ),
    (
        "must be a whole number, not a number",
        "JSON Schema takes 5.0 for a whole number; 2.4.11 says Integer.",
        {"attachments": [FILE | {"length": 5.0}]},
    ),
    (
        "cannot hold the character NUL",
        "PostgreSQL has no text with it.",
        {"actor": {"account": {"homePage": "x:y", "name": "\0"}}},
    ),
    ("begins with “mailto:”", "RFC 6068: no spaces in an address.", {"actor": {"mbox": "mailto:a b@c.test"}}),
    ("must be an absolute IRI", "To RFC 3987 an IRI may be a scheme and nothing more.", {"verb": {"id": "x:"}}),
    ("must be a media type", "RFC 2045, 5.1: no such letters.", {"attachments": [FILE | {"contentType": "å/b"}]}),
    ("must not have the zone -00:00", "2.0 refuses it.", {"timestamp": "2026-01-01T00:00:00-00:00"}),
    (
        "of a reasonable size",
        "It is a number, but no computer can compare it.",
        {"result": {"score": {"raw": 10**400}}},
    ),
]
# What the schema refuses though we accept it: what stands in the statement, why, and a statement that is such.
LOOSER = [
    ("^(?i:en-gb-oed|sgn-|i-)", "RFC 5646 keeps these irregular tags.", {"context": {"language": "en-GB-oed"}}),
    ("[\ue000-\uf8ff]", "RFC 3987 has private characters in a query only.", {"verb": {"id": "x:\ue000"}}),
    (":60(\\.[0-9]+)?(Z|[+-])", "Which leap seconds there were is not known.", {"timestamp": "2026-01-01T12:59:60Z"}),
]


def ours(whole):
    """What is wrong with it; None if nothing is."""
    try:
        read(json.dumps(whole).encode(), strict=True)
    except Invalid as refused:
        return str(refused)
    return None


def compare(whole):
    refused, fits = ours(whole), is_writable(whole) and VALIDATOR.is_valid(whole)
    if refused and fits:
        assert any(re.search(sentence, refused) for sentence, _, _ in STRICTER), (refused, whole)
    elif not refused and not fits:
        excused = [text for text in texts(whole) for pattern, _, _ in LOOSER if re.search(pattern, text)]
        assert excused, (list(VALIDATOR.iter_errors(whole)), whole)


def is_writable(whole):
    """A lone surrogate is no character."""
    try:
        return bool(json.dumps(whole, ensure_ascii=False).encode())
    except UnicodeError:
        return False


def texts(value):
    """Every text in it, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from chain(*map(texts, value.values()))
    elif isinstance(value, list):
        yield from chain(*map(texts, value))


@settings(max_examples=600, deadline=None)
@given(mutated())
def test_both_readings_agree_about_any_statement(whole):
    compare(whole)


@pytest.mark.parametrize("parts", ACCEPTED)
def test_they_agree_about_what_is_accepted(parts):
    compare(statement(**parts))


@pytest.mark.parametrize(("parts", "_path"), REFUSED)
def test_they_agree_about_what_is_refused(parts, _path):
    compare(statement(**parts))


@pytest.mark.parametrize(("sentence", "_why", "parts"), STRICTER)
def test_each_difference_is_one(sentence, _why, parts):
    whole = statement(**parts)
    assert re.search(sentence, ours(whole))
    assert VALIDATOR.is_valid(whole)


@pytest.mark.parametrize(("_what", "_why", "parts"), LOOSER)
def test_each_difference_the_other_way_is_one(_what, _why, parts):
    whole = statement(**parts)
    assert ours(whole) is None
    assert not VALIDATOR.is_valid(whole)


def test_the_schema_accepts_rich_statements_and_refuses_poor_ones():
    for whole in RICH:
        assert VALIDATOR.is_valid(whole)
    assert not VALIDATOR.is_valid({})

"""Our reading of statements, against a JSON Schema written from the tables of the standard and nothing of ours.

They agree about any statement, but for what a schema cannot say, or what its formats see differently: that stands in
STRICTER and LOOSER, each with its reason.
"""

import json
import re
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.errors import Invalid
from lms.xapi.reading import read
from tests.xapi.statement_schema import VALIDATORS
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
    ("must be a time that exists", "RFC 3339 has a year 0.", {"timestamp": "0000-01-01T00:00:00Z"}),
    (
        "of a reasonable size",
        "It is a number, but no computer can compare it.",
        {"result": {"score": {"raw": 10**400}}},
    ),
]
# What the schema refuses though we accept it: what stands in the statement, why, and a statement that is such, with the
# version in whose requests it can come.
LOOSER = [
    (
        "^(?i:en-gb-oed|sgn-|i-)",
        "RFC 5646 keeps these irregular tags.",
        {"context": {"language": "en-GB-oed"}},
        "2.0.0",
    ),
    ("[\ue000-\uf8ff]", "RFC 3987 has private characters in a query only.", {"verb": {"id": "x:\ue000"}}, "2.0.0"),
    (
        ":60([.,][0-9]+)?([Zz+-]|$)",
        "Which leap seconds there were is not known.",
        {"timestamp": "2026-01-01T12:59:60Z"},
        "2.0.0",
    ),
    (
        "24:00:00.*z|t24:00:00",
        "ISO 8601 has T, Z and 24:00, RFC 3339 t and z.",
        {"timestamp": "2026-01-01t24:00:00z"},
        "1.0.3",
    ),
]


VERSIONS = st.sampled_from(sorted(VALIDATORS))
times = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["2026-11-23", "2024-02-29", "2026-02-30", "2026-13-01", "0000-01-01", "26-1-1", "20261123"]),
    st.sampled_from(["T", "t", " ", ""]),
    st.sampled_from(["08:30", "08:30:00", "08:30:00.1", "08:30:00,123456789", "24:00:00", "24:01", "23:59:60", "8:30"]),
    st.sampled_from(["Z", "z", "", "+01:00", "+0100", "+01", "-00:00", "-00", "+24:00", "+1:00", "CET"]),
)


def ours(whole, version="2.0.0"):
    """What is wrong with it; None if nothing is."""
    try:
        read(json.dumps(whole).encode(), strict=version == "2.0.0")
    except Invalid as refused:
        return str(refused)
    return None


def theirs(whole, version="2.0.0"):
    return is_writable(whole) and VALIDATORS[version].is_valid(whole)


def compare(whole, version):
    refused, fits = ours(whole, version), theirs(whole, version)
    if refused and fits:
        assert any(re.search(sentence, refused) for sentence, _, _ in STRICTER), (refused, whole)
    elif not refused and not fits:
        excused = [text for text in texts(whole) for pattern, *_ in LOOSER if re.search(pattern, text)]
        assert excused, (list(VALIDATORS[version].iter_errors(whole)), whole)


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


@settings(max_examples=600)
@given(mutated(), VERSIONS)
def test_both_readings_agree_about_any_statement(whole, version):
    compare(whole, version)


@settings(max_examples=300)
@given(times, VERSIONS)
def test_they_agree_about_times(time, version):
    compare(statement(timestamp=time), version)


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize("parts", ACCEPTED)
def test_they_agree_about_what_is_accepted(parts, version):
    compare(statement(**parts), version)


@pytest.mark.parametrize("version", VALIDATORS)
@pytest.mark.parametrize(("parts", "_path"), REFUSED)
def test_they_agree_about_what_is_refused(parts, _path, version):
    compare(statement(**parts), version)


@pytest.mark.parametrize(("sentence", "_why", "parts"), STRICTER)
def test_each_difference_is_one(sentence, _why, parts):
    whole = statement(**parts)
    assert re.search(sentence, ours(whole))
    assert theirs(whole)


@pytest.mark.parametrize(("_what", "_why", "parts", "version"), LOOSER)
def test_each_difference_the_other_way_is_one(_what, _why, parts, version):
    whole = statement(**parts)
    assert ours(whole, version) is None
    assert not theirs(whole, version)


def test_the_schema_accepts_rich_statements_and_refuses_poor_ones():
    for whole in RICH:
        assert theirs(whole)
    assert not theirs({})

"""Formats of single values: tables of what is and what is not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.xapi.formats import DURATION_PATTERN, IRI_PATTERN, LANGUAGE_PATTERN, moment, written
from lms.xapi.models import instant, microseconds

DURATIONS = [
    "P1W",
    "P4W",
    "P1.5W",
    "P3Y",
    "P1M",
    "P1Y2M3D",
    "PT1H",
    "PT1M",
    "PT1S",
    "PT4H35M59.14S",
    "PT16559.14S",
    "PT0S",
    "P3Y1M29DT4H35M59.14S",
    "P1DT1S",
    "PT1,5H",
    "P0.5D",
    "PT1.123456789S",
    "P0001Y",
]


@pytest.mark.parametrize("text", DURATIONS)
def test_durations(text):
    assert re.search(DURATION_PATTERN, text)


NO_DURATIONS = [
    "",
    "P",
    "PT",
    "P1",
    "1S",
    "PT1",
    "P1S",
    "P1H",
    "T1S",
    "P1D2W",
    "P4W1D",
    "P1W2D",
    "P1DT",
    "P1M1Y",
    "PT1S1M",
    "pt1s",
    "-P1D",
    "P-1D",
    "PT1.S",
    "PT.5S",
    "P1.5DT1S",
    "PT1.5H1M",
    "P1Y ",
    "P1Y\n",
    "P٣D",
    "P0003-06-04T12:30:05",
    "PT1H P",
]


@pytest.mark.parametrize("text", NO_DURATIONS)
def test_what_is_no_duration(text):
    """4.6: “The alternative format … MUST NOT be used”; “weeks cannot be combined with other time
    periods”."""
    assert not re.search(DURATION_PATTERN, text)


LANGUAGES = [
    "sv",
    "en-GB",
    "tlh",
    "und",
    "zh-Hant-TW",
    "sr-Latn",
    "es-419",
    "sl-rozaj-biske",
    "de-1996",
    "de-CH-1901",
    "zh-cmn-Hans-CN",
    "en-a-bbb-x-a-ccc",
    "x-whatever",
    "i-klingon",
    "en-GB-oed",
    "sgn-BE-FR",
    "EN-us",
    "abcdefgh",
]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_language_tags(tag):
    assert re.search(LANGUAGE_PATTERN, tag)


NO_LANGUAGES = [
    "",
    "s",
    "abcdefghi",
    "en_GB",
    "en-",
    "-en",
    "en--GB",
    "en-a",
    "en-x",
    "x",
    "i-nonsense",
    "sv SE",
    "svensk språk",
    "12",
    "en-GBRGBRGBR",
    "en-12",
    "sv\n",
    "de-419-DE-x",
]


@pytest.mark.parametrize("tag", NO_LANGUAGES)
def test_what_is_no_language_tag(tag):
    """2.2: “The LRS MUST at least validate that the sequence of token lengths for language map keys matches
    the RFC 5646 standard.”"""
    assert not re.search(LANGUAGE_PATTERN, tag)


IRIS = ["a:b", "http://x.test/å?q=1#f", "urn:uuid:x", "mailto:a@b.test", "x-y.z+1:%C3%A5"]


@pytest.mark.parametrize("iri", IRIS)
def test_iris(iri):
    assert re.search(IRI_PATTERN, iri)


NO_IRIS = [
    "",
    "x",
    "x:",
    ":x",
    "//x.test/a",
    "1x:y",
    "x y:z",
    "http://x.test/ ",
    "x:\u00a0",
    "x:{}",
    "x:|",
    "x:%",
    "x:%zz",
    "x:\ud800",
    "x:\n",
    "å:b",
]


@pytest.mark.parametrize("iri", NO_IRIS)
def test_what_is_no_iri(iri):
    """2.2: the LRS MUST reject statements “containing IRL or IRI values without a scheme”."""
    assert not re.search(IRI_PATTERN, iri)


def test_no_text_takes_long_to_refuse():
    for pattern in (IRI_PATTERN, LANGUAGE_PATTERN, DURATION_PATTERN):
        for start, repeated, end in (
            ("x:", "a", "{"),
            ("x:", "%aa", "%"),
            ("en", "-abcde", "-"),
            ("P", "1.1", "X"),
            ("PT", "1", "X"),
            ("x", "+", ""),
            ("en-a", "-bb", "!"),
        ):
            assert not re.search(pattern, start + repeated * 100_000 + end)


NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T12:00:00Z", NOON),
        ("2026-11-23t12:00:00z", NOON),
        ("2026-11-23T13:00:00+01:00", NOON),
        ("2026-11-23T00:30:00-11:30", NOON),
        ("2026-11-23T12:00:00+00:00", NOON),
        ("2026-11-23T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2026-11-23T12:00:00.1234567899Z", NOON + timedelta(microseconds=123456)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_instants_in_both_versions(text, expected):
    assert moment(text, strict=True) == moment(text, strict=False) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T12:00:00", NOON),
        ("2026-11-23T12:00Z", NOON),
        ("2026-11-23T12:00:00,5Z", NOON + timedelta(milliseconds=500)),
        ("2026-11-23T13:00:00+01", NOON),
        ("2026-11-23T13:00:00+0100", NOON),
        ("2026-11-23T24:00:00Z", datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_instants_that_only_version_1_0_3_takes(text, expected):
    """4.5: “A Timestamp MUST be formatted according to ISO 8601”, and only SHOULD follow RFC 3339 and have
    a zone."""
    assert moment(text, strict=False) == expected
    with pytest.raises(ValueError, match="must"):
        moment(text, strict=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-23",
        "2026-11-23T",
        "12:00:00Z",
        "2026-11-23 12:00:00Z",
        "20261123T120000Z",
        "2026-W48-1T12:00:00Z",
        "2026-11-23T12Z",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-23T25:00:00Z",
        "2026-11-23T24:00:01Z",
        "2026-11-23T12:60:00Z",
        "2026-11-23T12:00:61Z",
        "2026-11-23T12:00:60Z",
        "2026-11-23T12:00:00+24:00",
        "2026-11-23T12:00:00+01:60",
        "2026-11-23T12:00:00-00:00",
        "2026-11-23T12:00:00-0000",
        "2026-11-23T12:00:00-00",
        "2026-11-23T12:00:00Z ",
        "2026-11-23T12:00:00Z\n",
        "2026-11-23T12:00:00.Z",
        "0001-01-01T00:00:00+01:00",
        "٢٠٢٦-11-23T12:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "+2026-11-23T12:00:00Z",
    ],
)
def test_what_is_no_instant_in_either_version(text):
    for strict in (True, False):
        with pytest.raises(ValueError, match="must"):
            moment(text, strict=strict)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_kept_to_the_microsecond(at):
    assert moment(written(at), strict=True) == at
    assert instant(microseconds(at)) == at
    assert len(written(at)) == 27

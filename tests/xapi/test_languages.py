"""Which language of a language map is shown to whom."""

import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from lms.xapi.languages import chosen, one


def asked(header):
    return list(parse_accept_header(header, LanguageAccept))


@pytest.mark.parametrize(
    ("header", "tags", "best"),
    [
        # “each language-range MAY be given an associated quality value”
        ("sv, en;q=0.8", ["en", "sv"], "sv"),
        ("sv;q=0.5, en;q=0.8", ["sv", "en"], "en"),
        # “matches a language-tag if it exactly equals the tag, or if it exactly equals a prefix of the tag such that
        # the first tag character following the prefix is "-"”
        ("en", ["sv", "en-GB"], "en-GB"),
        ("en", ["english", "sv", "eng"], "english"),
        ("EN-gb", ["sv", "en-GB"], "en-GB"),
        ("en", ["en-US", "en"], "en"),
        # “The language quality factor … is the quality value of the longest language-range in the field that matches”
        ("en;q=0.9, en-GB;q=0.1, sv;q=0.5", ["en-GB", "sv"], "sv"),
        ("en;q=0.9, en-GB;q=0.1, sv;q=0.5", ["en-GB", "en-US", "sv"], "en-US"),
        # “"*" matches every tag not matched by any other range”
        ("sv;q=0.5, *", ["sv", "en"], "en"),
        ("sv, *;q=0.5", ["en", "sv"], "sv"),
        ("*", ["en", "sv"], "en"),
        # A range as such does not match a shorter tag, so it is no better than another that does match.
        ("en-US, sv", ["en", "sv"], "sv"),
    ],
)
def test_the_language_that_is_accepted_most_is_chosen(header, tags, best):
    """RFC 2616, 14.4."""
    assert chosen(tags, asked(header)) == best


@pytest.mark.parametrize(
    ("header", "tags", "best"),
    [
        ("en-GB", ["sv", "en"], "en"),
        ("en-GB", ["sv", "en-US"], "en-US"),
        ("zh-Hant-CN-x-private1", ["en", "zh", "zh-Hant"], "zh-Hant"),
        ("de-x-a", ["en", "de"], "de"),
        ("fi-FI, en-GB;q=0.5", ["sv", "en", "fi"], "fi"),
        ("fi", ["sv", "en"], "sv"),
        ("fi, sv;q=0", ["sv", "en"], "en"),
        ("sv;q=0, en;q=0", ["sv", "en"], "sv"),
        ("en-GB, en-US;q=0", ["en-US", "sv"], "sv"),
        ("", ["sv", "en"], "sv"),
        ("!!!;q=x", ["sv", "en"], "sv"),
    ],
)
def test_where_none_is_accepted_the_nearest_is(header, tags, best):
    """RFC 4647, 3.4: “the language range is progressively truncated from the end until a matching language tag is
    located. Single letter or digit subtags … are removed at the same time as the subtag that follows”."""
    assert chosen(tags, asked(header)) == best


def test_a_map_keeps_one_language():
    assert one({"sv": "Kurs", "en": "Course"}, asked("en")) == {"en": "Course"}
    assert one({"sv": "Kurs"}, asked("en")) == {"sv": "Kurs"}
    assert one({}, asked("en")) == {}

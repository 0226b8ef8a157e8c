"""Which answers are right, from what stands in a form to what stands in a statement."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.answering import Unanswered, answer, fields, name
from lms.courses.interactions import definition, response
from lms.courses.questions import (
    Item,
    Match,
    Multiple,
    Number,
    Option,
    Order,
    Placed,
    Single,
    Text,
    TrueFalse,
    correct,
    is_right,
)


def option(key, right=False):
    return Option(key, f"*{key}*", right, "Därför.")


SINGLE = Single("q", "Vad?", "Så.", (option("a"), option("b", True), option("c")))
MULTIPLE = Multiple("q", "Vilka?", "Så.", (option("a", True), option("b"), option("c", True)))
TRUE_FALSE = TrueFalse("q", "Så är det.", "Så.", False, {"true": "Nej.", "false": "Ja."})
ORDER = Order("q", "Ordna.", "Så.", (Item("c", "C"), Item("a", "A"), Item("b", "B")))
MATCH = Match(
    "q",
    "Para.",
    "Så.",
    (Item("krav", "Krav"), Item("resurs", "Resurs")),
    (Placed("tid", "Tid", "krav"), Placed("stod", "Stöd", "resurs"), Placed("mal", "Mål", "krav")),
)
NUMBER = Number("q", "Hur många?", "Så.", Decimal("11"), Decimal("0"), "timmar")
ABOUT = Number("q", "Ungefär?", "Så.", Decimal("7"), Decimal("0.5"), "")
TEXT = Text("q", "Vad heter det?", "Så.", ("återhämtning", "vila"))
ALL = [SINGLE, MULTIPLE, TRUE_FALSE, ORDER, MATCH, NUMBER, ABOUT, TEXT]


@pytest.mark.parametrize(
    ("question", "form", "right"),
    [
        (SINGLE, {"q.q": ["b"]}, True),
        (SINGLE, {"q.q": ["a"]}, False),
        (MULTIPLE, {"q.q": ["c", "a"]}, True),
        (MULTIPLE, {"q.q": ["a"]}, False),
        (MULTIPLE, {"q.q": ["a", "b", "c"]}, False),
        (TRUE_FALSE, {"q.q": ["false"]}, True),
        (TRUE_FALSE, {"q.q": ["true"]}, False),
        (ORDER, {"q.q.a": ["2"], "q.q.b": ["3"], "q.q.c": ["1"]}, True),
        (ORDER, {"q.q.a": ["1"], "q.q.b": ["3"], "q.q.c": ["2"]}, False),
        (MATCH, {"q.q.tid": ["krav"], "q.q.stod": ["resurs"], "q.q.mal": ["krav"]}, True),
        (MATCH, {"q.q.tid": ["krav"], "q.q.stod": ["krav"], "q.q.mal": ["krav"]}, False),
        (NUMBER, {"q.q": ["11"]}, True),
        (NUMBER, {"q.q": [" 11,0 "]}, True),
        (NUMBER, {"q.q": ["11.01"]}, False),
        (NUMBER, {"q.q": ["-11"]}, False),
        (ABOUT, {"q.q": ["6.5"]}, True),
        (ABOUT, {"q.q": ["7,5"]}, True),
        (ABOUT, {"q.q": ["7.51"]}, False),
        (TEXT, {"q.q": ["Återhämtning"]}, True),
        (TEXT, {"q.q": ["  aterhamtning "]}, True),
        (TEXT, {"q.q": ["VILA"]}, True),
        (TEXT, {"q.q": ["vilan"]}, False),
    ],
)
def test_an_answer_is_marked(question, form, right):
    assert is_right(question, answer(question, form)) is right


@pytest.mark.parametrize(
    ("question", "form", "field"),
    [
        (SINGLE, {}, "q.q"),
        (SINGLE, {"q.q": ["z"]}, "q.q"),
        (SINGLE, {"q.q": ["a", "b"]}, "q.q"),
        (MULTIPLE, {"q.q": ["z"]}, "q.q"),
        (TRUE_FALSE, {"q.q": [""]}, "q.q"),
        (ORDER, {"q.q.a": ["2"], "q.q.b": [""], "q.q.c": ["1"]}, "q.q.b"),
        (ORDER, {"q.q.c": ["1"], "q.q.a": ["1"], "q.q.b": ["2"]}, "q.q.a"),
        (ORDER, {"q.q.c": ["4"], "q.q.a": ["1"], "q.q.b": ["2"]}, "q.q.c"),
        (MATCH, {"q.q.tid": ["krav"], "q.q.mal": ["krav"]}, "q.q.stod"),
        (NUMBER, {"q.q": ["elva"]}, "q.q"),
        (NUMBER, {"q.q": ["1e400"]}, "q.q"),
        (NUMBER, {"q.q": ["nan"]}, "q.q"),
        (TEXT, {"q.q": ["  "]}, "q.q"),
        (TEXT, {"q.q": ["x" * 251]}, "q.q"),
    ],
)
def test_what_cannot_be_marked_is_asked_for_at_its_field(question, form, field):
    with pytest.raises(Unanswered) as missing:
        answer(question, form)
    assert missing.value.field == field


def filled(question, given_answer):
    """The form in which an answer stands."""
    if isinstance(question, Order):
        return {name(question, key): [str(place)] for place, key in enumerate(given_answer, start=1)}
    if isinstance(question, Match):
        return {name(question, key): [target] for key, target in given_answer.items()}
    return {name(question): given_answer if isinstance(given_answer, list) else [given_answer]}


@pytest.mark.parametrize("question", ALL)
def test_the_right_answer_is_right(question):
    form = filled(question, correct(question))
    assert set(form) == set(fields(question))
    assert is_right(question, answer(question, form))


@given(
    number=st.decimals(-1_000_000, 1_000_000, places=4),
    tolerance=st.decimals(0, 1000, places=4),
    share=st.fractions(-1, 1),
)
def test_a_number_is_right_exactly_within_its_tolerance(number, tolerance, share):
    question = Number("q", "?", ".", number, tolerance, "")
    away = (tolerance * share.numerator / share.denominator).quantize(Decimal("0.000001"))
    given_answer = answer(question, {"q.q": [format(number + away, "f").replace(".", ",")]})
    assert is_right(question, given_answer) == (abs(away) <= tolerance)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4))
def test_every_accepted_text_is_right_in_any_case(texts):
    accept = tuple(text for text in texts if text.strip() and text.upper().lower() == text.lower())
    question = Text("q", "?", ".", accept)
    for text in accept:
        assert is_right(question, f"  {text} ")


@pytest.mark.parametrize(
    ("question", "given_answer", "text", "pattern"),
    [
        # xAPI Data 2.4.4.1: “A list of item ids delimited by [,]. If the response contains only one item,
        # the delimiter MUST not be used.”
        (SINGLE, "a", "a", ["b"]),
        (MULTIPLE, ["a", "b"], "a[,]b", ["a[,]c"]),
        # “Either true or false”
        (TRUE_FALSE, "true", "true", ["false"]),
        # “An ordered list of item ids delimited by [,].”
        (ORDER, ["a", "b", "c"], "a[,]b[,]c", ["c[,]a[,]b"]),
        # “A list of matching pairs … Items within a pair are delimited by [.]. Pairs are delimited by [,].”
        (
            MATCH,
            {"mal": "resurs", "tid": "krav", "stod": "krav"},
            "tid[.]krav[,]stod[.]krav[,]mal[.]resurs",
            ["tid[.]krav[,]stod[.]resurs[,]mal[.]krav"],
        ),
        # “A range of numbers represented by a minimum and a maximum delimited by [:]. … Where the correct
        # response or learner's response is a single number rather than a range, the single number with no
        # delimiter MAY be used.”
        (NUMBER, "12", "12", ["11"]),
        (ABOUT, "6.5", "6.5", ["6.5[:]7.5"]),
        # “A learner's response will be considered correct if it matches any of the response patterns”
        (TEXT, "Vila", "Vila", ["återhämtning", "vila"]),
    ],
)
def test_answers_are_written_as_the_standard_says(question, given_answer, text, pattern):
    assert response(question, given_answer) == text
    assert definition(question, "sv")["correctResponsesPattern"] == pattern


def test_a_question_is_described_with_its_parts():
    assert definition(MATCH, "sv") == {
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "description": {"sv": "Para."},
        "interactionType": "matching",
        "source": [
            {"id": "tid", "description": {"sv": "Tid"}},
            {"id": "stod", "description": {"sv": "Stöd"}},
            {"id": "mal", "description": {"sv": "Mål"}},
        ],
        "target": [
            {"id": "krav", "description": {"sv": "Krav"}},
            {"id": "resurs", "description": {"sv": "Resurs"}},
        ],
        "correctResponsesPattern": ["tid[.]krav[,]stod[.]resurs[,]mal[.]krav"],
    }
    choice = definition(SINGLE, "sv")
    assert (choice["interactionType"], choice["choices"][0]) == ("choice", {"id": "a", "description": {"sv": "a"}})
    sequence = definition(ORDER, "sv")
    assert (sequence["interactionType"], [one["id"] for one in sequence["choices"]]) == ("sequencing", ["a", "b", "c"])
    kinds = [definition(question, "sv")["interactionType"] for question in (MULTIPLE, TRUE_FALSE, NUMBER, TEXT)]
    assert kinds == ["choice", "true-false", "numeric", "fill-in"]

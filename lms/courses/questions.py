"""The kinds of questions a quiz can have, and when an answer is right. Pure: no texts are formatted and
nothing is stored.

An answer is what JSON can hold: a key (single), keys (multiple, order), "true" or "false", a target's key by
item (match), a number as digits with a point (number), or what was typed (text).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Answer = str | list[str] | dict[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    text: str
    correct: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Something to match, and the target it belongs to."""

    key: str
    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Asked:
    key: str
    # Markdown on one line.
    text: str
    # Shown after answering, whatever the answer.
    explanation: str


@dataclass(frozen=True, slots=True)
class Single(Asked):
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Multiple(Asked):
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class TrueFalse(Asked):
    answer: bool
    # By "true" and "false".
    explanations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order(Asked):
    # In the right order.
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Match(Asked):
    targets: tuple[Item, ...]
    items: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class Number(Asked):
    answer: Decimal
    tolerance: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Text(Asked):
    accept: tuple[str, ...]


Question = Single | Multiple | TrueFalse | Order | Match | Number | Text

KINDS: Mapping[str, type[Question]] = {
    "single": Single,
    "multiple": Multiple,
    "true-false": TrueFalse,
    "order": Order,
    "match": Match,
    "number": Number,
    "text": Text,
}


def kind(question: Question) -> str:
    return next(name for name, of in KINDS.items() if isinstance(question, of))


def correct(question: Question) -> Answer:
    """The right answer; for a text, the first of those accepted."""
    match question:
        case Single(options=options):
            return next(option.key for option in options if option.correct)
        case Multiple(options=options):
            return [option.key for option in options if option.correct]
        case TrueFalse(answer=answer):
            return "true" if answer else "false"
        case Order(items=items):
            return [item.key for item in items]
        case Match(items=placed):
            return {item.key: item.target for item in placed}
        case Number(answer=number):
            return format(number, "f")
        case Text(accept=accept):
            return accept[0]


def is_right(question: Question, answer: Answer) -> bool:
    match question:
        case Multiple():
            return isinstance(answer, list) and set(answer) == set(correct(question))
        case Number(answer=number, tolerance=tolerance):
            return isinstance(answer, str) and abs(Decimal(answer) - number) <= tolerance
        case Text(accept=accept):
            return isinstance(answer, str) and plain(answer) in {plain(text) for text in accept}
        case _:
            return answer == correct(question)


def plain(text: str) -> str:
    """A typed word without what does not matter: case, accents, and spaces around it or doubled in it."""
    apart = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))

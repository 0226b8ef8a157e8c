"""From what stands in a form to an answer. Fields are called q.<question>, and q.<question>.<item> where a
question has a field for each item: keys have no dots in them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lms.courses.questions import (
    Answer,
    Match,
    Multiple,
    Number,
    Order,
    Question,
    Single,
    Text,
    TrueFalse,
    plain,
)
from lms.i18n import gettext as _

# A short word or two is asked for (xAPI Data 2.4.4.1: normally 250 characters or less).
LONGEST_TEXT: Final = 250
_NUMBER: Final = re.compile(r"[+-]?(\d{1,12}([.,]\d{0,6})?|[.,]\d{1,6})\Z")

# The values of each field, as a form can have several of one name.
Form = Mapping[str, Sequence[str]]


class Unanswered(ValueError):
    """There is no answer to mark; `field` is where to put one, and the message says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def name(question: Question, item: str = "") -> str:
    return f"q.{question.key}.{item}" if item else f"q.{question.key}"


def fields(question: Question) -> Iterator[str]:
    """The names of the fields that a question has."""
    match question:
        case Order(items=items):
            yield from (name(question, item.key) for item in items)
        case Match(items=placed):
            yield from (name(question, item.key) for item in placed)
        case _:
            yield name(question)


def answer(question: Question, form: Form) -> Answer:
    """Raises Unanswered. Values that the form did not offer count as none."""
    given = [value.strip() for value in form.get(name(question), ())]
    match question:
        case Single(options=options):
            return _one(question, given, [option.key for option in options])
        case Multiple(options=options):
            chosen = [option.key for option in options if option.key in given]
            return chosen or _missing(question, _("Choose at least one answer."))
        case TrueFalse():
            return _one(question, given, ["true", "false"])
        case Order():
            return _order(question, form)
        case Match():
            return _match(question, form)
        case Number():
            return _number(question, given)
        case Text():
            return _text(question, given)


def _missing(question: Question, message: str, field: str = "") -> Answer:
    raise Unanswered(field or name(question), message)


def _one(question: Question, given: Sequence[str], offered: Sequence[str]) -> Answer:
    chosen = [value for value in given if value in offered]
    return chosen[0] if len(chosen) == 1 else _missing(question, _("Choose an answer."))


def _order(question: Order, form: Form) -> Answer:
    places: dict[str, str] = {}
    for item in question.items:
        field = name(question, item.key)
        place = next(iter(form.get(field, ())), "").strip()
        if not place.isdecimal() or not 1 <= int(place) <= len(question.items):
            return _missing(question, _("Choose a place for each line."), field)
        if place in places:
            return _missing(question, _("Two lines have the same place. Give each its own."), field)
        places[place] = item.key
    return [places[place] for place in sorted(places, key=int)]


def _match(question: Match, form: Form) -> Answer:
    targets = {target.key for target in question.targets}
    pairs: dict[str, str] = {}
    for item in question.items:
        field = name(question, item.key)
        target = next(iter(form.get(field, ())), "").strip()
        if target not in targets:
            return _missing(question, _("Choose what each line belongs to."), field)
        pairs[item.key] = target
    return pairs


def _number(question: Number, given: Sequence[str]) -> Answer:
    # Thousands are often written with a space.
    typed = re.sub(r"\s", "", given[0]) if given else ""
    if not _NUMBER.match(typed):
        return _missing(question, _("Enter a number, such as 12 or 7.5."))
    return format(Decimal(typed.replace(",", ".")), "f")


def _text(question: Text, given: Sequence[str]) -> Answer:
    typed = " ".join(given[0].split()) if given else ""
    if not plain(typed):
        return _missing(question, _("Write an answer."))
    if len(typed) > LONGEST_TEXT:
        return _missing(question, _("Write a shorter answer: a word or a few."))
    return typed

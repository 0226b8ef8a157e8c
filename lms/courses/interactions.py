"""Questions and answers as statements write them: activities of the type cmi.interaction (xAPI Data 2.4.4.1).

The formats are those of the table “Response Patterns” there: parts of a list are delimited by [,], pairs by
[.] and the ends of a range by [:].
"""

from collections.abc import Sequence
from typing import Any

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
    correct,
)
from lms.courses.text import words
from lms.xapi.vocabulary import INTERACTION


def definition(question: Question, language: str) -> dict[str, Any]:
    return {
        "type": INTERACTION,
        "description": {language: words(question.text)},
        **_kind(question, language),
        "correctResponsesPattern": _pattern(question),
    }


def response(question: Question, answer: Answer) -> str:
    if isinstance(answer, list):
        return "[,]".join(answer)
    if isinstance(answer, dict) and isinstance(question, Match):
        # In the order of the question, as in its pattern.
        return "[,]".join(f"{item.key}[.]{answer[item.key]}" for item in question.items)
    return str(answer)


def _kind(question: Question, language: str) -> dict[str, Any]:
    match question:
        case Single() | Multiple():
            return {"interactionType": "choice", "choices": _components(question.options, language)}
        case TrueFalse():
            return {"interactionType": "true-false"}
        case Order():
            # Listed by key, since the order they are written in is the right one.
            items = sorted(question.items, key=lambda item: item.key)
            return {"interactionType": "sequencing", "choices": _components(items, language)}
        case Match():
            return {
                "interactionType": "matching",
                "source": _components(question.items, language),
                "target": _components(question.targets, language),
            }
        case Number():
            return {"interactionType": "numeric"}
        case Text():
            return {"interactionType": "fill-in"}


def _components(parts: Sequence[Any], language: str) -> list[dict[str, Any]]:
    return [{"id": part.key, "description": {language: words(part.text)}} for part in parts]


def _pattern(question: Question) -> list[str]:
    match question:
        case Number(answer=answer, tolerance=tolerance) if tolerance:
            return [f"{answer - tolerance:f}[:]{answer + tolerance:f}"]
        case Text(accept=accept):
            # Case does not matter unless it is said to ({case_matters=true}).
            return list(accept)
        case _:
            return [response(question, correct(question))]

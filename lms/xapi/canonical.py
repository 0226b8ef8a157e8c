"""Statements in the format “canonical”: activities as the store knows them, each text in one language.

Communication 2.1.3: “return Activity Objects and Verbs populated with the canonical definition of the Activity
Objects and Display of the Verbs as determined by the LRS …, and return the original Agent and Group Objects as in
"exact" mode.” What verbs and attachments are called is as the statement says; so are activities of which the store
knows nothing. Extensions are left alone: only their owners know what is a language map there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from lms.xapi import definitions, languages
from lms.xapi.languages import Wanted

Members = dict[str, Any]
Raws = dict[str, msgspec.Raw]

_TEXTS: Final = ("name", "description", "display")
_COMPONENTS: Final = ("choices", "scale", "source", "target", "steps")


def canonical(session: Session, organisations: Sequence[int], texts: Sequence[str], wanted: Wanted) -> list[str]:
    """`organisations` are those whose statements the reader may see, `wanted` the languages she reads."""
    statements = [_opened(msgspec.json.decode(text, type=Raws)) for text in texts]
    activities = [activity for statement in statements for activity in _activities(statement)]
    known = definitions.known(session, organisations, list({activity["id"] for activity in activities}))
    for activity in activities:
        definition = known.get(activity["id"], activity.get("definition"))
        if definition is not None:
            activity["definition"] = _definition(definition, wanted)
    for statement in statements:
        _speak(statement, wanted)
    return [msgspec.json.encode(statement).decode() for statement in statements]


def _opened(members: Raws) -> Members:
    """The statement with the parts decoded that may change; what need not be read stays as it is written."""
    opened: Members = dict(members)
    for name in ("verb", "attachments"):
        if name in members:
            opened[name] = msgspec.json.decode(members[name])
    target = msgspec.json.decode(members["object"], type=Raws)
    kind = msgspec.json.decode(target["objectType"]) if "objectType" in target else "Activity"
    if kind == "SubStatement":
        opened["object"] = _opened(target)
    elif kind == "Activity":
        opened["object"] = msgspec.json.decode(members["object"])
    if "context" in members:
        context: Members = dict(msgspec.json.decode(members["context"], type=Raws))
        if "contextActivities" in context:
            context["contextActivities"] = msgspec.json.decode(context["contextActivities"])
        opened["context"] = context
    return opened


def _activities(statement: Members) -> Iterator[Members]:
    target = statement["object"]
    if isinstance(target, dict):
        if "actor" in target:
            yield from _activities(target)
        else:
            yield target
    for given in statement.get("context", {}).get("contextActivities", {}).values():
        yield from given if isinstance(given, list) else [given]


def _speak(statement: Members, wanted: Wanted) -> None:
    statement["verb"] = _in_one_language(statement["verb"], wanted)
    if "attachments" in statement:
        statement["attachments"] = [_in_one_language(one, wanted) for one in statement["attachments"]]
    target = statement["object"]
    if isinstance(target, dict) and "actor" in target:
        _speak(target, wanted)


def _definition(definition: Mapping[str, Any], wanted: Wanted) -> Members:
    lists = {name: definition[name] for name in _COMPONENTS if name in definition}
    return _in_one_language(definition, wanted) | {
        name: [_in_one_language(one, wanted) for one in components] for name, components in lists.items()
    }


def _in_one_language(part: Mapping[str, Any], wanted: Wanted) -> Members:
    return {**part, **{name: languages.one(part[name], wanted) for name in _TEXTS if name in part}}

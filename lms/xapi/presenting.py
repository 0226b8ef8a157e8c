"""Statements in the format “ids”: only what is needed to tell who and what they are about.

Communication 2.1.3: “only include minimum information necessary in Agent, Activity, Verb and Group Objects
to identify them. For Anonymous Groups this means including the minimum information needed to identify each
member.”
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

Members = dict[str, object]
_Shortened = Callable[[object], object]

_IDENTIFIERS: Final = ("objectType", "mbox", "mbox_sha1sum", "openid", "account")
# What need not be read is passed on as it is written.
_PASSED_ON: Final = ("id", "result", "timestamp", "stored", "version", "attachments")


def identifying(text: str) -> str:
    members = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    shortened: Members = {
        name: raw if name in _PASSED_ON else _STATEMENT[name](msgspec.json.decode(raw)) for name, raw in members.items()
    }
    return msgspec.json.encode(shortened).decode()


def _actor(value: object) -> object:
    members = _members(value)
    short: Members = {name: members[name] for name in _IDENTIFIERS if name in members}
    if len(short) == ("objectType" in short):
        short["member"] = [_actor(one) for one in _list(members.get("member"))]
    return short


def _verb(value: object) -> object:
    return {"id": _members(value)["id"]}


def _activity(value: object) -> object:
    return {name: part for name, part in _members(value).items() if name != "definition"}


def _object(value: object) -> object:
    kind = _members(value).get("objectType", "Activity")
    return _OBJECTS[str(kind)](value)


def _substatement(value: object) -> object:
    return {name: _STATEMENT.get(name, _same)(part) for name, part in _members(value).items()}


def _context(value: object) -> object:
    return {name: _CONTEXT.get(name, _same)(part) for name, part in _members(value).items()}


def _context_activities(value: object) -> object:
    return {kind: [_activity(one) for one in _list(given)] for kind, given in _members(value).items()}


def _named(value: object) -> object:
    return [
        {name: _actor(part) if name in {"agent", "group"} else part for name, part in _members(one).items()}
        for one in _list(value)
    ]


def _same(value: object) -> object:
    return value


def _members(value: object) -> Members:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


_STATEMENT: Final[Mapping[str, _Shortened]] = {
    "actor": _actor,
    "verb": _verb,
    "object": _object,
    "context": _context,
    "authority": _actor,
}
_OBJECTS: Final[Mapping[str, _Shortened]] = {
    "Activity": _activity,
    "Agent": _actor,
    "Group": _actor,
    "StatementRef": _same,
    "SubStatement": _substatement,
}
_CONTEXT: Final[Mapping[str, _Shortened]] = {
    "instructor": _actor,
    "team": _actor,
    "contextActivities": _context_activities,
    "contextAgents": _named,
    "contextGroups": _named,
}

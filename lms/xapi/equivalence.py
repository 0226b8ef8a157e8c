"""Whether two statements with one id are the same statement (Data 2.3.1, immutability and comparison).

Left out of the comparison is only what the standard names: what the store sets, activities' definitions, the
verb's display, the zone of a time, the order of a group's members, and the case of what has none. Numbers are
compared by value, so 85 and 85.0 are one; true and 1 are not.
"""

import json
import re
from collections.abc import Callable
from typing import Final

from lms.xapi.formats import moment
from lms.xapi.reading import Members

_SET_BY_THE_STORE: Final = {"id", "stored", "authority", "version", "timestamp"}
# Data 4.6: precision beyond 0.01 second is not compared. Otherwise a duration is a string (Data 2.3.1).
_FINER: Final = re.compile(r"([.,][0-9]{2})[0-9]+S\Z")


def equivalent(sent: Members, kept: Members) -> bool:
    """`kept` is as we return it, `sent` as it came."""
    return _same_time(sent, kept) and _essence(sent) == _essence(kept)


def agree(one: Members, other: Members) -> bool:
    """Two statements as they were sent: what the store would set may be in only one of them."""
    for name, meaning in (("id", lambda text: str(text).lower()), ("timestamp", _instant)):
        if name in one and name in other and meaning(one[name]) != meaning(other[name]):
            return False
    return _essence(one) == _essence(other)


def _same_time(sent: Members, kept: Members) -> bool:
    if "timestamp" not in sent or kept["timestamp"] == kept["stored"]:
        return True
    return _instant(sent["timestamp"]) == _instant(kept["timestamp"])


def _instant(text: object) -> object:
    return moment(str(text), strict=False)


def _essence(statement: Members) -> object:
    return {name: _PARTS.get(name, _value)(part) for name, part in statement.items() if name not in _SET_BY_THE_STORE}


def _value(value: object) -> object:
    """Any JSON, so that true does not equal 1."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, dict):
        return {name: _value(inner) for name, inner in value.items()}
    return [_value(inner) for inner in value] if isinstance(value, list) else value


def _object(value: object) -> object:
    if not isinstance(value, dict):
        return value
    kind = value.get("objectType", "Activity")
    return _OBJECTS.get(kind, _activity)(value)


def _actor(value: object) -> object:
    if not isinstance(value, dict):
        return value
    actor = {name: _value(inner) for name, inner in value.items()}
    if "mbox" in value:
        local, _, domain = str(value["mbox"]).rpartition("@")
        actor["mbox"] = f"{local}@{domain.lower()}"
    if "mbox_sha1sum" in value:
        actor["mbox_sha1sum"] = str(value["mbox_sha1sum"]).lower()
    if isinstance(value.get("member"), list):
        actor["member"] = sorted((_actor(one) for one in value["member"]), key=_sortable)
    return actor


def _sortable(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _activity(value: object) -> object:
    return {name: part for name, part in value.items() if name != "definition"} if isinstance(value, dict) else value


def _verb(value: object) -> object:
    return value.get("id") if isinstance(value, dict) else value


def _reference(value: object) -> object:
    return {**value, "id": str(value["id"]).lower()} if isinstance(value, dict) else value


def _substatement(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return _essence(value), _instant(value["timestamp"]) if "timestamp" in value else None


def _result(value: object) -> object:
    if not isinstance(value, dict):
        return value
    result = {name: _value(inner) for name, inner in value.items()}
    if "duration" in value:
        result["duration"] = _FINER.sub(r"\1S", str(value["duration"]))
    return result


def _context(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: _CONTEXT.get(name, _value)(part) for name, part in value.items()}


def _activities(value: object) -> object:
    """Data 2.4.6.2: one alone is a list of one."""
    if not isinstance(value, dict):
        return value
    lists = {kind: given if isinstance(given, list) else [given] for kind, given in value.items()}
    return {kind: [_activity(one) for one in given] for kind, given in lists.items()}


def _named(value: object) -> object:
    """contextAgents and contextGroups: an agent or group with its relevant types."""
    if not isinstance(value, list):
        return value
    return [{name: _actor(part) if name in ("agent", "group") else part for name, part in one.items()} for one in value]


_Part = Callable[[object], object]
_PARTS: Final[dict[str, _Part]] = {
    "actor": _actor,
    "verb": _verb,
    "object": _object,
    "result": _result,
    "context": _context,
}
_OBJECTS: Final[dict[str, _Part]] = {
    "Activity": _activity,
    "Agent": _actor,
    "Group": _actor,
    "StatementRef": _reference,
    "SubStatement": _substatement,
}
_CONTEXT: Final[dict[str, _Part]] = {
    "registration": lambda value: str(value).lower(),
    "instructor": _actor,
    "team": _actor,
    "statement": _reference,
    "contextActivities": _activities,
    "contextAgents": _named,
    "contextGroups": _named,
}

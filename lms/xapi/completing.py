"""The text that is kept: the statement as it came, and what the store adds to it.

Every value stays as its sender wrote it: 85.0 does not become 85, nor P1W become P7D. What changes is what
the standard says: id, stored, authority and version are set, times are in UTC, context activities are
lists.

The *essence* of a statement is its text without what the store sets and without the braces around it. It is
made when the statement is looked through, so that completing it takes next to no time when it is stored.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from lms.xapi.formats import UTC_RFC3339, moment, written
from lms.xapi.statement import Statement, SubStatement

Raws = dict[str, msgspec.Raw]

_SET: Final = frozenset({"id", "timestamp", "stored", "authority", "version"})


def quick_essence(members: Mapping[str, object], short: bytes) -> bytes | None:
    """From a statement of which `short` is the text without spaces; None if parts of it must be rewritten.

    The statement has not been looked at yet.
    """
    if _is_rewritten(members):
        return None
    if _SET.isdisjoint(members):
        return short[1:-1]
    return msgspec.json.encode({name: part for name, part in members.items() if name not in _SET})[1:-1]


def _is_rewritten(members: Mapping[str, object]) -> bool:
    target, context = members.get("object"), members.get("context")
    if isinstance(target, dict) and target.get("objectType") == "SubStatement":
        return True
    activities = context.get("contextActivities") if isinstance(context, dict) else None
    return isinstance(activities, dict) and any(isinstance(given, dict) for given in activities.values())


def slow_essence(text: bytes, statement: Statement) -> bytes:
    given = msgspec.json.decode(msgspec.json.format(text, indent=-1), type=Raws)
    kept: dict[str, object] = {name: raw for name, raw in given.items() if name not in _SET}
    _rewrite(kept, statement)
    if isinstance(statement.object, SubStatement):
        kept["object"] = _rewritten(kept["object"], statement.object)
    return msgspec.json.encode(kept)[1:-1]


def completed(essence: str, *, id: UUID, timestamp: str, stored: datetime, authority: str, version: str) -> str:
    """`timestamp` is in UTC already, `authority` in JSON."""
    return (
        f'{{"id":"{id}",{essence},"timestamp":"{timestamp}","stored":"{written(stored)}",'
        f'"authority":{authority},"version":"{version}"}}'
    )


def own_authority(text: bytes) -> str:
    """What a statement says itself of who asserts it."""
    given = msgspec.json.decode(msgspec.json.format(text, indent=-1), type=Raws)
    return bytes(given["authority"]).decode()


def in_utc(text: str) -> str:
    """The same instant in UTC (Data 4.5), in the sender's own words if they are that already."""
    return text if UTC_RFC3339.match(text) else written(moment(text, strict=False))


def _rewritten(raw: object, part: SubStatement) -> object:
    members: dict[str, object] = dict(msgspec.json.decode(_bytes(raw), type=Raws))
    _rewrite(members, part)
    if part.timestamp is not None:
        members["timestamp"] = in_utc(part.timestamp)
    return members


def _rewrite(members: dict[str, object], part: Statement | SubStatement) -> None:
    """Data 2.4.6.2: every value in contextActivities is returned as an array, even if it came alone."""
    if part.context is None or part.context.context_activities is None:
        return
    context = msgspec.json.decode(_bytes(members["context"]), type=Raws)
    activities = msgspec.json.decode(context["contextActivities"], type=Raws)
    if any(_alone(raw) for raw in activities.values()):
        listed = {kind: [raw] if _alone(raw) else raw for kind, raw in activities.items()}
        members["context"] = {**context, "contextActivities": listed}


def _alone(raw: msgspec.Raw) -> bool:
    return bytes(raw).startswith(b"{")


def _bytes(raw: object) -> bytes:
    return bytes(raw) if isinstance(raw, msgspec.Raw) else b"{}"

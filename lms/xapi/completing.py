"""The text that is kept: the statement as it came, and what the store adds to it.

Every value stays as its sender wrote it: 85.0 does not become 85, nor P1W become P7D. What changes is what
the standard says: id, stored, authority and version are set, times are in UTC, context activities are
lists.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from lms.xapi.formats import UTC_RFC3339, moment, written
from lms.xapi.statement import Statement, SubStatement

Raws = dict[str, msgspec.Raw]

_SET: Final = ("id", "timestamp", "stored", "authority", "version")


def completed(
    text: bytes,
    statement: Statement,
    *,
    id: UUID,
    stored: datetime,
    authority: Mapping[str, object] | None,
    version: str,
) -> str:
    """Without an `authority`, that of the statement stays."""
    given = msgspec.json.decode(msgspec.json.format(text, indent=-1), type=Raws)
    kept: dict[str, object] = {"id": id}
    kept |= {name: raw for name, raw in given.items() if name not in _SET}
    _rewrite(kept, statement)
    if isinstance(statement.object, SubStatement):
        kept["object"] = _rewritten(kept["object"], statement.object)
    # Data 2.4.7: set to “stored” if not provided.
    kept["timestamp"] = in_utc(statement.timestamp) if statement.timestamp else written(stored)
    kept["stored"] = written(stored)
    kept["authority"] = given["authority"] if authority is None else authority
    # Data 2.4.10: the version a statement is accepted with stays.
    kept["version"] = statement.version or version
    return msgspec.json.encode(kept).decode()


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

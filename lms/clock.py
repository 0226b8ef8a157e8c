"""The only place that asks what time it is. Edges ask; the middle is told (`at=`)."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)

"""How much a client is used, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lms.xapi.use import Count

WEEK: Final = 7
SHOWN: Final = 14


@dataclass(frozen=True, slots=True)
class Total:
    requests: int
    refused: int

    @property
    def share(self) -> float | None:
        """Of the requests that were refused. None: nothing came."""
        return self.refused / self.requests if self.requests else None


def week(days: Mapping[date, Count], today: date) -> Total:
    """The last seven days, today among them."""
    counted = [days.get(day, Count()) for day in last(WEEK, today)]
    return Total(sum(one.requests for one in counted), sum(one.refused for one in counted))


def last(number: int, today: date) -> Sequence[date]:
    return [today - timedelta(days=back) for back in reversed(range(number))]


@dataclass(frozen=True, slots=True)
class Bar:
    """A day in a chart, as shares of the height of the highest."""

    day: date
    requests: int
    refused: int
    height: float
    refused_height: float


def bars(days: Mapping[date, Count], today: date) -> Sequence[Bar]:
    shown = {day: days.get(day, Count()) for day in last(SHOWN, today)}
    highest = max(count.requests for count in shown.values()) or 1
    return [
        Bar(day, count.requests, count.refused, count.requests / highest, count.refused / highest)
        for day, count in shown.items()
    ]

"""The day that a picture of competence is of: today, one that has been, or one to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from lms.errors import Invalid, Problem
from lms.i18n import gettext

# Months from now that can be looked ahead.
HORIZONS: Final = (0, 12, 36)
# Days outside of these are slips of the finger.
FIRST: Final = date(1930, 1, 1)
LAST: Final = date(2150, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """`at` is now, `on` the instant that is pictured."""

    at: datetime
    on: datetime
    # Months ahead; 0 of today and of what has been.
    horizon: int = 0

    @property
    def is_past(self) -> bool:
        return self.on < self.at

    @property
    def is_ahead(self) -> bool:
        return self.on > self.at


def today(at: datetime) -> Day:
    return Day(at, at)


def ahead(at: datetime, months: int) -> Day:
    return Day(at, after(at, months), months)


def past(at: datetime, day: date, zone: tzinfo = UTC) -> Day:
    """As it was when that day ended where people are; today's picture is as it is now."""
    return Day(at, min(at, _end(day, zone)))


def published(day: Day, zone: tzinfo) -> Day:
    """Of figures of groups: of a day that has been the latest end of a month, since what differs between two days
    can be one person's doing."""
    if not day.is_past:
        return day
    following = (day.on + timedelta(microseconds=1)).astimezone(zone).date()
    return past(day.at, following.replace(day=1) - timedelta(days=1), zone)


def _end(day: date, zone: tzinfo) -> datetime:
    following = datetime.combine(day + timedelta(days=1), time(), zone)
    return following.astimezone(UTC) - timedelta(microseconds=1)


def after(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of a month that is shorter."""
    whole = at.year * 12 + at.month - 1 + months
    first = at.replace(year=whole // 12, month=whole % 12 + 1, day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(at.day, (following - timedelta(days=1)).day))


def month_ends(at: datetime, number: int, zone: tzinfo = UTC) -> list[Day]:
    """The ends of the latest months, oldest first, and then now."""
    first = at.astimezone(zone).replace(day=1)
    lasts = [after(first, -back).date() - timedelta(days=1) for back in range(number - 1, -1, -1)]
    return [*(past(at, last, zone) for last in lasts), today(at)]


def parse(at: datetime, on: str, horizon: str, zone: tzinfo) -> Day:
    """From an address: a day such as 2026-03-31, or months ahead. Raises Invalid."""
    if horizon not in ("", *map(str, HORIZONS)):
        raise Invalid([Problem("horizon", gettext("Look 0, 12 or 36 months ahead."))])
    if on and horizon not in ("", "0"):
        raise Invalid([Problem("on", gettext("Choose either a day that has been or how far to look ahead."))])
    if not on:
        return ahead(at, int(horizon or 0))
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise Invalid([Problem("on", gettext("Enter the day like 2026-03-31."))]) from None
    if day > at.astimezone(zone).date():
        raise Invalid([Problem("on", gettext("Choose a day that has been."))])
    return past(at, day, zone)


def typed(form: Mapping[str, str], field: str, problems: list[Problem]) -> date | None:
    """A day from a field, None if it is empty, or if it is none: then that is among the problems."""
    text = form.get(field, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if FIRST <= day <= LAST:
        return day
    problems.append(Problem(field, gettext("Enter the day like 2026-03-31.")))
    return None

"""What someone looks for among the statements they may see, from the address of the page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from lms.connections.sight import Sight
from lms.connections.words import VERBS
from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.xapi.browsing import Look
from lms.xapi.formats import Iri
from lms.xapi.models import instant

T = TypeVar("T")

# Those of the form, and those that only links have: an exact agent, and where a page begins.
NARROWING: Final = (
    "who", "person", "agent", "verb", "activity", "client", "since", "until", "registration", "voided",
)  # fmt: skip
CHOICES: Final = {"": None, "no": False, "yes": True}


def look(given: Mapping[str, str], sight: Sight, zone: tzinfo) -> Look:
    """What is seen, narrowed by the filters; who it is about is asked of `people`. Raises Invalid."""
    reading = _Reading(given)
    narrowed = replace(
        sight.look(),
        verb=reading.each("verb", _verb, gettext("Write one of the verbs, or the whole address of another.")),
        activity=reading.each("activity", _iri, gettext("Write the whole address of the activity.")),
        registration=reading.each("registration", UUID, gettext("Write the registration as it stands in a statement.")),
        since=reading.each("since", lambda text: _day(text, zone), gettext("Write a date, such as 2026-11-23.")),
        until=reading.each("until", lambda text: _day_after(text, zone), gettext("Write a date, such as 2026-11-23.")),
        voided=reading.each("voided", lambda text: CHOICES[text], gettext("Choose one of the states.")),
    )
    before = reading.each("before", lambda text: instant(int(text)), gettext("Start from the first page again."))
    if before is not None and (narrowed.until is None or before < narrowed.until):
        narrowed = replace(narrowed, until=before)
    client = reading.each("client", lambda text: _client(text, sight), gettext("Choose one of the programs."))
    if client is not None:
        narrowed = replace(narrowed, authorities=[client])
    if reading.problems:
        raise Invalid(reading.problems)
    return narrowed


def uuid(given: Mapping[str, str], name: str) -> UUID:
    try:
        return UUID(given[name].strip())
    except ValueError:
        raise Invalid([Problem(name, gettext("Write the whole id, as it stands in a statement."))]) from None


class _Reading:
    def __init__(self, given: Mapping[str, str]) -> None:
        self._given, self.problems = given, list[Problem]()

    def each(self, name: str, parse: Callable[[str], T], otherwise: str) -> T | None:
        text = self._given.get(name, "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError, OverflowError):
            self.problems.append(Problem(name, otherwise))
            return None


def _verb(text: str) -> str:
    return VERBS.get(text.lower()) or _iri(text)


def _iri(text: str) -> str:
    # msgspec's error is a ValueError.
    return msgspec.convert(text, Iri)


def _client(key: str, sight: Sight) -> str:
    return {client.key: account for account, client in (sight.clients or {}).items()}[key]


def _day(text: str, zone: tzinfo) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), zone)


def _day_after(text: str, zone: tzinfo) -> datetime:
    """That day too."""
    return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone)

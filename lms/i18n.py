"""Words, dates and numbers as people write them, in Swedish and English."""

from collections.abc import Mapping
from datetime import date as Date
from datetime import datetime, timedelta
from typing import Final

import flask_babel
from flask_babel import Babel, get_locale, lazy_gettext

__all__ = ["LANGUAGES", "babel", "gettext", "language", "lazy_gettext", "local", "locale", "ngettext"]

# Each by its own name, as it should stand in a switch.
LANGUAGES: Final = {"sv": "Svenska", "en": "English"}

babel = Babel()


def gettext(message: str, **variables: object) -> str:
    return str(flask_babel.gettext(message, **variables))


def ngettext(singular: str, plural: str, number: int, **variables: object) -> str:
    """`%(num)d` in the message is the number."""
    return str(flask_babel.ngettext(singular, plural, number, **variables))


def language() -> str:
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "sv"


def locale(language: str) -> str:
    """English is British here: a day stands before its month."""
    return "en_GB" if language == "en" else language


def local(texts: Mapping[str, str], wanted: str | None = None) -> str:
    """A text that exists in some languages, in the one wanted (the page's own if none is named) or the nearest."""
    for candidate in (wanted or language(), *LANGUAGES):
        if texts.get(candidate):
            return texts[candidate]
    return next(iter(texts.values()), "")


def date(value: datetime | Date, form: str = "medium") -> str:
    return str(flask_babel.format_date(value, form))


def moment(value: datetime, form: str = "short") -> str:
    return str(flask_babel.format_datetime(value, form))


def number(value: float) -> str:
    return str(flask_babel.format_decimal(value))


def percent(share: float) -> str:
    """A share 0–1 as whole per cent."""
    return str(flask_babel.format_percent(share, "#,##0 %" if language() == "sv" else "#,##0%"))


def duration(length: timedelta | float) -> str:
    """A length of time (seconds if a number) in words: its largest unit, rounded."""
    exact = length if isinstance(length, timedelta) else timedelta(seconds=length)
    return str(flask_babel.format_timedelta(exact))


FILTERS: Final = {
    "local": local,
    "date": date,
    "moment": moment,
    "number": number,
    "percent": percent,
    "duration": duration,
}

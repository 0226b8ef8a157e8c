"""Lengths of time as statements write them (ISO 8601; xAPI Data 4.6)."""

import re
from datetime import timedelta
from typing import Final

_UNITS: Final = {"W": 604800, "D": 86400, "H": 3600, "M": 60, "S": 1}
# Months and years have no length of their own; nobody stays in a module for one.
_WRITTEN: Final = re.compile(
    r"P(?:(?P<W>[\d.,]+)W)?(?:(?P<D>[\d.,]+)D)?"
    r"(?:T(?:(?P<H>[\d.,]+)H)?(?:(?P<M>[\d.,]+)M)?(?:(?P<S>[\d.,]+)S)?)?\Z"
)


def written(length: timedelta) -> str:
    """To the hundredth of a second, which is what is compared (xAPI Data 4.6); never negative."""
    hundredths = max(round(length.total_seconds() * 100), 0)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    parts = [(f"{hours}", "H"), (f"{minutes}", "M"), (f"{rest / 100:g}", "S")]
    return "PT" + ("".join(amount + unit for amount, unit in parts if amount != "0") or "0S")


def seconds(text: str) -> float:
    """A length in seconds; 0 for one that cannot be told in seconds."""
    found = _WRITTEN.match(text)
    if found is None:
        return 0
    amounts = found.groupdict("0").items()
    return sum(float(amount.replace(",", ".")) * _UNITS[unit] for unit, amount in amounts)

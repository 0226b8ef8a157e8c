"""The formats of single values in statements: identifiers, languages, instants, lengths of time (Data 4)."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta

# RFC 3987, as far as one expression goes: a scheme, nothing that must be escaped, whole escapes.
# Possessive, so that no IRI takes long to refuse.
IRI_PATTERN: Final = (
    r"^[A-Za-z][A-Za-z0-9+.\-]*+:(?:[^\x00-\x20\x7f-\xa0<>\"{}|\\^`%\ud800-\udfff]++|%[0-9A-Fa-f]{2})++\Z"
)
UUID_PATTERN: Final = r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\Z"
MAILTO_PATTERN: Final = r"^mailto:[^\x00-\x20\x7f@?<>\"{}|\\^`]+@[^\x00-\x20\x7f@?<>\"{}|\\^`]+\Z"
SHA1_PATTERN: Final = r"^[0-9A-Fa-f]{40}\Z"
# SHA-224, 256, 384 and 512 in hexadecimal.
SHA2_PATTERN: Final = r"^(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})\Z"
MEDIA_TYPE_PATTERN: Final = r"^[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:\s*;[^\x00-\x1f\x7f]*)?\Z"
# Statements of either generation may be passed on by a client that speaks the other.
VERSION_PATTERN: Final = r"^(?:1\.0|2\.0)\.[0-9]+\Z"
# RFC 5646, 2.1, with the irregular tags that it keeps for old times' sake.
LANGUAGE_PATTERN: Final = (
    r"^(?i:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|en-gb-oed|sgn-(?:be-fr|be-nl|ch-de)"
    r"|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu))\Z"
)
# ISO 8601:2004, 4.4.3.2: weeks alone, or the other units in order; only the last may have a fraction.
_AMOUNT = r"[0-9]+(?:[.,][0-9]+)?"
DURATION_PATTERN: Final = (
    rf"^P(?![^P]*[.,][0-9]+[YMWDH].)(?=[0-9T])(?:{_AMOUNT}W|(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}D)?"
    rf"(?:T(?=[0-9])(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?)\Z"
)

# What is said of a value that does not follow its format.
SENTENCES: Final = {
    IRI_PATTERN: "must be an absolute IRI, such as “https://example.org/things/1”.",
    UUID_PATTERN: "must be a UUID in its standard form, such as “8f87ccde-bb56-4c2e-ab83-44982ef22df0”.",
    MAILTO_PATTERN: "must be an e-mail address that begins with “mailto:”.",
    SHA1_PATTERN: "must be a SHA-1 sum: 40 hexadecimal digits.",
    SHA2_PATTERN: "must be a SHA-2 sum in hexadecimal digits.",
    MEDIA_TYPE_PATTERN: "must be a media type, such as “text/plain”.",
    VERSION_PATTERN: "must be a version of xAPI that is spoken here, such as “1.0.3” or “2.0.0”.",
    LANGUAGE_PATTERN: "must be a language tag (RFC 5646), such as “sv” or “en-GB”.",
    DURATION_PATTERN: "must be a length of time in ISO 8601, such as “PT1H30M” or “P2W”.",
}

Iri = Annotated[str, Meta(pattern=IRI_PATTERN)]
Uuid = Annotated[str, Meta(pattern=UUID_PATTERN)]
Mailto = Annotated[str, Meta(pattern=MAILTO_PATTERN)]
Sha1 = Annotated[str, Meta(pattern=SHA1_PATTERN)]
Sha2 = Annotated[str, Meta(pattern=SHA2_PATTERN)]
MediaType = Annotated[str, Meta(pattern=MEDIA_TYPE_PATTERN)]
Version = Annotated[str, Meta(pattern=VERSION_PATTERN)]
Language = Annotated[str, Meta(pattern=LANGUAGE_PATTERN)]
Duration = Annotated[str, Meta(pattern=DURATION_PATTERN)]
LanguageMap = dict[Language, str]

_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
UTC_RFC3339: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z\Z")
# ISO 8601's combined date and time leaves more open: seconds, zone, the colon in the zone, a decimal comma.
_ISO8601 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\Z"
)


def moment(text: str, *, strict: bool) -> datetime:
    """An instant, from RFC 3339 (`strict`, as 2.0 wants) or what else of ISO 8601 version 1.0.3 lets through.

    Without a zone (1.0.3 only) it is taken as UTC. Finer than a microsecond is cut off (Data 4.5 allows that
    after the third decimal). A leap second is the instant it ends. Raises ValueError.
    """
    if UTC_RFC3339.match(text) and text[11:13] != "24":
        # Most are written like this. A leap second is read below.
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    found = (_RFC3339 if strict else _ISO8601).match(text) or _RFC3339.match(text)
    if found is None:
        raise ValueError("must be a date and a time with a zone (RFC 3339), such as “2026-11-23T08:30:00Z”.")
    year, month, day, hour, minute = map(int, found.group(1, 2, 3, 4, 5))
    second = int(found[6] or 0)
    micro = int((found[7] or "")[:6].ljust(6, "0"))
    later = timedelta()
    if hour == 24 and not strict and minute == second == micro == 0:
        hour, later = 0, timedelta(days=1)
    if second == 60 and minute == 59:
        second, micro, later = 59, 0, timedelta(seconds=1)
    away = _offset(found[8])
    try:
        return datetime(year, month, day, hour, minute, second, micro, UTC) - away + later
    except (ValueError, OverflowError):
        raise ValueError("must be a time that exists.") from None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[3:].removeprefix(":") or 0)
    if zone[0] == "-" and hours == minutes == 0:
        # RFC 3339, 4.3 gives it a meaning of its own: an instant whose local time is unknown.
        raise ValueError("must not have the zone -00:00; write Z.")
    if hours > 23 or minutes > 59:
        raise ValueError("must have a zone that exists.")
    away = timedelta(hours=hours, minutes=minutes)
    return -away if zone[0] == "-" else away


def written(at: datetime) -> str:
    """An instant as we write it: UTC, to the microsecond, the same length always."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"

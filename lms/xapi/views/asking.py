"""What a request asks for, from the parameters of GET statements (Communication 2.1.3)."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from lms.errors import Invalid, Problem
from lms.xapi.formats import IRI_PATTERN, SENTENCES, UUID_PATTERN, Iri, Uuid, moment
from lms.xapi.models import instant, microseconds
from lms.xapi.reading import read_agent
from lms.xapi.search import Cursor, StatementQuery
from lms.xapi.statement import Agent, Group

FORMATS: Final = ("exact", "ids", "canonical")

T = TypeVar("T")
Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    query: StatementQuery
    format: str
    attachments: bool


class Continuation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A question and how far it has been answered: what is in “more”.

    It opens nothing. Whoever uses it shows a key, and sees what that key may see.
    """

    stored: int
    organisation_id: int
    limit: int
    format: str
    ascending: bool
    since: int | None
    until: int | None
    agent: str | None
    verb: str | None
    activity: str | None
    registration: UUID | None
    related_agents: bool
    related_activities: bool
    attachments: bool = False


# Made here: two threads that use a type first at the same time crash msgspec.
_CONTINUATION: Final = msgspec.json.Decoder(Continuation)


def asked(given: Parameters, organisations: Sequence[int], *, strict: bool, most: int) -> Asked:
    """The question in the parameters, each held to the same standard as in a statement (Data 2.2)."""
    query = StatementQuery(
        organisations=organisations,
        agent=_each(given, "agent", lambda text: read_agent(text).key),
        verb=iri(given, "verb"),
        activity=iri(given, "activity"),
        registration=identifier(given, "registration"),
        related_agents=flag(given, "related_agents"),
        related_activities=flag(given, "related_activities"),
        since=time(given, "since", strict=strict),
        until=time(given, "until", strict=strict),
        ascending=flag(given, "ascending"),
        limit=_limit(given, most),
    )
    return Asked(query, form(given), flag(given, "attachments"))


def continued(token: str, organisations: Sequence[int]) -> Asked:
    """The question that a page ended with."""
    try:
        padded = token + "=" * (-len(token) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        kept = _CONTINUATION.decode(text)
        query = StatementQuery(
            organisations=organisations,
            after=Cursor(instant(kept.stored), kept.organisation_id),
            limit=kept.limit,
            ascending=kept.ascending,
            since=None if kept.since is None else instant(kept.since),
            until=None if kept.until is None else instant(kept.until),
            agent=kept.agent,
            verb=kept.verb,
            activity=kept.activity,
            registration=kept.registration,
            related_agents=kept.related_agents,
            related_activities=kept.related_activities,
        )
    except (binascii.Error, UnicodeError, msgspec.MsgspecError, OverflowError) as error:
        raise _wrong("more", "must be as it was in an answer.") from error
    return Asked(query, kept.format, kept.attachments)


def continuation(question: Asked, after: Cursor, until: datetime) -> str:
    """`until` keeps what is stored later out of the pages that follow."""
    query = question.query
    horizon = until if query.until is None else min(until, query.until)
    kept = Continuation(
        stored=microseconds(after.stored),
        organisation_id=after.organisation_id,
        limit=query.limit,
        format=question.format,
        ascending=query.ascending,
        since=None if query.since is None else microseconds(query.since),
        until=microseconds(horizon),
        agent=query.agent,
        verb=query.verb,
        activity=query.activity,
        registration=query.registration,
        related_agents=query.related_agents,
        related_activities=query.related_activities,
        attachments=question.attachments,
    )
    return base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode().rstrip("=")


def within(question: Asked, *, most: int) -> Asked:
    """With no more on a page than the store gives."""
    return replace(question, query=replace(question.query, limit=max(1, min(question.query.limit, most))))


def iri(given: Parameters, name: str) -> str | None:
    return _each(given, name, lambda text: _formed(name, text, Iri, IRI_PATTERN))


def time(given: Parameters, name: str, *, strict: bool) -> datetime | None:
    return _each(given, name, lambda text: _moment(name, text, strict))


def identifier(given: Parameters, name: str) -> UUID | None:
    return _each(given, name, lambda text: UUID(_formed(name, text, Uuid, UUID_PATTERN)))


def agent(given: Parameters, name: str) -> Agent | None:
    """“The "agent" parameter is an Agent Object and not a Group” (Communication 2.6)."""
    found = _each(given, name, read_agent)
    if isinstance(found, Group):
        raise _wrong(name, "must be an agent, not a group; an agent can have the identifier of a group.")
    return found


def needed(found: T | None, name: str) -> T:
    if found is None:
        raise _wrong(name, "is missing.")
    return found


def flag(given: Parameters, name: str) -> bool:
    """“The values of Boolean parameters are represented as true or false as in JSON.”"""
    text = given.get(name, "false")
    if text not in {"true", "false"}:
        raise _wrong(name, "must be true or false.")
    return text == "true"


def form(given: Parameters) -> str:
    text = given.get("format", "exact")
    if text not in FORMATS:
        raise _wrong("format", f"must be one of {', '.join(FORMATS)}.")
    return text


def _limit(given: Parameters, most: int) -> int:
    """“0 indicates return the maximum the server will allow.”"""
    text = given.get("limit", "0")
    if not (text.isascii() and text.isdigit()):
        raise _wrong("limit", "must be a whole number, 0 or more.")
    digits = text.lstrip("0")
    # Python reads no number of thousands of digits, and nobody is sent so many statements.
    return min(int(digits), most) if 0 < len(digits) <= 9 else most


def _each(given: Parameters, name: str, parse: Callable[[str], T]) -> T | None:
    return parse(given[name]) if name in given else None


def _formed(name: str, text: str, kind: object, pattern: str) -> str:
    try:
        formed: str = msgspec.convert(text, kind)
    except msgspec.ValidationError:
        raise _wrong(name, SENTENCES[pattern]) from None
    return formed


def _moment(name: str, text: str, strict: bool) -> datetime:
    try:
        return moment(text, strict=strict)
    except ValueError as error:
        raise _wrong(name, str(error)) from None


def _wrong(name: str, message: str) -> Invalid:
    return Invalid([Problem(name, message)])

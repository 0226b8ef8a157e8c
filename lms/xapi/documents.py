"""Documents: what programs keep beside statements, about an activity, an agent, or both (Communication 2.2).

A document is read and then written in one transaction that holds its row, and a new one is inserted only if there
is none, so of two writers at once each sees what the other has left: a condition that held when it was looked at
still holds when the document is written.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotFound, PreconditionFailed, Problem, TooLarge
from lms.xapi.models import Document, digest, insert_into

_NOBODY: Final = b""
_CONTENTS: Final = select(Document.content_type, Document.contents, Document.updated)


@dataclass(frozen=True, slots=True)
class About:
    """What documents are about: an activity, an agent (by its identifier), or what the agent does in the activity."""

    organisation_id: int
    activity: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    id: str
    registration: UUID | None = None


@dataclass(frozen=True, slots=True)
class Content:
    content_type: str
    contents: bytes

    @property
    def is_json(self) -> bool:
        return self.content_type.partition(";")[0].strip().lower() == "application/json"

    @property
    def tag(self) -> str:
        return tag(self.contents)


@dataclass(frozen=True, slots=True)
class Kept(Content):
    updated: datetime


@dataclass(frozen=True, slots=True)
class Tags:
    """The entity tags in a header; `every` is its “*”."""

    tags: frozenset[str]
    every: bool = False

    def name(self, tag: str | None) -> bool:
        return tag is not None and (self.every or tag in self.tags)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What If-Match and If-None-Match ask for; None where the header is not there (Communication 3.1)."""

    match: Tags | None = None
    none_match: Tags | None = None

    def check(self, tag: str | None) -> None:
        """`tag` is that of what is there, None if nothing is."""
        if self.match is not None and not self.match.name(tag):
            there = "It has changed since, or" if tag is not None else "There is nothing there, so"
            raise PreconditionFailed(f"{there} nothing matches If-Match. Nothing was changed; look at it with GET.")
        if self.none_match is not None and self.none_match.name(tag):
            raise PreconditionFailed("It is there already and matches If-None-Match. Nothing was changed.")

    @property
    def are_given(self) -> bool:
        return self.match is not None or self.none_match is not None


class Unconditional(Enum):
    """What may be PUT without a condition (Communication 3.1, which each version sees in its own way)."""

    ANYTHING = 1
    WHAT_IS_NEW = 2
    NOTHING = 3


def tag(contents: bytes) -> str:
    """Communication 3.1: “a hexadecimal string of the SHA-1 digest of the contents”. It protects nothing here."""
    return hashlib.sha1(contents, usedforsecurity=False).hexdigest()


def get(session: Session, about: About, name: Name) -> Kept:
    found = session.execute(_CONTENTS.where(_is(about, name))).first()
    if found is None:
        raise NotFound("There is no such document.")
    return Kept(*found)


def ids(
    session: Session, about: About, *, registration: UUID | None = None, since: datetime | None = None
) -> Sequence[tuple[str, datetime]]:
    """The ids of documents, with when each was last written, the one that has been let alone longest first."""
    updated = func.max(Document.updated, type_=Document.updated.type)
    found = select(Document.id, updated).where(*_all(about, registration)).group_by(Document.id)
    if since is not None:
        found = found.where(Document.updated > since)
    return [(id, last) for id, last in session.execute(found.order_by(updated, Document.id))]


def listed(ids: Sequence[tuple[str, datetime]]) -> bytes:
    return msgspec.json.encode([id for id, _ in ids])


def put(
    session: Session,
    about: About,
    name: Name,
    content: Content,
    *,
    conditions: Conditions,
    unconditional: Unconditional,
    most: int,
    at: datetime,
) -> None:
    """Keep this in place of what is there. `most` is how many bytes a document may have."""

    def replacing(current: Kept | None) -> Content:
        conditions.check(current.tag if current else None)
        if not conditions.are_given:
            _allow(unconditional, current)
        return content

    if content.is_json:
        _check_json(content.contents)
    _write(session, about, name, replacing, most, at)


def post(
    session: Session,
    about: About,
    name: Name,
    content: Content,
    *,
    conditions: Conditions,
    most: int,
    at: datetime,
) -> None:
    """Set the properties of a JSON object that is there to those of this one; if nothing is there, keep this."""

    def merging(current: Kept | None) -> Content:
        conditions.check(current.tag if current else None)
        return content if current is None else _merged(current, content)

    if content.is_json:
        _members(content.contents, "the document that was sent")
    _write(session, about, name, merging, most, at)


def remove(session: Session, about: About, name: Name, *, conditions: Conditions) -> None:
    """One that is not there need not be removed, which is no mistake."""
    current = _held(session, about, name)
    conditions.check(current.tag if current else None)
    session.execute(delete(Document).where(_is(about, name)), execution_options={"synchronize_session": False})


def remove_all(session: Session, about: About, *, registration: UUID | None, conditions: Conditions) -> None:
    """All that `ids` tells of, and what conditions are held against is that list."""
    all_of_them = _all(about, registration)
    held = select(Document.name).where(*all_of_them).order_by(Document.name).with_for_update()
    names = session.scalars(held).all()
    if conditions.are_given:
        conditions.check(tag(listed(ids(session, about, registration=registration))) if names else None)
    # What is new since then was not in the list.
    gone = delete(Document).where(*all_of_them, Document.name.in_(names))
    session.execute(gone, execution_options={"synchronize_session": False})


def _write(
    session: Session,
    about: About,
    name: Name,
    decide: Callable[[Kept | None], Content],
    most: int,
    at: datetime,
) -> None:
    """Keep what is decided in view of what is there."""
    written = False
    while not written:
        current = _held(session, about, name)
        content = decide(current)
        if len(content.contents) > most:
            raise TooLarge(f"A document can have at most {most} bytes.")
        # Where another writer is the first to keep one, that is looked at in its turn.
        keep = _insert if current is None else _update
        written = keep(session, about, name, content, at)


def _held(session: Session, about: About, name: Name) -> Kept | None:
    """What is there, which others who write must wait for. SQLite has but one writer at a time."""
    found = session.execute(_CONTENTS.where(_is(about, name)).with_for_update()).first()
    return None if found is None else Kept(*found)


def _insert(session: Session, about: About, name: Name, content: Content, at: datetime) -> bool:
    values = {
        "organisation_id": about.organisation_id,
        "activity": _digest(about.activity),
        "agent": _digest(about.agent),
        "name": _name(name),
        "registration": name.registration,
        "id": name.id,
        **_values(content, at),
    }
    insertion = insert_into(session, Document.__tablename__).values(values).on_conflict_do_nothing()
    # Without being told to, SQLAlchemy forgets how many rows an INSERT made.
    return session.connection().execute(insertion, execution_options={"preserve_rowcount": True}).rowcount > 0


def _update(session: Session, about: About, name: Name, content: Content, at: datetime) -> bool:
    changed = update(Document).where(_is(about, name)).values(_values(content, at))
    session.execute(changed, execution_options={"synchronize_session": False})
    return True


def _values(content: Content, at: datetime) -> dict[str, Any]:
    return {"updated": at, "content_type": content.content_type, "contents": content.contents}


def _is(about: About, name: Name) -> ColumnElement[bool]:
    return and_(*_about(about), Document.name == _name(name))


def _all(about: About, registration: UUID | None) -> list[ColumnElement[bool]]:
    """Communication 2.3: “for this context (Activity + Agent [+ registration if specified])”."""
    return _about(about) + ([Document.registration == registration] if registration is not None else [])


def _about(about: About) -> list[ColumnElement[bool]]:
    return [
        Document.organisation_id == about.organisation_id,
        Document.activity == _digest(about.activity),
        Document.agent == _digest(about.agent),
    ]


def _digest(identifier: str | None) -> bytes:
    return _NOBODY if identifier is None else digest(identifier)


def _name(name: Name) -> bytes:
    return digest(f"{name.registration or ''}/{name.id}")


def _allow(unconditional: Unconditional, current: Kept | None) -> None:
    """Communication 3.1: without either header, 409 if there is one, with an explanation of what to do."""
    if unconditional is Unconditional.ANYTHING:
        return
    if current is not None:
        raise Conflict(
            "There is a document already. Look at its current state with GET, and set If-Match to the ETag of that "
            "to put another in its place. Nothing was changed."
        )
    if unconditional is Unconditional.NOTHING:
        raise Invalid([Problem("If-None-Match", "is missing. Set it to * if there should be no such document yet.")])


def _merged(current: Kept, posted: Content) -> Content:
    """Communication 2.2: “only top-level properties are merged”. Values stay as they were written."""
    for one, which in ((posted, "sent"), (current, "there")):
        if not one.is_json:
            raise Invalid(f"Only JSON can be merged, and the document that is {which} is {one.content_type}.")
    members = _members(current.contents, "the document that is there") | _members(posted.contents, "what was sent")
    pairs = (json.dumps(name).encode() + b":" + text for name, text in members.items())
    return Content(current.content_type, b"{" + b",".join(pairs) + b"}")


def _members(contents: bytes, what: str) -> dict[str, bytes]:
    """The properties of a JSON object and their texts."""
    checked = _check_json(contents)
    if isinstance(checked, dict):
        return {name: json.dumps(value).encode() for name, value in checked.items()}
    try:
        texts = msgspec.json.decode(contents, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        raise Invalid(f"Only JSON objects can be merged, and {what} is another kind of JSON.") from None
    return {name: bytes(text) for name, text in texts.items()}


def _check_json(contents: bytes) -> object:
    """Communication 3.2: 400 “where the content type header does not match the content”."""
    try:
        contents.decode()
        return msgspec.json.decode(contents, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return _json(contents)


def _json(contents: bytes) -> object:
    """What msgspec does not take may be JSON all the same: half a surrogate pair, such as browsers cut off."""
    try:
        return json.loads(contents.decode(), parse_constant=_no_constant)
    except RecursionError:
        raise Invalid("The document is JSON that is nested too deep.") from None
    except ValueError as error:
        raise Invalid(f"The document says that it is application/json, and is not: {error}.") from None


def _no_constant(name: str) -> object:
    raise ValueError(f"there is no {name} in JSON")

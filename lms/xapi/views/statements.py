"""The Statement Resource (Communication 2.1)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import msgspec
from flask import Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.xapi import clients, presenting, search
from lms.xapi.clients import READING, READING_OWN, WRITING, Client
from lms.xapi.formats import written
from lms.xapi.reading import split
from lms.xapi.search import Horizon
from lms.xapi.storing import record
from lms.xapi.views.asking import Asked, asked, continuation, continued, flag, form, identifier, within
from lms.xapi.views.edge import (
    CONSISTENT,
    bp,
    client,
    parameters,
    strict,
    too_large,
    unsupported,
    version,
)

SINGLE: Final = ("statementId", "voidedStatementId")
# What may come with the id of a single statement.
ALONGSIDE: Final = ("format", "attachments")
FILTERS: Final = (
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "ascending",
)


@bp.get("/statements")
@client(*READING, READING_OWN)
def get_statements(caller: Client) -> ResponseReturnValue:
    given = parameters(*SINGLE, *ALONGSIDE, *FILTERS, "more")
    _refuse_unsupported(given)
    seen = search.horizon(session(), caller.organisations)
    g.consistent_through = seen.consistent_through(clock.now())
    if not set(SINGLE).isdisjoint(given):
        return _single(caller, given)
    if "more" in given:
        _alone("more", given)
        question = continued(given["more"], caller.organisations)
    else:
        question = asked(given, caller.organisations, strict=strict(), most=_most())
    return _page(caller, within(question, most=_most()), seen)


@bp.post("/statements")
@client(*WRITING)
def post_statements(caller: Client) -> ResponseReturnValue:
    if "method" in request.args:
        raise _alternate_syntax()
    parameters()
    given = split(_json_body())
    ids = _record(caller, given if isinstance(given, list) else [given])
    return [str(id) for id in ids]


@bp.put("/statements")
@client(*WRITING)
def put_statement(caller: Client) -> ResponseReturnValue:
    id = identifier(parameters("statementId"), "statementId")
    if id is None:
        raise Invalid([Problem("statementId", "is missing.")])
    given = split(_json_body())
    if isinstance(given, list):
        raise Invalid([Problem("statement", "must be one statement; POST takes several.")])
    _record(caller, [_with_id(given, id)])
    return "", 204


@bp.after_request
def add_consistent_through(response: Response) -> Response:
    """Communication 2.1.3: the header is on all responses of this resource, also on errors."""
    if request.path.rstrip("/").endswith("/statements"):
        until = g.get("consistent_through") or search.settled(clock.now())
        response.headers[CONSISTENT] = written(until)
    return response


def _record(caller: Client, statements: Sequence[bytes]) -> list[UUID]:
    most = current_app.config["XAPI_MAX_BATCH"]
    if len(statements) > most:
        raise too_large(f"At most {most} statements can come in one request.")
    at = clock.now()
    ids = record(
        session(),
        caller.organisation_id,
        statements,
        authority=_authority(caller),
        at=at,
        version=version(),
        may_void=caller.has("all"),
    )
    clients.note_use(session(), caller, at)
    g.consistent_through = search.horizon(session(), [caller.organisation_id]).consistent_through(at)
    db.session.commit()
    return ids


def _authority(caller: Client) -> dict[str, object]:
    """Who asserts what a client sends (Data 2.4.9): the client, as an account of this record store."""
    account = {"homePage": f"{current_app.config['IRI_BASE']}/xapi", "name": caller.key}
    return {"objectType": "Agent", "name": caller.name, "account": account}


def _own(caller: Client) -> str | None:
    """Whose statements alone the client may read: with statements/read/mine, those that it asserts."""
    if caller.has(*READING):
        return None
    return f"account|{current_app.config['IRI_BASE']}/xapi|{caller.key}"


def _single(caller: Client, given: Mapping[str, str]) -> ResponseReturnValue:
    """Communication 2.1.3: not both ids, and no other parameter besides “attachments” and “format”."""
    names = [name for name in SINGLE if name in given]
    if len(names) == 2:
        raise Invalid([Problem("voidedStatementId", "cannot come with statementId.")])
    _alone(names[0], given, *ALONGSIDE)
    id = identifier(given, names[0])
    if id is None:
        raise Invalid([Problem(names[0], "is missing.")])
    voided = names[0] == "voidedStatementId"
    found = search.get(session(), caller.organisations, id, voided=voided, authority=_own(caller))
    text = presenting.identifying(found.text) if form(given) == "ids" else found.text
    response = _json(text)
    response.last_modified = found.stored
    return response


def _page(caller: Client, question: Asked, seen: Horizon) -> ResponseReturnValue:
    question = replace(question, query=replace(question.query, authority=_own(caller)))
    texts, after = search.texts(session(), question.query)
    if question.format == "ids":
        texts = [presenting.identifying(text) for text in texts]
    more = "" if after is None else url_for(".get_statements", more=continuation(question, after, seen.last))
    return _json(f'{{"statements":[{",".join(texts)}],"more":{json.dumps(more)}}}')


def _json(text: str) -> Response:
    body = text.encode()
    response = Response(body, mimetype="application/json")
    # Communication 3.1: a SHA-1 of the content in hexadecimal digits. It is a checksum here, not a secret.
    response.set_etag(hashlib.sha1(body, usedforsecurity=False).hexdigest())
    return response


def _json_body() -> bytes:
    """Communication 3.2: 400 where the content type does not match what is sent."""
    if request.mimetype == "multipart/mixed":
        raise unsupported("A request with attachments was sent.")
    if request.mimetype != "application/json":
        raise Invalid([Problem("Content-Type", "must be application/json.")])
    return request.get_data()


def _alternate_syntax() -> Exception:
    """Communication 1.3 has it for old browsers; 2.0 took it away."""
    if strict():
        return Invalid([Problem("method", "is the alternate request syntax, which xAPI 2.0 does not have.")])
    return unsupported("The request is in the alternate request syntax.")


def _refuse_unsupported(given: Mapping[str, str]) -> None:
    if flag(given, "attachments"):
        raise unsupported("The answer was asked for with attachments.")
    if form(given) == "canonical":
        raise unsupported("The answer was asked for in the format canonical.")


def _alone(name: str, given: Mapping[str, str], *besides: str) -> None:
    others = [other for other in given if other not in {name, *besides}]
    if others:
        raise Invalid([Problem(other, f"cannot come with {name}.") for other in others])


def _with_id(text: bytes, id: UUID) -> bytes:
    """The statement with the id it is put under; if it says one itself, that must be the same."""
    try:
        own = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get("id")
    except (msgspec.DecodeError, RecursionError):
        # Not a statement; `record` says why.
        return text
    if own is None:
        return b'{"id":"%s",' % str(id).encode() + text.strip().removeprefix(b"{")
    if bytes(own).decode("utf-8", "replace").strip('"').lower() != str(id):
        raise Invalid([Problem("statement.id", "must be the same as statementId.")])
    return text


def _most() -> int:
    return int(current_app.config["XAPI_PAGE_SIZE"])

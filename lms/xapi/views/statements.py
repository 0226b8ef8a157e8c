"""Reading statements (Communication 2.1.3)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from flask import Response, current_app, g, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import looking, session
from lms.errors import Invalid, Problem
from lms.xapi import clients, presenting, search
from lms.xapi.canonical import canonical
from lms.xapi.clients import READING, READING_OWN, Client
from lms.xapi.formats import written
from lms.xapi.views.asking import Asked, asked, continuation, continued, flag, form, identifier, within
from lms.xapi.views.edge import (
    CONSISTENT,
    bp,
    client,
    parameters,
    strict,
)
from lms.xapi.views.parcels import parcel

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
    if not set(SINGLE).isdisjoint(given):
        return _single(caller, given)
    if "more" in given:
        _alone("more", given)
        question = within(continued(given["more"], caller.organisations), most=_most())
    else:
        question = asked(given, caller.organisations, strict=strict(), most=_most())
    return _page(caller, question)


@bp.after_request
def add_consistent_through(response: Response) -> Response:
    """Communication 2.1.3: the header is on all responses of this resource, also on errors."""
    if request.path.rstrip("/").endswith("/statements"):
        until = g.get("consistent_through") or search.settled(clock.now())
        response.headers[CONSISTENT] = written(until)
    return response


def own(caller: Client) -> str | None:
    """Whose statements alone the client may read: with statements/read/mine, those that it asserts."""
    if caller.has(*READING):
        return None
    return clients.asserts_as(current_app.config["IRI_BASE"], caller.key)


def _single(caller: Client, given: Mapping[str, str]) -> ResponseReturnValue:
    """Communication 2.1.3: not both ids, and no other parameter besides “attachments” and “format”."""
    names = [name for name in SINGLE if name in given]
    if len(names) == 2:
        raise Invalid([Problem("voidedStatementId", "cannot come with statementId.")])
    _alone(names[0], given, *ALONGSIDE)
    id = identifier(given, names[0])
    if id is None:
        raise Invalid([Problem(names[0], "is missing.")])
    voided, wanted, with_files = names[0] == "voidedStatementId", form(given), flag(given, "attachments")
    g.consistent_through = search.horizon(session(), caller.organisations).consistent_through(clock.now())
    found = search.get(session(), caller.organisations, id, voided=voided, authority=own(caller))
    [text] = _presented(caller, [found.text], wanted)
    response = _json(text)
    response.last_modified = found.stored
    return parcel(response, [found]) if with_files else response


def _page(caller: Client, question: Asked) -> ResponseReturnValue:
    if (authority := own(caller)) is not None:
        question = replace(question, query=replace(question.query, authority=authority))
    at = clock.now()
    with looking() as driver:
        page = search.answer(driver, question.query)
    g.consistent_through = page.horizon.consistent_through(at)
    more = ""
    if page.more is not None:
        more = f"{request.script_root}{request.path}?more={continuation(question, page.more, page.horizon.last)}"
    shown = _presented(caller, page.texts, question.format)
    response = _json(f'{{"statements":[{",".join(shown)}],"more":{json.dumps(more)}}}')
    return parcel(response, page.entries) if question.attachments else response


def _presented(caller: Client, texts: Sequence[str], wanted: str) -> Sequence[str]:
    if wanted == "ids":
        return [presenting.identifying(text) for text in texts]
    if wanted == "canonical":
        return canonical(session(), caller.organisations, texts, list(request.accept_languages))
    return texts


def _json(text: str) -> Response:
    body = text.encode()
    response = Response(body, mimetype="application/json")
    # In the format canonical each text is in the language that the reader asks for.
    response.headers["Vary"] = "Accept-Language"
    # Communication 3.1: a SHA-1 of the content in hexadecimal digits. It is a checksum here, not a secret.
    response.headers["ETag"] = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
    return response


def _alone(name: str, given: Mapping[str, str], *besides: str) -> None:
    others = [other for other in given if other not in {name, *besides}]
    if others:
        raise Invalid([Problem(other, f"cannot come with {name}.") for other in others])


def _most() -> int:
    return int(current_app.config["XAPI_PAGE_SIZE"])

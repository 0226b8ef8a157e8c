"""Storing statements (Communication 2.1.1, 2.1.2)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.xapi import clients, search
from lms.xapi.clients import WRITING, Client
from lms.xapi.definitions import DEFINING
from lms.xapi.reading import split
from lms.xapi.storing import record
from lms.xapi.views.asking import identifier
from lms.xapi.views.edge import bp, client, parameters, too_large, unsupported, version


@bp.post("/statements")
@client(*WRITING)
def post_statements(caller: Client) -> ResponseReturnValue:
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
        may_define=caller.has(*DEFINING),
    )
    g.consistent_through = search.horizon(session(), [caller.organisation_id]).consistent_through(at)
    db.session.commit()
    return ids


def _authority(caller: Client) -> dict[str, object]:
    """Who asserts what a client sends (Data 2.4.9): the client."""
    account = clients.account(current_app.config["IRI_BASE"], caller.key)
    return {"objectType": "Agent", "name": caller.name, "account": account}


def _json_body() -> bytes:
    """Communication 3.2: 400 where the content type does not match what is sent."""
    if request.mimetype == "multipart/mixed":
        raise unsupported("A request with attachments was sent.")
    if request.mimetype != "application/json":
        raise Invalid([Problem("Content-Type", "must be application/json.")])
    return request.get_data()


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

"""Storing statements (Communication 2.1.1, 2.1.2)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import msgspec
from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.xapi import attachments, clients, search
from lms.xapi.arriving import MOST_HELD, Authority, Batch, Rules
from lms.xapi.clients import WRITING, Client
from lms.xapi.definitions import DEFINING
from lms.xapi.files import Files
from lms.xapi.multipart import Limits, received
from lms.xapi.reading import split
from lms.xapi.shelf import CHUNK, shelf
from lms.xapi.spooling import spooled
from lms.xapi.views.asking import identifier
from lms.xapi.views.edge import bp, client, parameters, too_large, version


@bp.post("/statements")
@client(*WRITING)
def post_statements(caller: Client) -> ResponseReturnValue:
    parameters()
    with _sent() as (given, files):
        ids = _record(caller, [given] if isinstance(given, bytes) else given, files)
    return [str(id) for id in ids]


@bp.put("/statements")
@client(*WRITING)
def put_statement(caller: Client) -> ResponseReturnValue:
    id = identifier(parameters("statementId"), "statementId")
    if id is None:
        raise Invalid([Problem("statementId", "is missing.")])
    with _sent() as (given, files):
        if not isinstance(given, bytes):
            raise Invalid([Problem("statement", "must be one statement; POST takes several.")])
        _record(caller, [_with_id(given, id)], files)
    return "", 204


def _record(caller: Client, statements: Sequence[bytes], files: Files | None) -> list[UUID]:
    most = current_app.config["XAPI_MAX_BATCH"]
    if len(statements) > most:
        raise too_large(f"At most {most} statements can come in one request.")
    # Asking who calls may have begun a transaction; whoever stores would wait for it.
    db.session.rollback()
    at = clock.now()
    batch = Batch(statements, _rules(caller, files), at)
    if not batch.ids:
        return []
    if files is not None:
        _bring_in(caller, batch, files, at)
    last = current_app.extensions["kunna"].gathering.store(caller.organisation_id, batch)
    g.consistent_through = search.Horizon(last, last).consistent_through(at)
    return batch.ids


def _rules(caller: Client, files: Files | None) -> Rules:
    """Who asserts what a client sends (Data 2.4.9): the client."""
    account = clients.account(current_app.config["IRI_BASE"], caller.key)
    return Rules(
        authority=Authority.of({"objectType": "Agent", "name": caller.name, "account": account}),
        version=version(),
        may_void=caller.has("all"),
        may_define=caller.has(*DEFINING),
        files=files,
    )


def _bring_in(caller: Client, batch: Batch, files: Files, at: datetime) -> None:
    """Put the files on the shelf before the statements are stored, with a commit of its own (see `attachments`)."""
    content = attachments.needed(batch.statements, files)
    attachments.announce(session(), caller.organisation_id, content, at)
    db.session.commit()
    attachments.put(shelf(current_app.config["ATTACHMENTS_URL"]), caller.organisation_id, content)


@contextmanager
def _sent() -> Iterator[tuple[bytes | Sequence[bytes], Files | None]]:
    """The text of the one statement, or those of a batch, and the files that came with them in a multipart request.

    Communication 3.2: 400 where the content type does not match what is sent.
    """
    if request.mimetype == "application/json":
        with _json_body() as given:
            yield given, None
    elif request.mimetype == "multipart/mixed":
        config = current_app.config
        request.max_content_length = config["XAPI_MAX_MULTIPART"]
        limits = Limits(config["XAPI_MAX_BODY"], config["XAPI_MAX_ATTACHMENT"], config["XAPI_MAX_ATTACHMENTS"])
        # Asking who calls may have begun a transaction; nobody else should wait while all this comes in.
        db.session.rollback()
        with received(_pieces(), request.mimetype_params.get("boundary"), limits) as sent:
            text, files = sent
            yield split(text), files
    else:
        raise Invalid([Problem("Content-Type", "must be application/json, or multipart/mixed with attachments.")])


@contextmanager
def _json_body() -> Iterator[bytes | Sequence[bytes]]:
    """Few bodies are so large that they are not held in memory."""
    if request.content_length is not None and request.content_length <= MOST_HELD:
        yield split(request.get_data())
    else:
        with spooled(_pieces(), most=current_app.config["XAPI_MAX_BATCH"]) as given:
            yield given


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(CHUNK):
        yield piece


def _with_id(text: bytes, id: UUID) -> bytes:
    """The statement with the id it is put under; if it says one itself, that must be the same."""
    try:
        own = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get("id")
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        # Not a statement; `record` says why.
        return text
    if own is None:
        return b'{"id":"%s",' % str(id).encode() + text.strip().removeprefix(b"{")
    if bytes(own).decode("utf-8", "replace").strip('"').lower() != str(id):
        raise Invalid([Problem("statement.id", "must be the same as statementId.")])
    return text

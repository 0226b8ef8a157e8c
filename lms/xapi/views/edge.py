"""What holds for every address of the record store: who calls, which version they speak, how errors look.

The standard fixes these answers, so they are not those of the site: errors are JSON with one sentence, and
every invalid request is exactly 400.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from math import ceil
from typing import Concatenate, Final, ParamSpec

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized

from lms import clock
from lms.db import only_reading, session
from lms.errors import (
    Conflict,
    Invalid,
    KunnaError,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    Problem,
    TooLarge,
    TooMany,
    Unavailable,
)
from lms.xapi import clients
from lms.xapi.clients import Client
from lms.xapi.use import Refusal
from lms.xapi.views.alternate import ALTERNATE

bp = Blueprint("xapi", __name__, url_prefix="/xapi")

logger = logging.getLogger(__name__)

P = ParamSpec("P")

VERSION: Final = "X-Experience-API-Version"
CONSISTENT: Final = "X-Experience-API-Consistent-Through"

STATUS: Final[dict[type[KunnaError], int]] = {
    Invalid: 400,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    PreconditionFailed: 412,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
}

# 400 is for what is wrong with a request, whatever finer words HTTP has for it.
HTTP_STATUS: Final = {401, 403, 404, 405, 409, 412, 413, 429, 500, 501, 503}

ERROR_TYPES: Final = ("application/json", "text/plain", "text/html")

# Any page may talk to the store: who calls is told by the Authorization header alone, never by a cookie.
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        f"Content-Length, ETag, Last-Modified, Retry-After, WWW-Authenticate, {VERSION}, {CONSISTENT}"
    ),
}
PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Authorization, Cache-Control, Content-Length, Content-Type, "
        f"If-Match, If-Modified-Since, If-None-Match, X-Requested-With, {VERSION}"
    ),
    "Access-Control-Max-Age": "86400",
}


def client(
    *scopes: str,
) -> Callable[[Callable[Concatenate[Client, P], ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """A program with one of these scopes, which it is given as its first argument; with none named, any
    program."""

    def decorate(
        view: Callable[Concatenate[Client, P], ResponseReturnValue],
    ) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            caller = _caller()
            _admit(caller)
            if scopes and not caller.has(*scopes):
                raise NotAllowed(f"This needs one of the scopes {', '.join(scopes)}; the key has none of them.")
            return view(caller, *args, **kwargs)

        guarded.access = f"client: {', '.join(scopes) or 'any'}"  # type: ignore[attr-defined]
        return guarded

    return decorate


def _caller() -> Client:
    given = request.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise Unauthorized("Give the key and the secret of a client as HTTP Basic credentials.")
    found = _recognised(given.username, given.password)
    if found is None:
        raise Unauthorized("There is no client with this key and secret.")
    return found


def _recognised(key: str, secret: str) -> Client | None:
    """Who shows this key, and remembered for `count`, also when the secret is not the right one."""
    found = _verified(key, secret)
    known = clients.behind(key)
    g.xapi_key_is_unknown = known is None
    g.xapi_caller = known.client if known is not None else None
    if known is not None and found is None:
        # For whoever looks after the client; the caller is not told that the key is right.
        g.xapi_reason = "The key has been revoked." if known.is_revoked else "The secret is not the right one."
    return found


def _verified(key: str, secret: str) -> Client | None:
    """Nothing is held while the caller takes its time over the body: on SQLite all other writers would wait."""
    at = clock.now()
    if (known := clients.remembered(key, secret, at)) is not None:
        return known
    was_idle = not session().in_transaction()
    with only_reading():
        found = clients.verify(session(), key, secret, at)
    if was_idle:
        session().rollback()
    return found


def _admit(caller: Client) -> None:
    """Not more often than the installation, or the client's own limit, allows."""
    text = caller.rate_limit if caller.rate_limit is not None else current_app.config["XAPI_RATE_LIMIT"]
    limit = clients.limit(text)
    if limit is None:
        return
    limiter = current_app.extensions["kunna"].limiter
    whose = ("xapi", str(caller.id))
    if not limiter.hit(limit, *whose):
        until = limiter.get_window_stats(limit, *whose).reset_time
        seconds = max(1, ceil(until - clock.now().timestamp()))
        raise TooMany(f"This client may make {limit}. Try again in {seconds} seconds.", seconds)


def strict() -> bool:
    """Whether the request is of version 2.0."""
    return version().startswith("2.")


def version() -> str:
    return str(g.xapi_version)


def is_early() -> bool:
    """Whether the request says that it is of a version before 1.0.3, whose rules it is answered by all the same."""
    return request.headers.get(VERSION) in {"1.0", "1.0.0", "1.0.1", "1.0.2"}


@bp.before_request
def prepare() -> None:
    request.max_content_length = current_app.config["XAPI_MAX_BODY"]
    g.xapi_version = _negotiated(request.headers.get(VERSION)) or current_app.config["XAPI_DEFAULT_VERSION"]
    _refuse_alternate(request.environ.get(ALTERNATE), _negotiated(request.headers.get(VERSION)))
    # Communication 2.8: About must not be refused for its version header; a preflight carries none.
    asks = request.method != "OPTIONS" and request.endpoint != f"{request.blueprint}.about"
    if asks and _negotiated(request.headers.get(VERSION)) is None:
        if (given := request.authorization) is not None:
            _recognised(given.username or "", given.password or "")
        raise Invalid([Problem(VERSION, "must be a header that says 1.0.0 to 1.0.3, or 2.0.0.")])
    # Unpacked, it could be of any size.
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Invalid([Problem("Content-Encoding", "is not read here; send the body as it is.")])


def _refuse_alternate(used: bool | Exception | None, version: str | None) -> None:
    if used is not None and version == "2.0.0":
        raise Invalid([Problem("method", "is the alternate request syntax, which xAPI 2.0 does not have.")])
    if isinstance(used, Exception):
        raise used


def _negotiated(given: str | None) -> str | None:
    """Communication 3.3: “1.0” is as 1.0.0, and all that begins with “1.0.” is accepted."""
    if given is None:
        return None
    if given == "1.0" or (given.startswith("1.0.") and given.isascii() and given[4:].isdigit()):
        return "1.0.3"
    return "2.0.0" if given in {"2.0", "2.0.0"} else None


@bp.after_request
def add_headers(response: Response) -> Response:
    version = g.get("xapi_version") or current_app.config["XAPI_DEFAULT_VERSION"]
    # What programs keep here is never a page of this site, whatever it says that it is.
    response.headers.extend({VERSION: version, **CORS, "Content-Security-Policy": "default-src 'none'; sandbox"})
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT)
    return response


@bp.after_request
def count(response: Response) -> Response:
    """Who asked, and whether it was refused (see `use`)."""
    at, use, caller = clock.now(), current_app.extensions["kunna"].use, g.get("xapi_caller")
    if caller is not None:
        use.note(caller, at, _refusal(response, at))
    elif g.get("xapi_key_is_unknown"):
        use.note_unknown(at)
    return response


def _refusal(response: Response, at: datetime) -> Refusal | None:
    """None if it was not: to ask for what is not there is no mistake."""
    is_missing = response.status_code == 404 and request.method in {"GET", "HEAD"}
    if response.status_code < 400 or is_missing:
        return None
    return Refusal(at, request.method, request.path, response.status_code, g.get("xapi_reason") or response.status)


def parameters(*allowed: str) -> dict[str, str]:
    """Communication 3.2: parameters that are not recognised, also for their case, are refused with 400."""
    problems = [
        Problem(name, f"is not a parameter here; there are {', '.join(allowed) or 'none'}.")
        for name in request.args
        if name not in allowed
    ]
    problems += [Problem(name, "must be given once.") for name, given in request.args.lists() if len(given) > 1]
    if problems:
        raise Invalid(problems)
    return request.args.to_dict()


@bp.errorhandler(KunnaError)
def show_error(error: KunnaError) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, Invalid) else []
    response = _answer(STATUS.get(type(error), 400), str(error), problems)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


@bp.errorhandler(HTTPException)
def show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    response = _answer(status if status in HTTP_STATUS else 400, error.description or "", [])
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    return response


@bp.errorhandler(OperationalError)
def show_no_database(error: OperationalError) -> ResponseReturnValue:
    """It is gone, or full. What a lost connection had been told to commit may be there or not."""
    logger.error("The database failed: %s", error.orig)
    sentence = (
        "The database does not answer, or has no room left. Send the same again later: what has an id is stored once."
    )
    response = _answer(503, sentence, [])
    response.headers["Retry-After"] = "10"
    return response


def _answer(status: int, sentence: str, problems: list[Problem]) -> Response:
    """Communication 3.2: plain text, HTML or JSON, by content negotiation; JSON to whoever takes anything, or none of
    them. In the sentence is all that is wrong."""
    g.setdefault("xapi_reason", sentence)
    kind = request.accept_mimetypes.best_match(ERROR_TYPES, default=ERROR_TYPES[0])
    if kind == "text/plain":
        response = Response(f"{sentence}\n", mimetype=kind)
    elif kind == "text/html":
        response = Response(f"<!doctype html><title>{status}</title><p>{escape(sentence)}</p>\n", mimetype=kind)
    else:
        body: dict[str, object] = {"error": sentence}
        if problems:
            body["problems"] = [{"field": problem.field, "message": problem.message} for problem in problems]
        response = current_app.make_response(body)
    response.status_code = status
    response.vary.add("Accept")
    return response


def too_large(sentence: str) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(sentence)

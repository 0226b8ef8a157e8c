"""What holds for every address of the record store: who calls, which version they speak, how errors look.

The standard fixes these answers, so they are not those of the site: errors are JSON with one sentence, and
every invalid request is exactly 400.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from flask import Blueprint, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized
from werkzeug.exceptions import NotImplemented as NotSupported

from lms import clock
from lms.db import session
from lms.errors import Conflict, Invalid, KunnaError, NotAllowed, NotFound, PreconditionFailed, Problem
from lms.xapi import clients
from lms.xapi.clients import Client

bp = Blueprint("xapi", __name__, url_prefix="/xapi")

P = ParamSpec("P")

VERSION: Final = "X-Experience-API-Version"
CONSISTENT: Final = "X-Experience-API-Consistent-Through"

STATUS: Final[dict[type[KunnaError], int]] = {
    Invalid: 400,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    PreconditionFailed: 412,
}

# 400 is for what is wrong with a request, whatever finer words HTTP has for it.
HTTP_STATUS: Final = {401, 403, 404, 405, 409, 412, 413, 429, 500, 501, 503}

# Any page may talk to the store: who calls is told by the Authorization header alone, never by a cookie.
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"ETag, Last-Modified, {VERSION}, {CONSISTENT}",
}
PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": f"Authorization, Content-Type, If-Match, If-None-Match, {VERSION}",
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
    found = clients.verify(session(), given.username, given.password, clock.now())
    if found is None:
        raise Unauthorized("There is no client with this key and secret.")
    return found


def strict() -> bool:
    """Whether the request is of version 2.0."""
    return version().startswith("2.")


def version() -> str:
    return str(g.xapi_version)


def unsupported(sentence: str) -> NotSupported:
    return NotSupported(f"{sentence} This is not supported yet.")


@bp.before_request
def prepare() -> None:
    request.max_content_length = current_app.config["XAPI_MAX_BODY"]
    g.xapi_version = _negotiated(request.headers.get(VERSION)) or current_app.config["XAPI_DEFAULT_VERSION"]
    # Communication 2.8: About must not be refused for its version header; a preflight carries none.
    asks = request.method != "OPTIONS" and request.endpoint != f"{request.blueprint}.about"
    if asks and _negotiated(request.headers.get(VERSION)) is None:
        raise Invalid([Problem(VERSION, "must be a header that says 1.0.0 to 1.0.3, or 2.0.0.")])


def _negotiated(given: str | None) -> str | None:
    """Communication 3.3: “1.0” is as 1.0.0, and all that begins with “1.0.” is accepted."""
    if given is None:
        return None
    if given == "1.0" or (given.startswith("1.0.") and given.isascii() and given[4:].isdigit()):
        return "1.0.3"
    return "2.0.0" if given in {"2.0", "2.0.0"} else None


@bp.after_request
def add_headers(response: Response) -> Response:
    response.headers[VERSION] = g.get("xapi_version") or current_app.config["XAPI_DEFAULT_VERSION"]
    response.headers.update(CORS)
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT)
    return response


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
    return _answer(STATUS.get(type(error), 400), str(error), problems)


@bp.errorhandler(HTTPException)
def show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    response = _answer(status if status in HTTP_STATUS else 400, error.description or "", [])
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    return response


def _answer(status: int, sentence: str, problems: list[Problem]) -> Response:
    body: dict[str, object] = {"error": sentence}
    if problems:
        body["problems"] = [{"field": problem.field, "message": problem.message} for problem in problems]
    response = current_app.make_response(body)
    response.status_code = status
    return response


def too_large(sentence: str) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(sentence)

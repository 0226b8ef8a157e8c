"""The edge: who may call a view, which query parameters it takes, what an error looks like, which headers go out.

A view states who may call it with exactly one of `public`, `signed_in` and `roles`. The latter two hand the viewer
to the view as its first argument; `view.access` tells the house tests what was stated.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import msgspec
from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lms import db, errors
from lms.i18n import LANGUAGES, gettext

P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., ResponseReturnValue])

STATUS: Final = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.Unavailable: 503,
    errors.Invalid: 400,
    errors.TooMany: 429,
}

# Where programs ask: what goes wrong there is told as JSON, even where there is no view.
PROGRAMS: Final = "/api/v1"

STATIC: Final = Path(__file__).resolve().parent / "static"
FOR_GOOD: Final = "public, max-age=31536000, immutable"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)


class Sessions(SecureCookieSessionInterface):
    """Programs have no cookie: for them nothing is read and nothing is written, which would take longer than what
    they ask."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" in request.environ:
            return super().open_session(app, request)
        return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.accessed or session.modified:
            super().save_session(app, session, response)


def public(view: V) -> V:
    """Anyone may call it, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def for_programs(view: V) -> V:
    """Programs may call it, with a key that stands for a person; what goes wrong is told as JSON."""
    view.for_programs = True  # type: ignore[attr-defined]
    return view


def is_for_programs() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "for_programs", False)


def signed_in(view: Callable[Concatenate[Any, P], ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Whoever has signed in and belongs to an organisation; the view answers for what they see."""
    return _restricted(view, frozenset(), "signed in")


def roles(
    *names: str,
) -> Callable[[Callable[Concatenate[Any, P], ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Whoever holds one of these roles in the organisation they now act in."""
    return lambda view: _restricted(view, frozenset(names), ", ".join(names))


def _restricted(
    view: Callable[Concatenate[Any, P], ResponseReturnValue], wanted: frozenset[str], access: str
) -> Callable[P, ResponseReturnValue]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        viewer = g.get("viewer")
        if viewer is None:
            abort(401)
        if wanted and not wanted & viewer.roles:
            abort(403)
        return view(viewer, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


def args(*allowed: str) -> dict[str, str]:
    """The query's parameters; one that the view does not know, or one given twice, is refused."""
    problems = [
        errors.Problem(name, gettext("This address has no parameter of that name."))
        for name in request.args
        if name not in allowed
    ]
    problems += [
        errors.Problem(name, gettext("Give this parameter once."))
        for name in allowed
        if len(request.args.getlist(name)) > 1
    ]
    if problems:
        raise errors.Invalid(problems)
    return request.args.to_dict()


def see_other(endpoint: str, **values: Any) -> Response:
    """After a POST: the page to look at next."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


def select_language() -> str:
    if not has_request_context():
        # Commands speak English.
        return "en"
    viewer = g.get("viewer")
    wanted = viewer.language if viewer is not None else session.get("language")
    if wanted in LANGUAGES:
        return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or str(current_app.config["DEFAULT_LANGUAGE"])


def begin_reading() -> None:
    """A request that may not change anything reads without asking for the right to write."""
    g.only_reading = db.only_reading(request.method in {"GET", "HEAD", "OPTIONS"})
    g.only_reading.__enter__()


def end_reading(_error: BaseException | None = None) -> None:
    held = g.pop("only_reading", None)
    if held is not None:
        held.__exit__(None, None, None)


def check_forgery() -> None:
    """Every form of ours carries a token; the record store's callers carry credentials instead."""
    view = current_app.view_functions.get(request.endpoint or "")
    if current_app.config["WTF_CSRF_ENABLED"] and not getattr(view, "access", "").startswith("client"):
        current_app.extensions["csrf"].protect()


def add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if g.get("viewer") is not None:
        response.headers.setdefault("Cache-Control", "private, no-store")
    if _is_named_by_content(response):
        response.headers["Cache-Control"] = FOR_GOOD
    return response


def name_by_content(endpoint: str, values: dict[str, Any]) -> None:
    """The address of a static file says what is in it, so that it can be kept for good."""
    if endpoint == "kunna.static":
        values.setdefault("v", _fingerprint(values["filename"]))


def _is_named_by_content(response: Response) -> bool:
    # Only a file that was found is read: its name has then been checked to lie in the folder.
    is_file = request.endpoint == "kunna.static" and response.status_code in {200, 304}
    return is_file and request.args.get("v") == _fingerprint((request.view_args or {})["filename"])


@lru_cache(maxsize=256)
def _fingerprint(filename: str) -> str:
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:12]


class Mistake(msgspec.Struct):
    field: str
    message: str


class Refusal(msgspec.Struct, omit_defaults=True):
    """A problem as JSON (RFC 9457)."""

    status: int
    title: str
    type: str = msgspec.field(default_factory=lambda: "about:blank")
    # What is wrong, field by field.
    problems: list[Mistake] = msgspec.field(default_factory=list)


def wants_json() -> bool:
    return (
        is_for_programs()
        or f"{request.path}/".startswith(f"{PROGRAMS}/")
        or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    is_too_old = isinstance(error, CSRFError)
    if (is_too_old or status == 401) and not wants_json():
        again: ResponseReturnValue | None = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if again is not None:
            return again
    if is_too_old:
        return _answer(400, gettext("The page had been open for too long. Go back, reload it and try again."), [])
    return _answer(status, "", [])


def show_error(error: errors.KunnaError) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, errors.Invalid) else []
    status, *_ = [code for kind, code in STATUS.items() if isinstance(error, kind)]
    answer = current_app.make_response(_answer(status, "" if problems else str(error), problems))
    if isinstance(error, errors.TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _answer(status: int, sentence: str, problems: list[errors.Problem]) -> ResponseReturnValue:
    if wants_json():
        told = Refusal(
            status, sentence or _title(status), "about:blank", [Mistake(p.field, p.message) for p in problems]
        )
        response = current_app.response_class(msgspec.json.encode(told), content_type="application/problem+json")
        if status == 401 and is_for_programs():
            response.headers["WWW-Authenticate"] = 'Bearer realm="Kunna"'
        return response, status
    page = render_template("kunna/error.html", status=status, sentence=sentence, problems=problems)
    return page, status


def _title(status: int) -> str:
    titles = {
        400: gettext("The request cannot be understood"),
        401: gettext("You need to sign in"),
        403: gettext("You may not do this"),
        404: gettext("There is nothing here"),
        409: gettext("It clashes with what is already there"),
        413: gettext("That is too large"),
        429: gettext("Too many attempts"),
    }
    return titles.get(status, gettext("Something went wrong"))

"""The alternate request syntax (Communication 1.3): any request as a POST of a form, for browsers that could do no
other across domains. Version 1.0.3 must have it; 2.0 has it no longer.

It is undone before anyone looks at the request, so that the rest of the store never meets it. What cannot be undone
is passed on with the reason, which `edge` answers with, as it does all errors.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import get_input_stream

from lms.errors import Invalid, Problem

# In the environment of a request: whether it came in this syntax (True), or why it could not be read.
ALTERNATE: Final = "kunna.xapi.alternate"

METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")
# “This applies to the following parameters”; all others but “content” are query parameters.
HEADERS: Final = {
    "Authorization": "HTTP_AUTHORIZATION",
    "X-Experience-API-Version": "HTTP_X_EXPERIENCE_API_VERSION",
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "If-Match": "HTTP_IF_MATCH",
    "If-None-Match": "HTTP_IF_NONE_MATCH",
}
FORM: Final = "application/x-www-form-urlencoded"
# “SHOULD still include a Content-Type header”: the browsers this is for could not, or sent it as plain text.
FORM_TYPES: Final = {"", FORM, "text/plain"}
MAX_FIELDS: Final = 100
# What is decoded at a time: each escape in it takes far more memory than the byte it stands for.
PIECE: Final = 1 << 16

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

Form = list[tuple[str, bytes]]


class AlternateSyntax:
    """A WSGI application in front of another; `path` is where the record store begins."""

    def __init__(self, app: WSGIApplication, path: str, config: Mapping[str, Any]) -> None:
        self.app = app
        self.path = path
        self.config = config

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._is_meant(environ):
            return self.app(environ, start_response)
        try:
            environ = _undone(environ, self.config["XAPI_MAX_BODY"])
        except (Invalid, HTTPException) as error:
            environ[ALTERNATE] = error
        if environ["REQUEST_METHOD"] == "HEAD":
            start_response = _without_length(start_response)
        return self.app(environ, start_response)

    def _is_meant(self, environ: WSGIEnvironment) -> bool:
        return (
            environ["REQUEST_METHOD"] == "POST"
            and environ.get("PATH_INFO", "").startswith(self.path)
            and any(name == "method" for name, _ in _query(environ))
        )


def _query(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    return parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)


def _undone(environ: WSGIEnvironment, most: int) -> WSGIEnvironment:
    """The request that is meant."""
    method = _method(environ)
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in FORM_TYPES:
        raise _wrong("Content-Type", f"must be {FORM} when there is a parameter “method”.")
    form = _form(get_input_stream(environ, max_content_length=most).read())
    content = _once(form, "content") or b""
    meant = {name: value for name, value in environ.items() if name not in {"CONTENT_TYPE", "HTTP_TRANSFER_ENCODING"}}
    # The length that is told is of no use: the form says where the content ends.
    meant |= {HEADERS[name]: _header(form, name) for name, _ in form if name in HEADERS}
    if content:
        _check(content, meant.setdefault("CONTENT_TYPE", "application/json"))
    query = [(name, _text(name, value)) for name, value in form if name != "content" and name not in HEADERS]
    return meant | {
        "REQUEST_METHOD": method,
        "QUERY_STRING": urlencode(query),
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
        ALTERNATE: True,
    }


def _method(environ: WSGIEnvironment) -> str:
    """“The Learning Record Provider MUST NOT include any other query string parameters on the request.”"""
    given = _query(environ)
    if len(given) > 1:
        raise _wrong("method", "must be the only parameter in the address; the others belong in the form.")
    method = given[0][1]
    if method not in METHODS:
        raise _wrong("method", f"must be one of {', '.join(METHODS)}.")
    return method


def _form(body: bytes) -> Form:
    fields = body.split(b"&", MAX_FIELDS)
    if len(fields) > MAX_FIELDS:
        raise _wrong("", f"A form here has at most {MAX_FIELDS} fields.")
    pairs = [field.partition(b"=") for field in fields if field]
    return [(_text("", _decoded(name)), _decoded(value)) for name, _, value in pairs]


def _decoded(value: bytes) -> bytes:
    decoded, start = bytearray(), 0
    while start < len(value):
        end = start + PIECE
        # An escape is not cut in two.
        escape = value.rfind(b"%", end - 2, end)
        end = escape if escape > start else end
        decoded += unquote_to_bytes(value[start:end].replace(b"+", b" "))
        start = end
    return bytes(decoded)


def _header(form: Form, name: str) -> str:
    value = (_once(form, name) or b"").decode("latin-1")
    if _CONTROL.search(value):
        raise _wrong(name, "must not have control characters in it.")
    return value


def _once(form: Form, name: str) -> bytes | None:
    found = [value for other, value in form if other == name]
    if len(found) > 1:
        raise _wrong(name, "must be given once.")
    return found[0] if found else None


def _check(content: bytes, content_type: str) -> None:
    """“The LRS MUST interpret this content as a UTF-8 string. Storing binary data is not supported”."""
    _text("content", content)
    if content_type.strip().lower().startswith("multipart/"):
        raise _wrong("Content-Type", "must not be multipart in a form: attachments cannot be sent this way.")


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeError:
        raise _wrong(name, "must be text in UTF-8.") from None


def _without_length(start_response: StartResponse) -> Callable[..., Any]:
    """To a POST that means HEAD: the server knows of a POST, and would wait for a body of the length that is told."""

    def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        told = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return start_response(status, [*told, ("Content-Length", "0")], *rest)

    return started


def _wrong(name: str, message: str) -> Invalid:
    return Invalid([Problem(name, message)])

"""The whole description (OpenAPI 3.1)."""

from collections.abc import Iterable
from typing import Any, Final

from lms.xapi.describing.resources import ANYTHING, JSON, OPERATIONS, Answer, Operation, Parameter
from lms.xapi.describing.shapes import ref, shapes

Schema = dict[str, Any]

_VERSION: Final = "X-Experience-API-Version"
_CONSISTENT: Final = "X-Experience-API-Consistent-Through"
_TEXT: Final[Schema] = {"type": "string"}
_HEADERS: Final = {
    _VERSION: ("The version of the standard that the answer follows.", _TEXT),
    _CONSISTENT: ("Everything stored until then can be read.", {"type": "string", "format": "date-time"}),
    "ETag": ("The SHA-1 of the content.", _TEXT),
    "Last-Modified": ("When the document, or the latest of them, was last written.", _TEXT),
    "Retry-After": ("So many seconds from now.", {"type": "integer"}),
    "WWW-Authenticate": ("How to say who you are.", _TEXT),
}
_REFUSALS: Final = {
    400: "Something in the request is not as it must be; the problems say what.",
    401: "No client has this key and secret.",
    403: "The client may not do this.",
    404: "There is no such thing.",
    409: "It clashes with what is already there; nothing was changed.",
    412: "What If-Match or If-None-Match asked for is not so; nothing was changed.",
    413: "It is larger than this store takes.",
    429: "Too many requests in this time.",
    503: "The database does not answer or has no room; the same can be sent again.",
}
_OF_ANY: Final = (400, 401, 403, 413, 429, 503)
_WITH: Final = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_ABOUT: Final = """\
The record store of Kunna: xAPI 1.0.3 and 2.0 (IEEE 9274.1.1).

Every request but `getAbout` says with the header `X-Experience-API-Version` by which rules it is to be answered, and
which ones were used stands in the same header of the answer. Credentials are the key and the secret of a client, as
HTTP Basic authentication. What is described nowhere here is refused, not ignored. Every GET can be a HEAD. A request
of 1.0.x can also be sent as a form in the alternate request syntax (Communication 1.3): `POST` with the query
parameter `method`, and everything else in the form."""


def document(server: str) -> Schema:
    """`server` is the address that “/xapi” is under."""
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/xapi{operation.path}", {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kunna", "version": "1", "description": _ABOUT},
        "servers": [{"url": server}],
        "security": [{"client": []}],
        "paths": paths,
        "components": {
            "schemas": shapes(),
            "headers": {
                name: {"description": description, "schema": schema} for name, (description, schema) in _HEADERS.items()
            },
            "securitySchemes": {
                "client": {"type": "http", "scheme": "basic", "description": "The key and the secret of a client."}
            },
        },
    }


def _operation(operation: Operation) -> Schema:
    needs = f"Needs one of the scopes {', '.join(sorted(operation.scopes))}." if operation.scopes else "Needs no key."
    described: Schema = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": needs,
        "tags": [operation.path.split("/")[1]],
        "parameters": [_version(operation), *map(_parameter, operation.parameters)],
        "responses": {str(status): answer for status, answer in sorted(_answers(operation).items())},
    }
    if operation.body is not None:
        content = {media_type: {"schema": schema} for media_type, schema in operation.body.items()}
        described["requestBody"] = {"required": ANYTHING not in operation.body, "content": content}
    if not operation.scopes:
        described["security"] = []
    return described


def _version(operation: Operation) -> Schema:
    return {
        "name": _VERSION,
        "in": "header",
        "required": bool(operation.scopes),
        "description": "By the rules of which version the request is to be answered.",
        "schema": {"enum": ["1.0.3", "2.0.0"]},
    }


def _parameter(parameter: Parameter) -> Schema:
    schema: Schema = {"schema": parameter.schema}
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
    } | ({"content": {JSON: schema}} if parameter.is_json else schema)


def _answers(operation: Operation) -> dict[int, Schema]:
    always = [_VERSION, *([_CONSISTENT] if operation.path == "/statements" else [])]
    answers = {status: _answer(answer, always) for status, answer in (operation.answers or {}).items()}
    # About is open to all, and has nothing to refuse but parameters.
    for status in (*_OF_ANY, *operation.refusals) if operation.scopes else (400,):
        shapes = {JSON: ref("Error"), "text/plain": _TEXT, "text/html": _TEXT}
        refused = Answer(_REFUSALS[status], shapes, _WITH.get(status, ()))
        answers[status] = _answer(refused, always)
    return answers


def _answer(answer: Answer, always: Iterable[str]) -> Schema:
    names = [*always, *answer.headers]
    described: Schema = {
        "description": answer.description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
    }
    if answer.content:
        described["content"] = {media_type: {"schema": schema} for media_type, schema in answer.content.items()}
    return described

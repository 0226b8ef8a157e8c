"""What programs can ask for, as OpenAPI 3.1, made of what can be taken away and of the structures that are answered."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from lms.competence.day import HORIZONS
from lms.competence.figures.grouping import By
from lms.competence.figures.map import Sort
from lms.http import Refusal
from lms.reports.catalogue import OFFERS, Offer
from lms.reports.sent import MOST_ROWS, USUAL_ROWS, Answer

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
# What each parameter says, and what it can be. A page has the same.
PARAMETERS: Final[dict[str, tuple[str, Schema]]] = {
    "view": (
        "The viewer's own team, or groups. Without it, the team of whoever has one.",
        {"enum": ["team", "groups"]},
    ),
    "group": ("The key of a unit, partner, region or role profile, as it stands in the rows.", _TEXT),
    "framework": ("The key of a framework: only its competences.", _TEXT),
    "profile": ("The key of a role profile: only people who have it.", _TEXT),
    "sort": ("The order of competences and rows.", {"enum": [one.value for one in Sort]}),
    "by": ("What the rows of a map of groups are.", {"enum": [one.value for one in By]}),
    "on": ("As it was on this day.", _DAY),
    "horizon": ("What will be required in so many months.", {"enum": [months for months in HORIZONS if months]}),
    "of": ("The key of the organisation that has defined it, if that is not one's own.", _TEXT),
}
_PATHS: Final[dict[str, tuple[str, Schema]]] = {
    "group": PARAMETERS["group"],
    "framework": ("The key of a framework.", _TEXT),
    "code": ("The code of a competence in it.", _TEXT),
    "person_uuid": ("Whose.", {"type": "string", "format": "uuid"}),
    "place": ("The key of an organisation or a unit.", _TEXT),
    "key": ("The key of a role profile.", _TEXT),
}
_REFUSALS: Final = {
    400: "Something in the request is not as it must be; the problems say what.",
    401: "No key, or one that does not work.",
    403: "Whoever has the key may not see this.",
    404: "There is no such thing, or none that whoever has the key may know of.",
    429: "Too many requests in this time.",
}
_WITH: Final = {401: "WWW-Authenticate", 429: "Retry-After"}
_ABOUT: Final = """\
What the pages of Kunna show, for programs: the same figures, for the same eyes, with the same ones hidden.

A key belongs to a person in an organisation, who makes it under *My data*; it sees what they see there, and nothing
after they have left. Send it as `Authorization: Bearer kunna_…`. What an address has no parameter for is refused, not
ignored. Texts are in the person's language; keys are the same in all languages. A value that is `null` is not known or
not asked for, and never zero; one that must not be shown is `{"is": "hidden"}`."""


def document(server: str) -> Schema:
    """`server` is the address that “/api” is under."""
    answers, shapes = msgspec.json.schema_components([Answer, Refusal], ref_template="#/components/schemas/{name}")
    answered, refused = answers
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kunna", "version": "1", "description": _ABOUT},
        "servers": [{"url": server}],
        "security": [{"key": []}],
        "paths": {_path(offer): {"get": _operation(offer, answered, refused)} for offer in OFFERS},
        "components": {
            "schemas": shapes,
            "headers": {
                "Retry-After": {"description": "So many seconds from now.", "schema": {"type": "integer"}},
                "WWW-Authenticate": {"description": "How to say who you are.", "schema": _TEXT},
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _path(offer: Offer) -> str:
    """With names in braces, as OpenAPI has them."""
    return "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", offer.path)


def _operation(offer: Offer, answered: Schema, refused: Schema) -> Schema:
    whose = ", ".join(offer.roles) if offer.roles is not None else "anyone"
    return {
        "operationId": offer.key,
        "summary": offer.summary,
        "description": f"For {whose}.",
        "parameters": [
            *(_parameter(name, "path", *_PATHS[name]) for name in re.findall(r"{(\w+)}", _path(offer))),
            *(_parameter(name, "query", *PARAMETERS[name]) for name in offer.parameters),
            *_parameters_of_rows(offer.tables),
        ],
        "responses": {
            "200": {"description": "What the page shows.", "content": {"application/json": {"schema": answered}}},
            **{str(status): _refusal(status, said, refused) for status, said in _REFUSALS.items()},
        },
    }


def _parameter(name: str, place: str, said: str, schema: Schema) -> Schema:
    return {"name": name, "in": place, "required": place == "path", "description": said, "schema": schema}


def _parameters_of_rows(tables: Sequence[str]) -> list[Schema]:
    rows = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS}
    return [
        _parameter("table", "query", "Only this table.", {"enum": list(tables)}),
        _parameter("offset", "query", "From this row on.", {"type": "integer", "minimum": 0, "default": 0}),
        _parameter("limit", "query", "At most so many rows of each table.", rows),
    ]


def _refusal(status: int, said: str, refused: Schema) -> Schema:
    header = _WITH.get(status)
    return {"description": said, "content": {"application/problem+json": {"schema": refused}}} | (
        {"headers": {header: {"$ref": f"#/components/headers/{header}"}}} if header else {}
    )

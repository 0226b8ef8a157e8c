"""The types that statements are checked with (`lms.xapi.statement`), as JSON Schema.

What a type cannot say is added here: that `objectType` may be left out in most places, that an agent has exactly one
identifier, that a context activity may come alone. Rules between properties that a schema cannot hold, such as “raw
lies between min and max”, are refused with a sentence all the same.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lms.xapi import formats
from lms.xapi.statement import Statement

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_FORMATS: Final = {
    "Duration": formats.DURATION_PATTERN,
    "Iri": formats.IRI_PATTERN,
    "Language": formats.LANGUAGE_PATTERN,
    "Mailto": formats.MAILTO_PATTERN,
    "MediaType": formats.MEDIA_TYPE_PATTERN,
    "Sha1": formats.SHA1_PATTERN,
    "Sha2": formats.SHA2_PATTERN,
    "Uuid": formats.UUID_PATTERN,
    "Version": formats.VERSION_PATTERN,
}
_NAMES: Final = {pattern: name for name, pattern in _FORMATS.items()}
_MOMENT: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "description": "RFC 3339, with a zone; a request of 1.0.x may use what else ISO 8601 allows. Returned in UTC.",
}
_IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
_IDENTIFIED: Final = [{"required": [name]} for name in _IDENTIFIERS]


def ref(name: str) -> Schema:
    return {"$ref": _REF.format(name=name)}


def shapes() -> dict[str, Schema]:
    """Each type by its name."""
    _, found = msgspec.json.schema_components((Statement,), schema_hook=_of_anything, ref_template=_REF)
    schemas: dict[str, Schema] = {name: _plain(schema) for name, schema in found.items()}
    schemas |= {name: _format(pattern) for name, pattern in _FORMATS.items()}
    schemas["LanguageMap"] = {
        "type": "object",
        "propertyNames": ref("Language"),
        "additionalProperties": {"type": "string"},
    }
    schemas["Extensions"] = {"type": "object", "propertyNames": ref("Iri"), "additionalProperties": True}
    _loosen(schemas)
    _tighten(schemas)
    return schemas | _ANSWERS


def _of_anything(_type: type) -> Schema:
    return {"description": "Any JSON value."}


def _plain(schema: Any) -> Any:
    """Without null, which no property may be, and with a name for each format."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    options = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if "default" in schema and len(options) == 1:
        return _plain(options[0])
    if schema.get("pattern") in _NAMES:
        return ref(_NAMES[schema["pattern"]])
    if "propertyNames" in schema:
        names = _plain(schema["propertyNames"])
        return ref("LanguageMap" if names == ref("Language") else "Extensions")
    return {name: _plain(value) for name, value in schema.items() if name not in {"discriminator", "default"}}


def _loosen(schemas: dict[str, Schema]) -> None:
    """What may be left out, or come in another way (Data 2.4.4, 2.4.6.2)."""
    for name in ("Agent", "Activity"):
        schemas[name]["required"].remove("objectType")
    for properties in _properties(schemas, "Statement", "SubStatement"):
        # “Statements that specify an Agent or Group as an Object MUST specify an "objectType" property.”
        agent = {"allOf": [ref("Agent"), {"required": ["objectType"]}]}
        options = properties["object"]["anyOf"]
        properties["object"] = {"anyOf": [agent if one == ref("Agent") else one for one in options]}
        properties["timestamp"] = _MOMENT
    [context] = _properties(schemas, "ContextActivities")
    for kind, listed in context.items():
        context[kind] = {"anyOf": [listed, ref("Activity")], "description": "Returned as a list."}


def _tighten(schemas: dict[str, Schema]) -> None:
    [statement] = _properties(schemas, "Statement")
    statement["stored"] = _MOMENT
    schemas["Agent"]["oneOf"] = _IDENTIFIED
    anonymous = {"required": ["member"], "not": {"anyOf": _IDENTIFIED}}
    schemas["Group"]["oneOf"] = [*_IDENTIFIED, anonymous]
    schemas["Account"]["properties"]["name"]["minLength"] = 1


def _properties(schemas: Mapping[str, Schema], *names: str) -> list[dict[str, Any]]:
    return [schemas[name]["properties"] for name in names]


def _format(pattern: str) -> Schema:
    return {"type": "string", "pattern": portable(pattern), "description": f"It {formats.SENTENCES[pattern]}"}


def portable(pattern: str) -> str:
    """The same expression in the words that JSON Schema has for it (ECMA 262)."""
    insensitive = re.fullmatch(r"\^\(\?i:(.*)\)\\Z", pattern)
    if insensitive:
        return f"^(?:{_in_any_case(insensitive[1])})$"
    # Possessive counts only say how to search; and texts that are JSON hold no lone surrogates.
    for ours, theirs in ((r"\Z", "$"), ("++", "+"), ("*+", "*"), (r"\ud800-\udfff", ""), (r"\"", '"')):
        pattern = pattern.replace(ours, theirs)
    return pattern


def _in_any_case(expression: str) -> str:
    """In a class its ranges in both cases; elsewhere each letter as a class of its own."""
    parts = re.split(r"(\[[^]]*\])", expression)
    return "".join(
        f"[{part[1:-1]}{_capitals(part)}]" if part.startswith("[") else re.sub("[a-z]", _both_cases, part)
        for part in parts
    )


def _capitals(part: str) -> str:
    return re.sub("[^A-Z-]", "", re.sub("0-9", "", part).upper()).strip("-")


def _both_cases(letter: re.Match[str]) -> str:
    return f"[{letter[0].upper()}{letter[0]}]"


_SET: Final = ["id", "timestamp", "stored", "authority", "version"]
_TEXTS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
_ANSWERS: Final[dict[str, Schema]] = {
    "StoredStatement": {
        "allOf": [ref("Statement"), {"required": _SET}],
        "description": "As it was sent, with what the store sets.",
    },
    "StatementResult": {
        "type": "object",
        "properties": {
            "statements": {"type": "array", "items": ref("StoredStatement")},
            "more": {"type": "string", "description": "Where the next ones are; empty if these are the last."},
        },
        "required": ["statements", "more"],
        "additionalProperties": False,
    },
    "StatementIds": {"type": "array", "items": ref("Uuid")},
    "DocumentIds": _TEXTS,
    "Person": {
        "type": "object",
        "properties": {
            "objectType": {"const": "Person"},
            "name": _TEXTS,
            "mbox": {"type": "array", "items": ref("Mailto")},
            "mbox_sha1sum": {"type": "array", "items": ref("Sha1")},
            "openid": {"type": "array", "items": ref("Iri")},
            "account": {"type": "array", "items": ref("Account")},
        },
        "required": ["objectType"],
        "additionalProperties": False,
    },
    "About": {
        "type": "object",
        "properties": {"version": {"type": "array", "items": ref("Version")}, "extensions": ref("Extensions")},
        "required": ["version"],
        "additionalProperties": False,
    },
    "Error": {
        "type": "object",
        "properties": {
            "error": {"type": "string", "description": "A sentence that says what is wrong."},
            "problems": {
                "type": "array",
                "description": "What is wrong, place by place.",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                    "required": ["field", "message"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["error"],
        "additionalProperties": False,
    },
}

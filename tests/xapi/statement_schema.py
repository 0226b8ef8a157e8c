"""The tables of the standard (Data 2.4, and what 2.0 adds), as JSON Schema: a second reading of them, which shares
nothing with ours but the text that both were read from. Formats are those that JSON Schema has, where it has them.
"""

from typing import Any

import jsonschema_rs

Schema = dict[str, Any]

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def an_object(required: str = "", **properties: Schema) -> Schema:
    """2.2: reject “where a key or value is not allowed by this specification”."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def listing(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items} | more


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def exactly(value: str) -> Schema:
    return {"const": value}


def of_type(name: str, kind: str) -> Schema:
    """The part called so, which says of itself what it is."""
    return {"allOf": [ref(name), {"required": ["objectType"], "properties": {"objectType": exactly(kind)}}]}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
IRI: Schema = {"type": "string", "format": "iri"}
UUID: Schema = {"type": "string", "format": "uuid"}
# 2.0: RFC 3339. 1.0.3, 4.5: “MUST be formatted according to ISO 8601”, and “SHOULD” only according to RFC 3339.
RFC_3339: Schema = {"type": "string", "format": "date-time"}
ISO_8601: Schema = {
    "type": "string",
    "anyOf": [
        RFC_3339,
        {
            "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
            r"T((([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?)|24:00(:00([.,]0+)?)?)"
            r"(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)?$"
        },
    ],
}
# 4.6 and ISO 8601:2004 4.4.3.2: units in order, weeks alone, a fraction in the smallest.
DURATION: Schema = {
    "type": "string",
    "anyOf": [
        {"pattern": r"^P[0-9]+([.,][0-9]+)?W$"},
        {
            "pattern": r"^P(?=.)([0-9]+([.,][0-9]+(?=Y$))?Y)?([0-9]+([.,][0-9]+(?=M$))?M)?([0-9]+([.,][0-9]+(?=D$))?D)?"
            r"(T(?=.)([0-9]+([.,][0-9]+(?=H$))?H)?([0-9]+([.,][0-9]+(?=M$))?M)?([0-9]+([.,][0-9]+)?S)?)?$"
        },
    ],
}
# 2.2: “at least validate that the sequence of token lengths … matches the RFC 5646 standard”.
LANGUAGE: Schema = {
    "type": "string",
    "pattern": r"^(([a-zA-Z]{2,3}(-[a-zA-Z]{3}){0,3}|[a-zA-Z]{4,8})(-[a-zA-Z]{4})?(-([a-zA-Z]{2}|[0-9]{3}))?"
    r"(-([a-zA-Z0-9]{5,8}|[0-9][a-zA-Z0-9]{3}))*(-[0-9A-WY-Za-wy-z](-[a-zA-Z0-9]{2,8})+)*(-[xX](-[a-zA-Z0-9]{1,8})+)?"
    r"|[xX](-[a-zA-Z0-9]{1,8})+)$",
}
LANGUAGE_MAP: Schema = {"type": "object", "propertyNames": LANGUAGE, "additionalProperties": TEXT}
EXTENSIONS: Schema = {"type": "object", "propertyNames": IRI}

IDENTIFIERS: dict[str, Schema] = {
    "mbox": {"type": "string", "pattern": "^mailto:[^@]+@[^@]+$"},
    "mbox_sha1sum": {"type": "string", "pattern": "^[0-9a-fA-F]{40}$"},
    "openid": IRI,
    "account": an_object("homePage name", homePage=IRI, name={"type": "string", "minLength": 1}),
}
ONE_IDENTIFIER = [{"required": [name]} for name in IDENTIFIERS]
NO_IDENTIFIER: Schema = {"not": {"anyOf": ONE_IDENTIFIER}}

# 2.4.2.1 to 2.4.2.4
AGENT = an_object(objectType=exactly("Agent"), name=TEXT, **IDENTIFIERS) | {"oneOf": ONE_IDENTIFIER}
GROUP = an_object("objectType", objectType=exactly("Group"), name=TEXT, member=listing(ref("agent")), **IDENTIFIERS) | {
    "oneOf": [*ONE_IDENTIFIER, {"required": ["member"], **NO_IDENTIFIER}]
}
ACTOR: Schema = {"anyOf": [ref("agent"), ref("group")]}

# 2.4.3
VERB = an_object("id", id=IRI, display=LANGUAGE_MAP)

# 2.4.4.1: which lists of components go with which type of interaction.
COMPONENT = an_object("id", id=TEXT, description=LANGUAGE_MAP)
LISTS = {
    "choice": ["choices"], "sequencing": ["choices"], "likert": ["scale"], "matching": ["source", "target"],
    "performance": ["steps"], "true-false": [], "fill-in": [], "long-fill-in": [], "numeric": [], "other": [],
}  # fmt: skip
EVERY_LIST = ["choices", "scale", "source", "target", "steps"]
DEFINITION = an_object(
    name=LANGUAGE_MAP,
    description=LANGUAGE_MAP,
    type=IRI,
    moreInfo=IRI,
    extensions=EXTENSIONS,
    interactionType={"enum": list(LISTS)},
    correctResponsesPattern=listing(TEXT),
    **{name: listing(COMPONENT) for name in EVERY_LIST},
) | {
    # “Interaction Activities MUST have a valid interactionType.”
    "dependentRequired": {name: ["interactionType"] for name in [*EVERY_LIST, "correctResponsesPattern"]},
    "allOf": [
        {
            "if": {"required": ["interactionType"], "properties": {"interactionType": exactly(kind)}},
            "then": {"properties": {name: False for name in EVERY_LIST if name not in own}},
        }
        for kind, own in LISTS.items()
    ],
}
ACTIVITY = an_object("id", objectType=exactly("Activity"), id=IRI, definition=DEFINITION)

# 2.4.4.3
STATEMENT_REF = an_object("objectType id", objectType=exactly("StatementRef"), id=UUID)

# 2.4.5
SCORE = an_object(scaled={"type": "number", "minimum": -1, "maximum": 1}, raw=NUMBER, min=NUMBER, max=NUMBER)
RESULT = an_object(
    score=SCORE, success=TRUTH, completion=TRUTH, response=TEXT, duration=DURATION, extensions=EXTENSIONS
)

# 2.4.6, and 2.0
SOME_TYPES = listing(IRI, minItems=1)
KINDS = ("parent", "grouping", "category", "other")
OF_BOTH: dict[str, Schema] = {
    "registration": UUID,
    "instructor": ACTOR,
    "team": ref("group"),
    "contextActivities": an_object(**{kind: {"anyOf": [ref("activity"), listing(ref("activity"))]} for kind in KINDS}),
    "revision": TEXT,
    "platform": TEXT,
    "language": LANGUAGE,
    "statement": ref("statementRef"),
    "extensions": EXTENSIONS,
}
CONTEXT_1 = an_object(**OF_BOTH)
CONTEXT_2 = an_object(
    contextAgents=listing(
        an_object("objectType agent", objectType=exactly("contextAgent"), agent=ref("agent"), relevantTypes=SOME_TYPES)
    ),
    contextGroups=listing(
        an_object("objectType group", objectType=exactly("contextGroup"), group=ref("group"), relevantTypes=SOME_TYPES)
    ),
    **OF_BOTH,
)

# 2.4.11
ATTACHMENT = an_object(
    "usageType display contentType length sha2",
    usageType=IRI,
    display=LANGUAGE_MAP,
    description=LANGUAGE_MAP,
    contentType={"type": "string", "pattern": "^[^/ ]+/[^/ ;]+( *;.*)?$"},
    length={"type": "integer", "minimum": 0},
    sha2={"type": "string", "pattern": "^([0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})$"},
    fileUrl=IRI,
)

# 2.4.4.2: “Statements that specify an Agent or Group as an Object MUST specify an "objectType" property.”
OBJECTS = [
    ref("activity"),
    of_type("agent", "Agent"),
    of_type("group", "Group"),
    of_type("statementRef", "StatementRef"),
]
PARTS: dict[str, Schema] = {
    "actor": ACTOR,
    "verb": VERB,
    "result": RESULT,
    "context": ref("context"),
    "timestamp": ref("timestamp"),
    "attachments": listing(ATTACHMENT),
}
RULES: list[Schema] = [
    # 2.3.2: “the Object of that voiding Statement MUST have the "objectType" property set to StatementRef”
    {
        "if": {
            "required": ["verb"],
            "properties": {"verb": {"properties": {"id": exactly(VOIDED)}, "required": ["id"]}},
        },
        "then": {"properties": {"object": of_type("statementRef", "StatementRef")}},
    },
    # 2.4.6: “The "revision" property MUST only be used if the Statement's Object is an Activity.”
    {
        "if": {
            "required": ["context"],
            "properties": {"context": {"anyOf": [{"required": ["revision"]}, {"required": ["platform"]}]}},
        },
        "then": {"properties": {"object": ref("activity")}},
    },
]
SUB_STATEMENT = an_object(
    "objectType actor verb object", objectType=exactly("SubStatement"), object={"anyOf": OBJECTS}, **PARTS
) | {"allOf": RULES}
GROUP_OF_TWO: Schema = {
    "allOf": [ref("group"), {"required": ["member"], "properties": {"member": {"minItems": 2, "maxItems": 2}}}]
}
STATEMENT = an_object(
    "actor verb object",
    id=UUID,
    object={"anyOf": [*OBJECTS, of_type("subStatement", "SubStatement")]},
    stored=ref("timestamp"),
    # 2.4.9: “Authority MUST be an Agent, except in 3-legged OAuth, where it MUST be a Group with two Agents.”
    authority={"anyOf": [ref("agent"), GROUP_OF_TWO]},
    version=ref("version"),
    **PARTS,
) | {"allOf": RULES}

DEFINITIONS = {
    "agent": AGENT,
    "group": GROUP,
    "activity": ACTIVITY,
    "statementRef": STATEMENT_REF,
    "subStatement": SUB_STATEMENT,
}

# 2.4.10: “An LRS MUST reject all Statements with a version specified that does not start with 1.0.” In a request of 2.0
# there may be statements of both.
OF_1 = {
    "context": CONTEXT_1,
    "timestamp": ISO_8601,
    "version": {"type": "string", "pattern": r"^1\.0\.[0-9]+$"},
}
OF_2 = {
    "context": CONTEXT_2,
    "timestamp": RFC_3339,
    "version": {"type": "string", "pattern": r"^(1\.0|2\.0)\.[0-9]+$"},
}
VALIDATORS = {
    version: jsonschema_rs.Draft202012Validator(STATEMENT | {"$defs": DEFINITIONS | own}, validate_formats=True)
    for version, own in (("1.0.3", OF_1), ("2.0.0", OF_2))
}

"""What each address takes and gives (Communication 2): the table that the document is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from lms.xapi.clients import DEFINE, PROFILE, READING, READING_OWN, STATE, WRITING
from lms.xapi.describing.shapes import ref

Schema = dict[str, Any]
# By media type.
Content = Mapping[str, Schema]

JSON: Final = "application/json"
MULTIPART: Final = "multipart/mixed"
ANYTHING: Final = "*/*"


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    schema: Schema
    description: str
    required: bool = False
    place: Literal["query", "header"] = "query"
    # Written as JSON in the address.
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    description: str
    content: Content
    headers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    id: str
    summary: str
    scopes: Sequence[str]
    parameters: Sequence[Parameter] = ()
    body: Content | None = None
    answers: Mapping[int, Answer] | None = None
    # Those that can be had besides 400, 401, 403, 413, 429 and 503.
    refusals: Sequence[int] = ()


def _whether(name: str, description: str) -> Parameter:
    return Parameter(name, {"type": "boolean", "default": False}, description)


def _time(name: str, description: str) -> Parameter:
    return Parameter(name, {"type": "string", "format": "date-time"}, description)


def _header(name: str, description: str) -> Parameter:
    return Parameter(name, {"type": "string"}, description, place="header")


_STATEMENT_ID: Final = Parameter("statementId", ref("Uuid"), "The id of the statement.", required=True)
_STATEMENTS: Final = (
    Parameter("statementId", ref("Uuid"), "The one statement with this id, unless it is voided."),
    Parameter("voidedStatementId", ref("Uuid"), "The one statement with this id, if it is voided."),
    Parameter(
        "agent",
        {"anyOf": [ref("Agent"), ref("Group")]},
        "Statements with this agent, or identified group, as actor or object, or as a member of those.",
        is_json=True,
    ),
    Parameter("verb", ref("Iri"), "Statements with this verb."),
    Parameter("activity", ref("Iri"), "Statements with this activity as their object."),
    Parameter("registration", ref("Uuid"), "Statements with this registration."),
    _whether("related_activities", "Look for the activity also in the context and in a SubStatement."),
    _whether("related_agents", "Look for the agent also in authority, context and a SubStatement."),
    _time("since", "Statements stored later than this."),
    _time("until", "Statements stored at this time or earlier."),
    Parameter(
        "limit",
        {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
        "The most statements in one answer; 0 is as many as the store gives.",
    ),
    Parameter(
        "format",
        {"enum": ["ids", "exact", "canonical"], "default": "exact"},
        "“ids” leaves only what identifies; “canonical” shows activities and verbs as they are known here, in one "
        "language (Accept-Language).",
    ),
    _whether("attachments", "The answer is multipart/mixed and has the attachments in it."),
    _whether("ascending", "What was stored first comes first."),
    Parameter("more", {"type": "string"}, "What the property “more” of an answer had in it; comes alone."),
)
_LANGUAGE: Final = _header("Accept-Language", "In which languages “canonical” is wanted.")
_MATCH: Final = _header("If-Match", "The ETag of the document that this is to change.")
_NONE_MATCH: Final = _header("If-None-Match", "ETags that are not to be sent again; “*”: only if nothing is there.")
_CONDITIONS: Final = (_MATCH, _NONE_MATCH)

_ACTIVITY: Final = Parameter("activityId", ref("Iri"), "The activity.", required=True)
_ABOUT_AGENT: Final = Parameter("agent", ref("Agent"), "The agent; not a group.", required=True, is_json=True)
_REGISTRATION: Final = Parameter("registration", ref("Uuid"), "The registration that the state belongs to.")
_SINCE: Final = _time("since", "Without an id: only documents that were written later than this.")
_TEXT: Final[Schema] = {"type": "string", "minLength": 1}

_DONE: Final = {204: Answer("Done.", {})}
_AS_IT_WAS: Final = {304: Answer("It is as it was.", {})}
_ANY: Final[Schema] = {}
_BODY: Final[Content] = {ANYTHING: _ANY}
_DOCUMENT: Final = _AS_IT_WAS | {
    200: Answer(
        "The document; or, without an id, the ids of all there are.",
        {JSON: _ANY, ANYTHING: _ANY},
        ("ETag", "Last-Modified"),
    )
}
_PARTS: Final[Schema] = {"type": "string", "description": "First the JSON, then each attachment (Communication 1.5.2)."}
_ONE: Final[Content] = {JSON: ref("Statement"), MULTIPART: _PARTS}
_SEVERAL: Final[Content] = {
    JSON: {"anyOf": [ref("Statement"), {"type": "array", "items": ref("Statement")}]},
    MULTIPART: _PARTS,
}
_FOUND: Final[Content] = {JSON: {"anyOf": [ref("StatementResult"), ref("StoredStatement")]}, MULTIPART: _PARTS}
_READERS: Final = (*READING, READING_OWN)
_KNOWING: Final = (*_READERS, STATE, PROFILE, DEFINE)


def _documents(path: str, name: str, id: str, scope: str, about: Sequence[Parameter], kind: str) -> list[Operation]:
    """The four methods that state and the two kinds of profile have in common (Communication 2.2)."""
    maybe = (*about, Parameter(id, _TEXT, f"The id of the {kind}."))
    one = (*about, Parameter(id, _TEXT, f"The id of the {kind}.", required=True))
    reading, writing = (scope, "all/read", "all"), (scope, "all")
    get, put = f"A {kind}, or the ids of all", f"Store a {kind}, or replace it"
    post, delete = f"Store a {kind}, or merge into one that is JSON", f"Remove a {kind}"
    several = id == "stateId"
    return [
        Operation("get", path, f"get{name}", get, reading, (*maybe, _SINCE, _NONE_MATCH), None, _DOCUMENT, [404]),
        Operation("put", path, f"put{name}", put, writing, (*one, *_CONDITIONS), _BODY, _DONE, [409, 412]),
        Operation("post", path, f"post{name}", post, writing, (*one, *_CONDITIONS), _BODY, _DONE, [409, 412]),
        Operation(
            "delete",
            path,
            f"delete{name}",
            f"{delete}; without an id all there are" if several else delete,
            writing,
            (*(maybe if several else one), *_CONDITIONS),
            None,
            _DONE,
            [412],
        ),
    ]


OPERATIONS: Final[Sequence[Operation]] = (
    Operation(
        "get",
        "/statements",
        "getStatements",
        "One statement, or those that meet all conditions",
        _READERS,
        (*_STATEMENTS, _LANGUAGE),
        answers={200: Answer("The statement, or a page of them.", _FOUND, ("ETag", "Last-Modified"))},
        refusals=[404],
    ),
    Operation(
        "post",
        "/statements",
        "postStatements",
        "Store one statement or several, all or none",
        tuple(WRITING),
        body=_SEVERAL,
        answers={200: Answer("Their ids, in the same order.", {JSON: ref("StatementIds")})},
        refusals=[409],
    ),
    Operation(
        "put",
        "/statements",
        "putStatement",
        "Store one statement under this id",
        tuple(WRITING),
        (_STATEMENT_ID,),
        _ONE,
        _DONE,
        [409],
    ),
    *_documents("/activities/state", "State", "stateId", STATE, (_ACTIVITY, _ABOUT_AGENT, _REGISTRATION), "state"),
    *_documents("/activities/profile", "ActivityProfile", "profileId", PROFILE, (_ACTIVITY,), "profile of an activity"),
    *_documents("/agents/profile", "AgentProfile", "profileId", PROFILE, (_ABOUT_AGENT,), "profile of an agent"),
    Operation(
        "get",
        "/agents",
        "getAgent",
        "What is known of an agent",
        _KNOWING,
        (_ABOUT_AGENT, _NONE_MATCH),
        answers=_AS_IT_WAS | {200: Answer("The agent as a person.", {JSON: ref("Person")}, ("ETag",))},
    ),
    Operation(
        "get",
        "/activities",
        "getActivity",
        "What is known of an activity",
        _KNOWING,
        (_ACTIVITY, _NONE_MATCH),
        answers=_AS_IT_WAS | {200: Answer("The activity.", {JSON: ref("Activity")}, ("ETag",))},
    ),
    Operation(
        "get",
        "/about",
        "getAbout",
        "Which versions of the standard are spoken here",
        (),
        answers={200: Answer("The versions.", {JSON: ref("About")})},
    ),
)

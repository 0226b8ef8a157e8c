"""From JSON to a statement, or to the reason why not.

msgspec checks the types, once it is certain that no property occurs twice in an object (Data 2.2: a statement
must use each property no more than one time). Errors name the property: “statement[2].actor.mbox”.
"""

import json
import re
from types import UnionType
from typing import Final, TypeVar

import msgspec

from lms.errors import Invalid, Problem
from lms.xapi.completing import quick_essence, slow_essence
from lms.xapi.formats import SENTENCES, moment
from lms.xapi.statement import Actor, Context, Statement, SubStatement, Wrong

# Deeper than any statement means to be, and far from what makes a parser run out of stack.
MAX_DEPTH: Final = 100
# Values, commas in texts counted with them. Each takes many times more memory than text.
MAX_PARTS: Final = 100_000

# msgspec learns what a type is made of when it is first used, and two threads that use it first at the same time
# crash the process. So it learns here.
msgspec.json.Decoder(Statement)

Members = dict[str, object]
T = TypeVar("T")

_EXTENSIONS: Final = "extensions"
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
# “Expected …, got … - at `$.actor.mbox`”, or “… - at `key` in `$.verb.display`”.
_WHERE: Final = re.compile(r" - at (?:`key` in )?`\$(?P<path>[^`]*)`\Z")
_GOT: Final = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`")
_PATTERN: Final = re.compile(r"Expected `str` matching regex (?P<quoted>.*)\Z", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>.*)`\Z", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>.*)`\Z", re.DOTALL)
_BOUND: Final = re.compile(r"Expected `(?P<what>[a-z]+)` (?P<bound>[<>]=? -?[0-9.]+)\Z")
_SENTENCE_OF: Final = {repr(pattern): sentence for pattern, sentence in SENTENCES.items()}
_KINDS: Final = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "an array",
}


class _Faulty(ValueError):
    pass


def read(text: bytes, *, strict: bool, where: str = "statement") -> Statement:
    """A statement by the rules of xAPI 2.0 (`strict`) or of 1.0.x. Raises Invalid with one problem."""
    return read_whole(text, strict=strict, where=where)[0]


def read_whole(text: bytes, *, strict: bool, where: str = "statement") -> tuple[Statement, bytes]:
    """The statement as `read` gives it, and what is kept of its text (`completing.essence`)."""
    try:
        members, short = _parsed(text)
        if b"null" in text:
            _refuse_nulls(members, "")
        essence = quick_essence(members, short) if short is not None else None
        _name_types(members)
        statement = _convert(members, Statement)
        _check_version(statement, strict)
    except Wrong as wrong:
        raise Invalid([Problem(_join(where, wrong.field), str(wrong))]) from None
    return statement, slow_essence(text, statement) if essence is None else essence


def read_stored(text: str) -> Statement:
    """A statement that was accepted once; what cannot be seen in the type is not looked for again."""
    members: Members = msgspec.json.decode(text)
    _name_types(members)
    return msgspec.convert(members, Statement)


def read_agent(text: str) -> Actor:
    """The agent or identified group that a query asks for (Communication 2.1.3). Raises Invalid."""
    try:
        members = parsed(text.encode("utf-8", "surrogatepass"))
        members.setdefault("objectType", "Agent")
        actor: Actor = _convert(members, Actor)
        if not actor.key:
            raise Wrong("", "must have an identifier: mbox, mbox_sha1sum, openid or account.")
    except Wrong as wrong:
        raise Invalid([Problem(_join("agent", wrong.field), str(wrong))]) from None
    return actor


def parsed(text: bytes) -> Members:
    """One JSON object, without what JSON lets through and the standard does not. Raises Wrong."""
    return _parsed(text)[0]


def _parsed(text: bytes) -> tuple[Members, bytes | None]:
    """And, of most, the text without spaces, which is the same as writing the object again gives."""
    brackets = text.count(b"{") + text.count(b"[")
    if brackets + text.count(b",") > MAX_PARTS:
        raise Wrong("", f"must not have more than {MAX_PARTS} parts.")
    if brackets > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise Wrong("", f"must not be nested deeper than {MAX_DEPTH} levels.")
    found, short = _plain(text)
    if short is None:
        found = _scrutinised(text)
    if not isinstance(found, dict):
        raise Wrong("", "must be a JSON object.")
    return found, short


def _plain(text: bytes) -> tuple[object, bytes | None]:
    """The value, if writing it again gives the same text: then no property was lost for occurring twice.

    Most statements pass, in a third of the time; those with escapes or odd numbers do not.
    """
    try:
        found: object = msgspec.json.decode(text)
        short = msgspec.json.format(text, indent=-1)
        return (found, short) if msgspec.json.encode(found) == short else (None, None)
    except (msgspec.DecodeError, msgspec.EncodeError, UnicodeError):
        return None, None


def _scrutinised(text: bytes) -> object:
    try:
        found: object = json.loads(text.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
        if _SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except _Faulty as error:
        raise Wrong("", str(error)) from None
    except UnicodeError:
        raise Wrong("", "must be text in UTF-8 (Communication 1.4).") from None
    except json.JSONDecodeError as error:
        raise Wrong("", f"must be JSON: {error.msg} at character {error.pos}.") from None
    except ValueError:
        raise Wrong("", "must be JSON with numbers of a reasonable length.") from None
    return found


def split(body: bytes) -> list[bytes] | bytes:
    """The texts of the statements in a batch, or the one there is. Raises Invalid."""
    if body.lstrip()[:1] != b"[":
        return body
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Invalid([Problem("", f"The body must be JSON: {error}.")]) from None


def _object(pairs: list[tuple[str, object]]) -> Members:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise _Faulty(f"must not have the property “{twice}” twice in one object.")
    return members


def _no_constant(name: str) -> object:
    raise _Faulty(f"must be JSON, which has no {name}.")


def _depth(text: bytes) -> int:
    depth = deepest = 0
    for byte in _STRING.sub(b"", text).translate(None, _NO_BRACKETS):
        depth += 1 if byte in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse_nulls(value: object, path: str) -> None:
    """Data 2.2: no null values except inside extensions."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner is None:
                raise Wrong(_join(path, name), "must not be null; leave the property out.")
            if isinstance(inner, dict | list) and name != _EXTENSIONS:
                _refuse_nulls(inner, _join(path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if inner is None:
                raise Wrong(f"{path}[{index}]", "must not be null.")
            _refuse_nulls(inner, f"{path}[{index}]")


def _name_types(members: Members) -> None:
    """Write out the object types that may be left out, and make what may be alone into a list (Data 2.4.6.2).

    Where an objectType must be given, leaving it out makes the part one of the wrong type.
    """
    _default(members, "actor", "Agent")
    _default(members, "authority", "Agent")
    _default(members, "object", "Activity")
    _name_context_types(members.get("context"))
    target = members.get("object")
    if isinstance(target, dict) and target.get("objectType") == "SubStatement":
        _default(target, "actor", "Agent")
        _default(target, "object", "Activity")
        _name_context_types(target.get("context"))


def _name_context_types(context: object) -> None:
    if not isinstance(context, dict):
        return
    _default(context, "instructor", "Agent")
    _default(context, "team", "Agent")
    _default(context, "statement", "Activity")
    for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
        for one in context.get(name) or () if isinstance(context.get(name), list) else ():
            if isinstance(one, dict):
                one.setdefault("objectType", "")
                _default(one, inner, "Agent")
    activities = context.get("contextActivities")
    if isinstance(activities, dict):
        for kind, value in activities.items():
            if isinstance(value, dict):
                activities[kind] = [value]


def _default(holder: Members, name: str, object_type: str) -> None:
    part = holder.get(name)
    if isinstance(part, dict):
        part.setdefault("objectType", object_type)


def _check_version(statement: Statement, strict: bool) -> None:
    """What the two versions of the standard see differently."""
    _check_part("", statement, strict)
    if isinstance(statement.object, SubStatement):
        _check_part("object", statement.object, strict)
    if statement.stored is not None:
        _check_instant("stored", statement.stored, strict)
    # Data 2.4.10: a request of 1.0.x cannot carry a statement of another version.
    if not strict and statement.version is not None and not statement.version.startswith("1.0."):
        raise Wrong("version", "must begin with “1.0.” in a request of version 1.0.")


def _check_part(path: str, part: Statement | SubStatement, strict: bool) -> None:
    if part.timestamp is not None:
        _check_instant(_join(path, "timestamp"), part.timestamp, strict)
    if part.context is not None and not strict:
        _refuse_context_of_2(path, part.context)


def _check_instant(path: str, text: str, strict: bool) -> None:
    try:
        moment(text, strict=strict)
    except ValueError as error:
        raise Wrong(path, str(error)) from None


def _refuse_context_of_2(path: str, context: Context) -> None:
    news = {"contextAgents": context.context_agents, "contextGroups": context.context_groups}
    for name, value in news.items():
        if value is not None:
            raise Wrong(_join(path, f"context.{name}"), "belongs to xAPI 2.0; the request is of version 1.0.")


def _convert(members: Members, wanted: type[T] | UnionType) -> T:
    try:
        return msgspec.convert(members, wanted)
    except RecursionError:
        raise Wrong("", f"must not be nested deeper than {MAX_DEPTH} levels.") from None
    except msgspec.ValidationError as error:
        raise _wrong(error) from None


def _wrong(error: msgspec.ValidationError) -> Wrong:
    """What msgspec says, as a path and a sentence."""
    message = str(error)
    found = _WHERE.search(message)
    path = found["path"].replace("[...]", "").lstrip(".") if found else ""
    cause = error.__cause__
    if isinstance(cause, Wrong):
        return Wrong(_join(path, cause.field), str(cause))
    return _sentence(path, message[: found.start()] if found else message)


def _sentence(path: str, message: str) -> Wrong:
    if found := _UNKNOWN.match(message):
        return Wrong(_join(path, found["name"]), "is not a property that the standard has here.")
    if found := _MISSING.match(message):
        return Wrong(_join(path, found["name"]), "is missing.")
    if found := _PATTERN.match(message):
        return Wrong(path, _SENTENCE_OF.get(found["quoted"], "does not follow its format."))
    if found := _GOT.match(message):
        wanted, got = found["wanted"].removesuffix(" | null"), found["got"]
        return Wrong(path, f"must be {_KINDS.get(wanted, wanted)}, not {_KINDS.get(got, got)}.")
    if found := _BOUND.match(message):
        return Wrong(path, f"must be {found['bound']}.")
    if message == "Number out of range":
        return Wrong(path, "must be a number of a reasonable size.")
    if path.endswith("objectType"):
        return Wrong(path, "must be there, and be one that the standard allows here.")
    return Wrong(path, f"is not what the standard allows here ({message}).")


def _join(path: str, name: str) -> str:
    if not path or not name or name.startswith("["):
        return path + name
    return f"{path}.{name}"

"""Who and what is in a statement, for the filters on agent and activity (Communication 2.1.3)."""

from collections.abc import Iterable, Iterator

from lms.xapi.models import AUTHORITY, DIRECT, RELATED
from lms.xapi.statement import Activity, Actor, Agent, Group, Statement, SubStatement

_ACTORS = (Agent, Group)

# An identifier, and what it is in the statement.
Mention = tuple[str, int]


def agents(statement: Statement) -> set[Mention]:
    """Every identifier in the statement with what it is there, RELATED only if it is not DIRECT as well."""
    direct = set(_keys(_subjects(statement)))
    authority = _keys([statement.authority] if statement.authority else [])
    return _mentions(direct, _keys(_related(statement))) | {(key, AUTHORITY) for key in authority}


def everyone(statement: Statement) -> Iterator[Actor]:
    """All agents and groups in the statement, and who is in the groups; some more than once."""
    for actor in (*_subjects(statement), *_related(statement), *([statement.authority] if statement.authority else ())):
        yield actor
        if isinstance(actor, Group):
            yield from actor.member or ()


def activities(statement: Statement) -> set[Mention]:
    target = statement.object
    direct = {target.id} if isinstance(target, Activity) else set()
    related = list(_context_activities(statement))
    if isinstance(target, SubStatement):
        related += [target.object.id] if isinstance(target.object, Activity) else []
        related += _context_activities(target)
    return _mentions(direct, related)


def _mentions(direct: set[str], related: Iterable[str]) -> set[Mention]:
    return {(key, DIRECT) for key in direct} | {(key, RELATED) for key in related if key not in direct}


def _subjects(part: Statement | SubStatement) -> Iterator[Actor]:
    yield part.actor
    if isinstance(part.object, _ACTORS):
        yield part.object


def _related(statement: Statement) -> Iterator[Actor]:
    if statement.context is not None:
        yield from statement.context.actors
    if isinstance(statement.object, SubStatement):
        yield from _subjects(statement.object)
        if statement.object.context is not None:
            yield from statement.object.context.actors


def _keys(actors: Iterable[Actor]) -> Iterator[str]:
    """An identified group counts, and so does each member: a group that has the agent in it matches."""
    for actor in actors:
        if actor.key:
            yield actor.key
        if isinstance(actor, Group):
            yield from (member.key for member in actor.member or ())


def _context_activities(part: Statement | SubStatement) -> Iterator[str]:
    if part.context is not None and part.context.context_activities is not None:
        yield from (activity.id for activity in part.context.context_activities)

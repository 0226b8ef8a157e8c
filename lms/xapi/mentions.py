"""Who and what is in a statement, for the filters on agent and activity (Communication 2.1.3)."""

from collections.abc import Iterable, Iterator

from lms.xapi.models import AUTHORITY, DIRECT, RELATED
from lms.xapi.statement import Activity, Actor, Agent, Context, Group, Statement, SubStatement

_ACTORS = (Agent, Group)

# An identifier, and what it is in the statement.
Mention = tuple[str, int]


def agents(statement: Statement) -> Iterable[Mention]:
    """Every identifier in the statement with what it is there, RELATED only if it is not DIRECT as well."""
    found: dict[str, int] = {}
    _add(found, _subjects(statement), DIRECT)
    _add(found, _related(statement), RELATED)
    authority = set(_keys(statement.authority)) if statement.authority is not None else ()
    return [*found.items(), *((key, AUTHORITY) for key in authority)]


def everyone(statement: Statement) -> Iterator[Actor]:
    """All agents and groups in the statement, and who is in the groups; some more than once."""
    for actor in (*_subjects(statement), *_related(statement), *([statement.authority] if statement.authority else ())):
        yield actor
        if isinstance(actor, Group):
            yield from actor.member or ()


def activities(statement: Statement) -> Iterable[Mention]:
    target = statement.object
    found = {target.id: DIRECT} if isinstance(target, Activity) else {}
    _add_activities(found, statement.context)
    if isinstance(target, SubStatement):
        if isinstance(target.object, Activity):
            found.setdefault(target.object.id, RELATED)
        _add_activities(found, target.context)
    return found.items()


def _subjects(part: Statement | SubStatement) -> tuple[Actor, ...]:
    return (part.actor, part.object) if isinstance(part.object, _ACTORS) else (part.actor,)


def _related(statement: Statement) -> Iterator[Actor]:
    if statement.context is not None:
        yield from statement.context.actors
    if isinstance(statement.object, SubStatement):
        yield from _subjects(statement.object)
        if statement.object.context is not None:
            yield from statement.object.context.actors


def _add(found: dict[str, int], actors: Iterable[Actor], part: int) -> None:
    for actor in actors:
        for key in _keys(actor):
            found.setdefault(key, part)


def _keys(actor: Actor) -> Iterator[str]:
    """An identified group counts, and so does each member: a group that has the agent in it matches."""
    key = actor.key
    if key:
        yield key
    if isinstance(actor, Group):
        yield from (member.key for member in actor.member or ())


def _add_activities(found: dict[str, int], context: Context | None) -> None:
    if context is not None and context.context_activities is not None:
        for activity in context.context_activities:
            found.setdefault(activity.id, RELATED)

"""Who and what is in a statement, for the filters on agent and activity (Communication 2.1.3)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from lms.xapi.models import AUTHORITY, DIRECT, RELATED
from lms.xapi.statement import Activity, Actor, Agent, Group, Statement, SubStatement

_ACTORS = (Agent, Group)


def agents(statement: Statement) -> Mapping[str, int]:
    """Every identifier in the statement, with what it is there: DIRECT, RELATED, AUTHORITY or several."""
    found: defaultdict[str, int] = defaultdict(int)
    for key in _keys(_subjects(statement)):
        found[key] |= DIRECT
    for key in _keys(_related(statement)):
        found[key] |= RELATED
    for key in _keys([statement.authority] if statement.authority else []):
        found[key] |= AUTHORITY
    return found


def activities(statement: Statement) -> Mapping[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    target = statement.object
    if isinstance(target, Activity):
        found[target.id] |= DIRECT
    for iri in _context_activities(statement):
        found[iri] |= RELATED
    if isinstance(target, SubStatement):
        for iri in chain(
            [target.object.id] if isinstance(target.object, Activity) else [], _context_activities(target)
        ):
            found[iri] |= RELATED
    return found


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

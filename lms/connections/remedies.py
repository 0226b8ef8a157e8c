"""What most likely lets statements count that do not, so that one press decides it; nothing where nothing tells.

A remedy is a rule, or a rule changed. What it shows is taken from what the program itself says of the activity, or
from a rule about its neighbours; the level, where nothing tells it, is the lowest, and is there to be changed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from lms.competence.outside.decided import InForce
from lms.competence.outside.rule import Condition, Says, Verdict
from lms.competence.outside.unmatched import Group, Reason
from lms.frameworks.framework import Competence, Frameworks
from lms.xapi import vocabulary as v
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity, Definition
from lms.xapi.vocabulary import Vocabulary

# That say by themselves that something was managed, the clearest first. Others tell that it was begun or looked at.
TELLING: Final = (v.PASSED, v.MASTERED, v.SATISFIED, v.COMPLETED, v.ATTENDED)
LOWEST: Final = 1
# A shorter name is found in words that mean something else.
SHORTEST_NAME: Final = 5
_WORD: Final = re.compile(r"\w+")


class Ground(StrEnum):
    """What tells which competence it shows."""

    # The program names the competence in what it sends.
    NAMED = "named"
    # A rule is about what lies beside it.
    LIKE = "like"
    # The activity is called as the competence is.
    CALLED = "called"
    # It is the rule's own.
    RULE = "rule"
    # Nothing does: somebody has to choose.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remedy:
    says: Says
    ground: Ground
    # The rule that is changed, or for LIKE the one it is like. None: there is none.
    rule: InForce | None = None


def remedy(
    group: Group,
    entry: Recorded | None,
    versions: Sequence[InForce],
    others: Iterable[Group],
    frameworks: Frameworks,
    base: str,
) -> Remedy | None:
    """`entry` is the latest statement of the group, `versions` the rules that count now, `others` what else does not
    count for the same reason."""
    if group.reason is Reason.ACTIVITY:
        return _new(group, entry, versions, frameworks, base)
    # Which of several rules is meant only somebody who knows can say.
    if len(group.rules) != 1:
        return None
    [rule] = group.rules
    changed = _changed(group, rule.says, others)
    return Remedy(changed, Ground.RULE, rule) if changed is not None else None


def taken_in(group: Group, others: Iterable[Group]) -> list[Group]:
    """All that the remedy of a group takes in: trusting a program, or an earlier day, holds of all a rule is about."""
    if group.verdict not in {Verdict.UNTRUSTED, Verdict.TOO_EARLY}:
        return [group]
    return [
        one
        for one in others
        if (one.verdict, one.rules) == (group.verdict, group.rules)
        and (group.verdict is Verdict.TOO_EARLY or one.clients == group.clients)
    ]


def _changed(group: Group, says: Says, others: Iterable[Group]) -> Says | None:
    """The rule, so that it takes in the group. None: it would mean something else, or does what it is for."""
    if group.verdict is Verdict.UNTRUSTED:
        return replace(says, clients=says.clients | group.clients)
    if group.verdict is Verdict.TOO_EARLY:
        return replace(says, counts_from=None)
    # One more condition is one more way to meet a rule only where one is enough.
    [verb] = group.verbs
    if says.needed > 1 or verb not in TELLING:
        return None
    if group.verdict is Verdict.OTHER_VERB:
        asked = next(one for one in says.conditions if one.is_about(group.activity))
        more = Condition(verb, group.activity, asks=asked.asks, at_least=asked.at_least)
        return replace(says, conditions=(*says.conditions, more))
    if group.verdict is Verdict.NO_RESULT and not any(_is_short(one, group) for one in others):
        return replace(says, conditions=(*says.conditions, Condition(verb, group.activity)))
    return None


def _is_short(other: Group, group: Group) -> bool:
    """Whatever lets those without a result count would let these count, which were told not to be enough."""
    its = (other.rules, other.activity, other.verbs)
    return other.verdict is Verdict.NOT_ENOUGH and its == (group.rules, group.activity, group.verbs)


def _new(
    group: Group, entry: Recorded | None, versions: Sequence[InForce], frameworks: Frameworks, base: str
) -> Remedy | None:
    verb = next((one for one in TELLING if one in group.verbs), None)
    if verb is None or not group.activity:
        return None
    clients = frozenset(client for told, client in group.sent if told == verb)
    blank = Says("", LOWEST, (Condition(verb, group.activity),), clients)
    target = entry.statement.object if entry is not None else None
    if entry is not None and isinstance(target, Activity):
        named = _only(_named(entry, target.definition, frameworks, base))
        if named is not None:
            return Remedy(replace(blank, competence_key=named.key), Ground.NAMED)
    if (like := _like(group, clients, versions)) is not None:
        return _as(like, group, blank)
    if isinstance(target, Activity):
        called = _only(_called(target.definition, frameworks))
        if called is not None:
            return Remedy(replace(blank, competence_key=called.key), Ground.CALLED)
    return Remedy(blank, Ground.NONE)


def _only(found: Iterable[Competence]) -> Competence | None:
    by_key = {one.key: one for one in found}
    return next(iter(by_key.values())) if len(by_key) == 1 else None


def _named(entry: Recorded, definition: Definition | None, frameworks: Frameworks, base: str) -> Iterator[Competence]:
    """Competences whose identifier or key stands in the definition's or the context's extensions, or among what the
    context says it belongs to: there the cmi5 profile lets categories stand."""
    context = entry.statement.context
    told = set(_texts(definition.extensions if definition else None))
    if context is not None:
        told |= set(_texts(context.extensions)) | {one.id for one in context.context_activities or ()}
    ours = Vocabulary(base)
    for framework in frameworks.all:
        for one in framework.in_use:
            if one.key in told or ours.competence(framework.key, one.code) in told:
                yield one


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _called(definition: Definition | None, frameworks: Frameworks) -> list[Competence]:
    """Competences whose whole name stands in the name of the activity; the longest names only."""
    names = [_words(name) for name in ((definition.name if definition else None) or {}).values()]
    found = [
        (len(its), one)
        for framework in frameworks.all
        for one in framework.in_use
        for its in {_words(text) for text in (*one.name.values(), *one.short.values())}
        if len(its.strip()) >= SHORTEST_NAME and any(its in name for name in names)
    ]
    longest = max((length for length, _ in found), default=0)
    return [one for length, one in found if length == longest]


def _words(text: str) -> str:
    """With a space on each side of every word, so that one name in another is found as whole words."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _like(group: Group, clients: frozenset[str], versions: Sequence[InForce]) -> InForce | None:
    """The rule about what lies in the same place, if all those that are show the same."""
    place = _place(group.activity)
    found = [
        one
        for one in versions
        if place and clients <= one.says.clients and any(_place(its.activity) == place for its in one.says.conditions)
    ]
    shown = {(one.says.competence_key, one.says.level) for one in found}
    return found[0] if len(shown) == 1 else None


def _place(activity: str) -> str:
    """What an identifier begins with, to its last step. Empty: it has none below the site's own."""
    beginning = activity.rpartition("/")[0]
    return f"{beginning}/" if beginning.count("/") > 2 else ""


def _as(like: InForce, group: Group, blank: Says) -> Remedy:
    """Asking for what the rule asks of its own; if it asks for what has not been sent, it tells nothing."""
    place = _place(group.activity)
    beside = [one for one in like.says.conditions if _place(one.activity) == place and one.verb in group.verbs]
    if not beside:
        return Remedy(blank, Ground.NONE)
    condition = Condition(beside[0].verb, group.activity, asks=beside[0].asks, at_least=beside[0].at_least)
    its = like.says
    says = Says(its.competence_key, its.level, (condition,), blank.clients, months=its.months)
    return Remedy(says, Ground.LIKE, like)

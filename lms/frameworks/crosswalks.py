"""Crosswalks: what competences of one framework have to do with those of another, said one by one.

The words are those of SKOS. A relation carries no level unless it says which level stands for which; nothing is ever
inferred from two numbers or two codes being alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from lms.errors import Invalid, Problem
from lms.frameworks.framework import Competence, Framework, Frameworks, Level, Relation, Texts

FOLDER: Final = Path(__file__).parent / "crossing"


INVERSE: Final[Mapping[Relation, Relation]] = {
    Relation.BROADER: Relation.NARROWER,
    Relation.NARROWER: Relation.BROADER,
}


class Tie(Struct, frozen=True, forbid_unknown_fields=True):
    # Competence keys.
    first: str
    second: str
    relation: Relation
    # Which level of the second a level of the first shows. Empty: none, in either direction.
    carries: dict[Level, Level] = {}


class Crosswalk(Struct, frozen=True, forbid_unknown_fields=True):
    name: Texts
    # Who says so, and where.
    source: str
    licence: str
    ties: tuple[Tie, ...]


def replacing(framework: Framework) -> Iterator[Tie]:
    """What a framework's own competences have to do with those they replace."""
    for one in framework.competences:
        if one.replaces is not None:
            yield Tie(f"{framework.key}/{one.replaces.code}", one.key, one.replaces.relation)


def carried(level: int, tie: Tie) -> int | None:
    """The level of the second competence that a level of the first shows. None: it shows none.

    Where a level is not named, the highest one below it that is named counts: who can do more can do that.
    """
    named = [one for one in tie.carries if one <= level]
    return tie.carries[max(named)] if named else None


class Crosswalks:
    def __init__(self, crosswalks: Sequence[Crosswalk]) -> None:
        self.all = tuple(crosswalks)

    def of(self, competence: Competence, frameworks: Frameworks) -> list[tuple[Relation, Competence]]:
        """What a competence has to do with others that are here, whichever of the two was named first."""
        found = []
        said = chain.from_iterable(crosswalk.ties for crosswalk in self.all)
        for tie in chain(said, replacing(frameworks.of(competence))):
            if tie.first == competence.key:
                other, relation = tie.second, tie.relation
            elif tie.second == competence.key:
                other, relation = tie.first, INVERSE.get(tie.relation, tie.relation)
            else:
                continue
            known = frameworks.find(other)
            if known is not None:
                found.append((relation, known))
        return found


def load(frameworks: Frameworks, folder: Path = FOLDER) -> Crosswalks:
    """Read every crosswalk that is shipped. Invalid names file, place and fix."""
    read = {path.name: _read(path) for path in sorted(folder.glob("*.json"))}
    if problems := [problem for name, one in read.items() for problem in _check(name, one, frameworks)]:
        raise Invalid(problems)
    return Crosswalks(list(read.values()))


def _read(path: Path) -> Crosswalk:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Crosswalk)
    except msgspec.DecodeError as error:
        raise Invalid([Problem(path.name, f"cannot be read: {error}")]) from error


def _check(name: str, crosswalk: Crosswalk, frameworks: Frameworks) -> Iterator[Problem]:
    seen: set[frozenset[str]] = set()
    for tie in crosswalk.ties:
        pair = frozenset({tie.first, tie.second})
        if pair in seen:
            yield Problem(name, f"ties {tie.first} and {tie.second} more than once.")
        seen.add(pair)
        for key in sorted(pair - frameworks.keys):
            yield Problem(name, f"names {key!r}, which does not exist.")
        levels = [to for _, to in sorted(tie.carries.items())]
        if levels != sorted(levels):
            yield Problem(name, f"carries a higher level of {tie.first} to a lower one of {tie.second}.")
        if tie.carries and tie.relation is Relation.RELATED:
            yield Problem(name, f"carries levels from {tie.first} to {tie.second}, which are only related.")

"""A statement and its parts, as types that can only hold what the standard allows (Data 2.4).

`lms.xapi.reading` makes them from JSON. What is absent is None: a null in the JSON never gets this far.
Rules that need two properties are in `__post_init__`; a `Wrong` says which property is to blame. Instants are
texts here, because what an instant is depends on the version: `reading` looks at them.
"""

from collections.abc import Iterator
from itertools import chain
from math import inf, isinf
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from lms.xapi.formats import (
    Duration,
    Iri,
    Language,
    LanguageMap,
    Mailto,
    MediaType,
    Sha1,
    Sha2,
    Uuid,
    Version,
)
from lms.xapi.vocabulary import VOIDED

# Data 4.1: any JSON value under an IRI.
Extensions = dict[Iri, object]
Scaled = Annotated[float, Meta(ge=-1, le=1)]
Length = Annotated[int, Meta(ge=0)]


class Wrong(ValueError):
    """A rule is broken; `field` is the path from the object that has it, empty for the object itself."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Part(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True, gc=False):
    """Data 2.2: a key that the standard does not have, or has in another case, is refused.

    What comes from JSON cannot hold itself, so there is nothing for the garbage collector to look for.
    """


class Account(Part, frozen=True):
    home_page: Iri
    name: str

    def __post_init__(self) -> None:
        # PostgreSQL has no text with NUL in it, and nobody has such a name.
        if not self.name or "\x00" in self.name:
            raise Wrong("name", "must be a name, and cannot hold the character NUL.")


class Identified(Part, frozen=True):
    """Who can have an inverse functional identifier (Data 2.4.2.3)."""

    name: str | None = None
    mbox: Mailto | None = None
    mbox_sha1sum: Sha1 | None = field(default=None, name="mbox_sha1sum")
    openid: Iri | None = None
    account: Account | None = None

    @property
    def identifiers(self) -> int:
        return 4 - (self.mbox, self.mbox_sha1sum, self.openid, self.account).count(None)

    @property
    def key(self) -> str:
        """The identifier as one text, the same for all its spellings; empty for an anonymous group.

        An IRI holds no “|”, so the parts cannot run together. The domain of an e-mail address and the digits
        of a sum have no case (Data 2.3.1).
        """
        if self.account is not None:
            return f"account|{self.account.home_page}|{self.account.name}"
        if self.mbox is not None:
            local, _, domain = self.mbox.rpartition("@")
            return f"mbox|{local}@{domain.lower()}"
        if self.mbox_sha1sum is not None:
            return f"mbox_sha1sum|{self.mbox_sha1sum.lower()}"
        return f"openid|{self.openid}" if self.openid is not None else ""


class Agent(Identified, frozen=True, tag_field="objectType", tag="Agent"):
    def __post_init__(self) -> None:
        if self.identifiers != 1:
            raise Wrong("", "must have exactly one of mbox, mbox_sha1sum, openid and account.")


class Group(Identified, frozen=True, tag_field="objectType", tag="Group"):
    member: tuple[Agent, ...] | None = None

    def __post_init__(self) -> None:
        if self.identifiers > 1:
            raise Wrong("", "must have at most one of mbox, mbox_sha1sum, openid and account.")
        if self.identifiers == 0 and self.member is None:
            raise Wrong("member", "is missing; a group without an identifier must say who is in it.")


Actor = Agent | Group


class Verb(Part, frozen=True):
    id: Iri
    display: LanguageMap | None = None


class Component(Part, frozen=True):
    id: str
    description: LanguageMap | None = None


Components = tuple[Component, ...]
# Data 2.4.4.1: which lists go with which type of interaction.
COMPONENTS: Final = {
    "choice": {"choices"},
    "sequencing": {"choices"},
    "likert": {"scale"},
    "matching": {"source", "target"},
    "performance": {"steps"},
}
InteractionType = Literal[
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
]


class Definition(Part, frozen=True):
    name: LanguageMap | None = None
    description: LanguageMap | None = None
    type: Iri | None = None
    more_info: Iri | None = None
    extensions: Extensions | None = None
    interaction_type: InteractionType | None = None
    correct_responses_pattern: tuple[str, ...] | None = None
    choices: Components | None = None
    scale: Components | None = None
    source: Components | None = None
    target: Components | None = None
    steps: Components | None = None

    def __post_init__(self) -> None:
        if self.interaction_type is None and self.correct_responses_pattern is not None:
            raise Wrong("interactionType", "is missing; correctResponsesPattern belongs to an interaction.")
        if (self.choices, self.scale, self.source, self.target, self.steps).count(None) < 5:
            self._check_components()

    def _check_components(self) -> None:
        lists = {
            "choices": self.choices,
            "scale": self.scale,
            "source": self.source,
            "target": self.target,
            "steps": self.steps,
        }
        allowed = COMPONENTS.get(self.interaction_type or "", set())
        for name, components in lists.items():
            if components is None:
                continue
            if name not in allowed:
                kind = self.interaction_type or "(missing)"
                raise Wrong(name, f"does not belong to the interactionType {kind}.")
            if len({component.id for component in components}) != len(components):
                raise Wrong(name, "must have different ids.")


class Activity(Part, frozen=True, tag_field="objectType", tag="Activity"):
    id: Iri
    definition: Definition | None = None


class StatementRef(Part, frozen=True, tag_field="objectType", tag="StatementRef"):
    id: Uuid


class Score(Part, frozen=True):
    scaled: Scaled | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None

    def __post_init__(self) -> None:
        low = self.min if self.min is not None else -inf
        high = self.max if self.max is not None else inf
        # 1e400 is a number in JSON, but not one that can be compared.
        if any(number is not None and isinf(number) for number in (self.raw, self.min, self.max)):
            raise Wrong("", "must have numbers of a reasonable size.")
        if not low < high:
            raise Wrong("max", "must be greater than min.")
        if self.raw is not None and not low <= self.raw <= high:
            raise Wrong("raw", "must lie between min and max.")


class Result(Part, frozen=True):
    score: Score | None = None
    success: bool | None = None
    completion: bool | None = None
    response: str | None = None
    duration: Duration | None = None
    extensions: Extensions | None = None


class ContextActivities(Part, frozen=True):
    parent: tuple[Activity, ...] | None = None
    grouping: tuple[Activity, ...] | None = None
    category: tuple[Activity, ...] | None = None
    other: tuple[Activity, ...] | None = None

    def __iter__(self) -> Iterator[Activity]:
        return chain(self.parent or (), self.grouping or (), self.category or (), self.other or ())


Types = Annotated[tuple[Iri, ...], Meta(min_length=1)]


class ContextAgent(Part, frozen=True, tag_field="objectType", tag="contextAgent"):
    agent: Agent
    relevant_types: Types | None = None


class ContextGroup(Part, frozen=True, tag_field="objectType", tag="contextGroup"):
    group: Group
    relevant_types: Types | None = None


class Context(Part, frozen=True):
    registration: Uuid | None = None
    instructor: Actor | None = None
    team: Group | None = None
    context_activities: ContextActivities | None = None
    # xAPI 2.0 has these two; `reading` refuses them in a request of version 1.0.
    context_agents: tuple[ContextAgent, ...] | None = None
    context_groups: tuple[ContextGroup, ...] | None = None
    revision: str | None = None
    platform: str | None = None
    language: Language | None = None
    statement: StatementRef | None = None
    extensions: Extensions | None = None

    @property
    def actors(self) -> Iterator[Actor]:
        """Everyone named in the context."""
        yield from (one for one in (self.instructor, self.team) if one is not None)
        yield from (one.agent for one in self.context_agents or ())
        yield from (one.group for one in self.context_groups or ())


class Attachment(Part, frozen=True):
    usage_type: Iri
    display: LanguageMap
    content_type: MediaType
    length: Length
    sha2: Sha2
    description: LanguageMap | None = None
    file_url: Iri | None = None


def _check(verb: Verb, target: Part, context: Context | None) -> None:
    """What holds for a statement and for a SubStatement alike."""
    # Data 2.3.2: the object of a voiding statement must be a StatementRef.
    if verb.id == VOIDED and not isinstance(target, StatementRef):
        raise Wrong("object", "must be a StatementRef, since the verb is “voided”.")
    # Data 2.4.6: revision and platform must only be used if the object is an activity.
    if context is not None and not isinstance(target, Activity):
        for name, value in (("revision", context.revision), ("platform", context.platform)):
            if value is not None:
                raise Wrong(f"context.{name}", "can only be there when the object is an activity.")


class SubStatement(Part, frozen=True, tag_field="objectType", tag="SubStatement"):
    """Data 2.4.4.3: a statement without id, stored, version and authority, and without one in itself."""

    actor: Actor
    verb: Verb
    object: Activity | Agent | Group | StatementRef
    result: Result | None = None
    context: Context | None = None
    timestamp: str | None = None
    attachments: tuple[Attachment, ...] | None = None

    def __post_init__(self) -> None:
        _check(self.verb, self.object, self.context)


class Statement(Part, frozen=True):
    actor: Actor
    verb: Verb
    object: Activity | Agent | Group | StatementRef | SubStatement
    id: Uuid | None = None
    result: Result | None = None
    context: Context | None = None
    timestamp: str | None = None
    stored: str | None = None
    authority: Actor | None = None
    version: Version | None = None
    attachments: tuple[Attachment, ...] | None = None

    def __post_init__(self) -> None:
        _check(self.verb, self.object, self.context)
        # Data 2.4.9: an agent, except in 3-legged OAuth, where it is a group of two.
        if isinstance(self.authority, Group) and len(self.authority.member or ()) != 2:
            raise Wrong("authority", "must be an agent, or a group of two: an application and its user.")

    @property
    def voids(self) -> bool:
        return self.verb.id == VOIDED

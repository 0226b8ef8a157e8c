"""What is known of an agent (Communication 2.4): who it is, and the names it has had in statements.

Names are read from the latest statements when somebody asks. A table of them would cost every statement
something, and be a second place that holds what people are called.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from lms.xapi import search
from lms.xapi.definitions import asserted_by, not_defining
from lms.xapi.mentions import everyone
from lms.xapi.reading import read_stored
from lms.xapi.search import StatementQuery
from lms.xapi.statement import Agent

# How many of the statements that an agent is in are read for its names.
LATEST: Final = 100


def person(
    session: Session, organisations: Sequence[int], agent: Agent, *, authority: str | None = None
) -> dict[str, Any]:
    """The Person for an agent. “If an LRS does not have any additional information … that Person Object will only
    include the information associated with the requested Agent.”

    With `authority` only what that one has asserted is looked at.
    """
    names = [agent.name] if agent.name is not None else []
    names += _names(session, organisations, agent.key, authority)
    identifier = msgspec.to_builtins(agent)
    return {
        "objectType": "Person",
        **({"name": list(dict.fromkeys(names))} if names else {}),
        **{name: [value] for name, value in identifier.items() if name not in {"objectType", "name"}},
    }


def _names(session: Session, organisations: Sequence[int], key: str, authority: str | None) -> Iterator[str]:
    """The latest first. Communication 4.2: not those told by a client that may not define “Actors”."""
    query = StatementQuery(
        organisations=organisations, agent=key, related_agents=True, authority=authority, limit=LATEST
    )
    texts = search.page(session, query).texts
    statements = [read_stored(text) for text in texts if '"name"' in text]
    silent = not_defining(session) if statements else frozenset()
    for statement in statements:
        if asserted_by(statement) not in silent:
            yield from (one.name for one in everyone(statement) if one.key == key and one.name is not None)

"""Which account stands for a person in statements: this site as homePage, an opaque uuid as name."""

from typing import TypedDict
from uuid import UUID


class Account(TypedDict):
    homePage: str
    name: str


class Actor(TypedDict):
    objectType: str
    account: Account


def actor(person_uuid: UUID, iri_base: str) -> Actor:
    return {"objectType": "Agent", "account": {"homePage": iri_base, "name": str(person_uuid)}}


def agent_key(person_uuid: UUID, iri_base: str) -> str:
    """The same account as the record store's readers are told of it."""
    return f"account|{iri_base}|{person_uuid}"


def person_uuid(key: str, iri_base: str) -> UUID | None:
    """The person behind an agent's key, or None: a foreign account, even with a name that looks like ours."""
    prefix = f"account|{iri_base}|"
    if not key.startswith(prefix):
        return None
    try:
        return UUID(key.removeprefix(prefix))
    except ValueError:
        return None

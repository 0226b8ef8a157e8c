"""Statements for tests: a plain one, and what to change in it."""

from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

Json = dict[str, Any]

AUTHORITY: Json = {"objectType": "Agent", "account": {"homePage": "https://kunna.test", "name": "tests"}}


def agent(name: str = "alva") -> Json:
    return {"objectType": "Agent", "account": {"homePage": "https://kunna.test", "name": name}}


def activity(name: str = "course") -> Json:
    return {"objectType": "Activity", "id": f"https://kunna.test/activities/{name}"}


def verb(name: str = "experienced") -> Json:
    return {"id": f"http://adlnet.gov/expapi/verbs/{name}", "display": {"en": name}}


def statement(**parts: Any) -> Json:
    return {"actor": agent(), "verb": verb(), "object": activity()} | deepcopy(parts)


def identified(**parts: Any) -> Json:
    return statement(id=str(uuid4())) | deepcopy(parts)


def reference(id: str | UUID) -> Json:
    return {"objectType": "StatementRef", "id": str(id)}


def voiding(target: str | UUID, **parts: Any) -> Json:
    return statement(verb=verb("voided"), object=reference(target), **parts)

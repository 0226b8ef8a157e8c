"""Every route says who may call it, and is tried by people who may not.

A route that stands in no table fails the tests: whoever adds one says in `ROUTES` how it is tried. Gun may do
everything there is to do in her own organisation; Farid acts at Ekeby, though he belongs to Fyren as well.
Neither may see or change anything of Fyren's, where Alva and Björn are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import or_, select
from werkzeug.test import TestResponse

from lms.db import Base
from lms.identity.models import Person
from tests.house.there import There, lived_in

__all__ = ["lived_in"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = frozenset({403, 404})
ANSWERED = frozenset({200, 303})
REJECTED = frozenset({400})

Names = Callable[[There], Mapping[str, Any]]


@dataclass(frozen=True)
class Try:
    """What the address names and the form sends, and the answers that show nothing and change nothing."""

    answers: frozenset[int]
    address: Names = lambda there: {}
    form: Names = lambda there: {}


def nothing_of_theirs(**form: Any) -> Try:
    """Shows, or changes, what is the caller's own or everybody's."""
    return Try(ANSWERED | REJECTED | {403}, form=lambda there: form)


def about_alva(there: There) -> dict[str, Any]:
    return {"person": there.alva.uuid}


def their_place(there: There) -> dict[str, Any]:
    return {"key": there.fyren.key}


def made_up_link(there: There) -> dict[str, Any]:
    return {"token": "made-up"}


ROUTES = {
    "GET health.healthz": nothing_of_theirs(),
    "GET health.readyz": nothing_of_theirs(),
    "GET start.home": nothing_of_theirs(),
    "GET start.accessibility": nothing_of_theirs(),
    "GET start.sources": nothing_of_theirs(),
    "GET identity.sign_in": nothing_of_theirs(),
    "POST identity.sign_in": nothing_of_theirs(email="gun@nordverk.example", password="something else"),
    "POST identity.sign_out": nothing_of_theirs(),
    "POST identity.sign_out_everywhere": nothing_of_theirs(),
    "POST identity.switch": Try(REFUSED, form=lambda there: {"membership": there.at_fyren.id}),
    "POST identity.language": nothing_of_theirs(language="en"),
    "GET identity.forgotten_password": nothing_of_theirs(),
    "POST identity.send_link": nothing_of_theirs(email="gun@nordverk.example"),
    "GET identity.choose_password": Try(REFUSED | REJECTED, made_up_link),
    "POST identity.use_link": Try(
        REFUSED | REJECTED, made_up_link, lambda there: {"password": "long and made up"}
    ),
    "GET identity.me": nothing_of_theirs(),
    "POST identity.change_me": nothing_of_theirs(name="Someone", language="sv"),
    "POST identity.change_password": nothing_of_theirs(current="wrong", password="long and made up"),
    "GET identity.my_copy": nothing_of_theirs(),
    "GET identity.people": nothing_of_theirs(),
    "GET identity.invitation": nothing_of_theirs(),
    "POST identity.invite": Try(
        REFUSED | REJECTED,
        form=lambda there: {
            "email": "new@nordverk.example",
            "name": "New",
            "language": "sv",
            "unit": there.unit.id,
            "manager": there.at_fyren.id,
        },
    ),
    "GET identity.one": Try(REFUSED, about_alva),
    "POST identity.change": Try(REFUSED, about_alva, lambda there: {"name": "Someone"}),
    "POST identity.invite_again": Try(REFUSED, about_alva),
    "POST identity.end": Try(REFUSED, about_alva),
    "GET identity.import_people": nothing_of_theirs(),
    "POST identity.bring_file": nothing_of_theirs(),
    "GET identity.look_through": Try(REFUSED, lambda there: {"draft": there.draft}),
    "POST identity.carry_out": Try(
        REFUSED, lambda there: {"draft": there.draft}, lambda there: {"agree": "y"}
    ),
    "GET identity.project": nothing_of_theirs(),
    "GET identity.project_add": Try(REFUSED, their_place),
    "POST identity.project_adds": Try(REFUSED, their_place, lambda there: {"name": "Ours", "key": "ours"}),
    "GET identity.project_invite": Try(REFUSED, their_place),
    "POST identity.project_invites": Try(
        REFUSED, their_place, lambda there: {"email": "x@example.org", "name": "X"}
    ),
}

# Programs show a key instead of a session; `test_record_store.py` tries these.
FOR_PROGRAMS = {
    "GET xapi.about",
    "GET xapi.statements",
    "POST xapi.statements",
    "PUT xapi.statements",
    *(f"{method} xapi.{name}" for method in METHODS for name in ("documents", "nowhere")),
}


def routes(app: Flask) -> dict[str, str]:
    """Who may call each route of ours, as it says itself."""
    return {
        f"{method} {rule.endpoint.removeprefix('kunna.')}": getattr(
            app.view_functions[rule.endpoint], "access", ""
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("kunna.") and rule.endpoint != "kunna.static"
        for method in METHODS
        if method in rule.methods
    }


def send(client: Any, name: str, there: There, **headers: str) -> TestResponse:
    method, endpoint = name.split()
    tried = ROUTES[name]
    with client.application.test_request_context():
        address = url_for(f"kunna.{endpoint}", **tried.address(there))
    return client.open(
        address, method=method, data=tried.form(there) if method != "GET" else None, headers=headers
    )


def what_fyren_has(session: Any, there: There) -> dict[str, list[Any]]:
    """Every row that is Fyren's, Alva's or Björn's."""
    memberships = [membership.id for membership in there.memberships]
    session.expire_all()
    kept = {}
    for name, table in Base.metadata.tables.items():
        whose = []
        if "organisation_id" in table.c:
            whose.append(table.c.organisation_id == there.fyren.id)
        if "membership_id" in table.c:
            whose.append(table.c.membership_id.in_(memberships))
        if table is Person.__table__:
            whose.append(table.c.id.in_([there.alva.id, there.bjorn.id]))
        if whose:
            kept[name] = sorted(map(repr, session.execute(select(table).where(or_(*whose))).all()))
    return kept


def test_every_route_says_who_may_call_it(idle_app):
    assert [name for name, access in routes(idle_app).items() if not access] == []


def test_every_route_is_tried(idle_app):
    tried = set(ROUTES) | FOR_PROGRAMS
    assert sorted(set(routes(idle_app)) - tried) == [], "say in ROUTES how these are tried"
    assert sorted(tried - set(routes(idle_app))) == [], "these are gone"


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("intruder", ["gun", "farid"])
def test_nothing_of_others_is_shown_or_changed(lived_in, sign_in, session, name, intruder):
    client = sign_in(*lived_in.acting(intruder))
    before = what_fyren_has(session, lived_in)
    answer = send(client, name, lived_in)
    assert answer.status_code in ROUTES[name].answers
    assert [word for word in lived_in.not_for(intruder) if word in answer.get_data(as_text=True)] == []
    assert what_fyren_has(session, lived_in) == before


@pytest.mark.parametrize("name", ROUTES)
def test_whoever_is_not_signed_in_is_asked_to(lived_in, app, client, name):
    if routes(app)[name] == "public":
        pytest.skip("Anyone may call it.")
    assert send(client, name, lived_in, Accept="application/json").status_code in {401, 303}
    answer = send(client, name, lived_in)
    if name.startswith("GET"):
        assert (answer.status_code, "/sign-in" in answer.location) == (303, True)
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("name", ROUTES)
def test_whoever_does_not_have_the_role_may_not(lived_in, app, sign_in, name):
    """Alva is a learner and nothing else."""
    if routes(app)[name] in {"public", "signed in"} or "learner" in routes(app)[name]:
        pytest.skip("It asks for no role.")
    assert send(sign_in(lived_in.alva), name, lived_in).status_code == 403


@pytest.mark.parametrize("name", [name for name in ROUTES if not name.startswith("GET")])
def test_a_form_without_a_token_is_refused(lived_in, app, sign_in, session, monkeypatch, name):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert send(sign_in(lived_in.gun), name, lived_in).status_code == 400


@pytest.mark.parametrize("name", [name for name in ROUTES if name.startswith("GET")])
def test_every_answer_tells_the_browser_to_trust_nothing_but_us(lived_in, sign_in, name):
    headers = send(sign_in(lived_in.gun), name, lived_in).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [name for name in ROUTES if name.startswith("GET")])
def test_a_parameter_that_an_address_does_not_have_is_refused(lived_in, sign_in, name):
    client = sign_in(lived_in.cecilia)
    with client.application.test_request_context():
        address = url_for(f"kunna.{name.split()[1]}", **ROUTES[name].address(lived_in), nonsense="1")
    assert client.get(address).status_code in REFUSED | REJECTED

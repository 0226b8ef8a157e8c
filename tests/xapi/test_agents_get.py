"""GET agents: the Person for an agent (Communication 2.4)."""

import json

import pytest

from tests.xapi.conftest import Caller
from tests.xapi.documents import tag
from tests.xapi.statements import activity, agent, statement, verb, voiding

ALVA = {"objectType": "Agent", "mbox": "mailto:alva@kunna.test"}


def named(name, who=ALVA):
    return who | {"name": name}


@pytest.fixture
def ask(caller):
    """`ask(agent)`: what the resource answers."""
    return lambda who, by=caller, **more: by.get("/xapi/agents", agent=who, **more)


def test_it_works(caller, ask):
    """“Return a special, Person Object for a specified Agent. … each attribute has an array value”."""
    caller.post(statement(actor=named("Alva")))
    answer = ask(ALVA)
    assert answer.status_code == 200
    assert answer.json == {"objectType": "Person", "name": ["Alva"], "mbox": [ALVA["mbox"]]}
    assert answer.headers["ETag"] == tag(answer.data)
    assert ask(ALVA, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "identifier",
    [
        {"mbox": "mailto:nobody@kunna.test"},
        {"mbox_sha1sum": "a" * 40},
        {"openid": "https://nobody.kunna.test/"},
        {"account": {"homePage": "https://kunna.test", "name": "nobody"}},
    ],
)
def test_an_unknown_agent_is_a_person_all_the_same(ask, identifier):
    """“if a request is made for an Agent which the LRS has no prior knowledge of, it will still return a Person object
    containing the information about the Agent it received in the request.”"""
    arrays = {name: [value] for name, value in identifier.items()}
    assert ask(identifier).json == {"objectType": "Person"} | arrays
    assert ask(identifier | {"name": "Nobody"}).json == {"objectType": "Person", "name": ["Nobody"]} | arrays


def test_names_are_those_of_that_agent_the_latest_first_and_once(caller, ask):
    """“name: List of names of Agents retrieved.”"""
    for name in ("Alva", "Alva E", "Alva Ek", "Alva"):
        caller.post(statement(actor=named(name), object=named("Björn", agent("bjorn"))))
    caller.post(statement(actor=ALVA))
    assert ask(ALVA).json["name"] == ["Alva", "Alva Ek", "Alva E"]
    assert ask(named("A")).json["name"] == ["A", "Alva", "Alva Ek", "Alva E"]
    assert ask(agent("bjorn")).json["name"] == ["Björn"]


def test_names_are_found_wherever_the_agent_is_in_a_statement(caller, ask):
    group = {"objectType": "Group", "member": [named("Member")]}
    caller.post(statement(actor=agent("other"), object=named("Object")))
    caller.post(statement(actor=group))
    caller.post(statement(context={"instructor": named("Instructor")}))
    caller.post(statement(context={"team": group | {"member": [named("Team")]}}))
    inner = {"objectType": "SubStatement", "actor": named("Sub"), "verb": verb(), "object": activity()}
    caller.post(statement(object=inner))
    caller.post(statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": named("Context")}]}))
    assert set(ask(ALVA).json["name"]) == {"Object", "Member", "Instructor", "Team", "Sub", "Context"}
    authority = caller.get().json["statements"][0]["authority"]
    assert ask({"account": authority["account"]}).json["name"] == [authority["name"]]


def test_voided_statements_name_nobody(caller, ask):
    [id] = caller.post(statement(actor=named("Alva"))).json
    caller.post(voiding(id))
    assert "name" not in ask(ALVA).json


def test_a_client_that_may_not_define_names_nobody(client, key, cast, ask):
    """4.2, define: without it the store “SHOULD NOT update its canonical representation of any Actors”."""
    Caller(client, key(cast.fyren, "statements/write")).post(statement(actor=named("Not Alva")))
    assert "name" not in ask(ALVA).json
    Caller(client, key(cast.fyren, "statements/write", "define")).post(statement(actor=named("Alva")))
    assert ask(ALVA).json["name"] == ["Alva"]


def test_a_client_learns_no_names_from_what_it_may_not_read(client, key, cast, caller, ask):
    caller.post(statement(actor=named("Alva")))
    other = Caller(client, key(cast.fyren, "statements/write", "define", "statements/read/mine"))
    assert "name" not in ask(ALVA, by=other).json
    other.post(statement(actor=named("A")))
    assert ask(ALVA, by=other).json["name"] == ["A"]
    assert "name" not in ask(ALVA, by=Caller(client, key(cast.nordverk))).json
    assert ask(ALVA, by=Caller(client, key(cast.project, below=True))).json["name"] == ["A", "Alva"]
    assert "name" not in ask(ALVA, by=Caller(client, key(cast.project))).json


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("statements/read", 200),
        ("statements/read/mine", 200),
        ("state", 200),
        ("profile", 200),
        ("define", 200),
        ("all/read", 200),
        ("all", 200),
        ("statements/write", 403),
    ],
)
def test_who_may_ask(client, key, cast, ask, scope, status):
    assert ask(ALVA, by=Caller(client, key(cast.fyren, scope))).status_code == status


@pytest.mark.spec("Communication 2.4", "agent")
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"agent": ""},
        {"agent": "alva"},
        {"agent": "[]"},
        {"agent": "{}"},
        {"agent": '{"name": "Alva"}'},
        {"agent": '{"mbox": "alva@kunna.test"}'},
        {"agent": '{"mbox": ["mailto:alva@kunna.test"]}'},
        {"agent": '{"mbox": "mailto:a@b.test", "openid": "https://a.test"}'},
        {"agent": '{"objectType": "Person", "mbox": "mailto:a@b.test"}'},
        # “It is not a Person Object, nor is it a Group.”
        {"agent": '{"objectType": "Group", "mbox": "mailto:a@b.test"}'},
        {"Agent": json.dumps(ALVA)},
        {"agent": json.dumps(ALVA), "unknown": "1"},
    ],
)
def test_a_wrong_parameter_is_400(caller, parameters):
    """“The "agent" parameter is a normal Agent Object with a single identifier and no arrays.”"""
    answer = caller.get("/xapi/agents", **parameters)
    assert answer.status_code == 400
    assert "gent" in answer.json["error"] or "unknown" in answer.json["error"]


def test_head_says_the_same(client, caller, ask):
    """1.1: “All resources that support GET requests also support HEAD.”"""
    head = client.head("/xapi/agents", query_string={"agent": json.dumps(ALVA)}, headers=caller.headers)
    got = ask(ALVA)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", got.headers["ETag"])
    assert head.headers["Content-Length"] == str(len(got.data))

"""A program bound to one organisation reaches nothing of another's, by whatever name it knows it."""

from uuid import uuid4

import pytest

from lms.xapi import clients

VERSION = {"X-Experience-API-Version": "2.0.0"}
VERB = "http://adlnet.gov/expapi/verbs/experienced"
PAGE = "https://elsewhere.example/a-page"


def statement(name: str) -> dict[str, object]:
    actor = {"objectType": "Agent", "account": {"homePage": "https://elsewhere.example", "name": name}}
    return {"id": str(uuid4()), "actor": actor, "verb": {"id": VERB}, "object": {"id": PAGE}}


@pytest.fixture
def program(app, session, at):
    """`program("fyren")`: what a program of that organisation gets when it asks."""

    def of(organisation: str):
        made, secret = clients.add(session, "A program", organisation, ["all"], below=False, at=at)
        session.commit()
        caller = app.test_client()
        return lambda method, **given: caller.open(
            "/xapi/statements", method=method, auth=(made.key, secret), headers=VERSION, **given
        )

    return of


@pytest.fixture
def theirs(cast, program) -> dict[str, object]:
    kept = statement("alva")
    assert program("fyren")("PUT", query_string={"statementId": kept["id"]}, json=kept).status_code == 204
    return kept


def test_it_does_not_find_the_statement(theirs, program):
    ask = program("nordverk")
    assert ask("GET", query_string={"statementId": theirs["id"]}).status_code == 404
    assert ask("GET", query_string={"voidedStatementId": theirs["id"]}).status_code == 404


@pytest.mark.parametrize("filters", [{}, {"verb": VERB}, {"activity": PAGE}, {"agent": "actor"}])
def test_it_does_not_find_it_by_what_it_says(theirs, program, filters, app):
    asked = {key: app.json.dumps(theirs["actor"]) if value == "actor" else value for key, value in filters.items()}
    assert program("nordverk")("GET", query_string=asked).json["statements"] == []


def test_it_is_not_told_that_the_id_is_taken(theirs, program):
    """A Conflict would tell that the statement is there, and whether a guess at it is right."""
    ours = statement("gun") | {"id": theirs["id"]}
    assert program("nordverk")("PUT", query_string={"statementId": theirs["id"]}, json=ours).status_code == 204


def test_it_cannot_void_it(theirs, program):
    voiding = statement("gun") | {
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": theirs["id"]},
    }
    program("nordverk")("POST", json=[voiding])
    assert program("fyren")("GET", query_string={"statementId": theirs["id"]}).status_code == 200


@pytest.mark.parametrize("credentials", [None, ("made-up", "made-up")])
def test_whoever_shows_no_key_is_refused_everywhere(app, credentials):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("kunna.xapi.") and rule.endpoint != "kunna.xapi.about":
            path = str(rule).replace("<path:rest>", "elsewhere")
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                answer = app.test_client().open(path, method=method, auth=credentials, headers=VERSION)
                assert answer.status_code == 401, f"{method} {path}"


def test_a_session_opens_nothing(cast, sign_in):
    assert sign_in(cast.alva).get("/xapi/statements", headers=VERSION).status_code == 401

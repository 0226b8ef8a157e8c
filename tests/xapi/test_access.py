"""Who may use the store, which version is spoken, and the headers of every answer."""

from base64 import b64encode
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from lms.xapi import clients
from tests.xapi.conftest import Caller, credentials
from tests.xapi.statements import activity, agent, reference, statement, voiding

ADDRESSES = [
    "/xapi/statements",
    "/xapi/activities",
    "/xapi/activities/state",
    "/xapi/activities/profile",
    "/xapi/agents",
    "/xapi/agents/profile",
    "/xapi/nowhere",
]
VERSION = {"X-Experience-API-Version": "2.0.0"}


class TestCredentials:
    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
    def test_without_them_it_is_401(self, client, address, method):
        answer = client.open(address, method=method, headers=VERSION)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")

    @pytest.mark.parametrize(
        "header",
        [
            "Basic",
            "Basic !!!",
            "Bearer x",
            "Basic " + b64encode(b"nocolon").decode(),
            "Basic Og==",
            "Basic " + b64encode("å:ä".encode("latin-1")).decode(),
            "Basic " + b64encode(b"a\x00b:c").decode(),
            "å",
        ],
    )
    def test_strange_ones_are_401(self, client, header):
        answer = client.get("/xapi/statements", headers=VERSION | {"Authorization": header})
        assert answer.status_code == 401

    def test_a_wrong_secret_is_401_also_right_after_the_right_one(self, client, caller):
        assert caller.get().status_code == 200
        key = clients._known.copy().popitem()[0]
        for secret in ("", "wrong", "å" * 1000):
            assert client.get("/xapi/statements", headers=credentials(key, secret)).status_code == 401

    def test_a_revoked_key_works_no_longer(self, session, cast, at):
        made, secret = clients.add(session, "Tests", "fyren", ["all"], below=False, at=at)
        assert clients.verify(session, made.key, secret, at).organisation_id == cast.fyren.id
        clients.revoke(session, made.key, at)
        session.flush()
        assert clients.verify(session, made.key, secret, at) is None

    def test_where_another_process_revoked_it_a_key_works_a_minute_at_most(self, session, cast, at):
        made, secret = clients.add(session, "Tests", "fyren", ["all"], below=False, at=at)
        clients.verify(session, made.key, secret, at)
        made.revoked_at = at
        session.flush()
        assert clients.verify(session, made.key, secret, at + timedelta(seconds=59))
        assert clients.verify(session, made.key, secret, at + timedelta(seconds=60)) is None

    def test_the_secret_is_not_kept(self, session, cast, at):
        made, secret = clients.add(session, "Tests", "fyren", ["all"], below=False, at=at)
        assert len(secret) >= 43
        assert secret not in repr(vars(made))

    def test_a_verified_client_costs_no_question_to_the_database(self, session, cast, at, count_queries):
        made, secret = clients.add(session, "Tests", "fyren", ["all"], below=False, at=at)
        clients.verify(session, made.key, secret, at)
        with count_queries() as counted:
            clients.verify(session, made.key, secret, at)
        assert counted.number == 0


@pytest.mark.parametrize(
    ("accept", "type", "text"),
    [
        (None, "application/json", '"error":"foo: is not'),
        ("*/*", "application/json", '"error":"foo: is not'),
        ("image/png", "application/json", '"error":"foo: is not'),
        ("text/plain", "text/plain", "foo: is not"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "text/html", "<p>foo: is not"),
        ("text/plain;q=0.5, application/json", "application/json", '"error":"foo: is not'),
    ],
)
def test_an_error_comes_in_the_form_that_is_asked_for(caller, accept, type, text):
    """3.2: “An LRS SHOULD allow for plain text, HTML, and JSON responses for errors (using content negotiation).”"""
    answer = caller.get(headers={} if accept is None else {"Accept": accept}, foo="1")
    assert answer.status_code == 400
    assert answer.mimetype == type
    assert text in answer.text
    assert "Accept" in answer.headers["Vary"]


def test_what_a_request_says_is_text_in_an_error_that_is_html(caller):
    answer = caller.get(headers={"Accept": "text/html"}, **{"<b>": "1"})
    assert "&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text


class TestScopes:
    @pytest.mark.spec("Communication 3.2", "Authorization")
    @pytest.mark.parametrize(
        ("scope", "reads", "writes"),
        [
            ("statements/write", False, True),
            ("statements/read", True, False),
            ("statements/read/mine", True, False),
            ("state", False, False),
            ("define", False, False),
            ("profile", False, False),
            ("all/read", True, False),
            ("all", True, True),
        ],
    )
    def test_each_allows_what_it_says(self, client, key, cast, scope, reads, writes):
        """3.2: “MUST reject with 403 Forbidden status any request rejected by the LRS where the credentials
        associated with the request do not have permission to make that request.”"""
        caller = Caller(client, key(cast.fyren, scope))
        assert caller.get().status_code == (200 if reads else 403)
        assert caller.post(statement()).status_code == (200 if writes else 403)
        assert caller.put(statement(), str(uuid4())).status_code == (204 if writes else 403)

    def test_reading_ones_own_is_reading_what_one_has_written(self, client, key, cast):
        """4.2: “read Statements written by "me", that is with an authority matching what the LRS would
        assign”."""
        mine = Caller(client, key(cast.fyren, "statements/write", "statements/read/mine"))
        other = Caller(client, key(cast.fyren))
        [own] = mine.post(statement()).json
        [foreign] = other.post(statement()).json
        [about] = other.post(statement(object=reference(own))).json
        assert mine.ids() == mine.ids(agent=agent()) == [own]
        assert mine.get(statementId=own).status_code == 200
        assert mine.get(statementId=foreign).status_code == 404
        assert other.ids(agent=agent()) == [about, foreign, own]

    def test_unknown_scopes_names_and_organisations_are_refused(self, session, cast, at):
        with pytest.raises(clients.Invalid):
            clients.add(session, " ", "fyren", ["statements"], below=False, at=at)
        with pytest.raises(clients.NotFound):
            clients.add(session, "Tests", "nowhere", ["all"], below=False, at=at)


class TestOrganisations:
    @pytest.fixture
    def stranger(self, client, key, cast):
        return Caller(client, key(cast.nordverk))

    def test_anothers_statements_are_invisible(self, caller, stranger):
        [id] = caller.post(statement()).json
        [about] = caller.post(statement(object=reference(id))).json
        caller.post(voiding(about))
        for parameters in (
            {},
            {"agent": agent()},
            {"verb": statement()["verb"]["id"]},
            {"activity": activity()["id"]},
            {"agent": agent(), "related_agents": True},
            {"activity": activity()["id"], "related_activities": True},
        ):
            assert stranger.ids(**parameters) == []
        assert stranger.get(statementId=id).status_code == 404
        assert stranger.get(voidedStatementId=about).status_code == 404

    def test_a_more_of_anothers_shows_nothing_of_theirs(self, caller, stranger):
        caller.post(*(statement() for _ in range(3)))
        [own] = stranger.post(statement()).json
        more = caller.get(limit=1, ascending=True).json["more"]
        assert {one["id"] for one in stranger.get(more).json["statements"]} <= {own}

    def test_anothers_ids_can_be_used_without_learning_that_they_are(self, caller, stranger):
        id = str(uuid4())
        assert caller.put(statement(), id).status_code == 204
        assert stranger.put(statement(object=activity("other")), id).status_code == 204
        assert stranger.post(voiding(id)).status_code == 200
        assert caller.get(statementId=id).json["object"] == activity()

    def test_a_client_that_sees_below_sees_the_organisations_under_its_own(self, client, key, cast, caller, stranger):
        project = Caller(client, key(cast.project, below=True))
        ids = [
            *caller.post(statement()).json,
            *stranger.post(statement()).json,
            *project.post(statement()).json,
        ]
        assert set(project.ids()) == set(project.ids(agent=agent())) == set(ids)
        assert project.get(statementId=ids[0]).status_code == 200
        seen, answer = [], project.get(limit=1)
        while answer.json["statements"]:
            seen += [one["id"] for one in answer.json["statements"]]
            answer = project.get(answer.json["more"] or "/xapi/statements?verb=x:never")
        assert sorted(seen) == sorted(ids)

    def test_a_client_that_does_not_see_below_sees_its_own_alone(self, client, key, cast, caller):
        caller.post(statement())
        assert Caller(client, key(cast.project)).ids() == []


class TestVersions:
    @pytest.mark.spec("Communication 3.3", "X-Experience-API-Version")
    @pytest.mark.parametrize(
        ("asked", "answered"),
        [
            ("1.0", "1.0.3"),
            ("1.0.0", "1.0.3"),
            ("1.0.1", "1.0.3"),
            ("1.0.3", "1.0.3"),
            ("1.0.9", "1.0.3"),
            ("2.0", "2.0.0"),
            ("2.0.0", "2.0.0"),
        ],
    )
    def test_the_answer_is_of_the_version_of_the_request(self, client, key, cast, asked, answered):
        """3.3: “The LRS MUST accept requests with a version header starting with 1.0. if the request is
        otherwise valid.”"""
        headers = key(cast.fyren, version=asked)
        for parameters, status in (({}, 200), ({"limit": "x"}, 400), ({"statementId": str(uuid4())}, 404)):
            answer = client.get("/xapi/statements", query_string=parameters, headers=headers)
            assert answer.status_code == status
            assert answer.headers["X-Experience-API-Version"] == answered

    @pytest.mark.parametrize(
        "asked", [None, "", "1", "0.95", "1.1.0", "1.0.", "1.0.x", "2.1.0", "3.0.0", "1.0.٣", "2.0.0, 1.0.3"]
    )
    def test_others_are_refused(self, client, caller, asked):
        """3.3: “The LRS MUST reject requests with version header prior to version 1.0.0”, “of 1.1.0 or
        greater”, and “without a version header”, “with a 400 Bad Request error including a short
        description of the problem”."""
        headers = {"Authorization": caller.headers["Authorization"]}
        if asked is not None:
            headers["X-Experience-API-Version"] = asked
        answer = client.get("/xapi/statements", headers=headers)
        assert answer.status_code == 400
        assert "1.0.3" in answer.json["error"]
        assert answer.headers["X-Experience-API-Version"] == "2.0.0"

    def test_the_version_decides_the_rules(self, client, key, cast):
        of_2 = statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": agent()}]})
        assert Caller(client, key(cast.fyren, version="1.0.3")).post(of_2).status_code == 400
        [id] = Caller(client, key(cast.fyren)).post(of_2).json
        assert "contextAgents" in Caller(client, key(cast.fyren, version="1.0.3")).get(statementId=id).json["context"]


class TestAbout:
    @pytest.mark.spec("Communication 2.8", "version")
    def test_it_lists_the_versions_to_anyone(self, client):
        """2.8: “a "version" property that includes the latest minor and patch version the LRS conforms to, for each
        major version.” “An LRS SHOULD allow unauthenticated access to this resource.”"""
        answer = client.get("/xapi/about")
        assert {"1.0.0", "1.0.3", "2.0.0"} <= set(answer.json["version"])
        assert answer.headers["X-Experience-API-Version"] == "2.0.0"

    @pytest.mark.parametrize("asked", ["0.95", "9.9.9", "x"])
    def test_it_is_not_refused_for_the_version(self, client, asked):
        """2.8: “An LRS MUST NOT reject requests based on their version header”."""
        assert client.get("/xapi/about", headers={"X-Experience-API-Version": asked}).status_code == 200

    def test_it_takes_no_parameters(self, client):
        assert client.get("/xapi/about?x=1").status_code == 400


class TestConsistentThrough:
    """2.1.3: “The LRS MUST include the header "X-Experience-API-Consistent-Through" … on all responses to
    Statements Resource requests”."""

    NAME = "X-Experience-API-Consistent-Through"

    @pytest.mark.spec("Communication 2.1.3", "X-Experience-API-Consistent-Through")
    def test_it_is_on_every_answer(self, client, caller):
        answers = [
            caller.get(),
            caller.get(statementId=str(uuid4())),
            caller.get(x=1),
            caller.post(statement()),
            caller.post({}),
            caller.put(statement(), str(uuid4())),
            caller.put(statement(), "x"),
            client.get("/xapi/statements"),
            client.get("/xapi/statements", headers=VERSION),
            client.options("/xapi/statements"),
            client.delete("/xapi/statements", headers=caller.headers),
            client.head("/xapi/statements"),
        ]
        assert all(datetime.fromisoformat(answer.headers[self.NAME]) for answer in answers)

    def test_what_was_just_stored_is_within_it(self, caller):
        answer = caller.post(statement())
        stored = caller.get().json["statements"][0]["stored"]
        assert answer.headers[self.NAME] == caller.get().headers[self.NAME] == stored

    def test_it_moves_on_when_nothing_comes(self, caller, hold_clock, at):
        hold_clock(at)
        caller.post(statement())
        hold_clock(at + timedelta(hours=1))
        through = datetime.fromisoformat(caller.get().headers[self.NAME])
        assert at < through < at + timedelta(hours=1)


class TestElsewhere:
    def test_an_address_that_nobody_has_is_404(self, client, caller):
        assert client.get("/xapi/nowhere", headers=caller.headers).status_code == 404
        assert client.get("/xapi/statements/", headers=caller.headers).status_code == 404

    @pytest.mark.parametrize(
        ("method", "address"),
        [
            ("DELETE", "statements"),
            ("PATCH", "statements"),
            ("POST", "about"),
            ("PUT", "agents"),
            ("DELETE", "activities"),
            ("PATCH", "activities/state"),
        ],
    )
    def test_a_method_that_an_address_does_not_take_is_405(self, client, caller, method, address):
        answer = client.open(f"/xapi/{address}", method=method, headers=caller.headers)
        assert answer.status_code == 405
        assert answer.json["error"]

    @pytest.mark.parametrize("address", [*ADDRESSES, "/xapi/about"])
    def test_a_preflight_needs_no_credentials(self, client, address):
        answer = client.options(
            address, headers={"Origin": "https://player.test", "Access-Control-Request-Method": "PUT"}
        )
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert {"authorization", "content-type", "x-experience-api-version"} <= set(allowed.split(", "))

    def test_an_answer_can_be_read_by_any_page(self, caller):
        answer = caller.get()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers

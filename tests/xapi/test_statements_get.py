"""GET /xapi/statements: what is found, how it is shown and what is refused."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.xapi.conftest import Caller
from tests.xapi.statements import activity, agent, identified, reference, statement, verb, voiding


def stored(caller, *statements):
    answer = caller.post(*statements)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_what_was_stored_is_returned_newest_first(caller):
    first, second = stored(caller, statement(), statement(actor=agent("bjorn")))
    answer = caller.get()
    assert [one["id"] for one in answer.json["statements"]] == [second, first]
    assert answer.json["more"] == ""
    assert answer.mimetype == "application/json"


def test_nothing_found_is_an_empty_list(caller):
    """2.1.3: “the LRS MUST still return 200 OK and a StatementResult Object. In this case, the "statements"
    property will contain an empty array.”"""
    answer = caller.get(verb="https://kunna.test/never")
    assert answer.status_code == 200
    assert answer.json["statements"] == []


class TestSingle:
    @pytest.mark.spec("Communication 3.1", "ETag")
    @pytest.mark.spec("Communication 2.1.3", "Last-Modified")
    def test_one_statement_is_returned_with_its_text_tag_and_time(self, caller):
        """2.1.3: “The LRS SHOULD* include a "Last-Modified" header which matches the "stored" Timestamp”;
        3.1: an ETag is “a hexadecimal string of the SHA-1 digest of the contents” in quotes."""
        one = identified(result={"score": {"raw": 85.0}})
        stored(caller, one)
        answer = caller.get(statementId=one["id"])
        assert answer.json["result"] == one["result"]
        assert answer.headers["ETag"] == f'"{hashlib.sha1(answer.data).hexdigest()}"'
        assert answer.json["stored"].startswith(answer.last_modified.strftime("%Y-%m-%dT%H:%M:%S"))

    @pytest.mark.spec("Communication 2.1.3", "statementId")
    def test_an_unknown_one_is_404(self, caller):
        """2.1.3: “If the statementId or voidedStatementId parameter is specified a single Statement is returned.”
        3.2: 404 where there is none."""
        assert caller.get(statementId=str(uuid4())).status_code == 404
        assert caller.get(voidedStatementId=str(uuid4())).status_code == 404

    @pytest.mark.spec("Communication 2.1.3", "voidedStatementId")
    def test_a_voided_one_is_returned_only_as_such(self, caller):
        """2.1.3: “Id of voided Statement to fetch”; 2.1.4: “The LRS MUST not return any Statement which has been
        voided, unless that Statement has been requested by voidedStatementId.”"""
        [id] = stored(caller, statement())
        [other] = stored(caller, statement())
        stored(caller, voiding(id))
        assert caller.get(statementId=id).status_code == 404
        assert caller.get(voidedStatementId=id).json["id"] == id
        assert caller.get(voidedStatementId=other).status_code == 404

    def test_both_ids_are_refused(self, caller):
        """2.1.3: “MUST reject … requests … which contain both statementId and voidedStatementId
        parameters”."""
        assert caller.get(statementId=str(uuid4()), voidedStatementId=str(uuid4())).status_code == 400

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("agent", agent()),
            ("verb", "http://x.test/v"),
            ("activity", "http://x.test/a"),
            ("limit", 1),
            ("registration", "5f0a3c1e-6f0b-4a34-9d0c-2b7f6c1d8e90"),
            ("related_agents", True),
            ("related_activities", True),
            ("ascending", True),
            ("since", "2026-01-01T00:00:00Z"),
            ("until", "2026-01-01T00:00:00Z"),
        ],
    )
    def test_other_parameters_than_format_and_attachments_are_refused(self, caller, name, value):
        """2.1.3: “… and also contain any other parameter besides "attachments" or "format"”."""
        [id] = stored(caller, statement())
        assert caller.get(statementId=id, **{name: value}).status_code == 400
        assert caller.get(statementId=id, attachments=False, format="exact").status_code == 200


class TestFilters:
    @pytest.mark.spec("Communication 2.1.3", "agent")
    def test_agent_is_actor_or_object(self, caller):
        """2.1.3: “only return Statements for which the specified Agent or Group is the Actor or Object of the
        Statement.”"""
        actor, target, _ = stored(
            caller,
            statement(actor=agent("gun")),
            statement(object=agent("gun")),
            statement(actor=agent("elsa")),
        )
        assert caller.ids(agent=agent("gun")) == [target, actor]

    def test_agent_is_found_in_groups_but_only_with_its_own_home_page(self, caller):
        """2.1.3: “Groups that have members which match the specified Agent … are considered a match”."""
        group = {"objectType": "Group", "member": [agent("gun"), agent("elsa")]}
        stranger = {"account": {"homePage": "https://elsewhere.test", "name": "gun"}}
        [id, _] = stored(caller, statement(actor=group), statement(actor=stranger))
        assert caller.ids(agent=agent("gun")) == [id]

    def test_an_identified_group_is_found_by_its_identifier(self, caller):
        group = {"objectType": "Group", "mbox": "mailto:team@kunna.test", "member": [agent("gun")]}
        [id] = stored(caller, statement(actor=group))
        assert caller.ids(agent={"objectType": "Group", "mbox": "mailto:team@KUNNA.test"}) == [id]

    @pytest.mark.spec("Communication 2.1.3", "related_agents")
    def test_agent_elsewhere_is_found_when_related_agents_is_asked_for(self, caller):
        """2.1.3: “the Actor, Object, Authority, Instructor, Team, or any of these properties in a contained
        SubStatement match”; in 2.0 also contextAgents and contextGroups."""
        gun = agent("gun")
        group = {"objectType": "Group", "member": [gun]}
        parts = [
            {"context": {"instructor": gun}},
            {"context": {"team": group}},
            {"context": {"contextAgents": [{"objectType": "contextAgent", "agent": gun}]}},
            {"context": {"contextGroups": [{"objectType": "contextGroup", "group": group}]}},
            {"object": {"objectType": "SubStatement", **statement(actor=gun)}},
            {"object": {"objectType": "SubStatement", **statement(context={"instructor": gun})}},
        ]
        ids = stored(caller, *(statement(**part) for part in parts))
        assert caller.ids(agent=gun) == []
        assert caller.ids(agent=gun, related_agents=True) == ids[::-1]

    def test_the_authority_is_a_related_agent(self, caller):
        [id] = stored(caller, statement())
        authority = caller.get(statementId=id).json["authority"]
        assert caller.ids(agent=authority) == []
        assert caller.ids(agent=authority, related_agents=True) == [id]

    @pytest.mark.spec("Communication 2.1.3", "verb", "activity")
    def test_verb_and_activity(self, caller):
        """2.1.3: “only return Statements matching the specified Verb id”, “for which the Object of the Statement is
        an Activity with the specified id”."""
        passed, read, _ = stored(
            caller, statement(verb=verb("passed")), statement(), statement(object=activity("other"))
        )
        assert caller.ids(verb=verb("passed")["id"]) == [passed]
        assert caller.ids(activity=activity()["id"]) == [read, passed]
        assert caller.ids(activity=activity()["id"], verb=verb()["id"]) == [read]

    @pytest.mark.spec("Communication 2.1.3", "related_activities")
    def test_activity_elsewhere_is_found_when_related_activities_is_asked_for(self, caller):
        """2.1.3: “Include Statements for which the Object, any of the context Activities, or any of those
        properties in a contained SubStatement match”."""
        ids = stored(
            caller,
            *(
                statement(context={"contextActivities": {kind: [activity("it")]}})
                for kind in ("parent", "grouping", "category", "other")
            ),
            statement(object={"objectType": "SubStatement", **statement(object=activity("it"))}),
        )
        assert caller.ids(activity=activity("it")["id"]) == []
        assert caller.ids(activity=activity("it")["id"], related_activities=True) == ids[::-1]

    @pytest.mark.spec("Communication 2.1.3", "registration")
    def test_registration(self, caller):
        """2.1.3: “only return Statements matching the specified registration id.”"""
        registration = str(uuid4())
        [id, _] = stored(caller, statement(context={"registration": registration.upper()}), statement())
        assert caller.ids(registration=registration) == [id]

    @pytest.mark.spec("Communication 2.1.3", "since", "until")
    def test_since_and_until_are_about_stored_and_not_timestamp(self, caller, hold_clock, at):
        """2.1.3: “Only Statements stored since the specified Timestamp (exclusive)”, “stored at or before the
        specified Timestamp”."""
        ids = []
        for minute in range(3):
            hold_clock(at + timedelta(minutes=minute))
            ids += stored(caller, statement(timestamp="2001-01-01T00:00:00Z"))
        times = [caller.get(statementId=id).json["stored"] for id in ids]
        assert caller.ids(since=times[0]) == [ids[2], ids[1]]
        assert caller.ids(until=times[1]) == [ids[1], ids[0]]
        assert caller.ids(since=times[0], until=times[1]) == [ids[1]]

    def test_a_statement_is_found_through_what_it_targets_also_when_that_is_voided(self, caller):
        """2.1.4: “The LRS MUST still return any Statements targeting the voided Statement”."""
        [target] = stored(caller, statement(actor=agent("gun")))
        [about] = stored(caller, statement(actor=agent("elsa"), object=reference(target)))
        [void] = stored(caller, voiding(target, actor=agent("elsa")))
        assert caller.ids(agent=agent("gun")) == [void, about]
        assert caller.ids(agent=agent("gun"), verb=verb("voided")["id"]) == []


class TestPaging:
    @pytest.mark.spec("Communication 2.1.3", "ascending")
    def test_more_leads_through_all_without_gaps_or_repeats(self, caller):
        """2.1.3: “If true, return results in ascending order of stored time”."""
        ids = stored(caller, *(statement() for _ in range(7)))
        for ascending in (True, False):
            seen, answer = [], caller.get(limit=3, ascending=ascending)
            while True:
                seen += [one["id"] for one in answer.json["statements"]]
                if not answer.json["more"]:
                    break
                assert answer.json["more"].startswith("/xapi/statements?more=")
                answer = caller.get(answer.json["more"])
            assert seen == (ids if ascending else ids[::-1])

    @pytest.mark.parametrize("ascending", [True, False])
    def test_what_arrives_meanwhile_does_not_shift_the_pages(self, caller, ascending):
        ids = stored(caller, *(statement() for _ in range(5)))[:: 1 if ascending else -1]
        first = caller.get(limit=2, ascending=ascending)
        stored(caller, statement())
        second = caller.get(first.json["more"])
        stored(caller, statement())
        third = caller.get(second.json["more"])
        pages = [[one["id"] for one in page.json["statements"]] for page in (first, second, third)]
        assert pages == [ids[:2], ids[2:4], ids[4:]]
        assert third.json["more"] == ""

    def test_more_keeps_the_question(self, caller):
        gun = stored(caller, *(statement(actor=agent("gun")) for _ in range(3)))
        stored(caller, *(statement(actor=agent("elsa")) for _ in range(3)))
        first = caller.get(limit=2, agent=agent("gun"), format="ids")
        rest = caller.get(first.json["more"])
        assert [one["id"] for one in rest.json["statements"]] == [gun[0]]
        assert "display" not in rest.json["statements"][0]["verb"]

    @pytest.mark.spec("Communication 2.1.3", "limit")
    @pytest.mark.parametrize("limit", [None, 0, 1000, 10**20])
    def test_the_store_sets_the_largest_page(self, caller, app, monkeypatch, limit):
        """2.1.3: “0 indicates return the maximum the server will allow.”"""
        monkeypatch.setitem(app.config, "XAPI_PAGE_SIZE", 2)
        stored(caller, *(statement() for _ in range(3)))
        assert len(caller.ids(**({} if limit is None else {"limit": limit}))) == 2

    @pytest.mark.parametrize("token", ["", "x", "AAAA", "å", "W10", "WzEsMiwzLDRd", "." * 4000])
    def test_a_more_that_we_never_gave_is_refused(self, caller, token):
        assert caller.get(more=token).status_code == 400

    def test_more_comes_alone(self, caller):
        stored(caller, *(statement() for _ in range(3)))
        more = caller.get(limit=2).json["more"]
        assert caller.get(f"{more}&verb=http://x.test/v").status_code == 400


class TestFormat:
    @pytest.mark.spec("Communication 2.1.3", "format")
    def test_exact_is_as_it_came(self, caller):
        """2.1.3: “return Agent, Activity, Verb and Group Objects populated exactly as they were when the Statement was
        received.”"""
        one = identified(actor=agent() | {"name": "Alva"}, object=activity() | {"definition": {"name": {"sv": "Kurs"}}})
        stored(caller, one)
        for asked in ({}, {"format": "exact"}):
            answer = caller.get(statementId=one["id"], **asked).json
            assert {name: answer[name] for name in one} == one

    @pytest.mark.spec("Communication 2.1.3", "format")
    def test_ids_keeps_what_is_needed_to_identify(self, caller):
        """2.1.3: “only include minimum information necessary in Agent, Activity, Verb and Group Objects to
        identify them. For Anonymous Groups this means including the minimum information needed to identify
        each member.”"""
        defined = activity() | {"definition": {"name": {"sv": "Kurs"}}}
        named = agent() | {"name": "Alva"}
        crowd = {"objectType": "Group", "name": "Laget", "member": [named]}
        known = {"objectType": "Group", "name": "Laget", "mbox": "mailto:lag@kunna.test", "member": [named]}
        inner = {
            "objectType": "SubStatement",
            "actor": crowd,
            "verb": verb(),
            "object": defined,
            "context": {"team": known, "contextActivities": {"parent": [defined]}, "platform": "Kunna"},
        }
        one = identified(
            actor=named,
            object=inner,
            result={"response": "ja"},
            context={"instructor": named, "contextAgents": [{"objectType": "contextAgent", "agent": named}]},
        )
        stored(caller, one)
        answer = caller.get(statementId=one["id"], format="ids").json
        bare = {"objectType": "Group", "member": [agent()]}
        assert answer["actor"] == agent()
        assert answer["verb"] == {"id": verb()["id"]}
        assert answer["result"] == {"response": "ja"}
        assert answer["context"] == {
            "instructor": agent(),
            "contextAgents": [{"objectType": "contextAgent", "agent": agent()}],
        }
        assert answer["object"] == {
            "objectType": "SubStatement",
            "actor": bare,
            "verb": {"id": verb()["id"]},
            "object": activity(),
            "context": {
                "team": {"objectType": "Group", "mbox": "mailto:lag@kunna.test"},
                "contextActivities": {"parent": [activity()]},
                "platform": "Kunna",
            },
        }
        assert "name" not in answer["authority"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"unknown": "1"},
        {"Verb": "http://x.test/v"},
        {"StatementId": str(uuid4())},
        {"statementid": str(uuid4())},
        {"statementId": "x"},
        {"statementId": ""},
        {"registration": "x"},
        {"registration": "{" + str(uuid4()) + "}"},
        {"verb": "experienced"},
        {"verb": ""},
        {"activity": "a b"},
        {"activity": "x"},
        {"agent": "x"},
        {"agent": "[]"},
        {"agent": "{}"},
        {"agent": '{"mbox":"x"}'},
        {"agent": '{"name":"Alva"}'},
        {"agent": '{"mbox":"mailto:a@b.test","openid":"http://a.test/"}'},
        {"agent": '{"objectType":"Group","member":[]}'},
        {"agent": '{"mbox":"mailto:a@b.test","mbox":"mailto:a@b.test"}'},
        {"agent": '{"account":{"homePage":"http://a.test","name":"\\u0000"}}'},
        {"agent": '{"account":{"homePage":"http://a.test","name":"\\ud800"}}'},
        {"agent": "[" * 5000},
        {"since": "yesterday"},
        {"since": "2026-01-01"},
        {"until": "2026-01-01T00:00:00-00:00"},
        {"until": "2026-01-01T00:00:00"},
        {"since": "2026-02-30T00:00:00Z"},
        {"until": "0001-01-01T00:00:00+14:00"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": "1.5"},
        {"limit": "٣"},
        {"limit": ""},
        {"format": "Exact"},
        {"format": ""},
        {"ascending": "TRUE"},
        {"ascending": "1"},
        {"related_agents": ""},
        {"related_activities": "yes"},
        {"attachments": "no"},
        {"method": "GET"},
    ],
)
def test_a_faulty_parameter_is_400_with_a_sentence_that_names_it(caller, parameters):
    """Data 2.2: “The LRS MUST validate parameter values to the same standards required for values of the
    same types in Statements.”"""
    answer = caller.get(**parameters)
    assert answer.status_code == 400
    assert answer.json["problems"][0]["field"].split(".")[0] == next(iter(parameters))


def test_a_parameter_given_twice_is_refused(caller):
    assert caller.get("/xapi/statements?limit=1&limit=2").status_code == 400


def test_version_1_0_3_takes_times_without_a_zone_in_parameters(client, key, cast):
    old = Caller(client, key(cast.fyren, version="1.0.3"))
    assert old.get(since="2026-01-01T00:00:00").status_code == 200


@pytest.mark.spec("Communication 1.1", "Content-Length")
def test_head_answers_as_get_without_the_body(caller, client):
    """1.1: “The LRS MUST respond to any HTTP HEAD request as it would have responded to an otherwise
    identical HTTP GET request except: The message-body MUST be omitted.”"""
    [id] = stored(caller, statement())
    address = f"/xapi/statements?statementId={id}"
    got, headed = client.get(address, headers=caller.headers), client.head(address, headers=caller.headers)
    assert headed.data == b""
    for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type", "X-Experience-API-Version"):
        assert headed.headers[name] == got.headers[name]
    assert client.head("/xapi/statements?limit=x", headers=caller.headers).status_code == 400


def test_finding_costs_few_questions_to_the_database(caller, count_queries):
    stored(caller, *(statement() for _ in range(30)))
    caller.get()
    with count_queries() as counted:
        caller.get(agent=agent())
    assert counted.number <= 3

"""What is a statement and what is not: pure tables of cases, no database."""

import json
from copy import deepcopy

import pytest

from lms.errors import Invalid
from lms.xapi.reading import MAX_DEPTH, read
from tests.xapi.statements import activity, agent, reference, statement, verb

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
SHA1 = "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"
FILE = {
    "usageType": "http://x.test/certificate",
    "display": {"sv": "Intyg"},
    "contentType": "application/pdf",
    "length": 10,
    "sha2": "a" * 64,
    "fileUrl": "https://x.test/intyg.pdf",
}
GROUP = {"objectType": "Group", "member": [agent()]}
SUB = {"objectType": "SubStatement", **statement()}
SCORE = {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}


def checked(given, version="2.0.0"):
    text = given if isinstance(given, bytes) else json.dumps(given).encode()
    return read(text, strict=version.startswith("2"))


def fault(given, version="2.0.0"):
    """The path of the property that is refused, and the sentence."""
    with pytest.raises(Invalid) as refused:
        checked(given, version)
    [problem] = refused.value.problems
    assert problem.message.endswith((".", ".)"))
    return problem.field.removeprefix("statement").removeprefix("."), problem.message


def changed(path, value):
    """A statement with one value put at “a.b.c”, all the way made as needed."""
    whole = statement()
    place = whole
    *way, last = path.split(".")
    for step in way:
        place = place.setdefault(step, {})
    place[last] = deepcopy(value)
    return whole


ACCEPTED = [
    {},
    {"id": ID},
    {"id": ID.upper()},
    {"actor": {"mbox": "mailto:alva@kunna.test"}},
    {"actor": {"mbox_sha1sum": SHA1}},
    {"actor": {"mbox_sha1sum": SHA1.upper()}},
    {"actor": {"openid": "https://alva.kunna.test/"}},
    {"actor": agent() | {"name": "Alva"}},
    {"actor": GROUP},
    {"actor": GROUP | {"name": "Laget"}},
    {"actor": {"objectType": "Group", "mbox": "mailto:lag@kunna.test"}},
    {"actor": GROUP | {"mbox": "mailto:lag@kunna.test"}},
    {"verb": {"id": "http://example.com/فعل/خواندن", "display": {"fa": "خواندن", "zh-Hant-TW": "讀"}}},
    {"verb": {"id": "tag:kunna.test,2026:verbs:read"}},
    {"verb": {"id": "urn:x:y%20z"}},
    {"object": agent()},
    {"object": GROUP},
    {"object": {"id": "http://x.test/a"}},
    {"object": activity() | {"definition": {"name": {"sv": "Kurs"}, "moreInfo": "http://x.test/", "type": "x:y"}}},
    {"object": reference(ID)},
    {"object": SUB},
    {"object": SUB | {"object": reference(ID), "timestamp": "2099-01-01T00:00:00Z", "result": {"success": True}}},
    {"object": reference(ID), "verb": verb("voided")},
    {
        "result": {
            "score": SCORE,
            "success": False,
            "completion": True,
            "response": "",
            "duration": "PT1S",
        }
    },
    {"result": {"score": {"scaled": -1}}},
    {"result": {"score": {"raw": 85.0}}},
    {"result": {"score": {"raw": -5, "max": 0}}},
    {"result": {"extensions": {"http://x.test/e": {"a": [None, {"objectType": 1}], "": None}}}},
    {"context": {"registration": ID, "language": "sv-SE", "revision": "1", "platform": "Kunna"}},
    {"context": {"instructor": agent(), "team": GROUP, "statement": reference(ID)}},
    {"context": {"instructor": {"mbox": "mailto:b@kunna.test"}}},
    {
        "context": {
            "contextActivities": {
                "parent": activity(),
                "other": [activity(), {"id": "x:y"}],
                "category": [],
            }
        }
    },
    {"context": {"extensions": {"x:y": None}}},
    {"authority": agent()},
    {"authority": {"objectType": "Group", "member": [agent(), agent("app")]}},
    {"stored": "2026-01-01T00:00:00Z", "timestamp": "2026-01-01T00:00:00.123456789+01:00"},
    {"version": "1.0.0"},
    {"version": "2.0.0"},
    {"attachments": [FILE]},
    {"attachments": [{**FILE, "contentType": "text/plain; charset=utf-8", "sha2": "0" * 96, "length": 0}]},
]


@pytest.mark.parametrize("parts", ACCEPTED)
def test_a_statement_that_follows_the_standard_is_accepted(parts):
    checked(statement(**parts))


REFUSED = [
    # Data 2.2: what is not allowed by the specification, also for its case
    ({"unknown": 1}, "unknown"),
    ({"Actor": agent()}, "Actor"),
    ({"id": None}, "id"),
    ({"actor": None}, "actor"),
    ({"result": {"response": None}}, "result.response"),
    ({"attachments": [None]}, "attachments[0]"),
    (
        {"context": {"contextActivities": {"parent": [{"id": "x:y", "definition": None}]}}},
        "context.contextActivities.parent[0].definition",
    ),
    # Data 2.4.1
    ({"id": ""}, "id"),
    ({"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730be"}, "id"),
    ({"id": ID.replace("-", "")}, "id"),
    ({"id": "{" + ID + "}"}, "id"),
    ({"id": ID + "\n"}, "id"),
    ({"id": 1}, "id"),
    # Data 2.4.2
    ({"actor": "alva"}, "actor"),
    ({"actor": []}, "actor"),
    ({"actor": {}}, "actor"),
    ({"actor": {"name": "Alva"}}, "actor"),
    ({"actor": {"objectType": "agent", "mbox": "mailto:a@b.test"}}, "actor.objectType"),
    ({"actor": {"objectType": "Person", "mbox": "mailto:a@b.test"}}, "actor.objectType"),
    ({"actor": {"objectType": "Activity", "id": "x:y"}}, "actor.objectType"),
    ({"actor": {"objectType": 1, "mbox": "mailto:a@b.test"}}, "actor.objectType"),
    ({"actor": {"mbox": "mailto:a@b.test", "openid": "http://x.test/"}}, "actor"),
    ({"actor": agent() | {"mbox": "mailto:a@b.test"}}, "actor"),
    ({"actor": agent() | {"name": 1}}, "actor.name"),
    ({"actor": agent() | {"member": []}}, "actor.member"),
    ({"actor": {"mbox": "a@b.test"}}, "actor.mbox"),
    ({"actor": {"mbox": "mailto:a"}}, "actor.mbox"),
    ({"actor": {"mbox": "mailto:@b.test"}}, "actor.mbox"),
    ({"actor": {"mbox": "mailto:a@b@c.test"}}, "actor.mbox"),
    ({"actor": {"mbox": "mailto:a b@c.test"}}, "actor.mbox"),
    ({"actor": {"mbox": "MAILTO:a@b.test"}}, "actor.mbox"),
    ({"actor": {"mbox": "mailto:a@b.test?subject=x"}}, "actor.mbox"),
    ({"actor": {"mbox": ""}}, "actor.mbox"),
    ({"actor": {"mbox": 1}}, "actor.mbox"),
    ({"actor": {"Mbox": "mailto:a@b.test"}}, "actor.Mbox"),
    ({"actor": {"mbox_sha1sum": SHA1[1:]}}, "actor.mbox_sha1sum"),
    ({"actor": {"mbox_sha1sum": "g" * 40}}, "actor.mbox_sha1sum"),
    ({"actor": {"mboxSha1sum": SHA1}}, "actor.mboxSha1sum"),
    ({"actor": {"openid": "alva"}}, "actor.openid"),
    ({"actor": {"account": {}}}, "actor.account.homePage"),
    ({"actor": {"account": {"name": "a"}}}, "actor.account.homePage"),
    ({"actor": {"account": {"homePage": "http://x.test"}}}, "actor.account.name"),
    ({"actor": {"account": {"homePage": "x.test", "name": "a"}}}, "actor.account.homePage"),
    ({"actor": {"account": {"homePage": "http://x.test", "name": ""}}}, "actor.account.name"),
    ({"actor": {"account": {"homePage": "http://x.test", "name": "a\0b"}}}, "actor.account.name"),
    ({"actor": {"account": {"homePage": "http://x.test", "name": 1}}}, "actor.account.name"),
    ({"actor": {"account": {"homepage": "http://x.test", "name": "a"}}}, "actor.account.homepage"),
    ({"actor": {"account": {"homePage": "http://x.test", "name": "a", "x": 1}}}, "actor.account.x"),
    ({"actor": {"objectType": "Group"}}, "actor.member"),
    ({"actor": {"objectType": "Group", "name": "Laget"}}, "actor.member"),
    ({"actor": {"objectType": "Group", "member": agent()}}, "actor.member"),
    ({"actor": {"objectType": "Group", "member": [GROUP]}}, "actor.member[0].objectType"),
    ({"actor": {"objectType": "Group", "member": [agent(), {}]}}, "actor.member[1]"),
    ({"actor": GROUP | {"mbox": "mailto:a@b.test", "openid": "http://x.test/"}}, "actor"),
    # Data 2.4.3
    ({"verb": "passed"}, "verb"),
    ({"verb": {}}, "verb.id"),
    ({"verb": {"id": "passed"}}, "verb.id"),
    ({"verb": {"id": "/verbs/passed"}}, "verb.id"),
    ({"verb": {"id": "http://x.test/a b"}}, "verb.id"),
    ({"verb": {"id": "http://x.test/<a>"}}, "verb.id"),
    ({"verb": {"id": "http://x.test/100%"}}, "verb.id"),
    ({"verb": {"id": "http://x.test/\0"}}, "verb.id"),
    ({"verb": {"id": ":x"}}, "verb.id"),
    ({"verb": {"id": "x:"}}, "verb.id"),
    ({"verb": verb() | {"display": "read"}}, "verb.display"),
    ({"verb": verb() | {"display": {"a_b": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"svenska språket": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"sv-": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"s": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"abcdefghi": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"en-a": "x"}}}, "verb.display"),
    ({"verb": verb() | {"display": {"en": 1}}}, "verb.display"),
    ({"verb": verb() | {"name": {}}}, "verb.name"),
    # Data 2.4.4.1
    ({"object": {}}, "object.id"),
    ({"object": {"id": "x"}}, "object.id"),
    ({"object": {"objectType": "activity", "id": "x:y"}}, "object.objectType"),
    ({"object": activity() | {"name": {}}}, "object.name"),
    ({"object": activity() | {"definition": []}}, "object.definition"),
    ({"object": activity() | {"definition": {"x": 1}}}, "object.definition.x"),
    ({"object": activity() | {"definition": {"name": "Kurs"}}}, "object.definition.name"),
    ({"object": activity() | {"definition": {"type": "course"}}}, "object.definition.type"),
    ({"object": activity() | {"definition": {"moreInfo": "here"}}}, "object.definition.moreInfo"),
    ({"object": activity() | {"definition": {"extensions": {"x": 1}}}}, "object.definition.extensions"),
    ({"object": activity() | {"definition": {"extensions": []}}}, "object.definition.extensions"),
    # Data 2.4.4.2: “MUST specify an "objectType" property”
    ({"object": {"mbox": "mailto:a@b.test"}}, "object.mbox"),
    # Data 2.4.4.3
    ({"object": {"objectType": "StatementRef"}}, "object.id"),
    ({"object": {"objectType": "StatementRef", "id": "x"}}, "object.id"),
    ({"object": {"objectType": "statementref", "id": ID}}, "object.objectType"),
    ({"object": {"id": ID}}, "object.id"),
    ({"object": reference(ID) | {"definition": {}}}, "object.definition"),
    ({"object": SUB | {"object": SUB}}, "object.object.objectType"),
    ({"object": SUB | {"id": ID}}, "object.id"),
    ({"object": SUB | {"stored": "2026-01-01T00:00:00Z"}}, "object.stored"),
    ({"object": SUB | {"version": "1.0.0"}}, "object.version"),
    ({"object": SUB | {"authority": agent()}}, "object.authority"),
    ({"object": SUB | {"actor": {}}}, "object.actor"),
    ({"object": SUB | {"timestamp": "now"}}, "object.timestamp"),
    ({"object": SUB | {"verb": verb("voided")}}, "object.object"),
    (
        {"object": SUB | {"object": reference(ID), "context": {"platform": "x"}}},
        "object.context.platform",
    ),
    # Data 2.3.2
    ({"verb": verb("voided")}, "object"),
    ({"verb": verb("voided"), "object": agent()}, "object"),
    # Data 2.4.5
    ({"result": []}, "result"),
    ({"result": {"x": 1}}, "result.x"),
    ({"result": {"success": "true"}}, "result.success"),
    ({"result": {"completion": 1}}, "result.completion"),
    ({"result": {"response": True}}, "result.response"),
    ({"result": {"extensions": {"": 1}}}, "result.extensions"),
    ({"result": {"score": 1}}, "result.score"),
    ({"result": {"score": {"scaled": 1.01}}}, "result.score.scaled"),
    ({"result": {"score": {"scaled": -1.01}}}, "result.score.scaled"),
    ({"result": {"score": {"scaled": "1"}}}, "result.score.scaled"),
    ({"result": {"score": {"scaled": True}}}, "result.score.scaled"),
    ({"result": {"score": SCORE | {"raw": 11}}}, "result.score.raw"),
    ({"result": {"score": SCORE | {"raw": -1}}}, "result.score.raw"),
    ({"result": {"score": {"min": 1, "max": 1}}}, "result.score.max"),
    ({"result": {"score": {"min": 2, "max": 1}}}, "result.score.max"),
    ({"result": {"score": {"raw": 10**400}}}, "result.score.raw"),
    ({"result": {"score": SCORE | {"x": 1}}}, "result.score.x"),
    # Data 2.4.6
    ({"context": {"x": 1}}, "context.x"),
    ({"context": {"registration": "x"}}, "context.registration"),
    ({"context": {"instructor": {}}}, "context.instructor"),
    ({"context": {"team": agent()}}, "context.team.objectType"),
    ({"context": {"team": {"mbox": "mailto:a@b.test"}}}, "context.team.objectType"),
    ({"context": {"statement": {"id": ID}}}, "context.statement.objectType"),
    ({"context": {"statement": SUB}}, "context.statement.objectType"),
    ({"context": {"language": "a_b"}}, "context.language"),
    ({"context": {"language": ""}}, "context.language"),
    ({"context": {"revision": 1}}, "context.revision"),
    ({"context": {"revision": "1"}, "object": agent()}, "context.revision"),
    ({"context": {"platform": "x"}, "object": reference(ID)}, "context.platform"),
    ({"context": {"contextActivities": {"sibling": []}}}, "context.contextActivities.sibling"),
    ({"context": {"contextActivities": {"parent": "x:y"}}}, "context.contextActivities.parent"),
    (
        {"context": {"contextActivities": {"parent": {"id": "x"}}}},
        "context.contextActivities.parent[0].id",
    ),
    (
        {"context": {"contextActivities": {"other": [agent()]}}},
        "context.contextActivities.other[0].objectType",
    ),
    ({"context": {"contextActivities": []}}, "context.contextActivities"),
    ({"context": {"extensions": {"x": 1}}}, "context.extensions"),
    # Data 2.4.7 to 2.4.10
    ({"timestamp": "2026-13-01T00:00:00Z"}, "timestamp"),
    ({"timestamp": 1}, "timestamp"),
    ({"stored": "x"}, "stored"),
    ({"authority": {}}, "authority"),
    ({"authority": GROUP}, "authority"),
    ({"authority": {"objectType": "Group", "member": [agent(), agent(), agent()]}}, "authority"),
    ({"version": "1"}, "version"),
    ({"version": "1.1.0"}, "version"),
    ({"version": "0.95"}, "version"),
    ({"version": "2.1.0"}, "version"),
    # Data 2.4.11
    ({"attachments": FILE}, "attachments"),
    ({"attachments": [{**FILE, "usageType": "x"}]}, "attachments[0].usageType"),
    ({"attachments": [{**FILE, "length": "1"}]}, "attachments[0].length"),
    ({"attachments": [{**FILE, "length": 1.5}]}, "attachments[0].length"),
    ({"attachments": [{**FILE, "length": -1}]}, "attachments[0].length"),
    ({"attachments": [{**FILE, "sha2": "x"}]}, "attachments[0].sha2"),
    ({"attachments": [{**FILE, "contentType": "pdf"}]}, "attachments[0].contentType"),
    ({"attachments": [{**FILE, "fileUrl": "intyg.pdf"}]}, "attachments[0].fileUrl"),
    ({"attachments": [FILE, {**FILE, "display": None}]}, "attachments[1].display"),
    *(
        ({"attachments": [{k: v for k, v in FILE.items() if k != name}]}, f"attachments[0].{name}")
        for name in ("usageType", "display", "contentType", "length", "sha2")
    ),
]


@pytest.mark.parametrize(("parts", "path"), REFUSED)
def test_a_statement_that_breaks_a_rule_is_refused_by_the_name_of_the_property(parts, path):
    assert fault(statement(**parts))[0] == path


@pytest.mark.parametrize("missing", ["actor", "verb", "object"])
def test_actor_verb_and_object_must_be_there(missing):
    """2.2: “A Statement MUST use "actor", "verb", and "object".”"""
    whole = statement()
    del whole[missing]
    assert fault(whole) == (missing, "is missing.")


class TestInteractions:
    """Data 2.4.4.1, interaction activities and components."""

    LISTS = ("choices", "scale", "source", "target", "steps")

    @pytest.mark.parametrize(
        ("kind", "lists"),
        [
            ("true-false", ()),
            ("choice", ("choices",)),
            ("fill-in", ()),
            ("long-fill-in", ()),
            ("matching", ("source", "target")),
            ("performance", ("steps",)),
            ("sequencing", ("choices",)),
            ("likert", ("scale",)),
            ("numeric", ()),
            ("other", ()),
        ],
    )
    def test_each_kind_has_its_own_lists(self, kind, lists):
        for name in self.LISTS:
            definition = {"interactionType": kind, "correctResponsesPattern": ["a"], name: [{"id": "a"}]}
            given = changed("object.definition", definition)
            if name in lists:
                checked(given)
            else:
                assert fault(given)[0] == f"object.definition.{name}"

    @pytest.mark.parametrize(
        ("definition", "path"),
        [
            ({"interactionType": "Choice"}, "interactionType"),
            ({"interactionType": "essay"}, "interactionType"),
            ({"correctResponsesPattern": []}, "interactionType"),
            ({"choices": [{"id": "a"}]}, "choices"),
            ({"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}, "choices"),
            ({"interactionType": "choice", "choices": [{}]}, "choices[0].id"),
            ({"interactionType": "choice", "choices": [{"id": 1}]}, "choices[0].id"),
            (
                {"interactionType": "choice", "choices": [{"id": "a", "description": "x"}]},
                "choices[0].description",
            ),
            ({"interactionType": "choice", "choices": [{"id": "a", "x": 1}]}, "choices[0].x"),
            ({"interactionType": "choice", "choices": {"id": "a"}}, "choices"),
            ({"interactionType": "choice", "correctResponsesPattern": "a"}, "correctResponsesPattern"),
            ({"interactionType": "choice", "correctResponsesPattern": [1]}, "correctResponsesPattern[0]"),
        ],
    )
    def test_what_is_refused(self, definition, path):
        assert fault(changed("object.definition", definition))[0] == f"object.definition.{path}"


class TestVersions:
    CONTEXTS = (
        {"contextAgents": [{"objectType": "contextAgent", "agent": agent(), "relevantTypes": ["http://x.test/t"]}]},
        {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@b.test"}}]},
        {"contextGroups": [{"objectType": "contextGroup", "group": GROUP}]},
    )

    @pytest.mark.parametrize("context", CONTEXTS)
    def test_context_agents_and_groups_belong_to_2_0(self, context):
        [name] = context
        for given, path in (
            (statement(context=context), ""),
            (statement(object=SUB | {"context": context}), "object."),
        ):
            checked(given)
            assert fault(given, "1.0.3")[0] == f"{path}context.{name}"

    @pytest.mark.parametrize(
        ("context", "path"),
        [
            ({"contextAgents": {}}, "contextAgents"),
            ({"contextAgents": [{"agent": agent()}]}, "contextAgents[0].objectType"),
            (
                {"contextAgents": [{"objectType": "contextGroup", "agent": agent()}]},
                "contextAgents[0].objectType",
            ),
            ({"contextAgents": [{"objectType": "contextAgent"}]}, "contextAgents[0].agent"),
            ({"contextAgents": [{"objectType": "contextAgent", "agent": {}}]}, "contextAgents[0].agent"),
            (
                {"contextAgents": [{"objectType": "contextAgent", "agent": agent(), "relevantTypes": []}]},
                "contextAgents[0].relevantTypes",
            ),
            (
                {"contextAgents": [{"objectType": "contextAgent", "agent": agent(), "relevantTypes": ["x"]}]},
                "contextAgents[0].relevantTypes[0]",
            ),
            (
                {"contextAgents": [{"objectType": "contextAgent", "agent": agent(), "x": 1}]},
                "contextAgents[0].x",
            ),
            (
                {"contextGroups": [{"objectType": "contextGroup", "group": agent()}]},
                "contextGroups[0].group.objectType",
            ),
            (
                {"contextGroups": [{"objectType": "contextGroup", "group": {"member": []}}]},
                "contextGroups[0].group.objectType",
            ),
        ],
    )
    def test_their_own_rules(self, context, path):
        assert fault(statement(context=context))[0] == f"context.{path}"

    def test_a_request_of_1_0_carries_no_statement_of_2_0(self):
        """2.4.10: “An LRS MUST reject all Statements with a version specified that does not start with
        1.0.”"""
        checked(statement(version="1.0.7"), "1.0.3")
        assert fault(statement(version="2.0.0"), "1.0.3")[0] == "version"


@pytest.mark.parametrize(
    "text",
    [
        b'{"actor":{"mbox":"mailto:a@b.test"},"verb":{"id":"x:y"},"object":{"id":"x:y"},"id":null,"id":"%s"}'
        % ID.encode(),
        b'{"actor":{"mbox":"mailto:a@b.test","mbox":"mailto:a@b.test"},"verb":{"id":"x:y"},"object":{"id":"x:y"}}',
        b'{"actor":{"mbox":"mailto:a@b.test"},"verb":{"id":"x:y"},"object":{"id":"x:y"},'
        b'"result":{"extensions":{"x:y":{"a":1,"\\u0061":2}}}}',
    ],
)
def test_a_property_that_occurs_twice_is_refused(text):
    """2.2: “A Statement MUST use each property no more than one time.”"""
    assert "twice" in fault(text)[1]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"null",
        b"1",
        b'"x"',
        b"[]",
        b"{",
        b"{}x",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b"\x00",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": 1}}',
        b'{"a": "\x01"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\udc00\\ud800"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\x"}',
        b'{"a": ' + b"9" * 9999 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"a": 1e}',
        b"{1: 2}",
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_what_is_not_json_is_refused(text):
    fault(text)


def test_nesting_has_an_end_and_brackets_in_strings_do_not_count():
    deep = [0]
    for _ in range(MAX_DEPTH - 4):
        deep = [deep]
    checked(statement(result={"extensions": {"x:y": deep}}))
    assert "nested" in fault(statement(result={"extensions": {"x:y": [[[[deep]]]]}}))[1]
    checked(statement(result={"response": '"[{\\' * 500}))


def test_numbers_too_large_for_a_computer_are_allowed_only_in_extensions():
    given = json.dumps(statement(result={"score": {"raw": 1}, "extensions": {"x:y": 2}}))
    checked(given.replace('"x:y": 2', '"x:y": 1e400').encode())
    assert fault(given.replace('"raw": 1', '"raw": 1e400').encode())[0].startswith("result.score")

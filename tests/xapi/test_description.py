"""/openapi.json: it describes what is there, all of it, and programs that believe it are right to."""

import re

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms.xapi import formats
from lms.xapi.describing.document import document
from lms.xapi.describing.resources import OPERATIONS
from lms.xapi.describing.shapes import portable
from tests.xapi.statements import statement
from tests.xapi.test_formats import DURATIONS, IRIS, LANGUAGES, NO_DURATIONS, NO_IRIS, NO_LANGUAGES
from tests.xapi.test_whatever_comes import RICH

METHODS = {"GET", "PUT", "POST", "DELETE"}


@pytest.fixture(scope="module")
def described():
    return document("https://kunna.test")


@pytest.fixture(scope="module")
def fits(described):
    """`fits("Statement", value)`"""
    components = {"components": described["components"]}

    def valid(name, value):
        schema = {"$ref": f"#/components/schemas/{name}"} | components
        return jsonschema_rs.validator_for(schema).is_valid(value)

    return valid


def test_it_is_served_to_anyone_and_says_where_it_is_about(client):
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json["servers"] == [{"url": "https://kunna.test"}]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_it_is_openapi(described):
    validate(described)


def test_every_address_and_method_of_the_store_is_described(app, described):
    there = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("kunna.xapi.") and rule.endpoint != "kunna.xapi.nowhere"
        for method in rule.methods & METHODS
    }
    told = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert told == there


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_every_parameter_that_an_address_takes_is_described(client, key, cast, operation):
    """Asked with a parameter that nobody has, it says which there are."""
    answer = client.open(f"/xapi{operation.path}?nonsense=1", method=operation.method, headers=key(cast.fyren), json={})
    [problem] = [one for one in answer.json["problems"] if one["field"] == "nonsense"]
    taken = set(re.fullmatch(r"is not a parameter here; there are (.*)\.", problem["message"])[1].split(", "))
    assert {one.name for one in operation.parameters if one.place == "query"} == taken - {"none"}


def test_statements_that_are_accepted_fit_what_is_told_of_them(fits, caller):
    for whole in RICH:
        assert fits("Statement", whole)
        answer = caller.post(whole | {"attachments": []})
        assert answer.status_code == 200, answer.json
    for kept in caller.get().json["statements"]:
        assert fits("StoredStatement", kept)


@pytest.mark.parametrize(
    "broken",
    [
        {"actor": {}},
        {"actor": {"objectType": "Group"}},
        {"actor": {"mbox": "mailto:a@b.test", "openid": "x:y"}},
        {"object": {"mbox": "mailto:a@b.test"}},
        {"verb": {"id": "x"}},
        {"id": None},
        {"unknown": 1},
        {"result": {"score": {"scaled": 2}}},
        {"context": {"registration": "x"}},
        {"context": {"contextActivities": {"parent": [{}]}}},
    ],
)
def test_what_the_types_refuse_does_not_fit(fits, broken):
    assert not fits("Statement", statement(**broken))


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (formats.DURATION_PATTERN, DURATIONS, NO_DURATIONS),
        (formats.IRI_PATTERN, IRIS, NO_IRIS),
        (formats.LANGUAGE_PATTERN, LANGUAGES, NO_LANGUAGES),
    ],
)
def test_patterns_say_the_same_in_other_words(pattern, right, wrong):
    validator = jsonschema_rs.validator_for({"pattern": portable(pattern)})
    assert [text for text in right if not validator.is_valid(text)] == []
    # JSON has no lone surrogates.
    texts = [text for text in wrong if text.encode(errors="ignore").decode() == text]
    assert [text for text in texts if validator.is_valid(text)] == []


LETTERS = 'aAzZ059-_.:+%xXiTPYMDWHS@{}|\\^`"< é\u00a0\n'


@settings(max_examples=300)
@given(st.sampled_from(sorted(formats.SENTENCES)), st.text(LETTERS, max_size=12))
def test_patterns_agree_about_any_text(pattern, text):
    validator = jsonschema_rs.validator_for({"pattern": portable(pattern)})
    assert validator.is_valid(text) == bool(re.search(pattern, text))


@pytest.fixture(scope="module")
def told(built_app):
    """The description as schemathesis reads it."""
    return schemathesis.openapi.from_wsgi("/openapi.json", built_app)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


# A statement takes a second to invent.
EXAMPLES = {"postStatements": 5, "putStatement": 5}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_what_it_promises_is_kept(told, database_url, key, cast, operation):
    """Asked as it says that one can, and in ways that it says one cannot, by a client that may do everything."""
    headers = key(cast.fyren, version="1.0.3" if database_url.startswith("sqlite") else "2.0.0")
    cases = told[f"/xapi{operation.path}"][operation.method]
    right, wrong = (cases.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(
        max_examples=EXAMPLES.get(operation.id, 10),
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(right | wrong)
    def ask(case):
        case.headers = {**(case.headers or {}), **headers}
        case.call_and_validate(checks=CHECKS)

    ask()

"""What pages show, as JSON: described as it is, in parts, and not too often."""

import re

import msgspec
import pytest
from openapi_spec_validator import validate

from lms.http import Refusal
from lms.reports import description, sent
from lms.reports.catalogue import OFFERS
from tests.reports.test_same_as_the_page import ALVA, BJORN, CECILIA


@pytest.fixture(scope="module")
def described():
    return description.document("https://kunna.test")


def test_the_description_is_one(described):
    validate(described)


def test_it_describes_every_address_there_is(demo, described):
    rules = [str(rule) for rule in demo.url_map.iter_rules() if rule.endpoint.startswith("kunna.api.")]
    paths = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in rules}
    assert paths == {*described["paths"], "/api/v1/openapi.json"}


def test_it_names_every_parameter_there_is(described):
    for offer in OFFERS:
        [path] = [one for one in described["paths"].values() if one["get"]["operationId"] == offer.key]
        named = [one["name"] for one in path["get"]["parameters"] if one["in"] == "query"]
        assert named == [*offer.parameters, "table", "offset", "limit"]


def test_an_answer_is_what_is_described(of_the_demo):
    answer = of_the_demo(CECILIA).get("/api/v1/map?by=region&profile=vagledare")
    told = msgspec.json.decode(answer.data, type=sent.Answer)
    assert told.filters == {"by": "region", "profile": "vagledare"}
    assert told.suppression.minimum_group == 5
    assert told.suppression.hidden == str(told.tables).count("Hidden()")
    assert {rule.key for rule in told.level_rules} >= {"highest-shown"}
    assert [table.key for table in told.tables] == ["map", "competences"]


def test_rows_come_in_parts(of_the_demo):
    browser = of_the_demo(BJORN)
    whole = browser.get("/api/v1/map?table=map").json["tables"][0]
    address, rows = "/api/v1/map?limit=2&table=map", []
    while address:
        [part] = browser.get(address).json["tables"]
        assert part["total"] == len(whole["rows"]) > 2
        rows += part["rows"]
        address = part["next"]
    assert rows == whole["rows"]


@pytest.mark.parametrize("asked", ["limit=0", "limit=5001", "limit=x", "offset=-1", "nonsense=1", "horizon=5"])
def test_what_cannot_be_asked_is_refused(of_the_demo, asked):
    answer = of_the_demo(BJORN).get(f"/api/v1/map?{asked}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    refusal = msgspec.json.decode(answer.data, type=Refusal)
    assert [problem.field for problem in refusal.problems] == [asked.split("=")[0]]


def test_nobody_asks_too_often(of_the_demo, demo, monkeypatch):
    monkeypatch.setitem(demo.config, "API_RATE_LIMIT", "2 per minute")
    browser = of_the_demo(ALVA)
    answers = [browser.get("/api/v1/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("address", ["/api/v1", "/api/v1/", "/api/v1/maps", "/api/v1/map/more"])
def test_an_address_that_is_not_there_says_so_to_a_program(demo, address):
    answer = demo.test_client().get(address, headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert msgspec.json.decode(answer.data, type=Refusal).status == 404


def test_an_address_that_only_begins_alike_is_a_page(demo):
    assert demo.test_client().get("/api/v10").content_type.startswith("text/html")

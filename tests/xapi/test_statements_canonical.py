"""GET statements with format=canonical (Communication 2.1.3)."""

from hashlib import sha256

import pytest

from tests.xapi.conftest import Caller
from tests.xapi.statements import activity, agent, identified, reference, statement

NAMES = {"sv": "Kurs", "en": "Course"}
QUESTION = {
    "name": {"sv": "Fråga", "en": "Question"},
    "description": {"sv": "Vilket?", "en": "Which?"},
    "interactionType": "choice",
    "choices": [{"id": "a", "description": {"sv": "Ja", "en": "Yes"}}, {"id": "b"}],
    "extensions": {"x:words": {"sv": "ja", "en": "yes"}, "x:number": 85.0},
}


def defined(which="course", /, **definition):
    return activity(which) | {"definition": definition}


def saying(**parts):
    return statement(verb={"id": "x:did", "display": {"sv": "gjorde", "en": "did"}}, **parts)


@pytest.fixture
def read(caller):
    """`read("sv")`: the statements for a reader of these languages, the latest first."""

    def asking(languages="", **parameters):
        answer = caller.get(format="canonical", headers={"Accept-Language": languages}, **parameters)
        assert answer.status_code == 200, answer.json
        return answer.json.get("statements", answer.json)

    return asking


@pytest.mark.spec("Communication 2.1.3", "format")
def test_activities_are_as_the_store_knows_them(caller, read):
    """“If canonical, return Activity Objects and Verbs populated with the canonical definition of the Activity
    Objects and Display of the Verbs as determined by the LRS”."""
    caller.post(saying(object=defined(name={"sv": "Kurs"}, type="x:course")))
    caller.post(saying(object=defined(name={"en": "Course"})))
    caller.post(saying(object=activity()))
    found = read("sv")
    assert len(found) == 3
    for one in found:
        assert one["object"]["definition"] == {"name": {"sv": "Kurs"}, "type": "x:course"}


@pytest.mark.parametrize(
    ("languages", "name", "did"),
    [("sv", "Kurs", "gjorde"), ("en-GB", "Course", "did"), ("fi, sv;q=0", "Course", "did")],
)
def test_each_map_has_one_language(caller, read, languages, name, did):
    """“Activity Objects contain Language Map Objects within their "name", "description" and various interaction
    components. The LRS MUST return only one language in each of these maps.”"""
    caller.post(saying(object=defined(name=NAMES)))
    [one] = read(languages)
    assert list(one["object"]["definition"]["name"].values()) == [name]
    assert list(one["verb"]["display"].values()) == [did]


@pytest.mark.spec("Communication 2.1.3", "Accept-Language")
def test_the_language_is_chosen_for_each_map_by_itself(caller, read):
    """“this logic MUST be applied to each language map individually to select which language entry to include,
    rather than to the resource (list of Statements) as a whole.”"""
    caller.post(saying(object=defined(name={"en": "Course"}, description={"sv": "Om allt", "en": "On all"})))
    [one] = read("sv, en;q=0.5")
    assert one["object"]["definition"] == {"name": {"en": "Course"}, "description": {"sv": "Om allt"}}


def test_interaction_components_and_attachments_are_in_one_language_and_extensions_as_they_were(caller, read):
    text = b"a file"
    file = {
        "usageType": "x:file",
        "display": {"sv": "Fil", "en": "File"},
        "description": {"sv": "En fil", "en": "A file"},
        "contentType": "text/plain",
        "length": len(text),
        "sha2": sha256(text).hexdigest(),
        "fileUrl": "https://kunna.test/file",
    }
    caller.post(saying(object=defined(**QUESTION), attachments=[file]))
    [one] = read("en")
    assert one["object"]["definition"] == QUESTION | {
        "name": {"en": "Question"},
        "description": {"en": "Which?"},
        "choices": [{"id": "a", "description": {"en": "Yes"}}, {"id": "b"}],
    }
    assert one["attachments"] == [file | {"display": {"en": "File"}, "description": {"en": "A file"}}]


def test_so_are_the_activities_of_context_and_substatements(caller, read):
    inner = {"objectType": "SubStatement"} | saying(
        object=defined("inner", name=NAMES), context={"contextActivities": {"parent": [defined("parent", name=NAMES)]}}
    )
    caller.post(saying(object=inner, context={"contextActivities": {"category": [defined("category", name=NAMES)]}}))
    [one] = read("en")
    sub = one["object"]
    assert sub["verb"]["display"] == {"en": "did"}
    for shown in (
        sub["object"],
        sub["context"]["contextActivities"]["parent"][0],
        one["context"]["contextActivities"]["category"][0],
    ):
        assert shown["definition"] == {"name": {"en": "Course"}}


def test_agents_and_all_else_are_as_they_came(caller, read):
    """“and return the original Agent and Group Objects as in "exact" mode.”"""
    sent = identified(
        actor=agent() | {"name": "Alva"},
        object={"objectType": "Group", "member": [agent("bjorn") | {"name": "Björn"}]},
        result={"score": {"raw": 85.0, "max": 1e2}, "extensions": {"x:map": {"sv": "a", "en": "b"}}},
        context={"language": "sv", "extensions": {"x:n": 1.50}},
    )
    caller.post(sent)
    exact, canonical = caller.get(statementId=sent["id"]), caller.get(statementId=sent["id"], format="canonical")
    assert canonical.json == exact.json
    assert '"raw":85.0' in canonical.text


def test_a_single_statement_is_shown_so_too(caller, read):
    [id] = caller.post(saying(object=defined(name=NAMES))).json
    [about] = caller.post(saying(object=reference(id))).json
    assert read("en", statementId=id)["object"]["definition"] == {"name": {"en": "Course"}}
    assert read("en", statementId=about)["object"] == reference(id)


def test_the_pages_that_follow_are_shown_so_too(caller):
    caller.post(*(saying(object=defined(name=NAMES)) for _ in range(3)))
    reader = {"Accept-Language": "en"}
    first = caller.get(format="canonical", limit=2, headers=reader)
    second = caller.get(first.json["more"], headers=reader)
    assert second.json["statements"][0]["object"]["definition"]["name"] == {"en": "Course"}
    assert "Accept-Language" in second.headers["Vary"]


def test_what_a_client_says_that_may_not_define_stays_in_its_own_statement(client, key, cast, caller, read):
    Caller(client, key(cast.fyren, "statements/write")).post(saying(object=defined(name={"sv": "Något annat"})))
    assert read("sv")[0]["object"]["definition"] == {"name": {"sv": "Något annat"}}
    caller.post(saying(object=defined(name=NAMES)))
    assert [one["object"]["definition"]["name"] for one in read("sv")] == [{"sv": "Kurs"}] * 2


def test_a_client_that_sees_below_is_shown_what_all_of_them_know(client, key, cast, caller):
    project = Caller(client, key(cast.project, below=True))
    caller.post(saying(object=defined(name=NAMES)))
    Caller(client, key(cast.nordverk)).post(saying(object=defined(name={"sv": "Nordverks"}, type="x:course")))
    seen = project.get(format="canonical", headers={"Accept-Language": "en"}).json["statements"]
    assert [one["object"]["definition"] for one in seen] == [{"name": {"en": "Course"}, "type": "x:course"}] * 2
    own = caller.get(format="canonical", headers={"Accept-Language": "en"}).json["statements"]
    assert own[0]["object"]["definition"] == {"name": {"en": "Course"}}


def test_a_page_asks_once_for_what_is_known(caller, count_queries):
    caller.post(*(saying(object=defined(f"a{number}", name=NAMES)) for number in range(20)))
    caller.get()
    with count_queries() as exact:
        caller.get()
    with count_queries() as canonical:
        assert len(caller.get(format="canonical").json["statements"]) == 20
    assert canonical.number == exact.number + 1


def test_nothing_is_asked_for_where_there_are_no_activities(caller, read):
    [id] = caller.post(saying(object=activity())).json
    caller.post(saying(object=reference(id)))
    assert len(read()) == 2

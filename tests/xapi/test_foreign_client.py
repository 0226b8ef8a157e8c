"""A client that is not ours: `tincan`, unmodified, over the network."""

from uuid import uuid4

import pytest
import tincan

from tests.xapi.living import living, served


@pytest.fixture(scope="module")
def lrs(tmp_path_factory):
    from datetime import UTC, datetime

    url = f"sqlite:///{tmp_path_factory.mktemp('foreign') / 'kunna.sqlite'}"
    with (
        living(url, datetime(2026, 11, 23, tzinfo=UTC), XAPI_PAGE_SIZE=3) as (app, keys),
        served(app) as address,
    ):
        key, secret = keys["fyren"]
        yield tincan.RemoteLRS(endpoint=f"{address}/xapi/", username=key, password=secret, version="1.0.3")


def made(name="alva", **parts):
    return tincan.Statement(
        actor=tincan.Agent(account=tincan.AgentAccount(home_page="https://kunna.test", name=name)),
        verb=tincan.Verb(id="http://adlnet.gov/expapi/verbs/passed", display=tincan.LanguageMap({"en": "passed"})),
        object=tincan.Activity(
            id="https://kunna.test/activities/quiz",
            definition=tincan.ActivityDefinition(name=tincan.LanguageMap({"sv": "Prov"})),
        ),
        **parts,
    )


def test_it_saves_and_reads_a_statement(lrs):
    sent = made(result=tincan.Result(score=tincan.Score(scaled=0.9, raw=9, min=0, max=10), success=True))
    saved = lrs.save_statement(sent)
    assert saved.success, saved.data
    read = lrs.retrieve_statement(str(saved.content.id))
    assert read.success
    assert read.content.result.score.scaled == 0.9
    assert read.content.actor.account.name == "alva"
    assert read.content.authority.account.home_page == "https://kunna.test/xapi"


def test_it_puts_a_statement_under_an_id_of_its_own(lrs):
    id = str(uuid4())
    assert lrs.save_statement(made(id=id)).success
    assert str(lrs.retrieve_statement(id).content.id) == id
    assert not lrs.save_statement(made(name="bjorn", id=id)).success


def test_it_saves_several_and_pages_through_them(lrs):
    name = f"reader-{uuid4()}"
    saved = lrs.save_statements([made(name) for _ in range(7)])
    assert saved.success, saved.data
    agent = made(name).actor
    answer = lrs.query_statements({"agent": agent, "ascending": "true", "limit": 3})
    seen = []
    while True:
        assert answer.success, answer.data
        seen += [str(one.id) for one in answer.content.statements]
        if not answer.content.more:
            break
        answer = lrs.more_statements(answer.content)
    assert seen == [str(one.id) for one in saved.content]


def test_it_voids_a_statement(lrs):
    target = lrs.save_statement(made()).content
    void = made()
    void.verb = tincan.Verb(id="http://adlnet.gov/expapi/verbs/voided")
    void.object = tincan.StatementRef(id=target.id)
    assert lrs.save_statement(void).success
    assert not lrs.retrieve_statement(str(target.id)).success
    assert lrs.retrieve_voided_statement(str(target.id)).success


def group(*names):
    return tincan.Group(member=[made(name).actor for name in names])


def rich(name, registration):
    """A statement of all that tincan can say."""
    return made(
        name,
        id=str(uuid4()),
        result=tincan.Result(
            score=tincan.Score(scaled=0.5, raw=5, min=0, max=10),
            success=True,
            completion=False,
            response="ja",
            duration="PT1H30M",
            extensions={"https://kunna.test/e": {"a": [1, None]}},
        ),
        context=tincan.Context(
            registration=registration,
            instructor=made("bjorn").actor,
            team=group("alva", "bjorn"),
            context_activities=tincan.ContextActivities(parent=[tincan.Activity(id="https://kunna.test/course")]),
            platform="Kunna",
            language="sv",
            statement=tincan.StatementRef(id=str(uuid4())),
        ),
        timestamp="2026-11-23T08:00:00Z",
    )


def test_what_it_reads_is_what_it_wrote(lrs):
    sent = rich("alva", str(uuid4()))
    assert lrs.save_statement(sent).success
    read = lrs.retrieve_statement(sent.id).content
    for part in ("actor", "verb", "object", "result", "context", "timestamp"):
        assert shown(read, part) == shown(sent, part)


def shown(statement, part):
    value = getattr(statement, part)
    return value.to_json() if hasattr(value, "to_json") else str(value)


def test_it_finds_statements_by_everything_it_can_ask_for(lrs):
    name, registration = f"sought-{uuid4()}", str(uuid4())
    first, second = rich(name, registration), made(name, id=str(uuid4()))
    about = made(f"about-{name}", id=str(uuid4()))
    about.object = tincan.SubStatement(actor=made(name).actor, verb=first.verb, object=first.object)
    saved = lrs.save_statements([first, second, about])
    assert saved.success, saved.data
    agent = made(name).actor
    since = lrs.retrieve_statement(first.id).content.stored.isoformat()
    for asked, found in (
        ({}, [second, first]),
        ({"ascending": "true"}, [first, second]),
        ({"limit": 1}, [second]),
        ({"registration": registration}, [first]),
        ({"activity": first.object}, [second, first]),
        ({"verb": first.verb}, [second, first]),
        ({"since": since}, [second]),
        ({"until": since}, [first]),
        ({"related_agents": "true"}, [about, second, first]),
        ({"format": "ids"}, [second, first]),
        ({"format": "canonical"}, [second, first]),
        ({"format": "exact", "attachments": "false"}, [second, first]),
    ):
        answer = lrs.query_statements({"agent": agent, **asked})
        assert answer.success, answer.data
        assert [str(one.id) for one in answer.content.statements] == [str(one.id) for one in found], asked
    by_parent = {"activity": tincan.Activity(id="https://kunna.test/course"), "related_activities": "true"}
    answer = lrs.query_statements({"agent": agent, **by_parent})
    assert [str(one.id) for one in answer.content.statements] == [str(first.id)]


def test_it_goes_on_from_the_address_of_more(lrs):
    name = f"more-{uuid4()}"
    lrs.save_statements([made(name) for _ in range(4)])
    answer = lrs.query_statements({"agent": made(name).actor, "limit": 3})
    rest = lrs.more_statements(answer.content.more)
    assert len(answer.content.statements) == 3
    assert len(rest.content.statements) == 1
    assert not rest.content.more


def test_sending_again_succeeds_and_stores_nothing(lrs):
    name = f"again-{uuid4()}"
    one = made(name, id=str(uuid4()))
    assert lrs.save_statement(one).success
    assert lrs.save_statement(one).success
    assert lrs.save_statements([one]).success
    assert len(lrs.query_statements({"agent": made(name).actor}).content.statements) == 1


def test_it_refuses_to_know_a_store_that_speaks_more_than_it_does(lrs):
    """Its own limit: the standard wants the latest version there is, and it knows those until 1.0.1."""
    with pytest.raises(ValueError, match=r"2\.0\.0|1\.0\.[23]"):
        lrs.about()


def test_it_is_told_what_is_wrong(lrs):
    faulty = made()
    faulty.verb = tincan.Verb(id="passed")
    answer = lrs.save_statement(faulty)
    assert not answer.success
    assert "statement.verb.id" in answer.data

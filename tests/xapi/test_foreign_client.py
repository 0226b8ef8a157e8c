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


def test_it_is_told_what_is_wrong(lrs):
    faulty = made()
    faulty.verb = tincan.Verb(id="passed")
    answer = lrs.save_statement(faulty)
    assert not answer.success
    assert "statement.verb.id" in answer.data

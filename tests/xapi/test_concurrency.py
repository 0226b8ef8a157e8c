"""Several writers at once, on a database that they all really commit to."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from uuid import UUID

import pytest

from tests.xapi.conftest import Caller, credentials
from tests.xapi.living import living
from tests.xapi.statements import agent, reference, statement, voiding

WRITERS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request, tmp_path, at):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    with living(url, at) as (app, keys):
        yield lambda organisation="fyren": Caller(app.test_client(), credentials(*keys[organisation]))


def at_once(*tasks):
    """Every task's answers; they start together."""
    start = Barrier(len(tasks))

    def run(task):
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def numbered(number, **parts):
    return statement(id=str(UUID(int=number + (1 << 100))), actor=agent(f"a{number % 3}"), **parts)


def test_writers_of_the_same_statements_all_succeed_and_store_each_once(store):
    batch = [numbered(number) for number in range(40)]

    def writer(seed):
        def write():
            caller, order = store(), Random(seed)
            answers = []
            for _ in range(8):
                answers.append(caller.post(*order.sample(batch, 10)).status_code)
            return answers

        return write

    for answers in at_once(*(writer(seed) for seed in range(WRITERS))):
        assert set(answers) == {200}
    found = store().ids(limit=100)
    assert len(found) == len(set(found))
    assert set(found) <= {one["id"] for one in batch}


def posting(store, given):
    return lambda: store().post(given).status_code


def test_of_two_statements_with_one_id_exactly_one_is_stored(store):
    for number in range(10):
        rivals = [numbered(number, object={"id": f"x:{name}"}) for name in "ab"]
        assert sorted(at_once(*(posting(store, one) for one in rivals))) == [200, 409]


def test_no_statement_slips_past_its_voiding(store):
    """Data 2.3.2 holds also when both come at the same time."""
    for number in range(15):
        target = numbered(number)
        void = voiding(target["id"])
        assert at_once(posting(store, target), posting(store, void)) == [200, 200]
        assert store().get(statementId=target["id"]).status_code == 404
        assert store().get(voidedStatementId=target["id"]).status_code == 200


def test_first_writers_of_an_organisation_do_not_collide(store):
    answers = at_once(*(lambda: store("ekeby").post(statement()).status_code for _ in range(WRITERS)))
    assert set(answers) == {200}


def test_statements_that_target_each_other_can_arrive_at_once(store):
    chain = [numbered(number, object=reference(numbered(number + 1)["id"])) for number in range(WRITERS)]
    answers = at_once(*(posting(store, one) for one in chain))
    assert set(answers) == {200}
    store().post(statement(id=numbered(WRITERS)["id"], actor=agent("end")))
    assert len(store().ids(agent=agent("end"))) == WRITERS + 1


def test_a_reader_that_follows_the_store_misses_nothing(store):
    """Statements become visible in the order of `stored`, and what is consistent through a time stays so."""
    ended = []

    def writer():
        caller = store()
        try:
            return [caller.post(statement(), statement()).json for _ in range(15)]
        finally:
            ended.append(True)

    def reader():
        caller, seen, since = store(), [], None
        while True:
            last_round = len(ended) == WRITERS
            answer = caller.get(ascending=True, limit=5, **({"since": since} if since else {}))
            assert answer.status_code == 200
            found = answer.json["statements"]
            seen += [one["id"] for one in found]
            since = found[-1]["stored"] if found else since
            if last_round and not found:
                return seen

    *written, seen = at_once(*([writer] * WRITERS), reader)
    expected = [id for answers in written for pair in answers for id in pair]
    assert len(seen) == len(expected)
    assert set(seen) == set(expected)

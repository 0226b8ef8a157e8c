"""Several programs with one document at once, on a database that they all really commit to: no change is lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.xapi.conftest import credentials
from tests.xapi.documents import ANY, EACH, STATE, Documents
from tests.xapi.living import living

WRITERS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def there(request, tmp_path, at):
    """`there("agents/profile")`: documents of that kind, for another program of Fyren."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    with living(url, at) as (app, keys):
        yield lambda resource: Documents(app.test_client(), credentials(*keys["fyren"]), resource)


def at_once(*tasks):
    """Every task's answers; they start together."""
    start = Barrier(len(tasks))

    def run(task):
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.parametrize("resource", EACH)
def test_whoever_counts_on_what_is_there_counts_right(there, resource):
    """3.1: “Concurrency control makes certain that a client does not PUT, POST or DELETE documents based on old data
    into an LRS.”"""
    there(resource).put("count", b"0", headers=ANY)

    def counting():
        ours, counted = there(resource), 0
        while counted < 5:
            got = ours.get("count")
            answer = ours.put("count", b"%d" % (int(got.data) + 1), headers={"If-Match": got.headers["ETag"]})
            assert answer.status_code in {204, 412}
            counted += answer.status_code == 204

    at_once(*[counting] * WRITERS)
    assert int(there(resource).get("count").data) == 5 * WRITERS


@pytest.mark.parametrize("resource", EACH)
def test_all_that_is_merged_is_there(there, resource):
    """Also what comes while there is no document yet."""

    def merging(writer):
        def merge():
            ours = there(resource)
            return [ours.post("place", json.dumps({f"{writer}-{number}": number})).status_code for number in range(8)]

        return merge

    for answers in at_once(*(merging(writer) for writer in range(WRITERS))):
        assert answers == [204] * 8
    expected = {f"{writer}-{number}": number for writer in range(WRITERS) for number in range(8)}
    assert there(resource).get("place").json == expected


def test_of_those_who_want_to_be_first_one_is(there):
    """3.1: “in order to to detect when there is a resource present that the Client is not aware of”."""

    def being_first(id, writer):
        return lambda: there(STATE).put(id, b"%d" % writer, headers=ANY).status_code

    for id in map(str, range(10)):
        answers = at_once(*(being_first(id, writer) for writer in range(WRITERS)))
        assert sorted(answers) == [204] + [412] * (WRITERS - 1)
        assert there(STATE).get(id).data == b"%d" % answers.index(204)


def test_what_is_put_and_deleted_at_once_is_one_or_the_other(there):
    def doing(method, id, known):
        return lambda: there(STATE).send(method, id, b"2", headers={"If-Match": known}).status_code

    for id in map(str, range(10)):
        known = there(STATE).keep(id, b"1")
        put, gone = at_once(doing("PUT", id, known), doing("DELETE", id, known))
        assert sorted([put, gone]) == [204, 412]
        assert there(STATE).get(id).status_code == (200 if put == 204 else 404)


def test_all_can_be_deleted_while_others_write(there):
    def writing(writer):
        return lambda: [there(STATE).post(f"{writer}", b'{"n": %d}' % number).status_code for number in range(10)]

    def deleting():
        return [there(STATE).delete().status_code for _ in range(10)]

    for answers in at_once(*(writing(writer) for writer in range(WRITERS - 2)), deleting, deleting):
        assert answers == [204] * 10

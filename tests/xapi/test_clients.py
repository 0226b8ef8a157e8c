"""What becomes of a client: another name, other scopes, a new secret, a limit of its own."""

from datetime import timedelta

import pytest
from limits.storage import MemoryStorage

from lms.errors import Conflict, Invalid, NotFound
from lms.xapi import clients
from tests.xapi.conftest import Caller, credentials
from tests.xapi.statements import statement

HOUR = timedelta(hours=1)


@pytest.fixture
def made(session, cast, at):
    """A client of Fyren, and its secret."""
    client, secret = clients.add(session, "Lekmiljö", "fyren", ["statements/write"], below=False, at=at)
    session.commit()
    return client, secret


class TestRotating:
    def test_the_old_secret_works_until_the_grace_has_passed_and_no_longer(self, session, made, at):
        client, old = made
        new = clients.rotate(client, grace=HOUR, at=at)
        session.commit()
        for secret in (old, new):
            assert clients.verify(session, client.key, secret, at + HOUR - timedelta(seconds=1))
        # Though it has just been seen.
        assert clients.verify(session, client.key, old, at + HOUR) is None
        assert clients.verify(session, client.key, new, at + HOUR)

    def test_without_grace_it_stops_at_once(self, session, made, at):
        client, old = made
        clients.verify(session, client.key, old, at)
        new = clients.rotate(client, grace=timedelta(), at=at)
        session.commit()
        assert clients.verify(session, client.key, old, at) is None
        assert clients.verify(session, client.key, new, at)

    def test_a_third_secret_ends_the_first(self, session, made, at):
        client, first = made
        second = clients.rotate(client, grace=HOUR, at=at)
        third = clients.rotate(client, grace=HOUR, at=at)
        session.commit()
        working = [bool(clients.verify(session, client.key, one, at)) for one in (first, second, third)]
        assert working == [False, True, True]

    def test_a_new_secret_works_at_once_where_the_old_one_is_remembered(self, session, made, at):
        """Another process gave it; this one has just let the old one in."""
        client, old = made
        clients.verify(session, client.key, old, at)
        remembered = clients._known[client.key]
        new = clients.rotate(client, grace=HOUR, at=at)
        session.commit()
        clients._known[client.key] = remembered
        assert clients.verify(session, client.key, new, at + timedelta(seconds=1))

    def test_a_revoked_client_gets_no_new_secret(self, session, made, at):
        client, _ = made
        clients.revoke(session, client.key, at)
        with pytest.raises(Conflict):
            clients.rotate(client, grace=HOUR, at=at)
        with pytest.raises(Conflict):
            clients.change(client, name="Another")


class TestChanging:
    def test_what_is_not_given_stays(self, session, made, at):
        client, _ = made
        clients.change(client, name="  Brandövningen ")
        assert (client.name, client.scopes, client.below) == ("Brandövningen", "statements/write", False)
        clients.change(client, scopes=["define", "statements/write"], below=True, rate_limit="5 per minute")
        assert (client.name, client.scopes, client.below) == ("Brandövningen", "statements/write define", True)
        clients.change(client, rate_limit="")
        assert client.rate_limit is None

    def test_it_holds_at_once_here(self, session, made, at):
        client, secret = made
        assert clients.verify(session, client.key, secret, at).has("statements/write")
        clients.change(client, scopes=["state"])
        session.commit()
        assert clients.verify(session, client.key, secret, at).scopes == {"state"}

    @pytest.mark.parametrize("given", [{"name": " "}, {"scopes": ["everything"]}, {"rate_limit": "now and then"}])
    def test_nonsense_is_refused_and_changes_nothing(self, session, made, given):
        client, _ = made
        with pytest.raises(Invalid):
            clients.change(client, **given)
        assert (client.name, client.scopes, client.rate_limit) == ("Lekmiljö", "statements/write", None)

    def test_another_organisations_client_is_not_found(self, session, cast, made):
        client, _ = made
        assert clients.get(session, client.key, cast.fyren.id) is client
        with pytest.raises(NotFound):
            clients.get(session, client.key, cast.ekeby.id)
        with pytest.raises(NotFound):
            clients.get(session, "a\x00b")


class TestRateLimit:
    @pytest.fixture
    def limited(self, app, client, session, made, monkeypatch):
        """A caller that the installation lets ask twice a minute."""
        monkeypatch.setitem(app.config, "XAPI_RATE_LIMIT", "2 per minute")
        assert isinstance(app.extensions["kunna"].limiter.storage, MemoryStorage)
        return Caller(client, credentials(made[0].key, made[1]))

    def test_one_request_too_many_is_429_and_says_when_to_come_back(self, limited):
        assert [limited.post(statement()).status_code for _ in range(3)] == [200, 200, 429]
        answer = limited.post(statement())
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert "2 per 1 minute" in answer.json["error"]
        assert answer.headers["X-Experience-API-Version"] == "2.0.0"
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]

    def test_what_is_refused_for_another_reason_counts_too(self, limited):
        assert [limited.get().status_code for _ in range(3)] == [403, 403, 429]

    def test_one_clients_requests_are_not_anothers(self, client, key, cast, limited):
        other = Caller(client, key(cast.fyren, "statements/read"))
        for _ in range(3):
            limited.get()
        assert other.get().status_code == 200

    def test_a_limit_of_its_own_stands_before_that_of_the_installation(self, session, limited, made):
        clients.change(made[0], rate_limit="1 per minute")
        session.commit()
        assert [limited.post(statement()).status_code for _ in range(2)] == [200, 429]

    def test_without_a_limit_there_is_none(self, app, client, made):
        assert app.config["XAPI_RATE_LIMIT"] == ""
        caller = Caller(client, credentials(*[made[0].key, made[1]]))
        assert {caller.post(statement()).status_code for _ in range(20)} == {200}

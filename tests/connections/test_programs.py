"""The pages on which an administrator gives programs keys, follows them and takes the keys back."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.app import mount
from lms.connections.views.blueprint import endpoint
from lms.xapi import clients
from lms.xapi.models import StoreClient
from lms.xapi.use import KEPT, Refusal
from tests.conftest import TEST_SETTINGS
from tests.connections.conftest import mailed, told

VERSION = {"X-Experience-API-Version": "2.0.0"}


def field(page, name):
    return re.search(rf'name="{name}"[^>]* value="([^"]*)"', page).group(1)


@pytest.fixture
def english(session, cast):
    cast.elsa.language = "en"
    session.commit()


@pytest.fixture
def used(app, counting, program):
    """`used(at, refusal)`: the program has asked for something."""
    known = clients.Client(program.id, program.key, program.name, program.organisation_id, frozenset(), ())

    def noted(at, refusal=None, times=1):
        for _ in range(times):
            app.extensions["kunna"].use.note(known, at, refusal)
        counting()

    return noted


class TestAdding:
    def test_the_key_and_secret_are_told_once_and_work(self, session, client, elsa, english):
        answer = elsa.post("/connections/add", data={"name": " Brand  övningen ", "scopes": ["statements/write"]})
        page = answer.get_data(as_text=True)
        assert answer.headers["Cache-Control"] == "private, no-store"
        key, secret = field(page, "key"), field(page, "secret")
        assert field(page, "endpoint") == "https://kunna.test/xapi/"
        sent = client.post("/xapi/statements", json=told(mailed("a@example.org")), auth=(key, secret), headers=VERSION)
        assert sent.status_code == 200
        made = session.scalars(select(StoreClient)).one()
        assert (made.name, made.scopes, made.below) == ("Brand övningen", "statements/write", False)
        for address in ("/connections", f"/connections/{key}"):
            assert secret not in elsa.get(address).get_data(as_text=True)

    def test_it_belongs_to_where_she_acts(self, session, cast, elsa):
        elsa.post("/connections/add", data={"name": "Brandövningen", "scopes": ["state"], "organisation": "nordverk"})
        assert session.scalars(select(StoreClient.organisation_id)).one() == cast.ekeby.id

    @pytest.mark.parametrize(
        ("form", "wrong"),
        [
            ({"name": "", "scopes": ["state"]}, "Give the program a name."),
            ({"name": "x" * 101, "scopes": ["state"]}, "Enter a shorter name."),
            ({"name": "X"}, "Choose what the program may do."),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self, session, elsa, english, form, wrong):
        answer = elsa.post("/connections/add", data=form)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 400
        assert page.count(wrong) == 2
        assert f'value="{form["name"]}"' in page
        assert session.scalars(select(StoreClient)).all() == []


class TestFollowing:
    def test_the_list_says_when_how_much_and_how_much_was_refused(self, elsa, english, used, hold_clock, at):
        hold_clock(at)
        used(at - timedelta(days=6), times=29)
        used(at - timedelta(days=7), times=100)
        used(at, Refusal(at, "POST", "/xapi/statements", 400, "statement.actor is missing."))
        page = elsa.get("/connections").get_data(as_text=True)
        assert '<td class="number" data-label="Requests in 7 days">30</td>' in page
        assert "3%" in page
        assert "23/11/2026, 10:00" in page

    def test_before_there_is_any_the_page_says_what_will_come(self, elsa, english, cast):
        page = elsa.get("/connections").get_data(as_text=True)
        assert "The programs you connect will appear here" in page
        assert "Requests in 7 days" not in page

    def test_one_that_has_not_been_used_says_so(self, elsa, english, program):
        page = elsa.get(f"/connections/{program.key}").get_data(as_text=True)
        for words in ("Never", "Nothing has come in for two weeks", "Nothing has been refused"):
            assert words in page

    def test_the_last_refused_requests_are_there_with_their_reasons(self, elsa, english, used, program, hold_clock, at):
        hold_clock(at)
        for number in range(KEPT + 5):
            moment = at - timedelta(seconds=number)
            used(moment, Refusal(moment, "PUT", "/xapi/statements", 409, f"Reason <{number}>"))
        page = elsa.get(f"/connections/{program.key}").get_data(as_text=True)
        assert "It clashed with what was there (409)" in page
        assert "Reason &lt;0&gt;" in page
        assert "Reason &lt;49&gt;" in page
        assert "Reason &lt;50&gt;" not in page
        assert "At most 55 requests a day; 55 of 55 were refused." in page

    def test_the_limits_that_hold_are_told(self, app, elsa, english, program, monkeypatch, session):
        monkeypatch.setitem(app.config, "XAPI_RATE_LIMIT", "6000 per minute")
        monkeypatch.setitem(app.config, "XAPI_MAX_BATCH", 77)
        page = elsa.get("/connections").get_data(as_text=True)
        assert "A program may ask 6000 per minute" in page
        assert "77 statements" in page
        clients.change(program, rate_limit="5 per hour")
        session.commit()
        assert "5 per hour" in elsa.get(f"/connections/{program.key}").get_data(as_text=True)


class TestChanging:
    def test_name_and_scopes(self, session, elsa, program):
        page = elsa.get(f"/connections/{program.key}/change").get_data(as_text=True)
        assert 'value="Brandövningen"' in page
        form = {"name": "Övningen", "scopes": ["statements/write", "define"]}
        assert elsa.post(f"/connections/{program.key}/change", data=form).status_code == 303
        session.expire_all()
        assert (program.name, program.scopes) == ("Övningen", "statements/write define")

    def test_a_new_secret_is_told_once_and_the_old_one_works_as_long_as_was_said(
        self, session, elsa, english, program, hold_clock, at
    ):
        hold_clock(at)
        before = program.secret_hash
        page = elsa.post(f"/connections/{program.key}/secret", data={"grace": "day"}).get_data(as_text=True)
        session.expire_all()
        assert clients.verify(session, program.key, field(page, "secret"), at)
        assert (program.previous_hash, program.previous_until) == (before, at + timedelta(days=1))
        assert "The old secret works until 24/11/2026, 10:00." in page
        assert "Works until 24/11/2026, 10:00" in elsa.get(f"/connections/{program.key}").get_data(as_text=True)

    def test_when_the_old_one_ends_has_to_be_chosen_among_what_there_is(self, session, elsa, program):
        before = program.secret_hash
        assert elsa.post(f"/connections/{program.key}/secret", data={"grace": "never"}).status_code == 400
        session.expire_all()
        assert program.secret_hash == before


class TestRevoking:
    def test_the_page_says_what_stops_and_nothing_happens_until_it_is_confirmed(self, session, elsa, english, program):
        page = elsa.get(f"/connections/{program.key}/revoke").get_data(as_text=True)
        assert "Within a minute everything the program asks for is refused" in page
        session.expire_all()
        assert program.revoked_at is None

    def test_a_revoked_program_stands_apart_and_offers_nothing_more(self, session, elsa, english, program):
        assert elsa.post(f"/connections/{program.key}/revoke").status_code == 303
        page = elsa.get("/connections").get_data(as_text=True)
        assert "Requests in 7 days" not in page
        assert f'href="/connections/{program.key}"' in page
        page = elsa.get(f"/connections/{program.key}").get_data(as_text=True)
        for address in ("change", "secret", "revoke"):
            assert f"/connections/{program.key}/{address}" not in page
        for address in ("change", "secret"):
            form = {"name": "X", "scopes": ["state"], "grace": "now"}
            assert elsa.post(f"/connections/{program.key}/{address}", data=form).status_code == 409


def test_whoever_looks_after_no_programs_is_not_shown_the_way(cast, sign_in):
    assert "/connections" not in sign_in(cast.bjorn).get("/").get_data(as_text=True)
    assert "/connections" not in sign_in(cast.david).get("/project").get_data(as_text=True)
    assert 'href="/connections"' in sign_in(cast.elsa).get("/project").get_data(as_text=True)
    assert 'href="/connections"' in sign_in(cast.cecilia).get("/project").get_data(as_text=True)


@pytest.mark.parametrize(
    ("site", "prefix", "script", "told"),
    [
        ("https://kunna.test", None, "", "https://kunna.test/xapi/"),
        ("https://host.test/learn", "/learn", "", "https://host.test/learn/xapi/"),
        # Mounted beside another app, which hands on what comes under /learn.
        ("https://host.test/learn", None, "/learn", "https://host.test/learn/xapi/"),
        ("https://host.test/a/learn", "/learn", "/a", "https://host.test/a/learn/xapi/"),
    ],
)
def test_the_address_told_is_the_one_that_programs_reach(tmp_path, site, prefix, script, told):
    host = Flask("host")
    settings = TEST_SETTINGS | {"SITE_URL": site, "DATABASE_URL": f"sqlite:///{tmp_path / 'kunna.sqlite'}"}
    mount(host, url_prefix=prefix, **settings)
    with host.test_request_context("/connections", environ_overrides={"SCRIPT_NAME": script}):
        assert endpoint() == told

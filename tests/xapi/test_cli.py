"""`flask clients`."""

import pytest

from lms.xapi.cli import clients
from tests.xapi.conftest import Caller, credentials
from tests.xapi.statements import statement


@pytest.fixture
def run(app, cast):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(clients, words)


def test_a_key_is_made_shown_used_listed_and_revoked(run, client, counting, hold_clock, at):
    hold_clock(at)
    made = run(
        "add",
        "Lekmiljö",
        "--organisation",
        "fyren",
        "--scope",
        "statements/write",
        "--scope",
        "statements/read",
    )
    assert made.exit_code == 0, made.output
    shown = dict(line.split(": ") for line in made.output.splitlines())
    assert set(shown) == {"key", "secret"}
    caller = Caller(client, credentials(**shown))
    assert caller.post(statement()).status_code == 200
    assert f"{shown['key']}  Lekmiljö: statements/write statements/read, fyren only, never used" in run("list").output
    counting()
    listed = run("list").output
    assert "fyren only, last used 2026-11-23 09:00 UTC" in listed
    assert shown["secret"] not in listed
    assert run("revoke", shown["key"]).exit_code == 0
    assert caller.get().status_code == 401
    assert "revoked" in run("list").output


def test_below_reaches_the_organisations_under_it(run, client, caller, cast):
    caller.post(statement())
    made = run("add", "Projektets", "--organisation", cast.project.key, "--scope", "all", "--below")
    shown = dict(line.split(": ") for line in made.output.splitlines())
    assert len(Caller(client, credentials(**shown)).ids()) == 1


def test_what_a_client_did_and_was_refused_is_shown(run, client, cast, counting, hold_clock, at):
    hold_clock(at)
    made = run("add", "Lekmiljö", "--organisation", "fyren", "--scope", "statements/write", "--rate-limit", "9/hour")
    shown = dict(line.split(": ") for line in made.output.splitlines())
    caller = Caller(client, credentials(**shown))
    caller.post(statement())
    caller.get()
    Caller(client, credentials("0123456789", "x")).get()
    counting()
    told = run("show", shown["key"]).output
    assert "scopes: statements/write\n" in told
    assert "rate limit: 9/hour\n" in told
    assert "2026-11-23: 2 requests, 1 refused\n" in told
    assert "2026-11-23 09:00 UTC  403 GET /xapi/statements: This needs one of the scopes" in told
    assert shown["secret"] not in told
    assert "Requests with a key that nobody has, in the last 7 days: 1\n" in run("list").output


def test_a_new_secret_is_given_and_the_old_one_works_for_a_while(run, client, cast, hold_clock, at):
    hold_clock(at)
    made = run("add", "Lekmiljö", "--organisation", "fyren", "--scope", "all")
    shown = dict(line.split(": ") for line in made.output.splitlines())
    told = run("rotate", shown["key"], "--grace", "day").output
    assert "The old secret works until 2026-11-24 09:00 UTC." in told
    new = told.splitlines()[0].removeprefix("secret: ")
    for secret in (shown["secret"], new):
        assert Caller(client, credentials(shown["key"], secret)).get().status_code == 200
    run("rotate", shown["key"], "--grace", "now")
    assert Caller(client, credentials(shown["key"], new)).get().status_code == 401


def test_name_scopes_reach_and_limit_can_be_changed(run, client, cast):
    made = run("add", "Lekmiljö", "--organisation", "fyren", "--scope", "all")
    shown = dict(line.split(": ") for line in made.output.splitlines())
    told = run("change", shown["key"], "--name", "Läsaren", "--scope", "statements/read", "--below")
    assert told.output == "Läsaren: statements/read\n"
    assert "Läsaren: statements/read, fyren and below" in run("list").output
    assert run("change", shown["key"], "--not-below").output == "Läsaren: statements/read\n"
    assert "fyren only" in run("list").output
    assert Caller(client, credentials(**shown)).post(statement()).status_code == 403


@pytest.mark.parametrize(
    "words",
    [
        ("add", "X", "--organisation", "nowhere", "--scope", "all"),
        ("add", " ", "--organisation", "fyren", "--scope", "all"),
        ("add", "X", "--organisation", "fyren"),
        ("add", "X", "--organisation", "fyren", "--scope", "statements"),
        ("add", "X", "--organisation", "fyren", "--scope", "all", "--rate-limit", "often"),
        ("change", "unknown", "--name", "X"),
        ("rotate", "unknown"),
        ("rotate", "unknown", "--grace", "year"),
        ("show", "unknown"),
        ("revoke", "unknown"),
    ],
)
def test_what_cannot_be_done_is_said(run, words):
    answer = run(*words)
    assert answer.exit_code != 0
    assert "Error: " in answer.output

"""`flask clients`."""

import pytest

from lms.xapi.cli import clients
from tests.xapi.conftest import Caller, credentials
from tests.xapi.statements import statement


@pytest.fixture
def run(app, cast):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(clients, words)


def test_a_key_is_made_shown_used_listed_and_revoked(run, client):
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
    listed = run("list").output
    assert f"{shown['key']}  Lekmiljö: statements/write statements/read, fyren only, last wrote 2" in listed
    assert shown["secret"] not in listed
    assert run("revoke", shown["key"]).exit_code == 0
    assert caller.get().status_code == 401
    assert "revoked" in run("list").output


def test_below_reaches_the_organisations_under_it(run, client, caller, cast):
    caller.post(statement())
    made = run("add", "Projektets", "--organisation", cast.project.key, "--scope", "all", "--below")
    shown = dict(line.split(": ") for line in made.output.splitlines())
    assert len(Caller(client, credentials(**shown)).ids()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("add", "X", "--organisation", "nowhere", "--scope", "all"),
        ("add", " ", "--organisation", "fyren", "--scope", "all"),
        ("add", "X", "--organisation", "fyren"),
        ("add", "X", "--organisation", "fyren", "--scope", "statements"),
        ("revoke", "unknown"),
    ],
)
def test_what_cannot_be_done_is_said(run, words):
    answer = run(*words)
    assert answer.exit_code != 0
    assert "Error: " in answer.output

"""An administrator connects a program, follows it, and takes its key back."""

import base64
import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import button, heading, link, said, sign_in

STATEMENT = {
    "actor": {"mbox": "mailto:farid@ekeby.example"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"sv": "slutförde"}},
    "object": {"id": "https://brandskydd.example/utrymning", "definition": {"name": {"sv": "Utrymning"}}},
}


def ask(address, key, secret, statement=None):
    """A program that knows nothing of pages. The status and the answer."""
    credentials = base64.b64encode(f"{key}:{secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {credentials}",
        "X-Experience-API-Version": "2.0.0",
        "Content-Type": "application/json",
    }
    body = json.dumps(statement).encode() if statement is not None else None
    try:
        with urlopen(Request(address, body, headers), timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.browser
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_an_administrator_connects_a_program_follows_it_and_revokes_it(page, site):
    sign_in(page, "elsa@ekeby.example")
    page.get_by_role("navigation").get_by_role("link", name=said("Project"), exact=True).click()
    link(page, "Connections").click()
    link(page, "Add a program").click()
    page.get_by_label(said("Name")).fill("Utrymningsspelet")
    button(page, "Add").click()
    heading(page, said("%(name)s has been added", name="Utrymningsspelet"))
    endpoint, key, secret = (
        page.get_by_label(said(label)).input_value()
        for label in ("Address (endpoint)", "Key (user name)", "Secret (password)")
    )
    # The program sends something, and tries what it may not.
    status, [id] = ask(f"{endpoint}statements", key, secret, STATEMENT)
    assert status == 200
    assert ask(f"{endpoint}statements", key, secret)[0] == 403
    site.app.extensions["kunna"].use.write()

    # She sees that it was used, and why it was refused.
    link(page, "I have copied it").click()
    heading(page, "Utrymningsspelet")
    expect(page.get_by_text(re.compile("This needs one of the scopes"))).to_be_visible()
    link(page, "What it has sent").click()
    page.get_by_role("link", name="Farid Nazari slutförde ”Utrymning”").click()
    expect(page.locator("pre")).to_contain_text(id)
    expect(page.get_by_text("Inget: Kunna räknar bara det som sägs om en person").first).to_be_visible()
    with page.expect_download() as download:
        link(page, "Download").click()
    assert json.loads(download.value.path().read_text())["id"] == id

    # Its secret may have been seen: a new one, and the old one ends at once.
    page.goto(f"/connections/{key}")
    link(page, "New secret").click()
    page.get_by_label(said("At once")).check()
    button(page, "Make a new secret").click()
    new = page.get_by_label(said("Secret (password)")).input_value()
    assert ask(f"{endpoint}statements", key, secret, STATEMENT)[0] == 401
    assert ask(f"{endpoint}statements", key, new, STATEMENT)[0] == 200

    # It is not needed any more.
    link(page, "I have copied it").click()
    link(page, "Revoke").click()
    heading(page, said("Revoke %(name)s?", name="Utrymningsspelet"))
    button(page, "Revoke").click()
    expect(page.get_by_text("”Utrymningsspelet” är spärrat")).to_be_visible()
    status, answer = ask(f"{endpoint}statements", key, new, STATEMENT)
    assert (status, answer["error"]) == (401, "There is no client with this key and secret.")
    site.app.extensions["kunna"].use.write()
    page.goto(f"/connections/{key}")
    expect(page.get_by_text("The key has been revoked.")).to_be_visible()

"""Elsa brings people in from a file; one of them answers the invitation."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import button, heading, link, said, sign_in

RIGHT = [f"Person {number},person{number}@ekeby.example,Skolan" for number in range(1, 8)]
WRONG = [*RIGHT[:5], "Person 6,person6@ekeby.example,Skolverket", RIGHT[6]]


def choose(page: Page, rows: list[str]) -> None:
    page.goto("/people")
    link(page, "Bring in a file").click()
    content = "\n".join(["Namn,E-post,Enhet", *rows]).encode()
    page.locator("input[type=file]").set_input_files({"name": "nya.csv", "mimeType": "text/csv", "buffer": content})
    button(page, "Check the file").click()


def letter_to(address: str, folder: Path) -> str:
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    [letter] = [letter for letter in letters if address in letter["To"]]
    return letter.get_content()


@pytest.mark.browser
def test_elsa_brings_people_in_and_one_of_them_arrives(browse, site):
    elsa = browse()
    sign_in(elsa, "elsa@ekeby.example")

    # A file with a mistake in row 7 changes nothing, and says which row and what to do.
    choose(elsa, WRONG)
    heading(elsa, said("There is something to put right"))
    wrong = elsa.get_by_role("table", name=said("What is wrong")).get_by_role("row")
    expect(wrong).to_have_count(2)
    expect(wrong.nth(1)).to_contain_text("7")
    elsa.goto("/people?search=person1@ekeby.example")
    expect(elsa.locator("tbody tr")).to_have_count(0)

    # Put right, it shows what it would change, and does it when she says so.
    choose(elsa, RIGHT)
    heading(elsa, said("This is what the file would change"))
    elsa.get_by_label(said("Send an invitation to everyone who is new")).check()
    button(elsa, "Make the changes").click()
    elsa.goto("/people?search=person6@ekeby.example")
    expect(elsa.get_by_role("link", name="Person 6")).to_be_visible()

    # Person 6 opens the link in the letter, chooses a password, and is in.
    link_in = re.search(r"http://\S+", letter_to("person6@ekeby.example", site.folder / "mail"))[0]
    newcomer = browse()
    newcomer.goto(link_in)
    newcomer.get_by_label(said("Password")).fill("en fyr vid havet 47")
    newcomer.locator("main form").get_by_role("button").click()
    newcomer.wait_for_url("/")
    expect(newcomer.locator("main")).to_contain_text("Person")


@pytest.mark.browser
def test_farid_looks_at_one_organisation_at_a_time(page):
    sign_in(page, "farid@ekeby.example")
    switcher = page.locator(".topbar-organisation")
    switcher.locator("summary").click()
    other = "Ungdomshuset Fyren" if "Ekeby" in switcher.locator("summary").inner_text() else "Ekeby kommun"
    switcher.get_by_role("button", name=re.compile(other)).click()
    page.wait_for_url("/")
    expect(switcher.locator("summary")).to_contain_text(other)


@pytest.mark.browser
def test_what_was_being_sent_when_the_session_ended_is_not_lost(page):
    sign_in(page, "alva@fyren.example")
    page.goto("/courses/sjalvledarskap/vad-ar-sjalvledarskap/mandatkartan")
    page.context.clear_cookies()
    page.get_by_label("Ruta 1: Det här beslutar jag själv").fill("Det som inte får försvinna")
    button(page, "Save").click()
    page.get_by_label(said("E-mail")).fill("alva@fyren.example")
    page.get_by_label(said("Password")).fill("kunna-demo-2026")
    button(page, "Sign in").click()
    button(page, "Send it again").click()
    expect(page.get_by_label("Ruta 1: Det här beslutar jag själv")).to_have_value("Det som inte får försvinna")

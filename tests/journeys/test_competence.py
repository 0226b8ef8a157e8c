"""A manager reads the map of his people, and every cell opens to why."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import button, heading, link, said, sign_in

GOALS = "self-leadership/SL1"


def cell_of_alva(page: Page):
    page.goto("/competence/map")
    return page.get_by_role("row").filter(has_text="Alva Ek").locator(f"a[href$='{GOALS}']")


@pytest.mark.browser
def test_what_alva_says_changes_bjorns_map_and_opens_to_why(browse):
    bjorn, alva = browse(), browse()
    sign_in(bjorn, "bjorn@fyren.example")
    expect(cell_of_alva(bjorn)).to_contain_text("2 / 2")

    sign_in(alva, "alva@fyren.example")
    alva.goto("/competence/assess/my-work/1")
    alva.locator(f"input[name='{GOALS}'][value='4']").check()
    button(alva, "Save and go on").click()
    expect(alva.get_by_role("status").filter(has_text=said("%(num)d assessment saved.", num=1))).to_be_visible()

    cell = cell_of_alva(bjorn)
    expect(cell).to_contain_text("4 / 2")
    cell.click()
    heading(bjorn, "Sätta mål och prioritera")
    evidence = bjorn.get_by_role("table", name=said("Evidence, newest first"))
    newest = evidence.get_by_role("row").nth(1)
    expect(newest).to_contain_text("self-assessed 1")
    expect(newest).to_contain_text("4")
    # Her own words in the record store are hers to open, not his.
    expect(link(bjorn, "Open the record")).to_have_count(0)


@pytest.mark.browser
def test_alva_opens_a_claim_about_her_down_to_the_statement(page):
    sign_in(page, "alva@fyren.example")
    page.goto("/competence/")
    page.locator(f"a[href$='{GOALS}']").first.click()
    link(page, "Open the record").first.click()
    expect(page.locator("pre, code").first).to_contain_text("https://kunna.test/xapi/verbs/")


@pytest.mark.browser
def test_a_manager_is_two_clicks_from_the_gaps_that_matter_why_and_what_would_close_them(page):
    clicks = []
    page.expose_function("clicked", lambda: clicks.append(page.url))
    page.add_init_script("document.addEventListener('click', () => window.clicked(), true)")
    sign_in(page, "bjorn@fyren.example")
    clicks.clear()

    link(page, "Why, and what would close them").click()
    cards = page.locator(".gap-cards > li")
    expect(cards).to_have_count(3)
    for place in range(3):
        card = cards.nth(place)
        expect(card.get_by_role("heading", level=2)).to_contain_text(f"{place + 1}. ")
        # Which figures, and whom it is about.
        expect(card).to_contain_text("gapindex")
        expect(card.locator("a[href*='/competence/why/']").first).to_be_visible()
        expect(card).to_contain_text(said("What would close it"))
    link(cards.first, "What the figures are made of").click()
    table = page.get_by_role("table", name=said("Who has it, and who lacks it"))
    expect(table.get_by_role("row")).not_to_have_count(1)
    assert len(clicks) == 2


@pytest.mark.browser
def test_the_map_can_be_read_on_a_phone(browse):
    page = browse(viewport={"width": 360, "height": 740}, has_touch=True)
    sign_in(page, "bjorn@fyren.example")
    page.goto("/competence/map")
    heading(page, said("Competence map"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
def test_a_stranger_is_told_that_there_is_nothing(browse):
    bjorn, gun = browse(), browse()
    sign_in(bjorn, "bjorn@fyren.example")
    why = cell_of_alva(bjorn).get_attribute("href")
    sign_in(gun, "gun@nordverk.example")
    answer = gun.goto(why)
    assert answer.status == 404
    expect(gun.locator("main")).not_to_contain_text("Alva")
    gun.goto("/people")
    for name in ("Alva Ek", "Elsa Öberg", "Fyren"):
        expect(gun.locator("body")).not_to_contain_text(name)

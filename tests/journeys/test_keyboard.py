"""Everything can be reached and done without a mouse, and one always sees where one is."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.steps import button, heading, link, said

MOST_STEPS = 60
# A choice is marked around its words.
IS_MARKED = "it => getComputedStyle(it.closest('.option') || it).outlineStyle !== 'none'"


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    assert wanted.evaluate(IS_MARKED), f"nothing shows that {wanted} has the focus"


@pytest.mark.browser
def test_a_learner_reads_and_answers_with_the_keyboard(page):
    page.goto("/")
    tab_to(page, page.get_by_label(said("E-mail")))
    page.keyboard.type("alva@fyren.example")
    tab_to(page, page.get_by_label(said("Password")))
    page.keyboard.type("kunna-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("/")

    # The first stop leads past everything that stands on every page.
    tab_to(page, link(page, "Skip to the content"))
    page.keyboard.press("Enter")
    tab_to(page, button(page, "Continue"))
    page.keyboard.press("Enter")
    heading(page, "Vem ansvarar för vad?")
    tab_to(page, button(page, "Go on to: %(title)s", title="Ditt mandat"))
    page.keyboard.press("Enter")
    heading(page, "Ditt mandat")

    page.goto("/competence/assess/self-leadership/1")
    first = page.locator("main input[type=radio]").first
    tab_to(page, page.locator("main input[type=radio]:checked").first)
    page.keyboard.press("ArrowDown")
    expect(first).not_to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=said("%(num)d assessment saved.", num=1))).to_be_visible()


@pytest.mark.browser
def test_menus_open_and_close_with_the_keyboard(page):
    page.goto("/sign-in")
    summary = page.locator("summary").first
    tab_to(page, summary)
    page.keyboard.press("Enter")
    english = page.get_by_role("button", name="English")
    expect(english).to_be_visible()
    page.keyboard.press("Escape")
    expect(english).to_be_hidden()
    expect(summary).to_be_focused()

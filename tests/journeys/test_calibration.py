"""A manager and a person go through levels side by side, and both see what was said."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import button, link, said, sign_in

GOALS = "self-leadership/SL1"


@pytest.mark.browser
def test_bjorn_sees_it_otherwise_and_alva_answers(browse):
    bjorn, alva = browse(), browse(viewport={"width": 360, "height": 740}, has_touch=True)
    sign_in(bjorn, "bjorn@fyren.example")
    bjorn.goto("/competence/map")
    bjorn.get_by_role("rowheader").get_by_role("link", name="Alva Ek").click()
    link(bjorn, "Calibration talk").click()
    bjorn.locator(f"input[name='level:{GOALS}'][value='4']").check()
    button(bjorn, "Save").click()
    expect(bjorn.get_by_role("status")).to_be_visible()

    sign_in(alva, "alva@fyren.example")
    alva.goto("/competence/")
    link(alva, "See what you both said").click()
    goals = alva.locator("section").filter(has_text="Sätta mål och prioritera").last
    expect(goals).to_contain_text(said("Two or more levels apart"))
    goals.locator("summary").click()
    goals.get_by_role("textbox").fill("Jag är inte där än.")
    goals.get_by_role("button").click()
    expect(alva.locator("main")).to_contain_text("Jag är inte där än.")
    assert alva.evaluate("document.documentElement.scrollWidth") <= 360

    bjorn.reload()
    expect(bjorn.locator("main")).to_contain_text("Jag är inte där än.")

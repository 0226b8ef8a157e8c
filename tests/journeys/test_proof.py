"""Handing in a proof from a phone, in the middle of assessing oneself; and what the manager makes of it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import button, link, said, sign_in

GOALS = "self-leadership/SL1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.mark.browser
def test_alva_hands_in_what_she_has_and_bjorn_sees_less_in_it(browse):
    alva, bjorn = browse(viewport={"width": 360, "height": 740}, has_touch=True), browse()
    sign_in(alva, "alva@fyren.example")
    alva.goto("/competence/assess/self-leadership/1")
    goals = alva.locator("fieldset").filter(has_text="Sätta mål och prioritera")
    goals.locator("input[value='4']").check()
    goals.locator("summary").click()
    goals.get_by_role("textbox").fill("Jag planerade lägret.")
    goals.get_by_role("button").click()

    button(alva, "Hand in").click()
    expect(alva.get_by_role("alert")).to_contain_text(said("Choose a file or take a picture."))
    assert alva.locator("select[name='competence:0']").input_value() == GOALS
    alva.get_by_label(said("File or picture")).set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": PNG}
    )
    alva.locator("[name=title]").fill("Projektledning i praktiken")
    alva.locator("[name=issuer]").fill("Fyrens folkhögskola")
    alva.locator("[name=issued]").fill("2026-01-15")
    button(alva, "Hand in").click()
    # Back where she was, with what she had written.
    expect(alva).to_have_url("/competence/assess/self-leadership/1")
    expect(goals).to_contain_text("Projektledning i praktiken")
    expect(goals).to_contain_text(said("Waiting for the manager"))
    expect(goals.get_by_role("textbox")).to_have_value("Jag planerade lägret.")
    assert alva.evaluate("document.documentElement.scrollWidth") <= 360

    sign_in(bjorn, "bjorn@fyren.example")
    bjorn.get_by_role("link", name="Ett intyg väntar på dig").click()
    bjorn.get_by_role("link", name="Projektledning i praktiken").click()
    bjorn.locator(f"select[name='level:{GOALS}']").select_option("3")
    bjorn.locator("[name=text]").fill("Vi tar ledningen efter nyår.")
    button(bjorn, "Confirm").click()
    expect(bjorn.locator("main")).to_contain_text(said("Confirmed"))

    alva.goto("/competence/")
    alva.get_by_role("link", name="Projektledning i praktiken").click()
    expect(alva.locator("main")).to_contain_text("Vi tar ledningen efter nyår.")
    with alva.expect_download() as file:
        link(alva, "Open the file").click()
    assert file.value.path().read_bytes() == PNG

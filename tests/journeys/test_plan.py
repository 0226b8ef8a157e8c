"""A manager finds the gaps that matter most, why, and what would close them; asks people, and sees the forecast."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import button, link, said, sign_in


def in_days(number):
    return (datetime.now(UTC).date() + timedelta(days=number)).isoformat()


@pytest.mark.browser
def test_bjorn_plans_for_his_people_and_alva_is_asked(browse):
    bjorn, alva = browse(), browse(viewport={"width": 360, "height": 740}, has_touch=True)
    sign_in(bjorn, "bjorn@fyren.example")
    bjorn.goto("/competence/plan/")
    expect(bjorn.locator(".map-sentence")).to_contain_text("Reglera sig själv")

    # Why it is so, down to who.
    bjorn.get_by_role("rowheader").get_by_role("link", name="Reglera sig själv").click()
    expect(bjorn.locator("main")).to_contain_text("Tove Lindgren")
    bjorn.go_back()

    # What no module closes is done in another way.
    bjorn.get_by_role("link", name=said("Add another way for “%(name)s”", name="Hantera digital identitet")).click()
    bjorn.locator("input[name=kind][value=mentor]").check()
    bjorn.locator("textarea[name=what]").fill("Nils visar de andra hur han gör.")
    bjorn.locator("input[name=due_on]").fill(in_days(90))
    button(bjorn, "Decide").click()
    expect(bjorn.locator("#measures")).to_contain_text("Nils visar de andra hur han gör.")

    # The rest is asked of those whom it helps.
    bjorn.locator("input[name=due_on]").fill(in_days(60))
    bjorn.locator("textarea[name=why]").fill("Så att vi är två på svåra kvällar.")
    button(bjorn, "Assign what is ticked").click()
    expect(bjorn.locator("#assigned")).to_contain_text("Så att vi är två på svåra kvällar.")
    link(bjorn, "The forecast map").click()
    expect(bjorn.locator("#map")).to_contain_text("Tove Lindgren")
    expect(bjorn.locator("main")).to_contain_text(re.compile(r"En prognos för"))

    # Whoever has been asked meets it first of all.
    sign_in(alva, "alva@fyren.example")
    expect(alva.locator("#asked")).to_contain_text("Nätverket kommer hit i vår, och du håller i en av dagarna.")
    assert alva.evaluate("document.documentElement.scrollWidth") <= 360

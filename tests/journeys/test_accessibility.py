"""Every main page, read by axe: in both languages, light and dark, wide and narrow."""

import pytest

from tests.browser import NARROW, WIDE, axe
from tests.journeys.pages import PAGES, speak
from tests.journeys.steps import sign_in

# A share of the pages each, so that those who try them side by side are done at the same time.
PARTS = 6


@pytest.mark.browser
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    ("locale", "viewport"), [("sv-SE", WIDE), ("en-GB", NARROW)], ids=["swedish-wide", "english-narrow"]
)
def test_axe_finds_nothing(browse, site, locale, viewport, part):
    alva = speak(site, locale[:2])
    people, found = {}, []
    for name, (who, address) in list(PAGES.items())[part::PARTS]:
        if who not in people:
            people[who] = browse(locale=locale, viewport=viewport)
            if who is not None:
                sign_in(people[who], who)
        page = people[who]
        page.goto(address.format(alva=alva))
        assert page.locator("html").get_attribute("lang") == locale[:2]
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            found.append(f"{name}: wider than the window")
        found += [f"{name}: {told}" for told in axe(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"{name}, dark: {told}" for told in axe(page, "color-contrast")]
        page.emulate_media(color_scheme="light")
    assert found == []

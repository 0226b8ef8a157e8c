"""Every main page, read by axe: wide and light in Swedish, narrow and dark in English.

That both schemes have contrast in every pair of colours that is used, `tests/look` reckons out from the tokens.
"""

import pytest

from tests.browser import NARROW, WIDE, axe
from tests.journeys.pages import PAGES, speak
from tests.journeys.steps import sign_in

# A share of the pages each, so that those who try them side by side are done at the same time; one person's pages are
# in as few as can be, as everyone signs in anew.
PARTS = 6
IN_TURN = sorted(PAGES.items(), key=lambda item: item[1][0] or "")
SHARES = [IN_TURN[len(PAGES) * part // PARTS : len(PAGES) * (part + 1) // PARTS] for part in range(PARTS)]


# What a width or a scheme can change; the rest is the same markup, but for the navigation on each person's first page.
SEEN = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")


@pytest.mark.browser
@pytest.mark.parametrize("share", SHARES, ids=range(PARTS))
@pytest.mark.parametrize(
    ("locale", "viewport", "scheme", "rules"),
    [("sv-SE", WIDE, "light", ()), ("en-GB", NARROW, "dark", SEEN)],
    ids=["swedish-wide-light", "english-narrow-dark"],
)
def test_axe_finds_nothing(browse, site, locale, viewport, scheme, rules, share):
    alva = speak(site, locale[:2])
    people, found = {}, []
    for name, (who, address) in share:
        is_first = who not in people
        if is_first:
            people[who] = browse(locale=locale, viewport=viewport, color_scheme=scheme)
            if who is not None:
                sign_in(people[who], who)
        page = people[who]
        page.goto(address.format(alva=alva))
        assert page.locator("html").get_attribute("lang") == locale[:2]
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            found.append(f"{name}: wider than the window")
        found += [f"{name}: {told}" for told in axe(page, *(() if is_first else rules))]
    assert found == []

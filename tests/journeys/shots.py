"""`make shots`: the main pages as pictures in shots/, to be looked at next to each other."""

import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.browser import NARROW, OPTIONS, WIDE, Site, fill, launched, serving
from tests.journeys.pages import PAGES, speak
from tests.journeys.steps import sign_in

SHOTS = Path(__file__).parents[2] / "shots"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'kunna.sqlite'}"
        fill(url)
        with serving(Path(folder), DATABASE_URL=url) as site:
            for language, (size, viewport) in product(("sv", "en"), (("wide", WIDE), ("narrow", NARROW))):
                take(site, language, size, viewport)
    sys.stdout.write(f"\nThe pictures are in {SHOTS}\n")


def take(site: Site, language: str, size: str, viewport: dict[str, int]) -> None:
    alva = speak(site, language)
    with launched() as browser:
        people = {}
        for number, (name, (who, address)) in enumerate(PAGES.items(), start=1):
            if who not in people:
                people[who] = browser.new_page(
                    **(OPTIONS | {"base_url": site.address, "locale": language, "viewport": viewport})
                )
                if who is not None:
                    sign_in(people[who], who)
            people[who].goto(address.format(alva=alva))
            for scheme in ("light", "dark"):
                people[who].emulate_media(color_scheme=scheme)
                people[who].screenshot(path=SHOTS / name / f"{size}-{scheme}-{language}.png", full_page=True)
            sys.stdout.write(f"\r{language} {size}: {number} of {len(PAGES)} pages ")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

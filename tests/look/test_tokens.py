"""The colours of both themes can be read, and each colour and measure has one name."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "lms/static/css"
THEMES = {
    "light": r"@layer tokens \{\s+:root \{(.*?)\}",
    "dark": r"prefers-color-scheme: dark\) \{\s+:root \{(.*?)\}",
}
PAPERS = ("paper", "surface", "sunken")
STEPS = (1, 2, 3, 4)
WASHES = ("accent", "good", "info", "warning", "bad")
# WCAG 2.2, 1.4.6 for running text, 1.4.3 for the rest, 1.4.11 for edges and shapes.
RUNNING, SHORT, SHAPE = 7.0, 4.5, 3.0


def colours(theme: str) -> dict[str, str]:
    css = (CSS / "tokens.css").read_text()
    told = {}
    for name in ("light", theme):
        (block,) = re.findall(THEMES[name], css, re.DOTALL)
        told |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    return told


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05), the lighter first."""
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs() -> dict[tuple[str, str], float]:
    """What is read or seen, on what, and the least contrast it may have."""
    running = {(ink, paper): RUNNING for ink in ("ink", "ink-quiet", "accent") for paper in PAPERS}
    washes = {("ink", f"{wash}-wash"): RUNNING for wash in WASHES}
    links = {("accent", f"{wash}-wash"): SHORT for wash in WASHES}
    words = {(word, ground): SHORT for word in WASHES for ground in (*PAPERS, f"{word}-wash")}
    buttons = {
        ("on-accent", "accent"): SHORT,
        ("on-accent", "accent-strong"): SHORT,
        ("on-bad", "bad"): SHORT,
    }
    edges = {(edge, paper): SHAPE for edge in ("edge", "focus") for paper in PAPERS}
    figures = {("ink", f"gap-{step}"): RUNNING if step < 4 else SHORT for step in STEPS}
    shapes = {("gap-shape", f"gap-{step}"): SHAPE for step in STEPS}
    return words | running | washes | links | buttons | edges | figures | shapes


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_read_stands_out_from_what_it_stands_on(theme):
    told = colours(theme)
    found = {pair: contrast(told[pair[0]], told[pair[1]]) for pair in pairs()}
    assert {pair: found[pair] for pair, least in pairs().items() if found[pair] < least} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_each_step_of_the_gap_differs_from_the_one_before(theme):
    told = colours(theme)
    grounds = [luminance(told[name]) for name in ("surface", "gap-1", "gap-2", "gap-3", "gap-4")]
    assert grounds == sorted(grounds, reverse=theme == "light")
    assert len(set(grounds)) == len(grounds)


def test_every_measure_that_is_used_has_been_given():
    css = {file.name: file.read_text() for file in CSS.glob("*.css")}
    given = set(re.findall(r"(--[\w-]+):", "".join(css.values())))
    used = {name: set(re.findall(r"var\((--[\w-]+)\)", text)) for name, text in css.items()}
    assert {name: names - given for name, names in used.items() if names - given} == {}


def test_colours_are_named_in_one_file():
    """Drawings are made for white paper, and shadows have no other name."""
    allowed = {"reading.css": {"#fffffe"}}
    for file in {*CSS.glob("*.css")} - {CSS / "tokens.css", CSS / "print.css"}:
        found = set(re.findall(r"#[0-9a-f]{3,8}\b", file.read_text()))
        assert found <= allowed.get(file.name, set()), file.name

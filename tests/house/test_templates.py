"""Pages obey the content security policy, and nothing reaches them unescaped without a reason."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "lms").rglob("templates/**/*") if path.is_file())

# What default-src 'self' refuses, so that it would fail only in a browser.
REFUSED = {
    "a script in the page": r"<script(?![^>]*\bsrc=)",
    "styles in the page": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "an event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "a javascript: address": r"javascript:",
    "something from elsewhere": r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT / "lms"))


def test_a_template_has_nothing_that_the_policy_refuses():
    found = [
        f"{named(path)}: {what}"
        for path in TEMPLATES
        for what, pattern in REFUSED.items()
        if re.search(pattern, path.read_text())
    ]
    assert found == []


def test_what_a_template_calls_safe_comes_with_the_reason():
    """On the same line or the one before: {# safe: … #}."""
    assert without_reason(TEMPLATES, r"\|\s*safe\b|autoescape\s+false", r"\{#-? safe:") == []


def without_reason(paths: Iterable[Path], pattern: str, reason: str) -> list[str]:
    return [
        f"{named(path)}:{number}: {line.strip()}"
        for path in paths
        for number, (before, line) in enumerate(pairwise(["", *path.read_text().splitlines()]), start=1)
        if re.search(pattern, line) and not re.search(reason, before + line)
    ]


def test_every_form_that_posts_carries_a_token():
    posting = [
        (path, form)
        for path in TEMPLATES
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
        if re.search(r"method=[\"']post", form, re.IGNORECASE)
    ]
    assert [
        f"{named(path)}: {form[:80]}" for path, form in posting if "csrf" not in form and "hidden_tag" not in form
    ] == []

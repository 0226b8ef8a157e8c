"""A small course of the tests' own, in place of those that are really taught."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from lms.courses.content import Library
from lms.courses.course import Course

CONTENT = Path(__file__).parent / "content"
COMPETENCES = frozenset({"self-leadership/SL1", "lifecomp/P1"})


@pytest.fixture(scope="session")
def library() -> Library:
    return Library([CONTENT], COMPETENCES)


@pytest.fixture
def meetings(app: Flask, library: Library) -> Course:
    """The course “Möten”, and an app that has no other."""
    furnished = app.extensions["kunna"]
    app.extensions["kunna"] = replace(furnished, library=library)
    yield library.get("moten")
    app.extensions["kunna"] = furnished

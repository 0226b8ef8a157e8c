"""config.py, docs/settings.md and the code name the same settings."""

import re
from pathlib import Path

import pytest
from flask import Config

from lms.app import create_app
from tests.conftest import TEST_SETTINGS

ROOT = Path(__file__).parents[2]


def settings() -> list[str]:
    read = Config(str(ROOT))
    read.from_pyfile("config.py")
    return [name for name in read if not name.startswith("_")]


# Flask's own code reads these.
FLASK_READS = {"SESSION_COOKIE_SECURE"}


def test_every_setting_is_used():
    code = "".join(path.read_text() for path in (ROOT / "lms").rglob("*.py"))
    assert [name for name in settings() if f'"{name}"' not in code and name not in FLASK_READS] == []


def test_exactly_the_settings_there_are_stand_in_the_documentation():
    documented = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert documented == sorted(settings())


def test_settings_stand_in_alphabetical_order():
    names = re.findall(r"^([A-Z][A-Z_]+) = ", (ROOT / "config.py").read_text(), re.MULTILINE)
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [("MINIMUM_GROUP", 4), ("SECRET_KEY", "short"), ("JOBS_URL", "carrots"), ("SQLITE_SYNCHRONOUS", "OFF")],
)
def test_nonsense_stops_the_start(name, nonsense):
    with pytest.raises((RuntimeError, ValueError), match=name):
        create_app(**(TEST_SETTINGS | {"DATABASE_URL": "sqlite://", name: nonsense}))

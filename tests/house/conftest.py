import pytest
from flask import Flask

from lms.app import create_app
from tests.conftest import TEST_SETTINGS


@pytest.fixture(scope="session")
def idle_app() -> Flask:
    """The app as it stands, with a database that nobody asks anything."""
    return create_app(**TEST_SETTINGS, DATABASE_URL="sqlite://")

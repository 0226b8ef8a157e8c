import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.app import create_app
from lms.db import db
from lms.identity.models import Person
from tests.browser import SETTINGS


@pytest.fixture(scope="module")
def demo(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo project, as it stands."""
    copy = tmp_path_factory.mktemp("reports") / "kunna.sqlite"
    shutil.copy(demo_database, copy)
    app = create_app(**SETTINGS, TESTING=True, DATABASE_URL=f"sqlite:///{copy}")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def of_the_demo(demo: Flask) -> Callable[[str], FlaskClient]:
    """`of_the_demo("bjorn@fyren.example")`: a browser in which he is signed in."""

    def signed_in(email: str) -> FlaskClient:
        client = demo.test_client()
        with demo.app_context():
            person = db.session.scalars(select(Person).where(Person.email == email)).one()
            known = f"{person.uuid}.{person.session_epoch}"
        with client.session_transaction() as kept:
            kept["_user_id"] = known
            kept["_fresh"] = True
        return client

    return signed_in


@pytest.fixture
def alva(demo: Flask) -> UUID:
    with demo.app_context():
        return db.session.scalars(select(Person.uuid).where(Person.email == "alva@fyren.example")).one()

"""Kunna on somebody else's app keeps to its prefix and leaves the rest as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from lms.app import create_app, mount
from lms.db import db
from tests.conftest import TEST_SETTINGS


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {
        **TEST_SETTINGS,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'kunna.sqlite'}",
        "MAIL_URL": f"file://{tmp_path / 'mail'}",
        "SITE_URL": "https://host.test/learn",
    }


@pytest.fixture
def host(tmp_path: Path, settings: dict[str, Any]) -> Iterator[Flask]:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "base.html").write_text("the host's own base")
    host = Flask("host", template_folder=str(templates))

    @host.get("/")
    def front() -> str:
        return render_template("base.html")

    @host.errorhandler(404)
    def missing(_error: Exception) -> tuple[str, int]:
        return "the host's own 404", 404

    mount(host, url_prefix="/learn", **settings)
    with host.app_context():
        flask_migrate.upgrade()
    yield host
    with host.app_context():
        db.engine.dispose()


def test_it_works(host: Flask) -> None:
    client = host.test_client()
    assert client.get("/learn/readyz").json == {"status": "ok"}
    page = client.get("/learn/sign-in")
    assert page.status_code == 200
    assert 'href="/learn/static/css/base.css' in page.text
    assert client.get("/learn/", headers={"Accept": "text/html"}).location == "/learn/sign-in?next=/learn/"


def test_the_record_store_is_under_the_prefix_too(host: Flask) -> None:
    assert "2.0.0" in host.test_client().get("/learn/xapi/about").json["version"]


def test_the_host_keeps_its_pages_and_errors(host: Flask) -> None:
    client = host.test_client()
    assert client.get("/").text == "the host's own base"
    assert client.get("/nowhere").text == "the host's own 404"
    assert "Content-Security-Policy" not in client.get("/").headers


def test_a_post_to_the_host_needs_no_token_of_ours(host: Flask) -> None:
    host.config["WTF_CSRF_ENABLED"] = True
    host._got_first_request = False

    @host.post("/contact")
    def contact() -> str:
        return "thank you"

    assert host.test_client().post("/contact").text == "thank you"
    assert host.test_client().post("/learn/sign-in").status_code == 400


def test_a_template_of_the_host_called_as_ours_replaces_it(host: Flask, tmp_path: Path) -> None:
    (tmp_path / "templates" / "kunna").mkdir()
    (tmp_path / "templates" / "kunna" / "base.html").write_text("the host's look {% block content %}{% endblock %}")
    assert "the host&#39;s look" in host.test_client().get("/learn/sign-in").text.replace("'", "&#39;")


def test_two_in_one_process_do_not_know_of_each_other(host: Flask, settings: dict[str, Any], tmp_path: Path) -> None:
    other = create_app(**{**settings, "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite'}"})
    assert other.test_client().get("/readyz").status_code == 503
    assert host.test_client().get("/learn/readyz").status_code == 200
    with other.app_context():
        db.engine.dispose()


def test_an_app_with_a_database_of_its_own_is_told_how_to_mount_us(settings: dict[str, Any]) -> None:
    host = Flask("host")
    host.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    SQLAlchemy().init_app(host)
    with pytest.raises(RuntimeError, match="DispatcherMiddleware"):
        mount(host, **settings)


def test_beside_an_app_as_it_is_told(settings: dict[str, Any]) -> None:
    host, kunna = Flask("host"), create_app(**settings)
    both = Client(DispatcherMiddleware(host.wsgi_app, {"/learn": kunna.wsgi_app}))
    assert 'href="/learn/static/css/base.css' in both.get("/learn/sign-in").text
    with kunna.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("secret", ["", "too short"])
def test_it_does_not_start_without_a_secret(settings: dict[str, Any], secret: str) -> None:
    with pytest.raises(RuntimeError, match="SECRET_KEY"):
        create_app(**{**settings, "SECRET_KEY": secret})

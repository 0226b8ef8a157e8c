"""Debian's chromium through Playwright, with the demo project on a server and database of the test's own.

Where chromium is missing its tests are skipped with a word about it, and fail if CI=true.
"""

import fcntl
import logging
import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import flask_migrate
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from lms import clock
from lms.app import create_app
from lms.db import db, session
from lms.demo import seeding

CHROMIUM = Path("/usr/bin/chromium")
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
OPTIONS = {"viewport": WIDE, "locale": "sv-SE", "reduced_motion": "reduce"}
PATIENCE_MS = 10_000

SETTINGS = {
    "DEFAULT_LANGUAGE": "sv",
    "IRI_BASE": "https://kunna.test",
    "RATE_LIMIT_URL": "memory://",
    "SECRET_KEY": "only for journeys, and long enough",
    "SESSION_COOKIE_SECURE": False,
    # Everyone signs in from the same address.
    "SIGN_IN_LIMIT": "1000 per minute",
}


@dataclass(frozen=True)
class Site:
    address: str
    app: Flask
    # Letters are files in mail/ here.
    folder: Path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing = "chromium is not installed (Debian: apt-get install chromium)."
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with launched() as browser:
        yield browser


@contextmanager
def launched() -> Iterator[Browser]:
    # Chromium's sandbox refuses to work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo project on SQLite, filled once for all workers; each site gets a copy."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    file = folder / "demo.sqlite"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            being_filled = folder / "being-filled.sqlite"
            fill(f"sqlite:///{being_filled}")
            with closing(sqlite3.connect(being_filled)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            being_filled.rename(file)
    return file


def fill(url: str) -> None:
    """Put the demo project into an empty database."""
    app = create_app(**SETTINGS, DATABASE_URL=url)
    with app.app_context():
        flask_migrate.upgrade()
        kunna = app.extensions["kunna"]
        seeding.seed(session(), kunna.library, kunna.frameworks, app.config, clock.now(), lambda _line: None)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, unless the test is parametrised with "postgresql"."""
    if getattr(request, "param", "sqlite") == "postgresql":
        url = request.getfixturevalue("postgresql_server").new_database()
        fill(url)
        return url
    return f"sqlite:///{shutil.copy(request.getfixturevalue('demo_database'), tmp_path)}"


@pytest.fixture
def site(database: str, tmp_path: Path) -> Iterator[Site]:
    with serving(tmp_path, DATABASE_URL=database) as running:
        yield running


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        app = create_app(
            **SETTINGS,
            SITE_URL=address,
            MAIL_URL=f"file://{folder / 'mail'}",
            ATTACHMENTS_URL=f"file://{folder / 'attachments'}",
            **settings,
        )
        # Every request, in the report of a test that fails, would hide what matters.
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        server = make_server("127.0.0.1", port, app, threaded=True, fd=listening.fileno())
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Site(address, app, folder)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.engine.dispose()


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`browse(**context)`: a browser window of somebody's own. What it complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(**options: Any) -> Page:
        context = chromium.new_context(**(OPTIONS | {"base_url": site.address} | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        return page

    yield opened
    for context in contexts:
        context.close()
    # To be refused, told that there is nothing, or without a network is what some tests are about.
    expected = "status of 4[0-9][0-9]|net::ERR_(INTERNET_DISCONNECTED|FAILED)"
    assert [said for said in complaints if not re.search(expected, said)] == []


@pytest.fixture
def page(browse: Callable[..., Page]) -> Page:
    return browse()


def axe(page: Page, *rules: str) -> list[str]:
    """What is against WCAG 2.2, A and AA, or axe's own idea of good practice; by these rules only, if named."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [
        f"{violation['help']} ({violation['id']}): {node['html'][:160]}"
        for violation in found
        for node in violation["nodes"]
    ]

"""Servers as docs/production.md starts them, on databases that write for real, and a client that may do everything."""

import atexit
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import flask_migrate

from lms.app import create_app
from lms.db import db, session
from lms.identity.models import Organisation
from lms.xapi import clients
from tests import postgresql

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 180
DATABASES = ("sqlite", "postgresql")
# As a server is run that must not lose anything; the tests' own has all of it off.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Server:
    url: str
    process: int

    def resident(self) -> list[float]:
        """Megabytes that each worker has in memory."""
        return [_status(worker, "VmRSS") for worker in self.workers()]

    def peaks(self) -> list[float]:
        """The most megabytes that each worker has had in memory."""
        return [_status(worker, "VmHWM") for worker in self.workers()]

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text()
        # What else multiprocessing starts is no worker: it keeps track of resources.
        return [
            int(child)
            for child in children.split()
            if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()
        ]


def _status(process: int, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    assert found is not None, f"Linux tells {name} of every process."
    return int(found[1]) / 1000


@contextmanager
def serving(app: str, environment: Mapping[str, str], *, workers: int = 2, threads: int = 8) -> Iterator[Server]:
    """The WSGI application `app` (“wsgi:app”) served by granian, with this added to the environment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    command += ["--blocking-threads", str(threads), "--port", str(port), "--no-ws", "--log-level", "error"]
    # Now and then a worker does not hear that it is to stop.
    command += ["--workers-kill-timeout", "3", app]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | production() | environment)
    server = Server(f"http://127.0.0.1:{port}", process.pid)
    try:
        _wait_until_answering(process, server.url)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def production() -> dict[str, str]:
    told = (ROOT / "docs/production.md").read_text()
    return dict(re.findall(r"\b(MALLOC_\w+)=(\d+)", told))


def _wait_until_answering(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while process.poll() is None and monotonic() < deadline:
        try:
            urlopen(f"{url}/xapi/about", timeout=5).close()
        except HTTPError:
            return
        except (URLError, OSError):
            sleep(0.02)
        else:
            return
    raise RuntimeError("The server did not start.")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of a new database with nothing in it: a file of SQLite's, or one in a PostgreSQL of the run's own."""
    if kind == "postgresql":
        yield _postgresql().new_database()
    else:
        with tempfile.TemporaryDirectory(prefix="kunna-bench-") as folder:
            yield f"sqlite:///{folder}/kunna.sqlite"


@cache
def _postgresql() -> postgresql.Server:
    context = postgresql.running(**DURABLE)
    server = context.__enter__()
    atexit.register(context.__exit__, None, None, None)
    return server


@dataclass(frozen=True)
class Store:
    """A record store that is ready: what its servers need to know, and a client that may do everything."""

    environment: dict[str, str]
    organisation_id: int
    headers: dict[str, str]


def prepared(url: str) -> Store:
    """Tables, one organisation and one client in an empty database."""
    environment = {
        "DATABASE_URL": url,
        "SECRET_KEY": "only for measuring, and long enough",
        "SITE_URL": "https://kunna.test",
    }
    app = create_app(**environment)
    with app.app_context():
        flask_migrate.upgrade()
        project = Organisation(kind="project", key="projektet", name="Projektet")
        session().add(project)
        session().flush()
        at = datetime(2026, 11, 23, tzinfo=UTC)
        client, secret = clients.add(session(), "Bench", project.key, ["all"], below=False, at=at)
        organisation_id, key = project.id, client.key
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    basic = b64encode(f"{key}:{secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/json",
        "X-Experience-API-Version": "2.0.0",
    }
    return Store(environment, organisation_id, headers)

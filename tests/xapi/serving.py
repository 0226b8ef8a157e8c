"""The record store as it is run for real: granian and its workers in processes of their own, which can be killed."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count, pairwise
from pathlib import Path
from time import monotonic
from uuid import UUID

from tests import postgresql
from tests.conftest import TEST_SETTINGS

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
THREADS = 4


class Program:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def kill(self) -> None:
        """At once and all of it, as when the power goes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def limit_files(self, size: int) -> None:
        """No file of the server's may grow beyond so many bytes (-1: as large as it likes)."""
        for one in (self.process.pid, *self.workers()):
            resource.prlimit(one, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]


def ending_with_us(signal: str) -> list[str]:
    """What to begin a command with, so that it is sent this signal also if the test run is killed itself."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", signal] if found else []


def environment(url: str, mail: Path) -> dict[str, str]:
    settings = {name: str(TEST_SETTINGS[name]) for name in ("IRI_BASE", "SECRET_KEY", "SITE_URL")}
    return os.environ | settings | {"DATABASE_URL": url, "MAIL_URL": f"file://{mail}"}


class Teller:
    """A process in which Kunna itself records (`telling`), and what it has said of that."""

    def __init__(self, url: str, mail: Path, said: Path, people: Iterable[UUID]) -> None:
        self._said = said
        command = [*ending_with_us("KILL"), sys.executable, "-m", "tests.xapi.telling", "fyren", *map(str, people)]
        with said.open("wb") as file:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment(url, mail), stdout=file)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def wait_until_heard(self) -> None:
        while len(self.acknowledged) < 5:
            with suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"It ended with {self._process.wait(0.05)}.")

    @property
    def acknowledged(self) -> list[list[str]]:
        lines = self._lines()
        return [line.split() for line, next in pairwise(lines) if next == "done"]

    @property
    def uncertain(self) -> list[list[str]]:
        lines = [*self._lines(), ""]
        return [line.split() for line, next in pairwise(lines) if "done" not in (line, next)]

    def _lines(self) -> list[str]:
        """Whole ones: what it says of its last moment may be cut off."""
        return [line.strip() for line in self._said.read_text().splitlines(keepends=True) if line.endswith("\n")]


@contextmanager
def program(url: str, mail: Path, workers: int = 2) -> Iterator[Program]:
    """The server on this database, which has its tables."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*ending_with_us("TERM"), sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--workers", str(workers)]
    command += ["--blocking-threads", str(THREADS), "--port", str(port), "--no-ws", "--log-level", "error", "wsgi:app"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(url, mail),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Program(process, port)
    try:
        _wait_until_answering(server)
        yield server
    finally:
        if process.poll() is None:
            server.kill()


def _wait_until_answering(server: Program) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        try:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request("GET", "/xapi/about")
            connection.getresponse().read()
            return
        except (OSError, HTTPException):
            with suppress(subprocess.TimeoutExpired):
                server.process.wait(0.05)
                break
        finally:
            connection.close()
    raise RuntimeError("The server did not start.")


class Cluster:
    """A PostgreSQL that writes for real, and whose death we see: a child of ours, not of the system's."""

    def __init__(self, folder: Path) -> None:
        with postgresql.kept_in(folder):
            """Made, and stopped again."""
        self.server = postgresql.Server(folder, folder / "data", count(1))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Through recovery, if it was killed."""
        command = [
            *ending_with_us("INT"),
            postgresql.binaries() / "postgres",
            "-D",
            self.server.data,
            "-k",
            self.server.sockets,
        ]
        durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        for name, value in (postgresql.SETTINGS | durable).items():
            command += ["-c", f"{name}={value}"]
        user = "postgres" if os.geteuid() == 0 else None
        self._process = subprocess.Popen(command, user=user, cwd="/", stderr=subprocess.DEVNULL)
        ready = [postgresql.binaries() / "pg_isready", "-q", "-h", self.server.sockets]
        while subprocess.run(ready).returncode:
            with suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"PostgreSQL ended with {self._process.wait(0.05)}.")

    def kill(self) -> None:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for one in (self._process.pid, *map(int, children)):
            os.kill(one, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait()


class Sender:
    """A client with a connection of its own, which it opens again when it is lost."""

    def __init__(self, port: int, key: str, secret: str) -> None:
        basic = b64encode(f"{key}:{secret}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {basic}",
            "X-Experience-API-Version": "2.0.0",
            "Content-Type": "application/json",
        }
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, method: str, address: str, body: object = None) -> tuple[int, Mapping[str, object]]:
        """Status and answer. Raises OSError or HTTPException where there is none."""
        try:
            given = None if body is None else json.dumps(body)
            self._connection.request(method, f"/xapi/{address}", given, self._headers)
            answer: HTTPResponse = self._connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            raise
        return answer.status, json.loads(text) if text else {}

    def close(self) -> None:
        self._connection.close()


class Writer(threading.Thread):
    """Sends batches until it is told to stop, and remembers which were acknowledged."""

    def __init__(self, sender: Sender, batch, enough: threading.Semaphore) -> None:
        super().__init__()
        self._sender, self._batch, self._enough = sender, batch, enough
        self._stopped = threading.Event()
        # The ids of each batch; a refused one was answered, but not with success.
        self.acknowledged: list[list[str]] = []
        self.uncertain: list[list[str]] = []
        self.refused: list[tuple[int, object]] = []

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def run(self) -> None:
        with closing(self._sender):
            self._send()

    def _send(self) -> None:
        while not self._stopped.is_set():
            batch = self._batch()
            ids = [one["id"] for one in batch]
            self.uncertain.append(ids)
            try:
                status, answer = self._sender.send("POST", "statements", batch)
            except (OSError, HTTPException):
                self._stopped.wait(0.05)
                continue
            if status == 200:
                self.acknowledged.append(ids)
                self.uncertain.pop()
            else:
                self.refused.append((status, answer))
            self._enough.release()

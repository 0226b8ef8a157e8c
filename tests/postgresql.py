"""A PostgreSQL of the test run's own, from Debian's package: started, used and thrown away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

# No durability: nothing here outlives the run.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "log_min_messages": "warning",
}


def binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing() -> str | None:
    return None if binaries() else "PostgreSQL is not installed (Debian: apt-get install postgresql)."


@dataclass
class Server:
    sockets: Path
    data: Path
    _numbers: Iterator[int]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.sockets}"

    def new_database(self, template: str = "template1") -> str:
        name = f"kunna_{next(self._numbers)}"
        self.run("createdb", "--template", template, name)
        return self.url(name)

    def run(self, program: str, *arguments: str) -> None:
        command = [str(binaries() / program), "-h", str(self.sockets), "-U", "postgres", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def control(self, *arguments: str) -> None:
        _as_postgres([str(binaries() / "pg_ctl"), "-D", str(self.data), "-w", *arguments])


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """`settings` of the server, such as fsync="on" for what must be as durable as a real one."""
    folder = Path(tempfile.mkdtemp(prefix="kunna-pg-"))
    try:
        with kept_in(folder, stop="immediate", **settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept_in(folder: Path, *, stop: str = "fast", **settings: str) -> Iterator[Server]:
    """The server whose data is in this folder, which is made if there is none; it stays there."""
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    if not data.exists():
        initdb = [str(binaries() / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8"]
        _as_postgres([*initdb, "--locale", "C.UTF-8", "--no-sync"])
    server = Server(folder, data, count(1))
    options = " ".join(f"-c {name}='{value}'" for name, value in (SETTINGS | settings).items())
    server.control("-l", str(folder / "log"), "-o", f"{options} -k {folder}", "start")
    try:
        yield server
    finally:
        server.control("-m", stop, "stop")


def _as_postgres(command: list[str]) -> None:
    """PostgreSQL refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run(command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")

"""From nothing to an answer: of the process, of a first `make run`, and what a worker then holds."""

import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from bench.measure import Figure
from bench.visitor import visit

ROOT = Path(__file__).parents[1]
ROUNDS = 5
PATIENCE_SECONDS = 120

ASK = """
from lms.app import create_app
app = create_app(SECRET_KEY="only for measuring, and long enough", DATABASE_URL="sqlite:///{file}")
assert app.test_client().get("/", follow_redirects=True).status_code == 200
"""
MIGRATE = "import flask_migrate\nwith app.app_context(): flask_migrate.upgrade()"


def first_answer() -> Figure:
    """The first page for someone who is not signed in, against importing what any such app stands on."""
    with tempfile.TemporaryDirectory() as folder:
        ask = ASK.format(file=Path(folder) / "kunna.sqlite")
        children_cpu([sys.executable, "-c", ask.replace("assert", MIGRATE + "\nassert")])
        pairs = [
            (
                children_cpu([sys.executable, "-c", ask]),
                children_cpu([sys.executable, "-c", "import flask, sqlalchemy"]),
            )
            for _ in range(ROUNDS)
        ]
    ours, bare = (median(side) for side in zip(*pairs, strict=True))
    beside = f"the sign-in page, against importing flask and sqlalchemy; {ours:.2f} s and {bare:.2f} s of CPU"
    return Figure("first answer", median(left / right for left, right in pairs), 8, "×", beside)


def children_cpu(command: list[str]) -> float:
    before = used()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return used() - before


def used() -> float:
    """CPU seconds of all processes that we have started and that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def first_run() -> Figure:
    """What a first `make run` does besides installing: the environment, the translations, the demo's data.

    In CPU time, which the other work of the machine does not change much.
    """
    with copied_tree() as tree:
        began, before = monotonic(), used()
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", tree / "empty"], check=True)
        pybabel = Path(sys.executable).parent / "pybabel"
        subprocess.run([pybabel, "--quiet", "compile", "-d", tree / "lms/translations"], check=True)
        with demo(tree):
            elapsed = monotonic() - began
        seconds = used() - before
    beside = f"of CPU besides installing: from an empty folder to /readyz and its end; {elapsed:.1f} s passed"
    return Figure("make run", seconds, 10, "s", beside)


def memory() -> Figure:
    """A worker that has signed people in and shown pages; not the one that filled the demo project.

    Started with the environment that docs/production.md gives a worker.
    """
    with copied_tree() as tree:
        with demo(tree):
            pass
        with demo(tree, **production()) as (process, address, said):
            visit(address, said, rounds=20)
            megabytes = resident(process.pid) / 1000
    return Figure(
        "memory of a worker", megabytes, 120, "MB", "the demo's server after 20 rounds through the main pages"
    )


def production() -> dict[str, str]:
    told = (ROOT / "docs/production.md").read_text()
    return dict(re.findall(r"\b(MALLOC_\w+)=(\d+)", told))


@contextmanager
def copied_tree() -> Iterator[Path]:
    """The tree as it is now, without what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).exists():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, tree / name)
        yield tree


@contextmanager
def demo(tree: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-u", "-m", "lms.demo", "--port", str(port)]
    with (tree / "said").open("w+") as said:
        process = subprocess.Popen(command, cwd=tree, stdout=said, text=True, env=os.environ | environment)
        try:
            wait_until_ready(process, address)
            yield process, address, (tree / "said").read_text()
        finally:
            process.terminate()
            process.wait()


def wait_until_ready(process: subprocess.Popen[str], address: str) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while process.poll() is None and monotonic() < deadline:
        try:
            urlopen(f"{address}/readyz", timeout=5).close()
        except URLError:
            sleep(0.02)
        else:
            return
    raise RuntimeError("The demo did not start.")


def resident(pid: int) -> int:
    """Kilobytes of memory in use, as ps tells on Linux and macOS alike."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True)
    return int(re.findall(r"\d+", told.stdout)[0])

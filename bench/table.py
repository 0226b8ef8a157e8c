"""The table of figures in docs/speed.md, which nobody types."""

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.measure import Figure
from tests import postgresql

BEGIN: Final = "<!-- measured: `make bench WRITE=1` -->"
END: Final = "<!-- until here -->"
HEAD: Final = "| figure | measured | at most | | of what | on |\n|---|--:|--:|---|---|---|"
_ROW: Final = re.compile(r"^\| (?P<name>[^|]+?) \|.*$", re.MULTILINE)


def with_figure(page: str, name: str, figure: Figure, machine: str, order: Sequence[str]) -> str:
    """The page with this figure in its table under this name, in this order.

    Of another machine's figures none is left, for they cannot be compared.
    """
    before, _, rest = page.partition(BEGIN)
    measured, _, after = rest.partition(END)
    if not after:
        raise ValueError(f"The page has no place for the table: {BEGIN} … {END}")
    rows = {found["name"]: found[0] for found in _ROW.finditer(measured)} if machine in measured else {}
    rows[name] = row(name, figure)
    shown = sorted((name for name in rows if name in order), key=order.index)
    table = "\n".join([HEAD, *(rows[name] for name in shown)])
    return f"{before}{BEGIN}\n\n{machine}\n\n{table}\n\n{END}{after}"


def row(name: str, figure: Figure) -> str:
    measured, limit = f"{figure.measured:.2f} {figure.unit}", f"{figure.limit:g} {figure.unit}"
    day = datetime.now(UTC).date()
    return f"| {name} | {measured} | {limit} | {'' if figure.holds else '**missed**'} | {figure.beside} | {day} |"


def machine() -> str:
    """What it was measured on, in a sentence."""
    processor = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    name = processor[1] if processor is not None else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    told = subprocess.run(
        [f"{postgresql.binaries()}/postgres", "--version"], check=True, capture_output=True, text=True
    )
    version = re.findall(r"[\d.]+", told.stdout)[0]
    return (
        f"On {name}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, PostgreSQL {version}."
    )

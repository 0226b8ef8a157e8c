"""Figures of groups reach a page through the gate, or not at all."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "lms").rglob("*.py"))
TEMPLATES = sorted((ROOT / "lms").rglob("templates/**/*.html"))
FIGURES = ROOT / "lms" / "competence" / "figures"
# Whatever adds people up. What they say is shown to nobody as it is.
RAW = {"tallies", "matrix", "trend"}


def imported(path):
    """The names of modules, each by its last part."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "").split(".")[-1], *(one.name for one in node.names))
        elif isinstance(node, ast.Import):
            yield from (one.name.split(".")[-1] for one in node.names)


def calls(path, name):
    return any(
        isinstance(node, ast.Call) and name in (getattr(node.func, "id", None), getattr(node.func, "attr", None))
        for node in ast.walk(ast.parse(path.read_text()))
    )


def test_only_the_gate_makes_figures_of_a_group_that_may_be_shown():
    makers = [path.name for path in CODE if "gate" in (path.stem, *imported(path)) and calls(path, "Shown")]
    assert makers == ["gate.py"]


def test_no_view_reads_what_has_not_passed():
    views = [path for path in CODE if "views" in path.relative_to(ROOT).parts]
    found = [str(path.relative_to(ROOT)) for path in views if RAW & set(imported(path))]
    assert found == []


def test_whoever_counts_groups_asks_the_gate():
    """Of the modules that read what has been added up, those that do not make it."""
    making = {"tallies.py", "matrix.py", "trend.py", "gate.py", "grouping.py"}
    reading = [path for path in CODE if path.name not in making and RAW & set(imported(path))]
    assert FIGURES / "groups.py" in reading
    assert [path.name for path in reading if "gate" not in {name.lower() for name in imported(path)}] == []


def test_no_template_of_groups_reads_a_tally():
    found = [
        path.name for path in TEMPLATES if re.search(r"\b(?:group|row|figure)\.(?:tally|quality)\b", path.read_text())
    ]
    assert found == []

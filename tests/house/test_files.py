"""What may stand where, and under which name."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = sorted((ROOT / "lms").rglob("*.py"))
NAMES_THAT_SAY_NOTHING = {
    "base",
    "common",
    "constants",
    "core",
    "helper",
    "helpers",
    "manager",
    "misc",
    "service",
    "services",
    "shared",
    "types",
    "util",
    "utils",
}
ROLE_WORDS = ("Manager", "Handler", "Helper", "Processor", "Service", "Util", "Utils")
LONGEST = 400

# Who may end a transaction, besides views and commands: background work has no view that would, requests stored
# together have one commit between them, and a new connection is told how to plan.
COMMITS = {"lms/competence/outside/catching_up.py", "lms/db.py", "lms/jobs.py", "lms/mail.py", "lms/xapi/gathering.py"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_module_is_short_enough_to_read_at_one_sitting():
    assert [named(path) for path in OURS if len(path.read_text().splitlines()) > LONGEST] == []


def test_the_name_of_a_module_says_what_is_in_it():
    assert [named(path) for path in OURS if path.stem.strip("_") in NAMES_THAT_SAY_NOTHING] == []


def test_classes_are_named_for_things_and_not_for_roles():
    classes = [
        node for path in OURS for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)
    ]
    assert [node.name for node in classes if node.name.endswith(ROLE_WORDS)] == []


def test_only_the_edge_commits():
    edge = {"views", "views.py", "cli.py", "__main__.py"}
    inside = [path for path in OURS if not edge & set(path.relative_to(ROOT).parts) and named(path) not in COMMITS]
    assert [named(path) for path in inside if ".commit()" in path.read_text()] == []


def test_a_package_says_what_it_is_for():
    silent = [named(p) for p in OURS if p.name == "__init__.py" and not ast.get_docstring(ast.parse(p.read_text()))]
    assert [name for name in silent if not name.endswith("views/__init__.py")] == []


def test_courses_hold_no_programs():
    programs = {".py", ".js", ".sh", ".html", ".exe"}
    assert [named(path) for path in (ROOT / "courses").rglob("*") if path.suffix in programs] == []


def test_the_top_of_the_tree_is_what_readme_says():
    at_top = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    at_top -= {"instance", "shots", "__pycache__"}
    assert at_top <= {
        "lms",
        "courses",
        "migrations",
        "tests",
        "bench",
        "docs",
        "wsgi.py",
        "config.py",
        "pyproject.toml",
        "requirements.txt",
        "requirements-dev.txt",
        "Makefile",
        "README.md",
        "CHANGELOG.md",
    }

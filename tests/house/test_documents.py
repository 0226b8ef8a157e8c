"""What README and docs/ tell people to run, open and look up is there."""

import re
from pathlib import Path

import click
import pytest

from lms.demo.seeding import SIGN_INS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "courses/README.md"]


def code(path: Path) -> list[str]:
    """What stands in code, line by line."""
    text = path.read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    indented = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    return [line.strip() for block in blocks for line in block.splitlines()] + indented + spans


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request) -> Path:
    return request.param


def test_make_has_the_targets_that_documents_name(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {word for line in code(document) for word in re.findall(r"^make ([a-z-]+)", line)} <= targets


def test_flask_has_the_commands_that_documents_name(document, idle_app):
    for line in code(document):
        if said := re.search(r"(?:^|/)flask (?!--)([a-z][a-z -]*)", line):
            command: click.Command = idle_app.cli
            for word in said[1].split():
                if not isinstance(command, click.Group):
                    break
                found = command.get_command(click.Context(command), word)
                assert found is not None, line
                command = found


def test_files_that_documents_name_exist(document):
    folders = ("lms", "courses", "migrations", "tests", "bench", "docs", ".ci")
    named = {line for line in code(document) if re.fullmatch(rf"({'|'.join(folders)})/[\w./-]*\w/?", line)}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_links_between_documents_lead_somewhere(document):
    prose = re.sub(r"^```.*?^```|`[^`\n]+`", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", prose)
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_make_lists_every_target_with_a_sentence():
    text = (ROOT / "Makefile").read_text()
    listed = set(re.findall(r"^([a-z-]+):.*## [A-Z]", text, re.MULTILINE))
    for name in (
        "run",
        "test",
        "check",
        "fix",
        "bench",
        "shots",
        "requirements",
        "messages",
        "clean",
        "help",
    ):
        assert name in listed


def test_readme_names_people_who_can_sign_in():
    named = re.findall(r"`(\S+@\S+\.example)`", (ROOT / "README.md").read_text())
    assert named
    assert set(named) <= set(SIGN_INS)

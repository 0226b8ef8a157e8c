"""Every sentence people see exists in Swedish, with the same blanks to fill in."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
SWEDISH = "sv/LC_MESSAGES/messages.po"


def catalogue(folder: Path) -> Catalog:
    with (folder / SWEDISH).open("rb") as file:
        return read_po(file, locale="sv")


@pytest.fixture(scope="module")
def swedish() -> list[tuple[str, str]]:
    """Each English sentence with its Swedish one; the forms of a plural one by one."""
    pairs = []
    for message in catalogue(ROOT / "lms/translations"):
        if message.id and not message.fuzzy:
            english, swedish = (
                side if isinstance(side, (list, tuple)) else [side] for side in (message.id, message.string)
            )
            pairs += zip(english, swedish, strict=True)
    return pairs


def test_make_messages_finds_nothing_to_add_or_remove(tmp_path):
    shutil.copytree(ROOT / "lms/translations", tmp_path, dirs_exist_ok=True)
    command = [
        "make",
        "messages",
        "--old-file=install",
        f"BIN={Path(sys.executable).parent}",
        f"TRANSLATIONS={tmp_path}",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    collected, committed = (
        {(message.context, str(message.id)) for message in catalogue(folder)}
        for folder in (tmp_path, ROOT / "lms/translations")
    )
    assert committed == collected


def test_every_sentence_is_translated(swedish):
    unsure = [message.id for message in catalogue(ROOT / "lms/translations") if message.id and message.fuzzy]
    assert [english for english, said in swedish if not said] + unsure == []


@pytest.mark.parametrize(
    "what", [r"%\(\w+\)[sd]", r"<[^>]+>", r"^\s|\s$", r"[:?…]$"], ids=["blanks", "tags", "edges", "end"]
)
def test_a_translation_keeps(swedish, what):
    differing = [
        (english, said)
        for english, said in swedish
        if said and sorted(re.findall(what, english)) != sorted(re.findall(what, said))
    ]
    assert differing == []

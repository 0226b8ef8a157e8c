"""Every parameter and header of the standard has a test that says so, and quotes what it checks.

The lists are those of the tables in part three of xAPI 1.0.3. A test says with `@pytest.mark.spec(section, *names)`
which of them it is about, and in its words (or those of its class) stands the sentence, in quotes, with the section.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = sorted((Path(__file__).parents[1] / "xapi").glob("test_*.py"))

PARAMETERS = {
    "1.1": ["Content-Length"],
    "1.3": [
        "method",
        "content",
        "Authorization",
        "X-Experience-API-Version",
        "Content-Type",
        "Content-Length",
        "If-Match",
        "If-None-Match",
    ],
    "1.5": ["Content-Type"],
    "1.5.2": ["Content-Transfer-Encoding", "X-Experience-API-Hash"],
    "2.1.1": ["statementId"],
    "2.1.2": ["content"],
    "2.1.3": [
        "statementId",
        "voidedStatementId",
        "agent",
        "verb",
        "activity",
        "registration",
        "related_activities",
        "related_agents",
        "since",
        "until",
        "limit",
        "format",
        "attachments",
        "ascending",
        "Accept-Language",
        "Last-Modified",
        "X-Experience-API-Consistent-Through",
    ],
    "2.2": ["Last-Modified"],
    "2.3": ["activityId", "agent", "registration", "stateId"],
    "2.3, several": ["activityId", "agent", "registration", "since"],
    "2.3, delete": ["activityId", "agent", "registration"],
    "2.4": ["agent"],
    "2.5": ["activityId"],
    "2.6": ["agent", "profileId"],
    "2.6, several": ["agent", "since"],
    "2.7": ["activityId", "profileId"],
    "2.7, several": ["activityId", "since"],
    "2.8": ["version"],
    "3.1": ["ETag", "If-Match", "If-None-Match"],
    "3.2": ["Authorization", "Content-Type"],
    "3.3": ["X-Experience-API-Version"],
}


@dataclass(frozen=True)
class Marked:
    test: str
    section: str
    names: tuple[str, ...]
    words: str


def marked() -> Iterator[Marked]:
    """Found in the text of the tests, so that it does not matter which of them are run today."""
    for path in TESTS:
        tree = ast.parse(path.read_text())
        about = ast.get_docstring(tree) or ""
        for node in ast.walk(tree):
            own = ast.get_docstring(node) or "" if isinstance(node, ast.ClassDef) else ""
            for test in getattr(node, "body", []) if isinstance(node, ast.ClassDef | ast.Module) else []:
                if isinstance(test, ast.FunctionDef):
                    words = "\n".join((about, own, ast.get_docstring(test) or ""))
                    for section, names in marks(test):
                        yield Marked(f"{path.name}::{test.name}", section, names, words)


def marks(test: ast.FunctionDef) -> Iterator[tuple[str, tuple[str, ...]]]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.spec":
            section, *names = (ast.literal_eval(argument) for argument in decorator.args)
            yield section.removeprefix("Communication "), tuple(names)


@pytest.fixture(scope="module")
def all_marked() -> list[Marked]:
    return list(marked())


@pytest.mark.parametrize(
    ("section", "name"), [(section, name) for section in PARAMETERS for name in PARAMETERS[section]]
)
def test_each_parameter_has_a_test(all_marked, section, name):
    assert [one.test for one in all_marked if one.section == section and name in one.names]


def test_no_test_is_about_what_there_is_not(all_marked):
    strange = [
        (one.test, one.section, name)
        for one in all_marked
        for name in one.names
        if name not in PARAMETERS.get(one.section, [])
    ]
    assert strange == []


def test_each_quotes_the_sentence_that_it_checks_with_its_section(all_marked):
    silent = [one.test for one in all_marked if not re.search("“[^”]{8,}”", one.words) or not names_its_section(one)]
    assert silent == []


def names_its_section(one: Marked) -> bool:
    return bool(re.search(rf"(?<![\d.]){re.escape(one.section.partition(',')[0])}(?![\d]|\.\d)", one.words))

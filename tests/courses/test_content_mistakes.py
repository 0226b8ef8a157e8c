"""What an author is told: every mistake, with file, line and remedy.

Each case changes one thing in a course that has none.
"""

import shutil
from pathlib import Path

import pytest

from lms.courses.checking import check
from lms.courses.mistakes import Mistake
from tests.courses.conftest import COMPETENCES, CONTENT

COURSE, QUIZ, READ, EXERCISE = "course.toml", "fore/quiz.toml", "fore/01-syfte.md", "fore/03-kallelse.md"
REST = "Bestäm först vad ni ska ha mötet till, sedan vilka som behövs. "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT / "moten", tmp_path / "moten"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(folder: Path, file: str, words: str) -> int:
    return next(
        number
        for number, line in enumerate((folder / file).read_text(encoding="utf-8").split("\n"), start=1)
        if words in line
    )


def mistakes(folder: Path) -> tuple[Mistake, ...]:
    return check(folder, COMPETENCES).mistakes


def test_a_course_without_mistakes_is_read_whole(folder):
    read = check(folder, COMPETENCES)
    assert read.mistakes == ()
    module = read.course.module("fore")
    assert [page.key for page in module.original.pages] == ["syfte", "vilka", "kallelse", "tanke"]
    assert module.edition("en").page("syfte").title == "Why do we meet?"
    assert module.develops == {"self-leadership/SL1": 2, "lifecomp/P1": 1}


# What is changed (file, from, to); the words on whose line the mistake is; what is said, in part.
CASES = {
    "a key that is unknown": (
        COURSE,
        'owner = "Kunna"',
        'owner = "Kunna"\nownr = "x"',
        "ownr",
        "Did you mean “owner”?",
    ),
    "a key that nobody could mean": (QUIZ, "draw = 7", "draw = 7\nfärg = 1".replace("ä", "a"), "farg", "Take it away"),
    "a key that is missing": (COURSE, 'owner = "Kunna"\n', "", "title", '“owner” is missing. Add it: owner = "…"'),
    "a key missing in a table": (
        QUIZ,
        'explanation = "Utan syfte går det inte att veta vilka som behövs."\n',
        "",
        "[[questions]]",
        "“explanation” is missing",
    ),
    "the wrong kind": (COURSE, "minutes = 30", 'minutes = "30"', 'minutes = "30"', "Write it like this: minutes = 10"),
    "true where a number belongs": (QUIZ, "draw = 7", "draw = true", "draw", "draw = 10"),
    "a duplicate key": (COURSE, 'owner = "Kunna"', 'owner = "Kunna"\nowner = "Vi"', '"Vi"', "already in the file"),
    "what TOML cannot read": (COURSE, 'owner = "Kunna"', 'owner = "Kunna', 'owner = "Kunna', "quotation mark"),
    "an unknown area": (COURSE, "work-organisation", "cooking", "cooking", "“area” is one of: self-leadership"),
    "a text missing in a language": (
        COURSE,
        'title = { sv = "Efter mötet", en = "After the meeting" }',
        'title = { sv = "Efter mötet" }',
        "Efter mötet",
        "no text in the language “en”",
    ),
    "an unknown competence": (
        COURSE,
        "lifecomp/P1",
        "lifecomp/P9",
        "lifecomp/P9",
        "No framework has the competence “lifecomp/P9”",
    ),
    "a level that does not exist": (
        COURSE,
        'lifecomp/P1", level = 1',
        'lifecomp/P1", level = 5',
        "lifecomp/P1",
        "The level is 1, 2, 3 or 4.",
    ),
    "minutes that do not add up": (
        COURSE,
        "minutes = 30",
        "minutes = 31",
        "minutes = 31",
        "says 31, its pages take 30",
    ),
    "a module without a folder": (
        COURSE,
        'key = "efter"',
        'key = "sedan"',
        'key = "sedan"',
        "There is no folder “moten/sedan”",
    ),
    "two modules with one key": (COURSE, 'key = "efter"', 'key = "fore"', None, "is used twice"),
    "a key that cannot be one": (QUIZ, 'key = "ordna"', 'key = "Ordna stegen"', "Ordna stegen", "cannot be a key"),
    "completes what is not there": (
        COURSE,
        'completes = ["pages", "act"]',
        'completes = ["pages", "reflection"]',
        '"reflection"]',
        "the module “efter” has none",
    ),
    "completes nothing": (
        COURSE,
        'completes = ["pages", "act"]',
        "completes = []",
        "completes = []",
        "Nothing completes the module",
    ),
    "passes what cannot be passed": (COURSE, "passes = []", 'passes = ["pages"]', 'passes = ["pages"]', "Use: quiz"),
    "no objectives": (
        COURSE,
        '[[modules.objectives]]\ntext = { sv = "Följa upp beslut", en = "Follow up decisions" }\n',
        "",
        "[[modules]]",
        "Begin each with [[modules.objectives]]",
    ),
    "a quiz without a right answer": (
        QUIZ,
        'text = "Ett syfte"\ncorrect = true',
        'text = "Ett syfte"',
        "[[questions.options]]",
        "exactly one right option; this has 0",
    ),
    "two right where one is asked": (
        QUIZ,
        'text = "Fika"',
        'text = "Fika"\ncorrect = true',
        "[[questions.options]]",
        "this has 2",
    ),
    "more drawn than there are": (
        QUIZ,
        "draw = 7",
        "draw = 8",
        "draw = 8",
        "8 questions are to be drawn, but there are only 7",
    ),
    "a pass mark in per cent": (QUIZ, "pass_mark = 0.75", "pass_mark = 75", "pass_mark", "0.8 for eighty per cent"),
    "an unknown kind of question": (QUIZ, 'kind = "number"', 'kind = "digits"', "digits", "“kind” is one of: single"),
    "a target that is not there": (
        QUIZ,
        'target = "mejl"',
        'target = "mail"',
        '"mail"',
        "The targets are: mote, mejl.",
    ),
    "an accepted answer that cannot be typed": (QUIZ, '"mötesledare"]', '" "]', "accept", "between quotation marks"),
    "a picture in a question": (
        QUIZ,
        '"Ordna stegen."',
        '"![x](media/ring.svg)"',
        "ring.svg",
        "A picture cannot stand here",
    ),
    "HTML in a question": (QUIZ, '"Ordna stegen."', '"<b>Ordna</b> stegen."', "<b>Ordna", "HTML is not shown"),
    "a page without facts": (READ, "+++\ntitle", "title", None, "must begin with a line +++"),
    "an unknown kind of page": (READ, 'kind = "read"', 'kind = "video"', "video", "“kind” is one of: read, exercise"),
    "a field without a label": (EXERCISE, 'label = "Syftet med mötet"\n', "", "[[fields]]", "“label” is missing"),
    "a misspelt key of a field": (EXERCISE, "hint =", "hnit =", "hnit", "Did you mean “hint”?"),
    "a reflection without fields": (
        "fore/04-tanke.md",
        '[[fields]]\nkey = "hur"\nlabel = "Hur var det?"',
        "",
        None,
        "At least 1 “fields” needed",
    ),
    "a heading of the first level": (READ, "## Tre skäl", "# Tre skäl", "# Tre skäl", "Begin with ##"),
    "a heading that skips a level": (
        READ,
        "## Tre skäl",
        "#### Tre skäl",
        "#### Tre skäl",
        "it has 4 number signs where 2 fit",
    ),
    "raw HTML": (READ, "| Besluta |", "| <b>Besluta</b> |", "<b>", "HTML is not shown: “<b>”"),
    "a block of HTML": (READ, "## Tre skäl", "<div>\nhej\n</div>\n\n## Tre skäl", "<div>", "“<div>”"),
    "a comment": (READ, "## Tre skäl", "<!-- skriv om -->\n\n## Tre skäl", "<!--", "would be shown to the reader"),
    "a picture that is not there": (
        READ,
        "media/ring.svg",
        "media/kvadrat.svg",
        "kvadrat",
        "There is no picture “media/kvadrat.svg”",
    ),
    "a picture from elsewhere": (
        READ,
        "media/ring.svg",
        "https://example.org/a.png",
        "example.org",
        "Put it in the module's folder",
    ),
    "a picture without words": (
        READ,
        "![En cirkel av sex stolar runt ett tomt bord]",
        "![]",
        "![]",
        "has no text for those who do not see it",
    ),
    "a file shown as a picture": (READ, "En [mall]", "En ![mall]", "![mall]", "is not a picture"),
    "a file that is not there": (
        READ,
        "media/mall.txt",
        "media/mall.pdf",
        "mall.pdf",
        "no file “media/mall.pdf” to link to",
    ),
    "a link to nowhere": (READ, "media/mall.txt", "www.example.org", "www.example", "leads nowhere"),
    "a box nobody knows": (READ, "::: remember", "::: minns", "::: minns", "Use one of: example, remember"),
    "a box that is not closed": (READ, "är en fika.\n:::", "är en fika.", "::: remember", "The box is never closed"),
    "a page that is too short": ("fore/02-vilka.md", None, REST, None, "The page has 12 words"),
    "a page that is too long": ("fore/02-vilka.md", None, REST * 150, None, "make two of it"),
    "other pages in another language": (
        "fore/en/03-kallelse.md",
        "minutes = 10",
        "minutes = 11",
        None,
        "must be those of the original language",
    ),
    "another right answer in another language": (
        "fore/en/quiz.toml",
        "answer = false",
        "answer = true",
        None,
        "the right answer must be those of the original",
    ),
    "another pass mark in another language": (
        "fore/en/quiz.toml",
        "pass_mark = 0.75",
        "pass_mark = 0.5",
        "pass_mark",
        "pass_mark, attempts and draw",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_line_and_what_to_do(folder, case):
    file, old, new, words, sentence = CASES[case]
    if old is None:
        head = (folder / file).read_text(encoding="utf-8").split("\n\n")[0]
        (folder / file).write_text(f"{head}\n\n{new}\n", encoding="utf-8")
    else:
        change(folder, file, old, new)
    found = mistakes(folder)
    told = [one for one in found if sentence in str(one.sentence)]
    assert told, [str(one) for one in found]
    assert told[0].file == f"moten/{file}"
    if words is not None:
        lines = (folder / file).read_text(encoding="utf-8").split("\n")
        assert words in lines[told[0].line - 1], f"line {told[0].line}: {lines[told[0].line - 1]}"


def test_a_question_with_several_answers_needs_a_right_one(folder):
    for right in ("De som beslutar", "De som berörs"):
        change(folder, QUIZ, f'text = "{right}"\ncorrect = true', f'text = "{right}"')
    told = [str(found.sentence) for found in mistakes(folder) if found.file == f"moten/{QUIZ}"]
    assert told == ["No option is right. Write correct = true at each that is."]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("fore/hjalp.py", "has no programs in it"),
        ("fore/utkast.txt", "is not part of a course"),
        ("fore/sida.md", "Name it with a number"),
        ("fore/05-Stor.md", "Name it with a number"),
        ("fore/media/film.exe", "cannot be shown"),
        ("gammalt/01-a.md", "Nothing names this folder"),
    ],
)
def test_a_file_that_does_not_belong_is_told_of(folder, name, sentence):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x", encoding="utf-8")
    [found] = mistakes(folder)
    assert sentence in str(found.sentence)
    assert name.startswith(found.file.removeprefix("moten/"))


@pytest.mark.parametrize("name", [".DS_Store", "fore/Thumbs.db", "fore/media/.gitkeep", "README.md"])
def test_what_editors_and_file_managers_leave_is_nobodys_business(folder, name):
    (folder / name).write_text("x", encoding="utf-8")
    assert mistakes(folder) == ()


def test_a_missing_file_is_told_of(folder):
    (folder / "course.toml").unlink()
    [found] = mistakes(folder)
    assert (found.file, found.line) == ("moten/course.toml", 1)
    assert "The file is missing" in str(found.sentence)


def test_a_missing_language_is_told_of(folder):
    shutil.rmtree(folder / "efter" / "en")
    [found] = mistakes(folder)
    assert found.line == line_of(folder, COURSE, 'key = "efter"')
    assert "no folder “moten/efter/en”" in str(found.sentence)


def test_a_page_missing_in_a_language_is_told_of(folder):
    (folder / "fore/en/02-vilka.md").unlink()
    [found] = mistakes(folder)
    assert "Give them the same file names: syfte, vilka, kallelse, tanke." in str(found.sentence)


def test_a_file_in_another_encoding_is_told_of(folder):
    (folder / READ).write_bytes((folder / READ).read_text(encoding="utf-8").encode("latin-1"))
    assert any("not saved as UTF-8" in str(found.sentence) for found in mistakes(folder))


def test_fewer_than_five_questions_are_too_few(folder):
    for file in (QUIZ, "fore/en/quiz.toml"):
        text = (folder / file).read_text(encoding="utf-8")
        head, *questions = text.split("[[questions]]")
        (folder / file).write_text(
            "[[questions]]".join([head.replace("draw = 7\n", ""), *questions[:4]]), encoding="utf-8"
        )
    found = [one for one in mistakes(folder) if one.file == f"moten/{QUIZ}"]
    assert ["at least 5 are needed" in str(one.sentence) for one in found] == [True]
    assert found[0].line == line_of(folder, QUIZ, "[[questions]]")


def test_every_mistake_is_told_at_once(folder):
    change(folder, COURSE, 'owner = "Kunna"\n', "")
    change(folder, COURSE, "minutes = 30", 'minutes = "x"')
    change(folder, QUIZ, "draw = 7", "draw = 9")
    change(folder, READ, "## Tre skäl", "# Tre skäl")
    files = [found.file.removeprefix("moten/") for found in mistakes(folder)]
    assert {file: files.count(file) for file in files} == {COURSE: 3, QUIZ: 1, READ: 1, "fore/en/quiz.toml": 1}

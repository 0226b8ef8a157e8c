"""Courses in memory: which are there, when they are read again, and the commands for those who write them."""

import re
import shutil
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses import positions
from lms.courses.content import Library
from lms.courses.text import inline, rendered
from lms.errors import NotFound
from tests.courses.conftest import COMPETENCES, CONTENT


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CONTENT, tmp_path / "courses")
    return tmp_path / "courses"


def test_a_course_with_a_mistake_is_left_out_and_told_of(folder, caplog):
    (folder / "moten" / "fore" / "quiz.toml").write_text("pass_mark = 0.8", encoding="utf-8")
    library = Library([folder], COMPETENCES)
    assert library.courses == []
    assert library.mistakes
    assert "moten/fore/quiz.toml" in caplog.text
    with pytest.raises(NotFound):
        library.get("moten")


def test_a_course_that_stands_in_two_folders_is_told_of(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "ours")
    library = Library([folder, tmp_path / "ours"], COMPETENCES)
    assert [course.key for course in library.courses] == ["moten"]
    assert ["already has a course" in str(mistake.sentence) for mistake in library.mistakes] == [True]


def test_files_that_change_are_read_again_where_that_is_asked_for(folder):
    watched, once = Library([folder], COMPETENCES, watch=True), Library([folder], COMPETENCES)
    page = folder / "moten" / "fore" / "02-vilka.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Vilka behövs?", "Vem behövs?"), encoding="utf-8")
    assert watched.get("moten").module("fore").original.page("vilka").title == "Vem behövs?"
    assert once.get("moten").module("fore").original.page("vilka").title == "Vilka behövs?"


def test_a_revision_tells_any_two_texts_apart(folder):
    first = Library([folder], COMPETENCES).get("moten").revision
    assert re.fullmatch(r"1\.0\+[0-9a-f]{8}", first)
    assert Library([folder], COMPETENCES).get("moten").revision == first
    page = folder / "moten" / "fore" / "02-vilka.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert Library([folder], COMPETENCES).get("moten").revision != first


def test_a_folder_that_is_not_there_has_no_courses(tmp_path):
    assert Library([tmp_path / "nowhere"], COMPETENCES).courses == []


def test_nothing_in_a_text_can_run():
    html = rendered('<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![x](x" onerror="alert(1))', "sv")
    assert "<script" not in html
    assert "href" not in html
    assert not re.search(r"<[^>]*onerror", html)
    assert inline("*a* <b>") == "<em>a</em> &lt;b&gt;"


KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@st.composite
def toml_and_places(draw):
    """A TOML text, and the line on which each of its keys stands, as the writer knows it."""
    lines, places = [], {}
    for number in range(draw(st.integers(0, 4))):
        lines += [""] * draw(st.integers(0, 2)) + ["# [[rows]] x = 1"] * draw(st.integers(0, 1))
        lines.append("[[rows]]")
        places["rows", number] = len(lines)
        for key in draw(st.lists(KEYS, unique=True, max_size=4)):
            word = draw(WORDS)
            quoted = word.replace("\\", "\\\\").replace('"', '\\"')
            form = draw(st.sampled_from(["text", "long", "list", "inline"]))
            places["rows", number, key] = len(lines) + 1
            if form == "text":
                lines.append(f'{key} = "{quoted}" # [not] = a key')
            elif form == "long":
                lines += [f'{key} = """', "[[rows]]", f'{quoted} = 1"""']
            elif form == "list":
                lines += [f"{key} = [", "  1, # one", f'  "{quoted}",', "]"]
                places["rows", number, key, 1] = len(lines) - 1
            else:
                lines.append(f'{key} = {{ a = "{quoted}", b = [{{ c = 1 }}] }}')
                places["rows", number, key, "b", 0, "c"] = len(lines)
    return "\n".join(lines), places


@given(toml_and_places())
def test_everything_in_a_toml_file_has_its_line(written):
    text, places = written
    tomllib.loads(text)
    found = positions.find(text)
    assert {path: found.line(path) for path in places} == places
    assert positions.find(text, offset=3).line(("nothing",)) == 4


@pytest.fixture
def author(app, folder):
    """The command line, where the courses are in a folder of their own."""
    furnished, where = app.extensions["kunna"], app.config["COURSES_DIRS"]
    app.config["COURSES_DIRS"] = [str(folder)]

    def run(*words):
        app.extensions["kunna"] = replace(furnished, library=Library([folder], COMPETENCES))
        return app.test_cli_runner().invoke(args=["courses", *words])

    yield run
    app.extensions["kunna"], app.config["COURSES_DIRS"] = furnished, where


def test_checking_says_that_there_is_nothing_to_say(author):
    checked = author("check")
    assert checked.exit_code == 0
    assert "moten 1.0+" in checked.output


def test_checking_says_what_is_wrong_and_fails(author, folder):
    course = folder / "moten" / "course.toml"
    course.write_text(course.read_text(encoding="utf-8").replace("minutes = 30", "minutes = 31"), encoding="utf-8")
    checked = author("check", "moten")
    assert checked.exit_code == 1
    assert re.search(r"^moten/course.toml:17: ", checked.output, re.MULTILINE)
    assert author("check", "nej").exit_code == 1


def test_a_new_course_has_nothing_wrong_with_it(author, folder):
    assert author("new", "halsosamma-moten").exit_code == 0
    assert author("check", "halsosamma-moten").exit_code == 0
    assert (folder / "halsosamma-moten" / "forsta-modulen" / "quiz.toml").exists()
    assert author("new", "halsosamma-moten").exit_code == 1
    assert author("new", "Hälsosamma möten").exit_code == 1
    assert author("new", "team").exit_code == 1

"""Commands for those who write courses."""

import shutil
from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale

from lms.courses import words
from lms.courses.content import Library
from lms.courses.course import Course
from lms.courses.mistakes import KEY, Mistake
from lms.courses.reading import TAKEN
from lms.i18n import gettext as _
from lms.i18n import ngettext

BLANK: Final = Path(__file__).resolve().parent / "blank"


@click.group()
def courses() -> None:
    """Write courses: begin one, and find out what is wrong with those there are."""


@courses.command()
@click.argument("key", required=False)
@with_appcontext
def check(key: str | None) -> None:
    """Read every course, or the one called KEY, and say what is wrong, with file, line and remedy."""
    library: Library = current_app.extensions["kunna"].library
    mistakes = [one for one in library.mistakes if key is None or one.file.partition("/")[0] == key]
    read = [course for course in library.courses if key is None or course.key == key]
    with force_locale(current_app.config["DEFAULT_LANGUAGE"]):
        _report(key, read, mistakes)


def _report(key: str | None, read: list[Course], mistakes: list[Mistake]) -> None:
    for mistake in mistakes:
        click.echo(str(mistake))
    if mistakes:
        number = len(mistakes)
        raise click.ClickException(ngettext("%(num)d mistake.", "%(num)d mistakes.", number))
    if key is not None and not read:
        raise click.ClickException(_("There is no course with the key “%(key)s”.", key=key))
    for course in read:
        modules = ngettext("%(num)d module", "%(num)d modules", len(course.modules))
        languages = ", ".join(course.languages)
        click.echo(f"{course.key} {course.revision}: {modules}, {words.minutes(course.minutes)}, {languages}")
    click.echo(_("No mistakes."))


@courses.command()
@click.argument("key")
@with_appcontext
def new(key: str) -> None:
    """Begin a course: a folder called KEY with something of everything to write over."""
    folder = Path(current_app.config["COURSES_DIRS"][0]) / key
    with force_locale(current_app.config["DEFAULT_LANGUAGE"]):
        if not KEY.match(key) or key in TAKEN:
            raise click.ClickException(_("Make another key, of the letters a–z, digits and single hyphens."))
        if folder.exists():
            raise click.ClickException(_("There is already a folder %(folder)s.", folder=folder))
        shutil.copytree(BLANK, folder)
        click.echo(_("%(folder)s is there. Write over what is in it, and check it.", folder=folder))
        click.echo(f"    flask courses check {key}")

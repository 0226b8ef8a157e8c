"""Frameworks from the command line: look one through, bring it in, take it out."""

import sys
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, KunnaError
from lms.frameworks import stored
from lms.frameworks.formats import about, reading
from lms.frameworks.formats.about import About
from lms.frameworks.framework import Framework, Frameworks
from lms.frameworks.models import StoredFramework
from lms.identity import organisations as tree
from lms.identity.models import Organisation


@click.group()
def frameworks() -> None:
    """Frameworks of competences: shipped, brought in, and organisations' own."""


def _beside(command: Any) -> Any:
    """Options for what a file does not say of itself."""
    for name, said in reversed(
        [
            ("key", "What its competences will be named by, for ever."),
            ("name", "What it is called."),
            ("version", "Of the framework."),
            ("family", "What its versions have in common."),
            ("vintage", "When the data was gathered."),
            ("publisher", "Who stands behind it."),
            ("year", "When it was published."),
            ("source-title", "What it was published as."),
            ("source-address", "Where it was published."),
            ("licence", "On what terms it may be used."),
            ("licence-address", "Where the terms stand."),
        ]
    ):
        command = click.option(f"--{name}", default="", help=said)(command)
    return command


def _read(file: BinaryIO, beside: About) -> Framework:
    try:
        return reading.read(file.read(), beside)
    except Invalid as error:
        _refuse(error)


def _refuse(error: Invalid) -> NoReturn:
    for problem in error.problems:
        click.echo(f"{problem.field}: {problem.message}" if problem.field else problem.message, err=True)
    sys.exit(1)


def _shipped() -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].frameworks
    return known


@frameworks.command("list")
@with_appcontext
def listing() -> None:
    """Every framework there is, with whose it is."""
    for one in _shipped().all:
        click.echo(f"{one.key}: {one.name['en']}, {len(one.competences)} competences, shipped")
    newest: dict[str, StoredFramework] = {}
    for row in session().scalars(select(StoredFramework).order_by(StoredFramework.number)):
        newest[row.key] = row
    for key, row in sorted(newest.items()):
        its = stored.framework_of(row)
        click.echo(
            f"{key}: {its.name.get('en') or its.name['sv']}, {len(its.competences)} competences, {row.organisation.key}"
        )


@frameworks.command("check")
@click.argument("file", type=click.File("rb"))
@_beside
@with_appcontext
def check(file: BinaryIO, **beside: str) -> None:
    """Read a file as a framework and say what is wrong with it, without keeping anything."""
    read = _read(file, about.given(**beside))
    click.echo(f"{read.key}: {len(read.competences)} competences in {len(read.areas)} areas. Nothing is wrong with it.")


@frameworks.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--organisation", required=True, help="The key of the organisation that will have it.")
@click.option("--save", is_flag=True, help="Publish it. Without this, only what would happen is told.")
@_beside
@with_appcontext
def bring_in(file: BinaryIO, organisation: str, save: bool, **beside: str) -> None:
    """Bring in a framework for an organisation and those below it. What is published cannot be changed."""
    read = _read(file, about.given(**beside))
    try:
        where = tree.get(session(), select(Organisation), organisation)
        stored.publish(session(), _shipped(), where.id, read, at=clock.now())
    except Invalid as error:
        _refuse(error)
    except KunnaError as error:
        raise click.ClickException(str(error)) from error
    told = f"{read.key}: {len(read.competences)} competences for {where.name}"
    if save:
        db.session.commit()
        click.echo(f"{told}. Published.")
    else:
        db.session.rollback()
        click.echo(f"{told}. Nothing is wrong with it. Give --save to publish it.")


@frameworks.command("export")
@click.argument("key")
@click.option("--format", "form", type=click.Choice(list(reading.WRITERS)), default="json", show_default=True)
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="A file; otherwise it is written here.")
@with_appcontext
def export(key: str, form: str, to: Path | None) -> None:
    """Write a framework as JSON, CSV, CASE 1.0 or, where it comes from there, as ESCO's CSV."""
    its = select(StoredFramework).where(StoredFramework.key == key).order_by(StoredFramework.number.desc())
    row = session().scalars(its).first()
    try:
        found = stored.framework_of(row) if row is not None else _shipped().get(key)
        written = reading.WRITERS[form](found)
    except KunnaError as error:
        raise click.ClickException(str(error)) from error
    if to is None:
        click.echo(written, nl=False)
    else:
        to.write_bytes(written)

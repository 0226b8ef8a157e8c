"""Occupations from the command line: brought in from the files that Arbetsförmedlingen and SCB publish."""

import sys
from pathlib import Path
from typing import Final

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, NotFound
from lms.occupations import files, vintages
from lms.occupations.models import Occupation, Vintage

# What is wrong beyond this is seldom wrong in another way.
MOST_TOLD: Final = 100


@click.group()
def occupations() -> None:
    """Occupations, their groups in SSYK and the skills of these."""


@occupations.command("list")
@with_appcontext
def listing() -> None:
    """Every vintage there is, the newest first; it is the one that is used."""
    its = select(func.count()).select_from(Occupation).where(Occupation.vintage_id == Vintage.id).scalar_subquery()
    for vintage, number in session().execute(select(Vintage, its).order_by(Vintage.name.desc())):
        click.echo(
            f"{vintage.name}: {number} occupations; {vintage.source}; {vintage.licence}; "
            f"brought in {vintage.imported_at:%Y-%m-%d}"
        )


@occupations.command("import")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--vintage", required=True, help="When it was said, such as 2025-12.")
@click.option("--source", default=vintages.SOURCE, show_default=True, help="Who says so.")
@click.option("--licence", default=vintages.LICENCE, show_default=True, help="On what terms it may be used.")
@click.option("--save", is_flag=True, help="Keep it. Without this, only what would happen is told.")
@with_appcontext
def bring_in(paths: tuple[str, ...], vintage: str, source: str, licence: str, save: bool) -> None:
    """Bring in files of occupations, groups, skills and closeness, in any order; each is known by its headings.

    The same files again change nothing. A file replaces what the vintage has of its kind.
    """
    try:
        found = files.read((Path(path).name, Path(path).read_bytes()) for path in paths)
        changes = vintages.bring_in(session(), found, vintage, at=clock.now(), source=source, licence=licence)
        if save:
            db.session.commit()
    except Invalid as error:
        for problem in error.problems[:MOST_TOLD]:
            click.echo(f"{problem.field}: {problem.message}" if problem.field else problem.message, err=True)
        if len(error.problems) > MOST_TOLD:
            click.echo(f"And {len(error.problems) - MOST_TOLD} more.", err=True)
        sys.exit(1)
    except IntegrityError as error:
        raise click.ClickException("Somebody else is bringing in the same vintage. Try again.") from error
    for change in changes:
        click.echo(
            f"{change.kind.name}: {change.there}, of which {change.new} new and {change.changed} changed; "
            f"{change.gone} gone"
        )
    if save:
        click.echo(f"{vintage} is kept.")
    else:
        db.session.rollback()
        click.echo("Nothing is wrong with it, and nothing has been kept. Give --save to keep it.")


@occupations.command("export")
@click.argument("vintage")
@click.option("--to", required=True, type=click.Path(path_type=Path, file_okay=False), help="A folder for the files.")
@with_appcontext
def take_out(vintage: str, to: Path) -> None:
    """Write all that a vintage says, a CSV file for each kind of thing, as import takes them."""
    try:
        said = vintages.of(session(), vintage)
    except NotFound as error:
        raise click.ClickException(str(error)) from error
    to.mkdir(parents=True, exist_ok=True)
    for kind, rows in said.items():
        (to / f"{kind.name.replace(' ', '_')}.csv").write_bytes(files.write(kind, rows.values()))
        click.echo(f"{kind.name}: {len(rows)}")

"""Commands that no room owns."""

import click
from flask import current_app
from flask.cli import with_appcontext
from lms.db import db, session


@click.command()
@with_appcontext
def sweep() -> None:
    """Do whatever background work is due, once."""
    for name, done in current_app.extensions["kunna"].jobs.run_all().items():
        click.echo(f"{name}: {done}")

"""Commands that no room owns."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

import lms.courses.cli
import lms.frameworks.cli
import lms.identity.cli
import lms.occupations.cli
import lms.xapi.carrying.cli
import lms.xapi.cli
from lms import clock, signals
from lms.competence.outside import reading
from lms.competence.proofs import steps
from lms.competence.shown import evidence
from lms.courses import progress
from lms.db import db, session
from lms.demo import seeding
from lms.errors import Conflict
from lms.xapi import definitions, search, storing


def register(app: Flask) -> None:
    commands = (
        lms.courses.cli.courses,
        lms.frameworks.cli.frameworks,
        lms.identity.cli.people,
        lms.identity.cli.organisations,
        lms.occupations.cli.occupations,
        lms.xapi.cli.clients,
        lms.xapi.carrying.cli.statements,
        rebuild,
        seed_demo,
        sweep,
        worker,
    )
    for command in commands:
        app.cli.add_command(command)


@click.command()
@with_appcontext
def rebuild() -> None:
    """Read the whole record store again: activities, progress, evidence, levels and proofs.

    In one transaction, so that nobody sees it half done. Whoever has something to record waits until then.
    """
    storing.pause(session())
    activities = definitions.rebuild(session())
    for reader in (progress, evidence, reading, steps):
        reader.clear(session())
    read = 0
    for entries in search.each(session()):
        signals.statements_recorded.send(session(), entries=entries)
        read += len(entries)
        click.echo(f"\r{read} statements read", nl=False)
    storing.resume(session(), clock.now())
    db.session.commit()
    click.echo(f"\r{read} statements read. Progress, evidence, levels and {activities} activities are rebuilt.")


@click.command("demo")
@with_appcontext
def seed_demo() -> None:
    """Fill an empty database with the demo project: its people, and two years of what they did."""
    kunna = current_app.extensions["kunna"]
    try:
        seeding.seed(session(), kunna.library, kunna.frameworks, current_app.config, clock.now(), click.echo)
    except Conflict as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()


@click.command()
@with_appcontext
def sweep() -> None:
    """Do whatever background work is due, once."""
    for name, done in current_app.extensions["kunna"].jobs.run_all().items():
        click.echo(f"{name}: {done}")


@click.command()
@with_appcontext
def worker() -> None:
    """Do background work as it comes, until stopped."""
    try:
        current_app.extensions["kunna"].jobs.work()
    except LookupError as error:
        raise click.ClickException(str(error)) from error

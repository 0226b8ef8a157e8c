"""Statements out and in, from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import click
from flask import current_app
from flask.cli import with_appcontext

from lms import clock
from lms.db import db, only_reading, session
from lms.errors import Conflict, Invalid, KunnaError
from lms.xapi import organisations
from lms.xapi.carrying import going_out
from lms.xapi.carrying.coming_in import Bad, Batch, Import, Reading
from lms.xapi.formats import moment
from lms.xapi.storing import Keep


class Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return moment(str(value), strict=True)
        except ValueError as error:
            self.fail(f"It {error}", param, ctx)


@click.group()
def statements() -> None:
    """What the record store holds, as lines of JSON."""


@statements.command("export")
@click.argument("file", type=click.File("wb"), default="-")
@click.option("--organisation", required=True, help="The key of the organisation whose statements go out.")
@click.option("--below", is_flag=True, help="And those of the organisations under it.")
@click.option("--since", type=Moment(), help="Only what was stored later than this.")
@click.option("--until", type=Moment(), help="Only what was stored at this time or earlier.")
@click.option("--after", help="Go on from this place, which an earlier export has told of.")
@with_appcontext
def carry_out(
    file: BinaryIO, organisation: str, below: bool, since: datetime | None, until: datetime | None, after: str | None
) -> None:
    """Write statements to FILE (or -), a line each, voided ones too; stored first goes first."""
    count, place = 0, after
    with only_reading(), plainly_told():
        own = organisations.get(session(), organisation)
        whose = organisations.under(session(), own) if below else [own]
        begin = going_out.place(after) if after else None
        try:
            for batch in going_out.batches(session(), whose, since=since, until=until, after=begin):
                # Nobody has to wait for a reader that takes its time.
                db.session.rollback()
                file.write(batch.lines)
                file.flush()
                count, place = count + len(batch.texts), str(batch.place)
                click.echo(f"\r{count} statements", nl=False, err=True)
        finally:
            click.echo(f"\r{count} statements written.", err=True)
            if place:
                click.echo(f"What comes later: --after {place}", err=True)


@statements.command("import")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--organisation", help="Whose they become, whatever the file says.")
@click.option(
    "--keep",
    type=click.Choice([one.value for one in Keep]),
    default=Keep.NOTHING.value,
    show_default=True,
    help="Of what this store would set: nothing, who asserts each statement (authority), or also when it was stored "
    "(everything). Only of a store that you trust as this one.",
)
@click.option("--from-line", type=click.IntRange(1), default=1, help="Leave out the lines before this one.")
@click.option("--go-on", is_flag=True, help="Leave out lines that cannot be stored, instead of stopping there.")
@with_appcontext
def carry_in(file: BinaryIO, organisation: str | None, keep: str, from_line: int, go_on: bool) -> None:
    """Store the statements in FILE (or -). What is here already is left as it is, so doing it again does no harm."""
    reading = Reading(file, organisation, from_line, longest=current_app.config["XAPI_MAX_BODY"])
    account = {"homePage": f"{current_app.config['IRI_BASE']}/xapi", "name": "import"}
    brought = Import({"objectType": "Agent", "name": "Import", "account": account}, Keep(keep))
    tally = Tally(from_line - 1)
    with plainly_told(), tally.shown():
        for part in reading.parts():
            for bad in tally.count(brought, part):
                if not go_on:
                    raise click.ClickException(
                        f"Line {bad.number}: {bad.reason} What stands before it is stored. "
                        f"Mend it and use --from-line {bad.number}, or leave such lines out with --go-on."
                    )
                click.echo(f"\rLine {bad.number}: {bad.reason}", err=True)
    if tally.bad:
        raise click.ClickException(f"{tally.bad} lines were left out.")


@dataclass
class Tally:
    # All lines until here are stored, or told of.
    line: int
    new: int = 0
    known: int = 0
    bad: int = 0

    @contextmanager
    def shown(self) -> Iterator[None]:
        try:
            yield
        finally:
            click.echo(f"\r{self.new} statements stored, {self.known} were here already.", err=True)
            click.echo(f"Everything to line {self.line} is done.", err=True)

    def count(self, brought: Import, part: Batch | Bad) -> Iterator[Bad]:
        """Store this part in one transaction; if that cannot be, line by line until what is wrong has a number."""
        if isinstance(part, Bad):
            yield part
            self._leave_out(part.number)
            return
        try:
            new = brought.take(session(), part, clock.now())
            db.session.commit()
            self._add(new, len(part.lines), part.lines[-1].number)
        except (Conflict, Invalid):
            db.session.rollback()
            yield from self._one_by_one(brought, part)

    def _one_by_one(self, brought: Import, batch: Batch) -> Iterator[Bad]:
        for line in batch.lines:
            try:
                new = brought.alone(session(), line, clock.now())
                db.session.commit()
                self._add(new, 1, line.number)
            except (Conflict, Invalid) as error:
                db.session.rollback()
                yield Bad(line.number, str(error))
                self._leave_out(line.number)

    def _add(self, new: int, lines: int, last: int) -> None:
        self.new += new
        self.known += lines - new
        self.line = last
        click.echo(f"\r{self.new + self.known} statements", nl=False, err=True)

    def _leave_out(self, number: int) -> None:
        self.bad += 1
        self.line = number


@contextmanager
def plainly_told() -> Iterator[None]:
    try:
        yield
    except KunnaError as error:
        raise click.ClickException(str(error)) from error

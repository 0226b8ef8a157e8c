"""Statements out and in, from the command line."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from lms import clock
from lms.db import db, only_reading, session
from lms.errors import Conflict, Invalid, KunnaError
from lms.xapi import attachments, organisations
from lms.xapi.carrying import beside, going_out
from lms.xapi.carrying.beside import Beside
from lms.xapi.carrying.coming_in import Bad, Batch, Import, Reading
from lms.xapi.files import Files
from lms.xapi.formats import moment
from lms.xapi.shelf import shelf
from lms.xapi.storing import Keep

FOLDER: Final = click.Path(file_okay=False, path_type=Path)


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
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@click.option("--organisation", required=True, help="The key of the organisation whose statements go out.")
@click.option("--below", is_flag=True, help="And those of the organisations under it.")
@click.option("--since", type=Moment(), help="Only what was stored later than this.")
@click.option("--until", type=Moment(), help="Only what was stored at this time or earlier.")
@click.option("--after", help="Go on from this place, which an earlier export has told of, at the end of FILE.")
@click.option("--files", type=FOLDER, help="The folder for the files that statements carry.")
@click.option("--no-files", is_flag=True, help="Leave the files out.")
@with_appcontext
def carry_out(
    file: str,
    organisation: str,
    below: bool,
    since: datetime | None,
    until: datetime | None,
    after: str | None,
    files: Path | None,
    no_files: bool,
) -> None:
    """Write statements to FILE (or -), a line each, voided ones too; stored first goes first."""
    count, place = 0, after
    with only_reading(), plainly_told(), ExitStack() as stack:
        own = organisations.get(session(), organisation)
        whose = organisations.under(session(), own) if below else [own]
        begin = going_out.place(after) if after else None
        if not (files or no_files) and (kept := beside.kept(session(), whose)):
            raise Conflict(f"There are {kept} files: say where they go (--files), or leave them out (--no-files).")
        written = stack.enter_context(click.open_file(file, "ab" if after else "wb"))
        try:
            for batch in going_out.batches(session(), whose, since=since, until=until, after=begin):
                content = attachments.of(session(), batch.carrying) if files else []
                # Nobody has to wait for a reader that takes its time.
                db.session.rollback()
                if files and content:
                    Beside(files).bring(content, shelf(current_app.config["ATTACHMENTS_URL"]))
                written.write(batch.lines)
                written.flush()
                count, place = count + len(batch.entries), str(batch.place)
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
@click.option("--files", type=FOLDER, help="The folder that has the files which the statements carry.")
@click.option("--from-line", type=click.IntRange(1), default=1, help="Leave out the lines before this one.")
@click.option("--go-on", is_flag=True, help="Leave out lines that cannot be stored, instead of stopping there.")
@with_appcontext
def carry_in(
    file: BinaryIO, organisation: str | None, keep: str, files: Path | None, from_line: int, go_on: bool
) -> None:
    """Store the statements in FILE (or -). What is here already is left as it is, so doing it again does no harm."""
    reading = Reading(file, organisation, from_line, longest=current_app.config["XAPI_MAX_BODY"])
    account = {"homePage": f"{current_app.config['IRI_BASE']}/xapi", "name": "import"}
    brought = Import({"objectType": "Agent", "name": "Import", "account": account}, Keep(keep))
    tally = Tally(from_line - 1, Beside(files) if files else None)
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
    beside: Beside | None
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
            self._take(brought, part)
        except (Conflict, Invalid):
            db.session.rollback()
            for line in part.lines:
                yield from self._alone(brought, Batch([line]))

    def _alone(self, brought: Import, line: Batch) -> Iterator[Bad]:
        """By the rules of the other version if it breaks those of its own: a store of both holds statements that say
        1.0.0 and came in a request of 2.0."""
        [number] = [one.number for one in line.lines]
        try:
            self._take(brought, line)
        except (Conflict, Invalid) as refused:
            db.session.rollback()
            try:
                self._take(brought, line.in_other_version())
            except (Conflict, Invalid):
                db.session.rollback()
                yield Bad(number, str(refused))
                self._leave_out(number)

    def _take(self, brought: Import, batch: Batch) -> None:
        own = organisations.get(session(), batch.organisation).id
        with self._files(brought, own, batch) as files:
            new = brought.take(session(), own, batch, files, clock.now())
            db.session.commit()
        self._add(new, len(batch.lines), batch.lines[-1].number)

    @contextmanager
    def _files(self, brought: Import, organisation_id: int, batch: Batch) -> Iterator[Files | None]:
        """They are on the shelf before the statements are stored."""
        if self.beside is None or not any(line.may_carry for line in batch.lines):
            yield None
            return
        with self.beside.files(batch.texts) as files:
            content = brought.announce(session(), organisation_id, batch, files, clock.now())
            db.session.commit()
            attachments.put(shelf(current_app.config["ATTACHMENTS_URL"]), organisation_id, content)
            yield files

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
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer, or has no room left: {error.orig}") from error

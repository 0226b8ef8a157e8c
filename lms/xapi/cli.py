"""Keys to the record store, from the command line."""

import click
from flask.cli import with_appcontext

from lms import clock
from lms.db import db, session
from lms.errors import KunnaError
from lms.xapi import clients as store_clients


@click.group()
def clients() -> None:
    """Programs that may use the record store."""


@clients.command()
@click.argument("name")
@click.option("--organisation", required=True, help="The key of the organisation whose statements it is about.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice(store_clients.SCOPES),
    help="What it may do; can be given more than once.",
)
@click.option("--below", is_flag=True, help="It sees the organisations under that one as well.")
@with_appcontext
def add(name: str, organisation: str, scopes: tuple[str, ...], below: bool) -> None:
    """Give a program a key and a secret. The secret is shown now and never again."""
    try:
        client, secret = store_clients.add(session(), name, organisation, scopes, below=below, at=clock.now())
    except KunnaError as error:
        raise click.ClickException(str(error)) from None
    db.session.commit()
    click.echo(f"key: {client.key}")
    click.echo(f"secret: {secret}")


@clients.command("list")
@with_appcontext
def show() -> None:
    """Who has a key, for which organisation, and what it may do."""
    for client, organisation in store_clients.listed(session()):
        state = "revoked" if client.revoked_at else f"last wrote {client.last_used_at or 'never'}"
        reach = "and below" if client.below else "only"
        click.echo(f"{client.key}  {client.name}: {client.scopes}, {organisation} {reach}, {state}")


@clients.command()
@click.argument("key")
@with_appcontext
def revoke(key: str) -> None:
    """Make a key worthless. Processes that have just seen it may let it in for another minute."""
    try:
        store_clients.revoke(session(), key, clock.now())
    except KunnaError as error:
        raise click.ClickException(str(error)) from None
    db.session.commit()
    click.echo(f"The key {key} no longer works.")

"""Keys to the record store, from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import click
from flask.cli import with_appcontext

from lms import clock
from lms.db import db, session
from lms.errors import KunnaError
from lms.xapi import clients as store_clients
from lms.xapi import use
from lms.xapi.models import StoreClient

DAYS: Final = 7

_scopes = click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(store_clients.SCOPES),
    help="What it may do; can be given more than once.",
)
_rate_limit = click.option(
    "--rate-limit", help="How often it may ask, such as “600 per minute”; empty: as XAPI_RATE_LIMIT says."
)


@click.group()
def clients() -> None:
    """Programs that may use the record store."""


@clients.command()
@click.argument("name")
@click.option("--organisation", required=True, help="The key of the organisation whose statements it is about.")
@_scopes
@click.option("--below", is_flag=True, help="It sees the organisations under that one as well.")
@_rate_limit
@with_appcontext
def add(name: str, organisation: str, scopes: tuple[str, ...], below: bool, rate_limit: str | None) -> None:
    """Give a program a key and a secret. The secret is shown now and never again."""
    with _saying_why():
        client, secret = store_clients.add(
            session(), name, organisation, scopes, below=below, at=clock.now(), rate_limit=rate_limit
        )
    db.session.commit()
    click.echo(f"key: {client.key}")
    click.echo(f"secret: {secret}")


@clients.command("list")
@with_appcontext
def show_all() -> None:
    """Who has a key, for which organisation, what it may do and when it last did."""
    for client, organisation in store_clients.listed(session()):
        click.echo(f"{client.key}  {client.name}: {client.scopes}, {_reach(client, organisation)}, {_state(client)}")
    unknown = use.with_unknown_keys(session(), clock.now().date() - timedelta(days=DAYS))
    if unknown:
        click.echo(f"Requests with a key that nobody has, in the last {DAYS} days: {unknown}")


@clients.command()
@click.argument("key")
@with_appcontext
def show(key: str) -> None:
    """One client: what it may do, how much it did and what it was refused."""
    with _saying_why():
        client = store_clients.get(session(), key)
    click.echo(f"{client.name}\nscopes: {client.scopes}\nadded: {client.created_at:%Y-%m-%d}\n{_state(client)}")
    if client.rate_limit:
        click.echo(f"rate limit: {client.rate_limit}")
    since = clock.now().date() - timedelta(days=DAYS)
    for day, count in sorted(use.since(session(), client.organisation_id, since).get(client.id, {}).items()):
        click.echo(f"{day}: {count.requests} requests, {count.refused} refused")
    for one in use.refusals(session(), client):
        click.echo(f"{_moment(one.at)}  {one.status} {one.method} {one.resource}: {one.reason}")


@clients.command()
@click.argument("key")
@click.option(
    "--grace",
    type=click.Choice(list(store_clients.GRACE)),
    default="hour",
    show_default=True,
    help="How long the old secret goes on working.",
)
@with_appcontext
def rotate(key: str, grace: str) -> None:
    """Give a client a new secret, which is shown now and never again."""
    with _saying_why():
        client = store_clients.get(session(), key)
        secret = store_clients.rotate(client, grace=store_clients.GRACE[grace], at=clock.now())
    db.session.commit()
    click.echo(f"secret: {secret}")
    if client.previous_until is not None:
        click.echo(f"The old secret works until {_moment(client.previous_until)}.")


@clients.command()
@click.argument("key")
@click.option("--name", help="What it is called from now on.")
@_scopes
@click.option("--below/--not-below", default=None, help="Whether it sees the organisations under its own.")
@_rate_limit
@with_appcontext
def change(key: str, name: str | None, scopes: tuple[str, ...], below: bool | None, rate_limit: str | None) -> None:
    """Change what is given; scopes replace those it had. It holds everywhere within a minute."""
    with _saying_why():
        client = store_clients.get(session(), key)
        store_clients.change(client, name=name, scopes=scopes or None, below=below, rate_limit=rate_limit)
    db.session.commit()
    click.echo(f"{client.name}: {client.scopes}")


@clients.command()
@click.argument("key")
@with_appcontext
def revoke(key: str) -> None:
    """Make a key worthless. Processes that have just seen it may let it in for another minute."""
    with _saying_why():
        store_clients.revoke(session(), key, clock.now())
    db.session.commit()
    click.echo(f"The key {key} no longer works.")


@contextmanager
def _saying_why() -> Iterator[None]:
    try:
        yield
    except KunnaError as error:
        raise click.ClickException(str(error)) from None


def _reach(client: StoreClient, organisation: str) -> str:
    return f"{organisation} {'and below' if client.below else 'only'}"


def _state(client: StoreClient) -> str:
    if client.revoked_at is not None:
        return f"revoked {_moment(client.revoked_at)}"
    return "never used" if client.last_used_at is None else f"last used {_moment(client.last_used_at)}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"

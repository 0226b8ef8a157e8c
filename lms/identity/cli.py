"""The first people and organisations, from the command line; later ones come through the pages."""

from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from lms import clock
from lms.db import db, session
from lms.errors import KunnaError
from lms.i18n import LANGUAGES
from lms.identity import addresses, erasing, letters, memberships
from lms.identity import organisations as tree
from lms.identity.memberships import Place
from lms.identity.models import Kind, Organisation, Person, Role

_ANYWHERE: Final = select(Organisation)


@click.group()
def people() -> None:
    """The people of the installation."""


@click.group()
def organisations() -> None:
    """The project, its regions, partners and units."""


@people.command()
@click.argument("email")
@click.option("--organisation", required=True, help="The key of the organisation that they will belong to.")
@click.option("--name", required=True, help="As it should stand in lists.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="What they do besides learning; can be given more than once.",
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="sv", show_default=True)
@with_appcontext
def invite(email: str, organisation: str, name: str, roles: tuple[str, ...], language: str) -> None:
    """Make somebody belong to an organisation and post them an invitation.

    The link is shown as well, for where letters do not leave yet.
    """
    address, at = addresses.normal(email), clock.now()
    if address is None:
        raise click.ClickException(f"{email} is not an e-mail address.")
    site, place = letters.site_of(current_app.config), Place(roles=frozenset(Role(role) for role in roles))
    try:
        where = tree.get(session(), _ANYWHERE, organisation)
        membership = memberships.add(session(), where, email=address, name=name, language=language, place=place, at=at)
    except KunnaError as error:
        raise click.ClickException(str(error)) from None
    letters.post_invitation(session(), site, membership, by=where.name, at=at)
    link = site.invitation_of(membership.person, at)
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("mail")
    click.echo(f"{address} belongs to {where.name}.")
    if link:
        click.echo(link)


@people.command()
@click.argument("email")
@click.confirmation_option(prompt="Who this person is cannot be brought back. Go on?")
@with_appcontext
def erase(email: str) -> None:
    """Forget who a person is. Their statements stay, about nobody."""
    person = session().scalars(select(Person).where(Person.email == addresses.normal(email))).first()
    if person is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    erasing.erase(session(), person, clock.now())
    db.session.commit()
    click.echo("Erased.")


@organisations.command()
@click.argument("key")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in Kind]))
@click.option("--under", help="The key of the organisation it belongs to. A project has none.")
@with_appcontext
def add(key: str, name: str, kind: str, under: str | None) -> None:
    """Add an organisation. KEY is for ever: it stands in addresses, files and commands."""
    try:
        parent = tree.get(session(), _ANYWHERE, under) if under else None
        added = tree.add(session(), Kind(kind), name=name, parent=parent, key=key)
    except KunnaError as error:
        raise click.ClickException(str(error)) from None
    db.session.commit()
    click.echo(f"{added.name} has been added.")


@organisations.command("list")
@with_appcontext
def show() -> None:
    """The tree, with the number of people in each."""

    def say(nodes: list[tree.Node], depth: int) -> None:
        for node in nodes:
            click.echo(f"{'  ' * depth}{node.organisation.key}  {node.organisation.name}  ({node.people})")
            say(list(node.below), depth + 1)

    say(tree.tree(session(), _ANYWHERE), 0)

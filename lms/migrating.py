"""Flask-Migrate, once somebody migrates: it brings Alembic, 13 MB that a worker which only answers can spare."""

from pathlib import Path
from typing import Any

import click
from flask import Flask

from lms.db import db


class Migrations:
    """Stands on the app where Flask-Migrate looks for itself, and lets it in when it does."""

    def __init__(self, app: Flask, directory: Path) -> None:
        self.directory = str(directory)
        self._app = app
        app.cli.add_command(Commands("db", help="Create and upgrade the database."))

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415

        Migrate(self._app, db, directory=self.directory)
        return getattr(self._app.extensions["migrate"], name)


class Commands(click.Group):
    """`flask db …`, known by its name until somebody wants more of it."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        return _commands().make_context(*arguments, **options)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _commands().get_command(ctx, cmd_name)


def _commands() -> click.Group:
    from flask_migrate.cli import db as commands  # noqa: PLC0415

    group: click.Group = commands
    return group

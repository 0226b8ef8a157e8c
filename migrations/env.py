"""Alembic on the app's own engine. On SQLite tables are rebuilt in batch mode, since it cannot alter them."""

from alembic import context
from flask import current_app

from lms.db import db


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: set DATABASE_URL.")
with current_app.app_context():
    run()

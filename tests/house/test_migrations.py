"""Migrations build the database that the models describe, and every step can be taken back."""

import os
import subprocess
import sys

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, inspect

from lms.app import create_app
from lms.db import db
from lms.health import _newest
from tests.conftest import TEST_SETTINGS


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bare_app(request, tmp_path):
    """The app on a database with nothing in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    app = create_app(**TEST_SETTINGS, DATABASE_URL=url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def scripts(app: Flask) -> ScriptDirectory:
    return ScriptDirectory(app.extensions["migrate"].directory)


def test_models_and_migrations_describe_the_same_tables(bare_app):
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata) == []


def test_models_and_migrations_have_the_same_checks(bare_app):
    """Alembic does not compare these."""
    flask_migrate.upgrade()
    built = inspect(db.engine)
    for name, table in db.metadata.tables.items():
        in_models = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in built.get_check_constraints(name)} == in_models, name


def test_every_migration_can_be_taken_back_and_made_again(bare_app):
    flask_migrate.upgrade()
    for script in scripts(bare_app).walk_revisions():
        flask_migrate.downgrade(revision=script.down_revision or "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    flask_migrate.upgrade()
    assert set(db.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_migrations_form_one_line_in_the_order_of_their_file_names(bare_app):
    line = list(scripts(bare_app).walk_revisions())[::-1]
    names = [script.path.rsplit("/", 1)[1] for script in line]
    assert names == sorted(names)
    assert len(scripts(bare_app).get_heads()) == 1


def test_a_migration_is_named_for_what_it_does(bare_app):
    for script in scripts(bare_app).walk_revisions():
        words = script.path.rsplit("/", 1)[1].removesuffix(".py").split("_")
        assert not {"auto", "update", "changes", "misc"} & set(words), script.path


def test_a_site_is_ready_at_the_last_migration_and_not_before(bare_app):
    def asked():
        db.session.remove()
        return bare_app.test_client().get("/readyz")

    assert asked().status_code == 503
    flask_migrate.upgrade()
    assert asked().status_code == 200
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert "run `flask db upgrade`" in asked().json["reason"]


def test_a_site_is_installed_with_flask_db_and_answers_without_alembic(tmp_path):
    """Alembic takes 13 MB of every worker that has it."""
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'kunna.sqlite'}", "SECRET_KEY": TEST_SETTINGS["SECRET_KEY"]}

    def run(*arguments):
        done = subprocess.run([sys.executable, *arguments], env=os.environ | settings, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-m", "flask", "--app", "wsgi", "db", "upgrade")
    asked = "import sys, wsgi; print(wsgi.app.test_client().get('/readyz').status_code, 'alembic' in sys.modules)"
    assert run("-c", asked).split() == ["200", "False"]


def test_the_last_migration_is_known_by_its_file(bare_app):
    newest = _newest(bare_app.extensions["migrate"].directory)
    assert newest == scripts(bare_app).get_current_head()

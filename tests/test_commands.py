from sqlalchemy import select

from lms.competence.models import Evidence, Standing
from lms.competence.shown import standings
from lms.courses.models import ModuleProgress
from lms.demo import seeding
from lms.identity.models import Organisation


def folded(session, at):
    """Everything that is read from statements, as plain values; levels as they are picked now."""
    standings.pick_anew(session, session.scalars(select(Organisation.id)).all(), at)
    session.expire_all()
    tables = (Evidence, Standing, ModuleProgress)
    return {table.__tablename__: sorted(values(row) for row in session.scalars(select(table))) for table in tables}


def values(row):
    return repr([getattr(row, column.key) for column in row.__table__.columns])


def test_reading_the_whole_store_again_gives_what_was_read_as_it_came(app, session, at):
    kunna = app.extensions["kunna"]
    seeding.seed(session, kunna.library, kunna.frameworks, app.config, at, print)
    session.commit()
    before = folded(session, at)
    assert all(before.values())
    result = app.test_cli_runner().invoke(args=["rebuild"])
    assert result.exit_code == 0, result.output
    assert folded(session, at) == before


def test_the_demo_is_only_put_into_an_empty_database(app, cast):
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "only put into an empty one" in result.output

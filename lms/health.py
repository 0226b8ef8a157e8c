"""Two questions from whoever runs us: are you alive, and can you work?"""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from lms.db import session
from lms.http import args, public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers. Says nothing of the database, so that a slow one does not get us restarted."""
    args()
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database answers and has the schema that this code expects."""
    args()
    try:
        context = MigrationContext.configure(session().connection())
        current = context.get_current_revision()
    except OperationalError:
        return {"status": "unavailable", "reason": "The database does not answer."}, 503
    migrate = current_app.extensions["migrate"]
    expected = ScriptDirectory(migrate.directory).get_current_head()
    if current != expected:
        reason = f"The database is at migration {current}, the code expects {expected}: run `flask db upgrade`."
        return {"status": "unavailable", "reason": reason}, 503
    return {"status": "ok"}

"""Two questions from whoever runs us: are you alive, and can you work?"""

from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import String, column, inspect, select, table
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
        connection = session().connection()
        current = connection.scalar(_REVISION) if inspect(connection).has_table(_REVISION_TABLE) else None
    except OperationalError:
        return {"status": "unavailable", "reason": "The database does not answer."}, 503
    expected = _newest(current_app.extensions["migrate"].directory)
    if current != expected:
        reason = f"The database is at migration {current}, the code expects {expected}: run `flask db upgrade`."
        return {"status": "unavailable", "reason": reason}, 503
    return {"status": "ok"}


# Where Alembic writes how far it has come. Asking Alembic itself would load it into every worker.
_REVISION_TABLE: Final = "alembic_version"
_REVISION: Final = select(column("version_num", String)).select_from(table(_REVISION_TABLE))


@cache
def _newest(migrations: str) -> str:
    """The last revision there is: migrations are in one line, and their files begin with a date and a revision."""
    return max(path.stem.split("_")[1] for path in Path(migrations, "versions").glob("*_*.py"))

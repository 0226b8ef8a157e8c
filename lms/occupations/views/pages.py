from typing import Final

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.db import session
from lms.http import args, roles
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.occupations import lookup
from lms.occupations.lookup import Answer
from lms.occupations.views.blueprint import bp

# Those who make role profiles.
IN_CHARGE: Final = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)
LONGEST: Final = 100


@bp.get("")
@roles(*IN_CHARGE)
def search(_viewer: Viewer) -> ResponseReturnValue:
    query = args("q").get("q", "").strip()[:LONGEST]
    vintage = lookup.newest(session())
    answer = lookup.search(session(), vintage, query) if vintage is not None else Answer([], is_cut=False)
    return render_template("occupations/search.html", query=query, vintage=vintage, answer=answer)


@bp.get("/<vintage>/<code>")
@roles(*IN_CHARGE)
def occupation(_viewer: Viewer, vintage: str, code: str) -> ResponseReturnValue:
    """What is said of it, and where a role profile can start."""
    args()
    looked = lookup.look(session(), vintage, code)
    return render_template("occupations/occupation.html", looked=looked, newest=lookup.newest(session()))

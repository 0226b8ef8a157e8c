"""The frameworks as they stand, and where they come from."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.competence import words
from lms.competence.views.blueprint import bp
from lms.competence.views.blueprint import frameworks as known
from lms.http import args, signed_in
from lms.identity.access import Viewer


@bp.get("/frameworks")
@signed_in
def frameworks(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("competence/frameworks.html", frameworks=known())


@bp.get("/frameworks/<key>")
@signed_in
def framework(_viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = known().get(key)
    return render_template("competence/framework.html", framework=found, frameworks=known(), words=words)


@bp.get("/sources")
@signed_in
def sources(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("competence/sources.html", frameworks=known())

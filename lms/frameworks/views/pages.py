from flask import render_template
from flask.typing import ResponseReturnValue

from lms.frameworks.framework import COMMON_SCALE
from lms.frameworks.views.blueprint import bp
from lms.frameworks.views.blueprint import frameworks as known
from lms.http import args, signed_in
from lms.identity.access import Viewer


@bp.get("/frameworks")
@signed_in
def frameworks(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("frameworks/list.html", frameworks=known())


@bp.get("/frameworks/<key>")
@signed_in
def framework(_viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = known().get(key)
    return render_template("frameworks/framework.html", framework=found, frameworks=known(), scale=COMMON_SCALE)


@bp.get("/sources")
@signed_in
def sources(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("frameworks/sources.html", frameworks=known())

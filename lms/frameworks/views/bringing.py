"""A framework out of a file: looked through first, then published, or nothing at all. And into a file."""

from collections.abc import Mapping

from flask import Response, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.frameworks import stored
from lms.frameworks.formats import about, ours, reading
from lms.frameworks.framework import COMMON_SCALE, Framework, Frameworks
from lms.frameworks.views.blueprint import bp, frameworks
from lms.http import args, roles, see_other, signed_in
from lms.i18n import gettext, local
from lms.identity.access import Viewer
from lms.identity.models import Role

IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)
BESIDE = ("key", "name", "publisher", "year", "version", "licence", "licence_address", "source_title", "source_address")
# More than this is for the command: between the two steps the framework is in the page itself.
MOST_CHARACTERS = 400_000
FILES = {
    "json": ("json", "application/json"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "case": ("case.json", "application/json"),
    "esco": ("esco.csv", "text/csv; charset=utf-8"),
}


@bp.get("/frameworks/<key>/export/<form>")
@signed_in
def export(_viewer: Viewer, key: str, form: str) -> ResponseReturnValue:
    args()
    found = frameworks().get(key)
    if form not in FILES:
        raise NotFound(gettext("There is no such format."))
    ending, kind = FILES[form]
    name = {"Content-Disposition": f'attachment; filename="{key}.{ending}"'}
    return Response(reading.WRITERS[form](found), content_type=kind, headers=name)


@bp.get("/frameworks/import")
@roles(*IN_CHARGE)
def import_framework(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return _choose({}, [])


@bp.post("/frameworks/import")
@roles(*IN_CHARGE)
def look_through(_viewer: Viewer) -> ResponseReturnValue:
    """What the file says, with nothing kept yet."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid([Problem("file", gettext("Choose a file."))])
        beside = about.given(**{name: request.form.get(name, "") for name in BESIDE})
        read = reading.read(file.read(), beside)
        stored.check(session(), _shipped(), read)
        written = ours.write(read).decode()
        if len(written) > MOST_CHARACTERS:
            sentence = gettext("The framework is too large for this page. “flask frameworks import” takes it.")
            raise Invalid([Problem("file", sentence)])
    except Invalid as invalid:
        return _choose(request.form, invalid.problems), 400
    return _preview(read, written)


@bp.post("/frameworks/publish")
@roles(*IN_CHARGE)
def publish(viewer: Viewer) -> ResponseReturnValue:
    try:
        read = ours.read(request.form.get("framework", "").encode())
        at, by = clock.now(), viewer.person_id
        stored.publish(session(), _shipped(), viewer.organisation_id, read, at=at, by=by)
    except Invalid as invalid:
        return _choose({}, invalid.problems), 400
    except Conflict as conflict:
        return _choose({}, [Problem("key", str(conflict))]), 409
    db.session.commit()
    flash(gettext("“%(name)s” has been published.", name=local(read.name)), "success")
    return see_other(".framework", key=read.key)


def _shipped() -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].frameworks
    return known


def _choose(filled: Mapping[str, str], problems: list[Problem]) -> str:
    """`problems` of fields are theirs; those of rows and places stand together above."""
    as_fields = [Problem(problem.field.replace(" ", "_"), problem.message) for problem in problems]
    return render_template(
        "frameworks/import.html",
        filled=filled,
        problems=[problem for problem in as_fields if problem.field in {*BESIDE, "file"}],
        in_the_file=[problem for problem in problems if problem.field.replace(" ", "_") not in {*BESIDE, "file"}],
        wrong={problem.field: problem.message for problem in as_fields},
    )


def _preview(read: Framework, written: str) -> str:
    return render_template("frameworks/preview.html", framework=read, written=written, scale=COMMON_SCALE)

"""Role profiles: what each kind of work needs."""

from collections.abc import Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import profiles as role_profiles
from lms.competence import words
from lms.competence.models import RoleProfile
from lms.competence.views.blueprint import bp, frameworks
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role

IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)


@bp.get("/profiles")
@roles(*IN_CHARGE)
def profiles(viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("competence/profiles.html", listed=role_profiles.listed(session(), viewer))


@bp.get("/profiles/new")
@roles(*IN_CHARGE)
def profile_new(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _form({}, None, [])


@bp.post("/profiles/new")
@roles(*IN_CHARGE)
def profile_define(viewer: Viewer) -> ResponseReturnValue:
    try:
        name, requirements = role_profiles.parse(request.form, frameworks())
        role_profiles.define(session(), viewer.organisation_id, name, requirements, at=clock.now())
    except Invalid as invalid:
        return _form(request.form, None, invalid.problems), 400
    db.session.commit()
    flash(gettext("The role profile “%(name)s” can now be given to people.", name=name), "success")
    return see_other(".profiles")


@bp.get("/profiles/<key>")
@roles(*IN_CHARGE)
def profile_edit(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    profile = role_profiles.get(session(), viewer, key)
    filled = {"name": profile.name}
    for row in profile.requirements:
        filled[f"level:{row.competence_key}"] = str(row.level)
        filled[f"weight:{row.competence_key}"] = str(row.weight)
    return _form(filled, profile, [])


@bp.post("/profiles/<key>")
@roles(*IN_CHARGE)
def profile_change(viewer: Viewer, key: str) -> ResponseReturnValue:
    profile = role_profiles.get(session(), viewer, key)
    try:
        name, requirements = role_profiles.parse(request.form, frameworks())
    except Invalid as invalid:
        return _form(request.form, profile, invalid.problems), 400
    requirements |= role_profiles.kept(profile, frameworks())
    role_profiles.change(profile, name, requirements, at=clock.now())
    db.session.commit()
    flash(gettext("The role profile “%(name)s” has been changed.", name=name), "success")
    return see_other(".profiles")


def _form(filled: Mapping[str, str], profile: RoleProfile | None, problems: list[Problem]) -> str:
    return render_template(
        "competence/profile_form.html",
        filled=filled,
        profile=profile,
        kept=role_profiles.kept(profile, frameworks()) if profile is not None else {},
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        frameworks=frameworks(),
        usual_weight=role_profiles.USUAL_WEIGHT,
        words=words,
    )

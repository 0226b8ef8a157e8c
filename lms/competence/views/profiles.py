"""Role profiles: what each kind of work needs, as drafted and as decided."""

from collections.abc import Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.competence.models import RoleProfile, RoleProfileDraft
from lms.competence.required import decided, drafts, from_occupation, profile_form, profile_list, versions
from lms.competence.required import profiles as role_profiles
from lms.competence.required.profile_form import Filled
from lms.competence.required.versions import Decision
from lms.competence.views.blueprint import bp, frameworks
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role
from lms.occupations.lookup import Looked

IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)


@bp.get("/profiles")
@roles(*IN_CHARGE)
def profiles(viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template(
        "competence/profiles.html", listed=profile_list.listed(session(), viewer, clock.now().date())
    )


@bp.get("/profiles/<key>")
@roles(*IN_CHARGE)
def profile(viewer: Viewer, key: str) -> ResponseReturnValue:
    """What holds, what is coming, and how it came to be so."""
    found, organisation = profile_list.find(session(), viewer, key, args("of").get("of", ""))
    on = clock.now().date()
    needed = {version.number: role_profiles.requirements_of(version) for version in found.versions}
    return render_template(
        "competence/profile.html",
        profile=found,
        organisation_of=organisation,
        is_own=found.organisation_id == viewer.organisation_id,
        current=versions.in_force(found.versions, on),
        needed=needed,
        changes={number: versions.changes(needed.get(number - 1, {}), its) for number, its in needed.items()},
        on=on,
        frameworks=frameworks(),
        decided=decided,
        words=words,
    )


@bp.get("/profiles/new")
@roles(*IN_CHARGE)
def profile_new(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _new(viewer, {}, [], None)


@bp.post("/profiles/new")
@roles(*IN_CHARGE)
def profile_begin(viewer: Viewer) -> ResponseReturnValue:
    at, like = clock.now(), request.form.get("like", "")
    looked = from_occupation.looked_at(session(), request.form)
    try:
        start = from_occupation.start(looked, request.form.getlist("skill")) if looked else None
        name = profile_form.parse_name(request.form)
        begun = role_profiles.begin(session(), viewer.organisation_id, name, at=at)
    except Invalid as invalid:
        return _new(viewer, request.form, invalid.problems, looked), 400
    begun.start = start
    filled: Filled = {}
    if like:
        model, _ = profile_list.find(session(), viewer, like)
        filled = profile_form.fill(role_profiles.requirements_of(versions.in_force(model.versions, at.date())))
    begun.draft = drafts.save(RoleProfileDraft(), filled, by=viewer.person_id, at=at, seen_at="")
    db.session.commit()
    return see_other(".profile_edit", key=begun.key)


def _new(viewer: Viewer, filled: Mapping[str, str], problems: list[Problem], looked: Looked | None) -> str:
    return render_template(
        "competence/profile_new.html",
        looked=looked,
        ticked=request.form.getlist("skill"),
        models=role_profiles.names(session(), viewer.organisation_id),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
    )


@bp.get("/profiles/<key>/edit")
@roles(*IN_CHARGE)
def profile_edit(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = role_profiles.get(session(), viewer, key)
    return _form(found, _filled(found), found.name, [])


@bp.post("/profiles/<key>/edit")
@roles(*IN_CHARGE)
def profile_save(viewer: Viewer, key: str) -> ResponseReturnValue:
    """Save the draft: as it is, with competences added or taken away, or to go on to decide."""
    found = role_profiles.get(session(), viewer, key)
    known = frameworks().keys | set(profile_form.chosen(_filled(found)))
    filled = profile_form.keep(request.form, known)
    for gone in request.form.getlist("remove"):
        filled = profile_form.without(gone, filled)
    filled = profile_form.suggest(request.form.getlist("add"), filled, frameworks())
    name = request.form.get("name", "")
    try:
        found.name = profile_form.parse_name(request.form)
        draft = found.draft or RoleProfileDraft()
        seen = request.form.get("seen", "")
        found.draft = drafts.save(draft, filled, by=viewer.person_id, at=clock.now(), seen_at=seen)
        db.session.commit()
        if "X-Autosave" in request.headers:
            return "", 204
        if request.form.get("do") == "decide":
            profile_form.parse(filled)
            return see_other(".profile_decide", key=key)
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _form(found, filled, name, problems), 409 if isinstance(error, Conflict) else 400
    flash(gettext("The draft has been saved."), "success")
    return see_other(".profile_edit", key=key)


def _filled(profile: RoleProfile) -> Filled:
    """The draft; until there is one, what has been decided last."""
    if profile.draft is not None:
        return profile.draft.filled
    return profile_form.fill(role_profiles.requirements_of(profile.versions[-1] if profile.versions else None))


def _form(profile: RoleProfile, filled: Filled, name: str, problems: list[Problem]) -> str:
    keys = profile_form.chosen(filled)
    known = frameworks().known(keys)
    return render_template(
        "competence/profile_edit.html",
        profile=profile,
        name=name,
        filled=filled,
        chosen=known,
        near=from_occupation.near(profile.start.skills, frameworks()) if profile.start else {},
        gone=[key for key in keys if frameworks().find(key) is None],
        seen=drafts.seen(profile.draft),
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        frameworks=frameworks(),
        decided=decided,
        words=words,
    )


@bp.get("/profiles/<key>/decide")
@roles(*IN_CHARGE)
def profile_decide(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = role_profiles.get(session(), viewer, key)
    try:
        return _decide(found, {"valid_from": clock.now().date().isoformat()}, [])
    except Invalid as invalid:
        return _form(found, _filled(found), found.name, invalid.problems), 400


@bp.post("/profiles/<key>/decide")
@roles(*IN_CHARGE)
def profile_publish(viewer: Viewer, key: str) -> ResponseReturnValue:
    found = role_profiles.get(session(), viewer, key)
    try:
        day, note = drafts.parse_day(request.form), drafts.parse_note(request.form)
        if request.form.get("seen", "") != drafts.seen(found.draft):
            raise Conflict(gettext("The draft has been changed since you looked at it. Look at what it says now."))
        needed = profile_form.parse(_filled(found))
        version = role_profiles.publish(session(), found, needed, Decision(day, clock.now(), viewer.person_id, note))
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _decide(found, request.form, problems), 400
    found.draft = None
    db.session.commit()
    flash(decided.sentence(found.name, version, clock.now().date()), "success")
    return see_other(".profile", key=key)


def _decide(profile: RoleProfile, filled: Mapping[str, str], problems: list[Problem]) -> str:
    """What the draft would change, if it can be decided."""
    before = role_profiles.requirements_of(profile.versions[-1] if profile.versions else None)
    after = profile_form.parse(_filled(profile))
    return render_template(
        "competence/profile_decide.html",
        profile=profile,
        changes=versions.changes(before, after),
        number=len(after),
        seen=drafts.seen(profile.draft),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=clock.now().date(),
        frameworks=frameworks(),
        decided=decided,
        words=words,
    )


@bp.post("/profiles/<key>/discard")
@roles(*IN_CHARGE)
def profile_discard(viewer: Viewer, key: str) -> ResponseReturnValue:
    """The draft goes; a profile of which nothing was ever decided goes with it."""
    found = role_profiles.get(session(), viewer, key)
    found.draft = None
    if not found.versions:
        session().delete(found)
    db.session.commit()
    flash(gettext("The draft has been removed. What has been decided is as it was."), "success")
    return see_other(".profiles")

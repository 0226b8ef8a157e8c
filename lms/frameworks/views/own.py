"""An organisation's own competences: written, published as a version, and taken out of use."""

from collections.abc import Mapping

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.frameworks import own, stored
from lms.frameworks.framework import COMMON_SCALE, GENERAL, Frameworks, Relation
from lms.frameworks.models import CompetenceDraft
from lms.frameworks.views.blueprint import bp
from lms.frameworks.views.bringing import IN_CHARGE
from lms.http import args, roles, see_other
from lms.i18n import gettext, local
from lms.identity.access import Viewer
from lms.identity.models import Organisation


@bp.get("/own")
@roles(*IN_CHARGE)
def own_competences(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _listed(viewer, [])


def _listed(viewer: Viewer, problems: list[Problem]) -> str:
    states = stored.written_here(session(), viewer.organisation_id)
    drafts = own.drafts(session(), viewer.organisation_id)
    return render_template(
        "frameworks/own.html",
        framework=stored.framework_of(states[0]) if states else None,
        changes=own.changes(states),
        drafts=[(draft, own.problems(draft.filled, draft.replaces)) for draft in drafts],
        scale=COMMON_SCALE,
        seen=own.seen,
        problems=problems,
    )


@bp.get("/own/new")
@roles(*IN_CHARGE)
def own_new(viewer: Viewer) -> ResponseReturnValue:
    """Empty, or with what the one says that is to be replaced."""
    replaces = args("replaces").get("replaces", "")
    return _form(viewer, None, replaces, _begun(viewer, replaces), [])


def _begun(viewer: Viewer, replaces: str) -> Mapping[str, str]:
    if not replaces:
        return {}
    competence = own.find(session(), viewer.organisation_id, replaces)
    framework = own.published(session(), viewer.organisation_id)
    return own.fill(competence, framework.area_of(competence)) if framework else {}


@bp.post("/own/new")
@roles(*IN_CHARGE)
def own_begin(viewer: Viewer) -> ResponseReturnValue:
    replaces = request.form.get("replaces", "")
    if replaces:
        own.find(session(), viewer.organisation_id, replaces)
    draft = CompetenceDraft(organisation_id=viewer.organisation_id, replaces=replaces)
    return _saved(viewer, draft, is_new=True)


@bp.get("/own/drafts/<int:number>")
@roles(*IN_CHARGE)
def own_draft(viewer: Viewer, number: int) -> ResponseReturnValue:
    args()
    draft = own.draft(session(), viewer.organisation_id, number)
    return _form(viewer, draft, draft.replaces, draft.filled, own.problems(draft.filled, draft.replaces))


@bp.post("/own/drafts/<int:number>")
@roles(*IN_CHARGE)
def own_save(viewer: Viewer, number: int) -> ResponseReturnValue:
    draft = own.draft(session(), viewer.organisation_id, number)
    if request.form.get("do") == "remove":
        session().delete(draft)
        db.session.commit()
        flash(gettext("The draft has been removed."), "success")
        return see_other(".own_competences")
    return _saved(viewer, draft, is_new=False)


def _saved(viewer: Viewer, draft: CompetenceDraft, *, is_new: bool) -> ResponseReturnValue:
    filled = own.keep(request.form)
    kept = None if is_new else draft
    if not filled:
        empty = Problem("name_sv", gettext("Write what the competence is called, in Swedish or in English."))
        return _form(viewer, kept, draft.replaces, filled, [empty]), 400
    try:
        own.save(draft, filled, by=viewer.person_id, at=clock.now(), seen_at=request.form.get("seen", ""))
    except Conflict as conflict:
        return _form(viewer, kept, draft.replaces, filled, [Problem("", str(conflict))]), 409
    session().add(draft)
    db.session.commit()
    if own.problems(filled, draft.replaces):
        flash(gettext("The draft has been saved. Some of it remains to be written."), "success")
        return see_other(".own_draft", number=draft.id)
    flash(gettext("The draft has been saved and can be published."), "success")
    return see_other(".own_competences")


def _form(
    viewer: Viewer, draft: CompetenceDraft | None, replaces: str, filled: Mapping[str, str], problems: list[Problem]
) -> str:
    framework = own.published(session(), viewer.organisation_id)
    return render_template(
        "frameworks/own_edit.html",
        draft=draft,
        seen=own.seen(draft) if draft else "",
        replaces=replaces,
        replaced=next((one for one in framework.competences if one.code == replaces), None) if framework else None,
        areas=[local(area.name) for area in framework.areas] if framework else [],
        relations=[(str(one), _in_words(one)) for one in own.RELATIONS],
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        scale=COMMON_SCALE,
        general=GENERAL,
    )


def _in_words(relation: Relation) -> str:
    return {
        Relation.EXACT: gettext("The same, in other words"),
        Relation.CLOSE: gettext("Nearly the same, with another scope"),
        Relation.BROADER: gettext("Broader than the earlier one"),
        Relation.NARROWER: gettext("Narrower than the earlier one"),
    }[relation]


@bp.post("/own/publish")
@roles(*IN_CHARGE)
def own_publish(viewer: Viewer) -> ResponseReturnValue:
    ticked = set(request.form.getlist("draft"))
    ready = [one for one in own.drafts(session(), viewer.organisation_id) if f"{one.id} {own.seen(one)}" in ticked]
    try:
        if len(ready) < len(ticked):
            raise Conflict(gettext("A draft has been changed since you looked at it. Look at what it says now."))
        where = session().get_one(Organisation, viewer.organisation_id)
        row = own.publish(session(), _shipped(), where, ready, at=clock.now(), by=viewer.person_id)
    except Invalid as invalid:
        return _listed(viewer, invalid.problems), 400
    except Conflict as conflict:
        return _listed(viewer, [Problem("", str(conflict))]), 409
    db.session.commit()
    flash(gettext("Version %(number)s has been published.", number=row.number), "success")
    return see_other(".own_competences")


@bp.post("/own/<code>/retire")
@roles(*IN_CHARGE)
def own_retire(viewer: Viewer, code: str) -> ResponseReturnValue:
    own.retire(session(), viewer.organisation_id, code, at=clock.now(), by=viewer.person_id)
    db.session.commit()
    flash(gettext("It is no longer offered when something new is chosen."), "success")
    return see_other(".own_competences")


@bp.post("/own/<code>/restore")
@roles(*IN_CHARGE)
def own_restore(viewer: Viewer, code: str) -> ResponseReturnValue:
    own.restore(session(), viewer.organisation_id, code, at=clock.now(), by=viewer.person_id)
    db.session.commit()
    flash(gettext("It can be chosen again."), "success")
    return see_other(".own_competences")


def _shipped() -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].frameworks
    return known

"""A file with people: chosen, looked through, agreed to."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app, flash, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.http import args, roles, see_other
from lms.i18n import gettext, ngettext
from lms.identity import importing, letters, words
from lms.identity.access import Viewer
from lms.identity.forms import AgreeForm, FileForm
from lms.identity.models import Membership, Organisation, PeopleDraft, Person, Role
from lms.identity.roster import Plan
from lms.identity.views.blueprint import bp, site


@bp.get("/people/import")
@roles(Role.ADMINISTRATOR)
def import_people(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _choose(viewer, FileForm(formdata=None))


@bp.post("/people/import")
@roles(Role.ADMINISTRATOR)
def bring_file(viewer: Viewer) -> ResponseReturnValue:
    form = FileForm()
    if form.validate_on_submit():
        with form.showing_problems():
            name, content = form.file.data.filename or "", form.file.data.read()
            draft, unread = importing.keep_draft(session(), viewer, name, content, clock.now())
            db.session.commit()
            if unread:
                flash(gettext("These columns are not read: %(headings)s.", headings=", ".join(unread)), "info")
            return see_other(".look_through", draft=draft.uuid)
    return _choose(viewer, form), 400


@bp.get("/people/import/<uuid:draft>")
@roles(Role.ADMINISTRATOR)
def look_through(viewer: Viewer, draft: UUID) -> ResponseReturnValue:
    """What the file would change, with nothing changed yet."""
    args()
    waiting = importing.draft_of(session(), viewer, draft, clock.now())
    return _plan_page(waiting, _plan(viewer, waiting), AgreeForm(formdata=None))


@bp.post("/people/import/<uuid:draft>")
@roles(Role.ADMINISTRATOR)
def carry_out(viewer: Viewer, draft: UUID) -> ResponseReturnValue:
    form, at = AgreeForm(), clock.now()
    waiting = importing.draft_of(session(), viewer, draft, at)
    plan = _plan(viewer, waiting)
    if plan.faults or not form.validate_on_submit():
        return _plan_page(waiting, plan, form), 400
    brought = importing.carry_out(session(), _organisation(viewer), plan, at)
    if form.invite.data:
        _invite(viewer, brought.new)
    session().delete(waiting)
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("mail")
    flash(_told(brought), "success")
    return see_other(".people")


def _invite(viewer: Viewer, new: Sequence[Membership]) -> None:
    for membership in new:
        letters.post_invitation(session(), site(), membership, by=viewer.name, at=clock.now())


def _told(brought: importing.Brought) -> str:
    sentences = (
        ngettext("%(num)d new person.", "%(num)d new people.", len(brought.new)),
        ngettext("%(num)d person changed.", "%(num)d people changed.", brought.changed),
        ngettext("%(num)d left as before.", "%(num)d left as before.", brought.left),
    )
    return " ".join(sentences)


def _choose(viewer: Viewer, form: FileForm) -> str:
    return render_template("identity/import.html", form=form, units=_units(viewer), profiles=_profiles(viewer))


def _plan_page(waiting: PeopleDraft, plan: Plan, form: AgreeForm) -> str:
    return render_template("identity/plan.html", draft=waiting, plan=plan, form=form, of_column=words.of_column)


def _plan(viewer: Viewer, waiting: PeopleDraft) -> Plan:
    bringer = session().get_one(Person, viewer.person_id).email or ""
    return importing.plan(session(), _organisation(viewer), waiting.rows, _profiles(viewer), bringer)


def _units(viewer: Viewer) -> list[str]:
    return [unit.name for unit in _organisation(viewer).children]


def _profiles(viewer: Viewer) -> dict[str, str]:
    return dict(current_app.extensions["kunna"].role_profiles(session(), viewer.organisation_id))


def _organisation(viewer: Viewer) -> Organisation:
    return session().get_one(Organisation, viewer.organisation_id)

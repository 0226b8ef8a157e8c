"""What is kept about whoever asks: shown, corrected, taken along."""

from flask import current_app, flash, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms import clock
from lms.db import db, session
from lms.http import args, see_other, signed_in
from lms.i18n import gettext
from lms.identity import copies, signing_in, words
from lms.identity.access import Viewer
from lms.identity.forms import AboutMeForm, ChangePasswordForm
from lms.identity.models import Membership
from lms.identity.views.arriving import enter
from lms.identity.views.blueprint import bp


@bp.get("/me")
@signed_in
def me(viewer: Viewer) -> ResponseReturnValue:
    args()
    person = current_user.person
    return _page(AboutMeForm(formdata=None, obj=person), ChangePasswordForm(formdata=None))


@bp.post("/me")
@signed_in
def change_me(viewer: Viewer) -> ResponseReturnValue:
    form = AboutMeForm()
    if form.validate_on_submit():
        current_user.person.name = form.name.data
        current_user.person.language = form.language.data
        db.session.commit()
        flash(gettext("Saved."), "success")
        return see_other(".me")
    return _page(form, ChangePasswordForm(formdata=None)), 400


@bp.post("/me/password")
@signed_in
def change_password(viewer: Viewer) -> ResponseReturnValue:
    """All other sessions end; this one goes on."""
    form, person = ChangePasswordForm(), current_user.person
    if form.validate_on_submit():
        with form.showing_problems():
            signing_in.change_password(session(), person, form.current.data or "", form.password.data or "")
            db.session.commit()
            enter(person)
            flash(
                gettext(
                    "You have a new password and have been signed out everywhere else. "
                    "Your keys for programs have ended."
                ),
                "success",
            )
            return see_other(".me")
    return _page(AboutMeForm(formdata=None, obj=person), form), 400


@bp.get("/me/export")
@signed_in
def my_copy(viewer: Viewer) -> ResponseReturnValue:
    """Everything that is kept about the person, which is theirs to have: GDPR, articles 15 and 20."""
    args()
    at = clock.now()
    portions = current_app.extensions["kunna"].portions
    everything = dict(portion(session(), viewer.person_uuid) for portion in (*copies.PORTIONS, *portions))
    response = make_response(current_app.json.response({"taken_at": at, **everything}))
    response.headers["Content-Disposition"] = f'attachment; filename="kunna-{at:%Y-%m-%d}.json"'
    return response


def _page(about: AboutMeForm, password: ChangePasswordForm) -> str:
    memberships = session().scalars(
        select(Membership)
        .where(Membership.person_id == current_user.person.id)
        .options(
            joinedload(Membership.organisation),
            joinedload(Membership.unit),
            joinedload(Membership.manager).joinedload(Membership.person),
        )
        .order_by(Membership.ended_at.is_not(None), Membership.began_at)
    )
    return render_template(
        "identity/me.html",
        about=about,
        password=password,
        person=current_user.person,
        memberships=memberships.all(),
        now=clock.now(),
        of_roles=words.of_roles,
    )

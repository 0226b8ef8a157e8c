"""Keys for programs that a person has made."""

from uuid import UUID

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.http import args, see_other, signed_in
from lms.i18n import gettext
from lms.identity import keys as store
from lms.identity.access import Viewer
from lms.identity.forms import KeyForm
from lms.identity.views.blueprint import bp


@bp.get("/me/keys")
@signed_in
def keys(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _page(viewer, KeyForm(formdata=None))


@bp.post("/me/keys")
@signed_in
def make_key(viewer: Viewer) -> ResponseReturnValue:
    form = KeyForm()
    if form.validate_on_submit():
        with form.showing_problems():
            key, shown = store.make(session(), viewer, form.name.data or "", days=int(form.days.data), at=clock.now())
            db.session.commit()
            # The only page that ever shows it.
            address = url_for("kunna.api.mine", _external=True)
            return render_template("identity/key_made.html", key=key, shown=shown, address=address)
    return _page(viewer, form), 400


@bp.post("/me/keys/<uuid:key>/take-away")
@signed_in
def take_key_away(viewer: Viewer, key: UUID) -> ResponseReturnValue:
    store.take_away(session(), viewer, key)
    db.session.commit()
    flash(gettext("The key has been taken away, and works no more."), "success")
    return see_other(".keys")


def _page(viewer: Viewer, form: KeyForm) -> str:
    return render_template("identity/keys.html", keys=store.of(session(), viewer), form=form, now=clock.now())

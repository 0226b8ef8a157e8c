"""A forgotten password, and the links in letters that let people choose one."""

from flask import current_app, flash, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms import clock, i18n
from lms.db import db, session
from lms.http import args, public, see_other
from lms.i18n import gettext
from lms.identity import letters, links, signing_in
from lms.identity.forms import ChoosePasswordForm, ForgottenForm
from lms.identity.models import Person
from lms.identity.views.arriving import enter
from lms.identity.views.blueprint import LETTERS_LIMIT, bp, caller, gate, site


@bp.get("/forgotten-password")
@public
def forgotten_password() -> ResponseReturnValue:
    args()
    return render_template("identity/forgotten_password.html", form=ForgottenForm(formdata=None))


@bp.post("/forgotten-password")
@public
def send_link() -> ResponseReturnValue:
    """The same answer after the same work, whether anyone has the address or not."""
    form, at = ForgottenForm(), clock.now()
    if not form.validate_on_submit():
        return render_template("identity/forgotten_password.html", form=form), 400
    email = str(form.email.data)
    door = gate("reset", LETTERS_LIMIT)
    door.enter(email, caller(), at)
    door.failed(caller())
    person = session().scalars(select(Person).where(Person.email == email)).first()
    letters.post_reset(session(), site(), person, email, i18n.language(), at)
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("mail")
    return render_template("identity/link_sent.html", email=email, minutes=current_app.config["RESET_MINUTES"])


@bp.get("/choose-password/<token>")
@public
def choose_password(token: str) -> ResponseReturnValue:
    """Looking does not use the link up: programs that check letters for viruses follow links too."""
    args()
    person = links.bearer(session(), site().seal, token, at=clock.now())
    return render_template("identity/choose_password.html", form=ChoosePasswordForm(formdata=None), person=person)


@bp.post("/choose-password/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    at, form = clock.now(), ChoosePasswordForm()
    person = links.bearer(session(), site().seal, token, at=at)
    if form.validate_on_submit():
        with form.showing_problems():
            signing_in.choose_password(session(), person, form.password.data or "")
            person.signed_in_at = at
            db.session.commit()
            enter(person)
            flash(gettext("You have chosen a password and are signed in."), "success")
            return see_other("kunna.start.home")
    return render_template("identity/choose_password.html", form=form, person=person), 400

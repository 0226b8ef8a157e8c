"""What others see of whoever asks, who has looked, and what they themselves decide about it."""

import logging

from flask import Response, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from lms import clock
from lms.db import db, only_reading, session
from lms.errors import Invalid
from lms.http import args, see_other, signed_in
from lms.i18n import gettext
from lms.identity import gender, insight, looks, words
from lms.identity.access import Viewer
from lms.identity.models import Gender, Membership
from lms.identity.views.blueprint import bp

logger = logging.getLogger(__name__)

LOOKS_ON_A_PAGE = 50


@bp.get("/me/seen")
@signed_in
def what_others_see(viewer: Viewer) -> ResponseReturnValue:
    args()
    at = clock.now()
    return render_template(
        "identity/seen.html",
        standing=insight.of(session(), viewer.membership_id, viewer.organisation_id, at),
        membership=session().get_one(Membership, viewer.membership_id),
        k=current_app.config["MINIMUM_GROUP"],
        look_days=current_app.config["LOOK_DAYS"],
        words=words,
    )


@bp.post("/me/seen/read")
@signed_in
def have_read(viewer: Viewer) -> ResponseReturnValue:
    """They have been told what their manager sees."""
    insight.tell(session(), viewer.membership_id, clock.now())
    db.session.commit()
    flash(gettext("Thank you. You can always read it again under My data."), "success")
    return see_other("kunna.start.home")


@bp.post("/me/seen/sharing")
@signed_in
def sharing(viewer: Viewer) -> ResponseReturnValue:
    if request.form.get("share") == "yes":
        insight.share(session(), viewer.membership_id, clock.now())
        flash(gettext("Your manager now sees your levels and what they rest on."), "success")
    else:
        insight.keep_back(session(), viewer.membership_id)
        flash(gettext("Your manager now sees no more than the organisation has decided."), "success")
    db.session.commit()
    return see_other(".what_others_see")


@bp.get("/me/looks")
@signed_in
def who_has_looked(viewer: Viewer) -> ResponseReturnValue:
    args("page")
    page = db.paginate(looks.at(viewer.person_uuid), per_page=LOOKS_ON_A_PAGE, max_per_page=LOOKS_ON_A_PAGE)
    return render_template(
        "identity/looks.html",
        page=page,
        rows=looks.named(session(), page.items),
        look_days=current_app.config["LOOK_DAYS"],
        words=words,
    )


@bp.get("/me/gender")
@signed_in
def my_gender(viewer: Viewer) -> ResponseReturnValue:
    args()
    return _gender(viewer, "")


@bp.post("/me/gender")
@signed_in
def say_gender(viewer: Viewer) -> ResponseReturnValue:
    try:
        if request.form.get("do") == "remove":
            gender.take_back(session(), viewer.person_id)
        else:
            gender.say(session(), viewer.person_id, request.form.get("gender", ""), clock.now())
    except Invalid as invalid:
        return _gender(viewer, invalid.problems[0].message), 400
    db.session.commit()
    flash(gettext("Saved."), "success")
    return see_other(".my_gender")


def _gender(viewer: Viewer, wrong: str) -> str:
    return render_template(
        "identity/gender.html",
        said=gender.of(session(), viewer.person_id),
        genders=list(Gender),
        k=2 * current_app.config["MINIMUM_GROUP"],
        wrong=wrong,
        words=words,
    )


def write_looks(response: Response) -> Response:
    """After every request: looks that were noted in it, also when it only reads or was refused."""
    if g.get("viewer") is None:
        return response
    noted = looks.noted(session())
    if not noted:
        return response
    if request.method in {"GET", "HEAD"}:
        # There is nothing to keep; it ends the reading, so that a transaction that writes can begin.
        db.session.commit()
    else:
        # What was to be kept has been committed by the view.
        session().rollback()
    with only_reading(False):
        try:
            looks.write(session(), noted)
            db.session.commit()
        except SQLAlchemyError:
            session().rollback()
            logger.exception("Looks that could not be written: %s", noted)
    return response

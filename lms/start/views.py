from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.db import session
from lms.http import args, public, signed_in
from lms.identity.access import Viewer
from lms.identity.words import about_insight
from lms.start.today import today

bp = Blueprint("start", __name__, template_folder="templates")


@bp.get("/")
@signed_in
def home(viewer: Viewer) -> ResponseReturnValue:
    args()
    kunna = current_app.extensions["kunna"]
    known = kunna.known.at(session(), viewer.organisation_id)
    at = clock.now()
    day = at.astimezone(ZoneInfo(current_app.config["TIME_ZONE"])).date()
    now = today(session(), viewer, kunna.library, known, day, at=at)
    return render_template("start/home.html", today=now, frameworks=known, words=words, about_insight=about_insight)


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    args()
    return render_template("start/accessibility.html", contact=current_app.config["CONTACT"])

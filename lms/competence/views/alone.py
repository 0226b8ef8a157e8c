"""What rests on one person, or on nobody."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.competence import asked
from lms.competence.figures import alone as resting
from lms.competence.required import decided
from lms.competence.views.blueprint import asking, bp
from lms.db import session
from lms.http import args, roles
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role


@bp.get("/alone")
@roles(Role.MANAGER, Role.ADMINISTRATOR)
def alone(viewer: Viewer) -> ResponseReturnValue:
    asks = asking(viewer)
    view, found = asked.alone(asks, args("view"))
    return render_template(
        "competence/alone.html",
        resting=found,
        view=view,
        views=asked.views_alone(viewer),
        here=session().get_one(Organisation, viewer.organisation_id),
        frameworks=asks.frameworks,
        critical=resting.CRITICAL,
        k=asks.k,
        decided=decided,
    )

"""How far gaps have been closed, month by month."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.competence import asked
from lms.competence.asked import GROUPS, OVER_TIME
from lms.competence.views.blueprint import asking, bp, told
from lms.http import args, roles
from lms.identity.access import Viewer
from lms.identity.models import Role


@bp.get("/over-time")
@roles(Role.MANAGER, *GROUPS)
def over_time(viewer: Viewer) -> ResponseReturnValue:
    wanted, asks = args(*OVER_TIME), asking(viewer)
    shown = asked.over_time(asks, wanted)
    return render_template(
        "competence/over_time.html",
        progress=shown.progress,
        **told(asks, wanted, shown.view, shown.filters, shown.day),
    )

"""What courses teach against what work needs."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as competence_words
from lms.competence.day import today as now
from lms.competence.figures import groups
from lms.competence.required import needs
from lms.db import session
from lms.http import args, roles
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role
from lms.plans import measures, team
from lms.plans import supply as supplies
from lms.plans.views.blueprint import GROUPS, bp, frameworks, library, minimum_group, today, view_of, views_of


@bp.get("/supply")
@roles(Role.MANAGER, *GROUPS)
def supply(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("view")
    view = view_of(viewer, wanted.get("view", ""))
    at = now(clock.now())
    if view == "team":
        demand = supplies.of_team(team.profiles_of(session(), viewer, at))
        places = needs.places(session(), viewer)
    else:
        demand = supplies.of_groups(groups.count(session(), viewer, minimum_group(), at))
        places = list(session().scalars(access.organisations(viewer)))
    in_force = needs.resolve(session(), [one.id for one in places], today())
    named = {one.name: in_force[one.id] for one in places if one.id in in_force}
    return render_template(
        "plans/supply.html",
        supply=supplies.compare(supplies.with_needs(demand, named), library().courses, frameworks()),
        view=view,
        views=views_of(viewer),
        here=session().get_one(Organisation, viewer.organisation_id),
        may_decide=measures.scope(viewer, view).may_decide,
        frameworks=frameworks(),
        competence=competence_words,
    )

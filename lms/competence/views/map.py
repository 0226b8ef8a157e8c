"""The map, and why a group's cell says what it does."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.competence import asked, gap, grouping, words
from lms.competence.asked import GROUPS, KEPT, OF_A_MAP
from lms.competence.day import HORIZONS
from lms.competence.views.blueprint import asking, bp, frameworks, zone
from lms.db import session
from lms.http import args, roles
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role


@bp.get("/map")
@roles(Role.MANAGER, *GROUPS)
def map(viewer: Viewer) -> ResponseReturnValue:
    wanted, asks = args(*OF_A_MAP), asking(viewer)
    shown = asked.picture(asks, wanted)
    view = shown.view
    return render_template(
        "competence/map.html",
        map=shown.map,
        finding=words.finding(shown.map),
        view=view,
        views=asked.views(viewer),
        filters=shown.filters,
        asked={name: value for name, value in wanted.items() if value},
        kept={
            name: wanted[name] for name in KEPT if wanted.get(name) and (view != "team" or name in ("on", "horizon"))
        },
        frameworks=frameworks(),
        here=session().get_one(Organisation, viewer.organisation_id),
        groupings=grouping.choices(viewer),
        k=asks.k,
        day=shown.day,
        horizons=HORIZONS,
        today=asks.at.astimezone(zone()).date().isoformat(),
        words=words,
    )


@bp.get("/why/group/<group>/<framework>/<code>")
@roles(*GROUPS)
def why_group(viewer: Viewer, group: str, framework: str, code: str) -> ResponseReturnValue:
    wanted, asks = args(*KEPT), asking(viewer)
    found = asked.of_group(asks, group, frameworks().competence(f"{framework}/{code}"), wanted)
    return render_template(
        "competence/why_group.html",
        group=found.group,
        place=found.place,
        profile=found.profile,
        competence=found.competence,
        framework=frameworks().get(framework),
        priority=found.priority,
        vulnerability=gap.vulnerability,
        kept={name: value for name, value in wanted.items() if value},
        k=asks.k,
        day=found.day,
        words=words,
    )

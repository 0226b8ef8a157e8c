"""The map, and why a group's cell says what it does."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.competence import asked, gap, words
from lms.competence.asked import GROUPS, KEPT, OF_A_MAP, Pictured
from lms.competence.figures import grouping
from lms.competence.figures.grouping import By
from lms.competence.shown import ending
from lms.competence.views.blueprint import asking, bp, frameworks, told
from lms.db import session
from lms.http import args, roles
from lms.identity.access import Viewer
from lms.identity.models import Role


@bp.get("/map")
@roles(Role.MANAGER, *GROUPS)
def map(viewer: Viewer) -> ResponseReturnValue:
    wanted, asks = args(*OF_A_MAP), asking(viewer)
    shown = asked.picture(asks, wanted)
    return render_template(
        "competence/map.html",
        map=shown.map,
        finding=words.finding(shown.map),
        endings=_endings(viewer, shown),
        kept={
            name: wanted[name]
            for name in KEPT
            if wanted.get(name) and (shown.view != "team" or name in ("on", "horizon"))
        },
        **told(asks, wanted, shown.view, shown.filters, shown.day),
    )


def _endings(viewer: Viewer, shown: Pictured) -> int:
    """How much soon ends in a team as it is now."""
    if shown.view != "team" or shown.day.is_past or shown.day.is_ahead:
        return 0
    return len(ending.of_team(session(), viewer, at=shown.day.at))


@bp.get("/why/group/<group>/<framework>/<code>")
@roles(*GROUPS)
def why_group(viewer: Viewer, group: str, framework: str, code: str) -> ResponseReturnValue:
    wanted, asks = args(*KEPT), asking(viewer)
    found = asked.of_group(asks, group, frameworks().competence(f"{framework}/{code}"), wanted)
    return render_template(
        "competence/why_group.html",
        group=found.group,
        key=group,
        place=found.place,
        profile=found.profile,
        competence=found.competence,
        framework=frameworks().get(framework),
        priority=found.priority,
        vulnerability=gap.vulnerability,
        kept={name: value for name, value in wanted.items() if value},
        k=grouping.least(asks.k, found.by),
        by_gender=found.by is By.GENDER,
        day=found.day,
        words=words,
    )


@bp.get("/why/team/<framework>/<code>")
@roles(Role.MANAGER)
def why_team(viewer: Viewer, framework: str, code: str) -> ResponseReturnValue:
    """What the figures of a competence in one's own team are made of, person by person."""
    wanted, asks = args("group", "profile", "on", "horizon"), asking(viewer)
    found = asked.of_team(asks, frameworks().competence(f"{framework}/{code}"), wanted)
    team, competence = found.team, found.column.competence
    return render_template(
        "competence/why_team.html",
        people=[person for person in team.people if person.cell(competence.key) is not None],
        tally=found.column.tally,
        priority=found.column.priority,
        among=len(team.people),
        narrowed=[team.groups.get(found.filters.group, ""), team.profiles.get(found.filters.profile, "")],
        competence=competence,
        framework=frameworks().get(framework),
        vulnerability=gap.vulnerability,
        kept={name: value for name, value in wanted.items() if value},
        day=found.day,
        words=words,
    )

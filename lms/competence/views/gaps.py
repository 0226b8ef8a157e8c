"""Gaps in the order they matter, and places in it that somebody decides."""

from collections.abc import Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms.competence import asked, words
from lms.competence.asked import GROUPS, OF_A_LIST, OF_GAPS, Ranked
from lms.competence.figures import placing, ranked, ranking
from lms.competence.figures.ranking import Gap
from lms.competence.required import decided
from lms.competence.views.blueprint import asking, bp, frameworks, library, told
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import local
from lms.identity.access import Viewer
from lms.identity.models import Role


@bp.get("/gaps")
@roles(Role.MANAGER, *GROUPS)
def gaps(viewer: Viewer) -> ResponseReturnValue:
    wanted, asks = args(*OF_GAPS), asking(viewer)
    shown = asked.ranked(asks, library(), wanted)
    return render_template(
        "competence/gaps.html",
        ranking=shown.ranking,
        finding=ranked.finding(shown.ranking),
        ranked=ranked,
        decided=decided,
        **told(asks, wanted, shown.view, shown.filters, shown.day),
    )


@bp.get("/gaps/<framework>/<code>/place")
@roles(Role.MANAGER, *GROUPS)
def place(viewer: Viewer, framework: str, code: str) -> ResponseReturnValue:
    """What the figures say of a gap's place, what has been decided, and a form to decide otherwise."""
    wanted = args(*OF_A_LIST, "to")
    shown, gap = _one(viewer, framework, code, wanted)
    return _form(shown, gap, wanted, {"place": wanted.get("to") or str(gap.place or 1)}, [])


@bp.post("/gaps/<framework>/<code>/place")
@roles(Role.MANAGER, *GROUPS)
def decide_place(viewer: Viewer, framework: str, code: str) -> ResponseReturnValue:
    wanted = args(*OF_A_LIST)
    shown, gap = _one(viewer, framework, code, wanted)
    shown.ranking.to_decide()
    try:
        asks_for = placing.parse(request.form, shown.ranking.places)
        decision = ranking.decide(session(), shown.ranking, gap, shown.day, asks_for, viewer)
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _form(shown, gap, wanted, request.form, problems), 400
    db.session.commit()
    flash(ranked.placed(local(gap.competence.name), decision.place), "success")
    return see_other(".gaps", **wanted)


def _one(viewer: Viewer, framework: str, code: str, wanted: Mapping[str, str]) -> tuple[Ranked, Gap]:
    shown = asked.ranked(asking(viewer), library(), wanted)
    return shown, shown.ranking.of(frameworks().competence(f"{framework}/{code}"))


def _form(
    shown: Ranked, gap: Gap, wanted: Mapping[str, str], filled: Mapping[str, str], problems: list[Problem]
) -> str:
    scope = shown.ranking.scope
    return render_template(
        "competence/gap_place.html",
        ranking=shown.ranking,
        gap=gap,
        history=placing.history(session(), scope, shown.day.horizon, gap.competence.key) if scope else [],
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        kept={name: value for name, value in wanted.items() if value and name in OF_A_LIST},
        day=shown.day,
        words=words,
    )

"""Deciding, and the record of what was decided."""

from typing import Any
from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as levels
from lms.competence.required import decided, drafts, need_form, profile_form, profiles
from lms.competence.required.needs import Sought
from lms.db import db, session
from lms.errors import Conflict, Invalid, NotAllowed, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.workshops import deciding, items, running, voting, words
from lms.workshops.agenda import Kind
from lms.workshops.deciding import Proposal
from lms.workshops.models import Workshop
from lms.workshops.views.blueprint import MAY_LEAD, bp, frameworks


@bp.get("/competence/workshops/<uuid:uuid>/decide")
@roles(*MAY_LEAD)
def decide(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """Also after the workshop has ended: a manager's proposals wait for an administrator."""
    args()
    return _page(viewer, running.get(session(), viewer, uuid), {}, [])


@bp.post("/competence/workshops/<uuid:uuid>/decide/<role>")
@roles(*MAY_LEAD)
def decide_role(viewer: Viewer, uuid: UUID, role: str) -> ResponseReturnValue:
    workshop, at = running.get(session(), viewer, uuid), clock.now()
    try:
        named = {one.item.competence_key or "" for one in _proposal(workshop, role).competences}
        taken = profile_form.keep(request.form, named & set(request.form.getlist("take")))
        version = deciding.decide_role(
            session(),
            viewer,
            workshop,
            role,
            profile_form.parse(taken),
            valid_from=drafts.parse_day(request.form),
            note=drafts.parse_note(request.form),
            at=at,
        )
    except (Invalid, Conflict, NotAllowed) as error:
        return _refused(viewer, workshop, error)
    running.touch(workshop, at)
    db.session.commit()
    flash(decided.sentence(version.profile.name, version, at.date()), "success")
    return see_other(".decide", uuid=uuid)


def _proposal(workshop: Workshop, role: str) -> Proposal:
    every = deciding.proposals(session(), workshop, frameworks(workshop), at=clock.now())
    found = next((one for one in every if one.role_key == role), None)
    if found is None:
        raise Invalid([Problem("", gettext("This workshop does not speak of that role."))])
    return found


@bp.post("/competence/workshops/<uuid:uuid>/needs")
@roles(*MAY_LEAD)
def decide_needs(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    workshop, at = running.get(session(), viewer, uuid), clock.now()
    try:
        version = deciding.decide_needs(
            session(),
            viewer,
            workshop,
            _numbers(workshop),
            valid_from=at.date(),
            note=drafts.parse_note(request.form),
            at=at,
        )
    except (Invalid, Conflict, NotAllowed) as error:
        return _refused(viewer, workshop, error)
    running.touch(workshop, at)
    db.session.commit()
    flash(decided.sentence(gettext("Needs of %(name)s", name=workshop.place.name), version, at.date()), "success")
    return see_other(".decide", uuid=uuid)


def _numbers(workshop: Workshop) -> dict[Sought, int]:
    """From fields `holders:<level>:<competence>`; what is left empty has not been spoken of."""
    numbers, problems = {}, []
    for sought in _sought(workshop):
        field = f"holders:{sought.level}:{sought.key}"
        typed = request.form.get(field, "").strip()
        if typed.isdecimal() and int(typed) <= need_form.MOST:
            numbers[sought] = int(typed)
        elif typed:
            problems.append(Problem(field, gettext("Enter a whole number, such as 3.")))
    if problems:
        raise Invalid(problems)
    return numbers


def _sought(workshop: Workshop) -> list[Sought]:
    """The competences that the workshop names, at the levels it names them, whatever the role."""
    every = deciding.proposals(session(), workshop, frameworks(workshop), at=clock.now())
    named = [one for proposal in every for one in proposal.competences]
    return list(dict.fromkeys(Sought(one.item.competence_key or "", one.level or 1) for one in named))


def _refused(viewer: Viewer, workshop: Workshop, error: Invalid | Conflict | NotAllowed) -> ResponseReturnValue:
    db.session.rollback()
    problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
    return _page(viewer, workshop, request.form, problems), 403 if isinstance(error, NotAllowed) else 400


def _page(viewer: Viewer, workshop: Workshop, filled: Any, problems: list[Problem]) -> str:
    at = clock.now()
    return render_template(
        "workshops/decide.html",
        workshop=workshop,
        proposals=deciding.proposals(session(), workshop, frameworks(workshop), at=at),
        sought=_sought(workshop),
        sums=voting.sums(session(), workshop),
        usual=profiles.USUAL,
        day=deciding.first_day(workshop, at),
        today=at.date(),
        may_roles=deciding.may_decide_roles(viewer),
        may_needs=deciding.may_decide_needs(session(), viewer, workshop),
        decided_roles={version.profile.key: version for version in deciding.decided_roles(session(), workshop)},
        decided_needs=deciding.decided_needs(session(), workshop),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        frameworks=frameworks(workshop),
        decided=decided,
        levels=levels,
        words=words,
    )


@bp.get("/competence/workshops/<uuid:uuid>/record")
@roles(*MAY_LEAD)
def record(viewer: Viewer, uuid: UUID) -> ResponseReturnValue:
    """What was said, how the dots fell, and who decided what when."""
    args()
    workshop = running.get(session(), viewer, uuid)
    shown = [one for one in items.shown(session(), workshop) if not one.item.is_hidden]
    return render_template(
        "workshops/record.html",
        workshop=workshop,
        by_kind={kind: [one for one in shown if one.item.kind == kind] for kind in Kind},
        sums=voting.sums(session(), workshop) if workshop.is_counted or workshop.ended_at else None,
        decided_roles=deciding.decided_roles(session(), workshop),
        decided_needs=deciding.decided_needs(session(), workshop),
        waiting=[
            name
            for key, name in workshop.roles.items()
            if key not in {version.profile.key for version in deciding.decided_roles(session(), workshop)}
            and any(one.item.role_key == key for one in shown)
        ],
        may_roles=deciding.may_decide_roles(viewer),
        find=frameworks(workshop).find,
        decided=decided,
        levels=levels,
        words=words,
    )

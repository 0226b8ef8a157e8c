"""Needs: how many holders a place must have, as drafted and as decided, beside those there are."""

from collections.abc import Mapping, Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.competence.figures import need_lines, turnover
from lms.competence.models import NeedDraft, NeedVersion
from lms.competence.required import decided, drafts, need_form
from lms.competence.required import needs as all_needs
from lms.competence.required.decided import ByLevel
from lms.competence.required.need_form import Filled
from lms.competence.required.versions import Change, Decision
from lms.competence.views.blueprint import asking, bp, frameworks
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER, Role.MANAGER)


@bp.get("/needs")
@roles(*IN_CHARGE)
def needs(viewer: Viewer) -> ResponseReturnValue:
    args()
    places = all_needs.places(session(), viewer)
    if not places:
        return render_template("competence/needs_nowhere.html")
    return see_other(".needs_of", place=places[0].key)


@bp.get("/needs/<place>")
@roles(*IN_CHARGE)
def needs_of(viewer: Viewer, place: str) -> ResponseReturnValue:
    """What is needed, who there is, and who decided it."""
    args()
    found = need_lines.at_place(asking(viewer), place)
    return render_template(
        "competence/needs.html",
        place=found.place,
        places=all_needs.places(session(), viewer),
        draft=all_needs.draft(session(), found.place.id),
        versions=found.versions,
        current=found.current,
        needed=found.needed,
        lines=found.lines,
        per_year=found.per_year,
        changes=_changes(found.versions),
        is_team=not viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER),
        needs=all_needs,
        on=found.on,
        k=asking(viewer).k,
        frameworks=frameworks(),
        decided=decided,
        words=words,
    )


@bp.post("/needs/<place>/turnover")
@roles(Role.ADMINISTRATOR, Role.PROJECT_LEADER)
def needs_turnover(viewer: Viewer, place: str) -> ResponseReturnValue:
    """How many are reckoned to leave in a year."""
    where, said = all_needs.place(session(), viewer, place), request.form.get("per_year", "").strip()
    per_year = int(said) if said.isdecimal() else -1
    turnover.reckon(session(), where.id, per_year, by=viewer.person_id, at=clock.now())
    db.session.commit()
    flash(gettext("That is reckoned with from now on."), "success")
    return see_other(".needs_of", place=place)


@bp.get("/needs/<place>/edit")
@roles(*IN_CHARGE)
def needs_edit(viewer: Viewer, place: str) -> ResponseReturnValue:
    args()
    where = all_needs.place(session(), viewer, place)
    return _form(where, _filled(where), [])


@bp.post("/needs/<place>/edit")
@roles(*IN_CHARGE)
def needs_save(viewer: Viewer, place: str) -> ResponseReturnValue:
    """Save the draft: as it is, with competences added or taken away, or to go on to decide."""
    where = all_needs.place(session(), viewer, place)
    known = frameworks().keys | {value for name, value in _filled(where).items() if name.startswith("key:")}
    filled = need_form.keep(request.form, known, request.form.getlist("remove"))
    filled = need_form.suggest(request.form.getlist("add"), filled, frameworks())
    try:
        draft = all_needs.draft(session(), where.id) or NeedDraft(organisation_id=where.id)
        seen = request.form.get("seen", "")
        session().add(drafts.save(draft, filled, by=viewer.person_id, at=clock.now(), seen_at=seen))
        db.session.commit()
        if "X-Autosave" in request.headers:
            return "", 204
        if request.form.get("do") == "decide":
            need_form.parse(filled)
            return see_other(".needs_decide", place=place)
    except Conflict as conflict:
        return _form(where, filled, [Problem("", str(conflict))]), 409
    except Invalid as invalid:
        return _form(where, filled, invalid.problems), 400
    flash(gettext("The draft has been saved."), "success")
    return see_other(".needs_edit", place=place)


def _filled(place: Organisation) -> Filled:
    """The draft; until there is one, what has been decided last."""
    draft = all_needs.draft(session(), place.id)
    return draft.filled if draft is not None else need_form.fill(_last(place))


def _last(place: Organisation) -> all_needs.Needs:
    return all_needs.last(session(), place.id, clock.now().date())


def _changes(history: Sequence[NeedVersion]) -> dict[int, list[Change[str, ByLevel]]]:
    """What each version says otherwise than the one before said of the same days."""
    changes, before = {}, None
    for version in history:
        earlier = all_needs.needs_of(before)
        if before is not None:
            earlier = all_needs.rebased(earlier, before.valid_from, version.valid_from)
        changes[version.number] = decided.by_competence(earlier, all_needs.needs_of(version))
        before = version
    return changes


def _form(place: Organisation, filled: Mapping[str, str], problems: list[Problem]) -> str:
    return render_template(
        "competence/needs_edit.html",
        place=place,
        filled=filled,
        rows=need_form.rows(filled),
        numbers=need_form.NUMBERS,
        draft=all_needs.draft(session(), place.id),
        seen=drafts.seen(all_needs.draft(session(), place.id)),
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        frameworks=frameworks(),
        decided=decided,
        words=words,
    )


@bp.get("/needs/<place>/decide")
@roles(*IN_CHARGE)
def needs_decide(viewer: Viewer, place: str) -> ResponseReturnValue:
    args()
    where = all_needs.place(session(), viewer, place)
    try:
        return _decide(where, {"valid_from": clock.now().date().isoformat()}, [])
    except Invalid as invalid:
        return _form(where, _filled(where), invalid.problems), 400


@bp.post("/needs/<place>/decide")
@roles(*IN_CHARGE)
def needs_publish(viewer: Viewer, place: str) -> ResponseReturnValue:
    where, at = all_needs.place(session(), viewer, place), clock.now()
    draft = all_needs.draft(session(), where.id)
    try:
        day, note = drafts.parse_day(request.form), drafts.parse_note(request.form)
        if request.form.get("seen", "") != drafts.seen(draft):
            raise Conflict(gettext("The draft has been changed since you looked at it. Look at what it says now."))
        decision = Decision(day, at, viewer.person_id, note)
        version = all_needs.publish(session(), where.id, need_form.parse(_filled(where)), decision)
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _decide(where, request.form, problems), 400
    if draft is not None:
        session().delete(draft)
    db.session.commit()
    flash(decided.sentence(gettext("Needs of %(name)s", name=where.name), version, at.date()), "success")
    return see_other(".needs_of", place=place)


def _decide(place: Organisation, filled: Mapping[str, str], problems: list[Problem]) -> str:
    """What the draft would change, if it can be decided."""
    return render_template(
        "competence/needs_decide.html",
        place=place,
        changes=decided.by_competence(_last(place), need_form.parse(_filled(place))),
        seen=drafts.seen(all_needs.draft(session(), place.id)),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=clock.now().date(),
        frameworks=frameworks(),
        decided=decided,
    )


@bp.post("/needs/<place>/discard")
@roles(*IN_CHARGE)
def needs_discard(viewer: Viewer, place: str) -> ResponseReturnValue:
    where = all_needs.place(session(), viewer, place)
    draft = all_needs.draft(session(), where.id)
    if draft is not None:
        session().delete(draft)
    db.session.commit()
    flash(gettext("The draft has been removed. What has been decided is as it was."), "success")
    return see_other(".needs_of", place=place)

"""Rules about what programs send: what they count, tried before they are decided, changed and withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as competence_words
from lms.competence.outside import backlog, counted, decided, reach, trying
from lms.competence.outside.models import OutsideRule
from lms.competence.outside.rule import Says
from lms.competence.outside.unmatched import Reason
from lms.competence.required import drafts
from lms.competence.required.versions import Decision
from lms.connections import rule_form, rule_words, words
from lms.connections.rule_form import Filled
from lms.connections.sight import IN_CHARGE
from lms.connections.views.blueprint import bp, frameworks, iri_base, reaches, zone
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.xapi import clients as store
from lms.xapi import definitions


@bp.get("/connections/rules")
@roles(*IN_CHARGE)
def rules(viewer: Viewer) -> ResponseReturnValue:
    args()
    own = decided.of(session(), viewer.organisation_id)
    above = [
        (one, decided.says(one.rule.versions[-1]))
        for one in reach.above(session(), viewer.organisation_id, clock.now())
    ]
    homes = {one.rule.organisation_id for one, _ in above}
    return render_template(
        "connections/rules.html",
        rules=[(rule, decided.says(rule.versions[-1])) for rule in own],
        counted=counted.statements(session(), viewer.organisation_id),
        left=backlog.left(session(), viewer.organisation_id),
        programs=_programs(viewer),
        above=above,
        programs_above={home: _programs_of(home) for home in homes},
        activities=_activities([viewer.organisation_id, *homes], [says for _, says in above]),
        **_words(),
    )


@bp.post("/connections/rules/<int:id>/refuse")
@roles(*IN_CHARGE)
def rule_refused(viewer: Viewer, id: int) -> ResponseReturnValue:
    """One that is decided above."""
    rule = reach.refuse(session(), viewer.organisation_id, id, by=viewer.person_id, at=clock.now())
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("outside")
    flash(gettext("“%(name)s” shows nothing here from now on. It can be taken back.", name=rule.name), "success")
    return see_other(".rules")


@bp.post("/connections/rules/<int:id>/accept")
@roles(*IN_CHARGE)
def rule_accepted(viewer: Viewer, id: int) -> ResponseReturnValue:
    rule = reach.accept(session(), viewer.organisation_id, id, by=viewer.person_id, at=clock.now())
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("outside")
    flash(gettext("“%(name)s” counts here, also what has come meanwhile.", name=rule.name), "success")
    return see_other(".rules")


@bp.get("/connections/rules/add")
@roles(*IN_CHARGE)
def rule_add(viewer: Viewer) -> ResponseReturnValue:
    """Perhaps about something that has been sent: the address then says what."""
    given = args("verb", "activity", "client")
    filled: Filled = {"needed": rule_form.ONE, "below": "y" if reaches(viewer) else ""}
    if given.get("client"):
        filled[f"client:{given['client']}"] = "y"
    return _form(viewer, None, rule_form.with_row(filled, given.get("verb", ""), given.get("activity", "")), [])


@bp.post("/connections/rules/add")
@roles(*IN_CHARGE)
def rule_adds(viewer: Viewer) -> ResponseReturnValue:
    return _go_on(viewer, None)


@bp.get("/connections/rules/<int:id>")
@roles(*IN_CHARGE)
def rule(viewer: Viewer, id: int) -> ResponseReturnValue:
    args()
    found = decided.get(session(), viewer.organisation_id, id)
    versions = decided.in_force(found)
    says = versions[-1].says
    return render_template(
        "connections/rule.html",
        rule=found,
        says=says,
        version=found.versions[-1],
        counted=counted.of_version(session(), viewer.organisation_id, versions[-1].id),
        misses=counted.misses(session(), viewer.organisation_id, versions[-1].id),
        left=backlog.left(session(), viewer.organisation_id),
        activities=_activities([viewer.organisation_id], [says]),
        says_of=decided.says,
        programs=_programs(viewer),
        **_words(),
    )


@bp.get("/connections/rules/<int:id>/change")
@roles(*IN_CHARGE)
def rule_change(viewer: Viewer, id: int) -> ResponseReturnValue:
    """Perhaps so that it takes in something more: the address then says what."""
    given = args("verb", "activity", "client")
    found = decided.get(session(), viewer.organisation_id, id)
    filled = rule_form.fill(found.name, _last(found), zone())
    if given.get("client"):
        filled[f"client:{given['client']}"] = "y"
    if given.get("activity"):
        filled = rule_form.with_row(filled, given.get("verb", ""), given["activity"])
    return _form(viewer, found, filled, [])


@bp.post("/connections/rules/<int:id>/change")
@roles(*IN_CHARGE)
def rule_changes(viewer: Viewer, id: int) -> ResponseReturnValue:
    return _go_on(viewer, decided.get(session(), viewer.organisation_id, id))


@bp.post("/connections/rules/<int:id>/withdraw")
@roles(*IN_CHARGE)
def rule_withdraws(viewer: Viewer, id: int) -> ResponseReturnValue:
    found, at = decided.get(session(), viewer.organisation_id, id), clock.now()
    if found.versions[-1].conditions:
        decided.withdraw(session(), found, Decision(at.date(), at, viewer.person_id))
        db.session.commit()
        current_app.extensions["kunna"].jobs.wake("outside")
    flash(gettext("“%(name)s” counts nothing from now on. What it showed ends today.", name=found.name), "success")
    return see_other(".rules")


@bp.post("/connections/rules/<int:id>/undo")
@roles(*IN_CHARGE)
def rule_undoes(viewer: Viewer, id: int) -> ResponseReturnValue:
    """What was decided last, if that is still what the viewer saw."""
    found, at = decided.get(session(), viewer.organisation_id, id), clock.now()
    if request.form.get("seen", "") != _seen(found):
        raise Conflict(gettext("The rule has been changed since you looked at it. Look at what it says now."))
    decided.undo(session(), found, Decision(at.date(), at, viewer.person_id))
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("outside")
    if found.versions[-1].conditions:
        flash(gettext("Undone. “%(name)s” says what it said before.", name=found.name), "success")
    else:
        flash(gettext("Undone. “%(name)s” counts nothing any more.", name=found.name), "success")
    return _back() or see_other(".rules")


def _back() -> ResponseReturnValue | None:
    """To the group that the viewer came from."""
    reason = request.form.get("back", "")
    return see_other(".uncounted", reason=reason) if reason in set(Reason) else None


def _last(rule: OutsideRule) -> Says:
    """What it says, or said until it was withdrawn."""
    return decided.says(next(one for one in reversed(rule.versions) if one.conditions))


def _go_on(viewer: Viewer, rule: OutsideRule | None) -> ResponseReturnValue:
    """What is typed goes with each answer, until it is decided."""
    filled, do = rule_form.keep(request.form, request.form.getlist("remove")), request.form.get("do", "")
    if rule is not None:
        filled["competence"] = rule.versions[-1].competence_key
    if do == "row":
        filled = rule_form.with_row(filled)
    if do not in {"try", "decide"}:
        return _form(viewer, rule, filled, [])
    try:
        says = rule_form.parse(filled, _competences(rule), _programs(viewer), zone())
    except Invalid as invalid:
        return _form(viewer, rule, filled, invalid.problems), 400
    if do == "try":
        return _try(viewer, rule, filled, says, [])
    try:
        return _decide(viewer, rule, filled, says)
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _try(viewer, rule, filled, says, problems), 400


def _decide(viewer: Viewer, rule: OutsideRule | None, filled: Filled, says: Says) -> ResponseReturnValue:
    at = clock.now()
    decision = Decision(at.date(), at, viewer.person_id, drafts.parse_note(filled))
    if request.form.get("seen", "") != _seen(rule):
        raise Conflict(gettext("The rule has been changed since you looked at it. Look at what it says now."))
    name = filled["name"].strip()
    if rule is None:
        rule = decided.add(session(), viewer.organisation_id, name, says, decision)
    else:
        rule.name = name
        decided.change(session(), rule, says, decision)
    id = rule.id
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("outside")
    flash(
        gettext("Decided. What comes counts from now on; what has come already is read now and counts as well."),
        "success",
    )
    return _back() or see_other(".rule", id=id)


def _seen(rule: OutsideRule | None) -> str:
    """For the form: which version was the latest when it was shown."""
    return str(rule.versions[-1].number) if rule is not None else ""


def _form(viewer: Viewer, rule: OutsideRule | None, filled: Mapping[str, str], problems: Sequence[Problem]) -> str:
    return render_template(
        "connections/rule_form.html",
        rule=rule,
        filled=filled,
        rows=rule_form.rows(filled),
        seen=request.form.get("seen", _seen(rule)),
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        programs=_programs(viewer),
        asks=[(one.value, words_for_it) for one, words_for_it in rule_words.ASKS.items()],
        needed=rule_words.numbers(len(rule_form.rows(filled))),
        reaches=reaches(viewer),
        **_words(),
    )


def _try(viewer: Viewer, rule: OutsideRule | None, filled: Filled, says: Says, problems: Sequence[Problem]) -> str:
    at: datetime = clock.now()
    k = int(current_app.config["MINIMUM_GROUP"])
    instead_of = f"{decided.PREFIX}{rule.id}" if rule is not None else None
    return render_template(
        "connections/rule_try.html",
        rule=rule,
        filled=filled,
        says=says,
        tried=trying.of(session(), viewer, says, k, iri_base(), at, instead_of=instead_of),
        before=counted.of_version(session(), viewer.organisation_id, rule.versions[-1].id) if rule else None,
        most=trying.MOST,
        seen=request.form.get("seen", ""),
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        activities=_activities([viewer.organisation_id], [says]),
        programs=_programs(viewer),
        k=k,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"frameworks": frameworks(), "rule_words": rule_words, "words": words, "levels": competence_words}


def _competences(rule: OutsideRule | None) -> frozenset[str]:
    """A rule goes on showing what it has shown: another competence is another rule."""
    return frameworks().keys if rule is None else frozenset({rule.versions[-1].competence_key})


def _programs(viewer: Viewer) -> dict[str, str]:
    """Names by key; revoked ones too, since what they have sent can still count."""
    return _programs_of(viewer.organisation_id)


def _programs_of(organisation_id: int) -> dict[str, str]:
    own = store.of(session(), organisation_id)
    return {one.key: gettext("%(name)s (revoked)", name=one.name) if one.revoked_at else one.name for one in own}


def _activities(organisations: Sequence[int], says: Sequence[Says]) -> dict[str, Mapping[str, str]]:
    """What programs that may say so have called the activities of rules."""
    ids = sorted({one.activity for its in says for one in its.conditions if not one.beginning})
    known = definitions.known(session(), organisations, ids)
    return {id: definition.get("name", {}) for id, definition in known.items()}

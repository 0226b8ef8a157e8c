"""By which rule levels are told: the one in force, those decided before, and what another would change."""

from collections.abc import Sequence

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.competence.figures import rule_effect
from lms.competence.models import LevelRuleVersion
from lms.competence.required import drafts
from lms.competence.required.versions import Decision, in_force
from lms.competence.shown import level_rules
from lms.competence.shown.level import LEVEL_RULES, LevelRule
from lms.competence.views.blueprint import bp
from lms.db import db, session
from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.http import args, roles, see_other
from lms.i18n import date, gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Role

IN_CHARGE = (Role.ADMINISTRATOR, Role.PROJECT_LEADER)


@bp.get("/level-rule")
@roles(*IN_CHARGE)
def level_rule(viewer: Viewer) -> ResponseReturnValue:
    args()
    at = clock.now()
    history = level_rules.history(session(), viewer.organisation_id)
    return render_template(
        "competence/level_rule.html",
        place=session().get_one(Organisation, viewer.organisation_id),
        current=level_rules.rule_of(session(), viewer.organisation_id, at),
        own=in_force(history, at.date()),
        history=history,
        rules=LEVEL_RULES,
        on=at.date(),
        words=words,
    )


@bp.get("/level-rule/<key>")
@roles(*IN_CHARGE)
def level_rule_try(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    return _try(viewer, _rule(key), {"valid_from": clock.now().date().isoformat()}, [])


@bp.post("/level-rule/<key>")
@roles(*IN_CHARGE)
def level_rule_choose(viewer: Viewer, key: str) -> ResponseReturnValue:
    rule, at = _rule(key), clock.now()
    history = level_rules.history(session(), viewer.organisation_id)
    try:
        day, note = drafts.parse_day(request.form), drafts.parse_note(request.form)
        if request.form.get("seen", "") != _seen(history):
            raise Conflict(gettext("Another rule has been decided since you looked. See what holds now."))
        decision = Decision(day, at, viewer.person_id, note)
        level_rules.choose(session(), viewer.organisation_id, rule, decision)
    except (Invalid, Conflict) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _try(viewer, rule, request.form.to_dict(), problems), 400
    db.session.commit()
    name = words.level_rule_name(rule)
    flash(gettext("Levels are told by the rule “%(name)s” from %(day)s.", name=name, day=date(day)), "success")
    return see_other(".level_rule")


def _rule(key: str) -> LevelRule:
    if key not in LEVEL_RULES:
        raise NotFound(gettext("There is no such rule."))
    return LEVEL_RULES[key]


def _seen(history: Sequence[LevelRuleVersion]) -> str:
    """For the form: which decision was the latest when it was shown."""
    return str(history[0].number) if history else ""


def _try(viewer: Viewer, rule: LevelRule, filled: dict[str, str], problems: list[Problem]) -> str:
    at, k = clock.now(), int(current_app.config["MINIMUM_GROUP"])
    return render_template(
        "competence/level_rule_try.html",
        place=session().get_one(Organisation, viewer.organisation_id),
        rule=rule,
        current=level_rules.rule_of(session(), viewer.organisation_id, at),
        effect=rule_effect.of(session(), viewer, rule, k, at=at),
        seen=_seen(level_rules.history(session(), viewer.organisation_id)),
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        today=at.date(),
        k=k,
        words=words,
    )

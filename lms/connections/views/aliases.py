"""Who is who: what people are called by other programs, tied to them and untied."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence.outside import tying, whose
from lms.competence.outside.unmatched import Reason
from lms.connections import agents, asking, people, rule_words
from lms.connections.sight import IN_CHARGE
from lms.connections.views.blueprint import bp, iri_base
from lms.db import db, session
from lms.errors import Conflict, Invalid, Problem
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer


@bp.get("/connections/who-is-who")
@roles(*IN_CHARGE)
def aliases(viewer: Viewer) -> ResponseReturnValue:
    args()
    tied = whose.tied(session(), viewer.organisation_id)
    return render_template(
        "connections/aliases.html",
        tied=tied,
        names=people.by_uuid(session(), viewer, {one.person_uuid for one in tied}),
        rule_words=rule_words,
    )


@bp.get("/connections/who-is-who/tie")
@roles(*IN_CHARGE)
def alias_tie(viewer: Viewer) -> ResponseReturnValue:
    """First what somebody is known by, if the address does not say it, then who that is."""
    given = args("agent", "kind", "name", "site", "who")
    problems: list[Problem] = []
    agent = given.get("agent", "")
    if not agent and given.get("kind"):
        try:
            agent = agents.key(given["kind"], given.get("name", ""), given.get("site", ""))
        except Invalid as invalid:
            problems = invalid.problems
        except KeyError:
            problems = [Problem("kind", gettext("Choose one of them."))]
    return _tie(viewer, agent, given, problems)


@bp.post("/connections/who-is-who/tie")
@roles(*IN_CHARGE)
def alias_ties(viewer: Viewer) -> ResponseReturnValue:
    agent, who = request.form.get("agent", ""), request.form.get("who", "").strip()
    if "who" in request.form:
        person = agents.exactly(session(), viewer, who)
        if person is None:
            return see_other(".alias_tie", agent=agent, who=who)
    else:
        person = agents.get(session(), viewer, asking.uuid(request.form, "person"))
    at = clock.now()
    try:
        tying.tie(session(), viewer.organisation_id, agent, person.uuid, base=iri_base(), by=viewer.person_id, at=at)
    except (Conflict, Invalid) as error:
        problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
        return _tie(viewer, agent, {}, problems)
    db.session.commit()
    flash(
        gettext(
            "What is told of %(agent)s counts as %(name)s's from now on, also what has come already.",
            agent=rule_words.identifier(agent),
            name=person.name,
        ),
        "success",
    )
    return _back()


@bp.post("/connections/who-is-who/<int:id>/untie")
@roles(*IN_CHARGE)
def alias_unties(viewer: Viewer, id: int) -> ResponseReturnValue:
    alias = whose.get(session(), viewer.organisation_id, id)
    tying.untie(session(), alias, base=iri_base(), by=viewer.person_id, at=clock.now())
    db.session.commit()
    flash(
        gettext(
            "Untied. What was told of %(agent)s counts for nobody from now on.", agent=rule_words.identifier(alias.key)
        ),
        "success",
    )
    return _back()


def _back() -> ResponseReturnValue:
    """To the people whom nobody here is known as, if the viewer came from them."""
    return see_other(".uncounted", reason=Reason.WHO.value) if request.form.get("back") else see_other(".aliases")


def _tie(viewer: Viewer, agent: str, given: dict[str, str], problems: list[Problem]) -> ResponseReturnValue:
    who = given.get("who", "").strip()
    candidates = agents.matching(session(), viewer, who) if agent and who else []
    if who and not candidates and not problems:
        sentence = gettext("Nobody here is called that. Try part of the name, or an e-mail address.")
        problems = [Problem("who", sentence)]
    page = render_template(
        "connections/alias_tie.html",
        agent=agent,
        suggested=agents.suggested(session(), viewer, [agent]).get(agent) if agent else None,
        given=given,
        candidates=candidates[: people.MOST],
        too_many=len(candidates) > people.MOST,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        kinds=agents,
        rule_words=rule_words,
    )
    return page, 400 if problems else 200

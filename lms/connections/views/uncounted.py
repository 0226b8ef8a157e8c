"""What programs have sent that counts for nothing: why, and what can be done about it with a press or two."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence.outside import backlog, decided, tying, unmatched
from lms.competence.outside.unmatched import Group, Reason
from lms.connections import agents, people, rule_words, sight, words
from lms.connections.people import Known
from lms.connections.sight import IN_CHARGE
from lms.connections.views.blueprint import bp, iri_base
from lms.db import db, session
from lms.errors import NotFound
from lms.http import args, roles, see_other
from lms.i18n import gettext, ngettext
from lms.identity.access import Viewer
from lms.xapi import browsing
from lms.xapi.recorded import Recorded

ON_A_PAGE: Final = 25
ASIDE: Final = "aside"


@bp.get("/connections/uncounted")
@roles(*IN_CHARGE)
def uncounted(viewer: Viewer) -> ResponseReturnValue:
    given = args("reason", "page")
    groups, aside = unmatched.groups(session(), viewer.organisation_id)
    wanted = given.get("reason") or next((one.value for one in Reason if groups[one]), Reason.WHO.value)
    if wanted != ASIDE and wanted not in set(Reason):
        raise NotFound(gettext("There is nothing here"))
    its = aside if wanted == ASIDE else groups[Reason(wanted)]
    page = _number(given.get("page", ""), len(its))
    shown = its[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    seen = sight.of_traffic(session(), viewer, iri_base())
    latest = browsing.stored_at(session(), viewer.organisation_id, [one.latest for one in shown])
    told = {at: entry for at, entry in latest.items() if seen.includes(entry)}
    authorities = list(seen.clients or {})
    return render_template(
        "connections/uncounted.html",
        groups=groups,
        aside=aside,
        wanted=wanted,
        shown=[(one, told.get(one.latest)) for one in shown],
        page=page,
        pages=_pages(len(its)),
        suggested=_suggested(viewer, shown, told),
        voided=browsing.voided(session(), viewer.organisation_id, authorities),
        left=backlog.left(session(), viewer.organisation_id),
        rules=decided.names(session(), {rule.rule for one in shown for rule in one.rules}),
        programs={client.key: client.name for client in (seen.clients or {}).values()},
        names=people.names(session(), viewer, told.values(), iri_base()),
        reasons=Reason,
        rule_words=rule_words,
        words=words,
    )


@bp.post("/connections/uncounted/tie")
@roles(*IN_CHARGE)
def uncounted_ties(viewer: Viewer) -> ResponseReturnValue:
    """All who are known here by the address that the program uses, or by a sum of it."""
    groups, _ = unmatched.groups(session(), viewer.organisation_id)
    strangers = [one for one in groups[Reason.WHO] if not one.is_own][:MOST_AT_ONCE]
    told = browsing.stored_at(session(), viewer.organisation_id, [one.latest for one in strangers])
    found = agents.suggested(session(), viewer, {entry.agent for entry in told.values()})
    at = clock.now()
    for agent, person in sorted(found.items()):
        tying.tie(session(), viewer.organisation_id, agent, person.uuid, base=iri_base(), by=viewer.person_id, at=at)
    db.session.commit()
    flash(
        ngettext(
            "%(num)d is tied, and what has come of them counts.",
            "%(num)d are tied, and what has come of them counts.",
            len(found),
        ),
        "success",
    )
    return see_other(".uncounted", reason=Reason.WHO.value)


MOST_AT_ONCE: Final = 500


@bp.post("/connections/uncounted/aside")
@roles(*IN_CHARGE)
def uncounted_aside(viewer: Viewer) -> ResponseReturnValue:
    groups, _ = unmatched.groups(session(), viewer.organisation_id)
    group = next((one for its in groups.values() for one in its if one.key == request.form.get("group")), None)
    if group is None:
        raise NotFound(gettext("That is not there any more."))
    unmatched.set_aside(session(), viewer.organisation_id, group, by=viewer.person_id, at=clock.now())
    db.session.commit()
    flash(gettext("Set aside. It can be taken back."), "success")
    return see_other(".uncounted", reason=group.reason.value)


@bp.post("/connections/uncounted/back")
@roles(*IN_CHARGE)
def uncounted_back(viewer: Viewer) -> ResponseReturnValue:
    unmatched.take_back(session(), viewer.organisation_id, request.form.get("group", ""))
    db.session.commit()
    return see_other(".uncounted", reason=ASIDE)


def _suggested(viewer: Viewer, shown: Sequence[Group], told: Mapping[datetime, Recorded]) -> Mapping[str, Known]:
    """By agent: whom those on the page seem to be."""
    strangers = [told[one.latest].agent for one in shown if one.reason is Reason.WHO and one.latest in told]
    return agents.suggested(session(), viewer, strangers)


def _pages(number: int) -> int:
    return max(1, -(-number // ON_A_PAGE))


def _number(text: str, number: int) -> int:
    """A page that there is."""
    page = int(text) if text.isdecimal() and len(text) < 7 else 1
    return min(max(page, 1), _pages(number))

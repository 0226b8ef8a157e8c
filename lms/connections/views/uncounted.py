"""What programs have sent that counts for nothing: why, and what can be done about it with a press."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as competence_words
from lms.competence.outside import backlog, counted, decided, trying, tying, unmatched, whose
from lms.competence.outside.decided import InForce
from lms.competence.outside.trying import Gain
from lms.competence.outside.unmatched import Group, Reason
from lms.competence.required import profiles
from lms.connections import agents, people, remedies, rule_form, rule_words, sight, words
from lms.connections.people import Known
from lms.connections.remedies import Ground, Remedy
from lms.connections.rule_form import Filled
from lms.connections.sight import IN_CHARGE
from lms.connections.views.blueprint import bp, frameworks, iri_base, reaches, zone
from lms.db import db, session
from lms.errors import NotFound
from lms.frameworks.framework import Competence
from lms.http import args, roles, see_other
from lms.i18n import gettext, ngettext
from lms.identity.access import Viewer
from lms.xapi import browsing
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity

ON_A_PAGE: Final = 25
ASIDE: Final = "aside"
# So long what was done from here stands on the page, to be undone.
LATELY: Final = timedelta(days=1)


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
    versions, at = decided.latest(session(), viewer.organisation_id), clock.now()
    own = decided.of(session(), viewer.organisation_id)
    names = {f"{decided.PREFIX}{rule.id}": rule.name for rule in own}
    rows = [
        Row(one, told.get(one.latest))
        if wanted == ASIDE
        else _row(viewer, one, told.get(one.latest), versions, [*groups[one.reason], *aside], names)
        for one in shown
    ]
    tied = [one for one in whose.tied(session(), viewer.organisation_id) if one.tied_at >= at - LATELY]
    strangers = _strangers(shown, told)
    at_once = _by_address(viewer, groups[Reason.WHO]) if wanted == Reason.WHO else {}
    return render_template(
        "connections/uncounted.html",
        at_once=at_once,
        at_once_meet=sum(counted.of_agents(session(), viewer.organisation_id, at_once.keys()).values()),
        groups=groups,
        aside=aside,
        wanted=wanted,
        shown=rows,
        guessed=agents.guessed(session(), viewer, strangers),
        meeting=counted.of_agents(session(), viewer.organisation_id, strangers.keys()),
        listed=agents.listed(session(), viewer) if wanted == Reason.WHO else (),
        competences=_competences(viewer, rows),
        lately=decided.lately(own, at - LATELY) if wanted != ASIDE else (),
        tied=tied if wanted != ASIDE else (),
        tied_names=people.by_uuid(session(), viewer, {one.person_uuid for one in tied}),
        page=page,
        pages=_pages(len(its)),
        voided=browsing.voided(session(), viewer.organisation_id, authorities),
        left=backlog.left(session(), viewer.organisation_id),
        rules=names,
        programs={client.key: client.name for client in (seen.clients or {}).values()},
        reasons=Reason,
        telling=remedies.TELLING,
        frameworks=frameworks(),
        levels=competence_words,
        zone=zone(),
        rule_words=rule_words,
        words=words,
    )


@bp.post("/connections/uncounted/tie")
@roles(*IN_CHARGE)
def uncounted_ties(viewer: Viewer) -> ResponseReturnValue:
    """All who are known here by the address that the program uses, or by a sum of it."""
    groups, _ = unmatched.groups(session(), viewer.organisation_id)
    found, at = _by_address(viewer, groups[Reason.WHO]), clock.now()
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


def _by_address(viewer: Viewer, strangers: Sequence[Group]) -> Mapping[str, Known]:
    some = [one.latest for one in strangers if not one.is_own][:MOST_AT_ONCE]
    told = browsing.stored_at(session(), viewer.organisation_id, some)
    return agents.suggested(session(), viewer, {entry.agent for entry in told.values()})


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


@dataclass(frozen=True, slots=True)
class Row:
    group: Group
    # The latest statement of the group. None: it cannot be looked at here.
    entry: Recorded | None
    # None: nothing tells what would put it right, or it would let nothing count.
    offer: "Offer | None" = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy, what it lets count, and the form about rules as it fills that in."""

    remedy: Remedy
    gain: Gain
    filled: Filled


def _row(
    viewer: Viewer,
    group: Group,
    entry: Recorded | None,
    versions: Sequence[InForce],
    others: Sequence[Group],
    names: Mapping[str, str],
) -> Row:
    its = remedies.remedy(group, entry, versions, others, frameworks(), iri_base())
    if its is None:
        return Row(group, entry)
    if its.ground is not Ground.RULE and reaches(viewer):
        its = replace(its, says=replace(its.says, below=True))
    kinds = [(one.activity, verb, client) for one in remedies.taken_in(group, others) for verb, client in one.sent]
    gain = trying.gain(session(), viewer.organisation_id, its.says, kinds, iri_base())
    name = names[its.rule.rule] if its.ground is Ground.RULE and its.rule is not None else _name(group, entry)
    return Row(group, entry, Offer(its, gain, rule_form.fill(name, its.says, zone())) if gain.met else None)


def _name(group: Group, entry: Recorded | None) -> str:
    target = entry.statement.object if entry is not None else None
    name = words.activity(target) if isinstance(target, Activity) else group.activity
    return name[: rule_form.LONGEST_NAME]


def _competences(viewer: Viewer, rows: Iterable[Row]) -> Sequence[Competence]:
    """To choose from: what the role profiles here ask for, and what is proposed."""
    asked = profiles.asked(session(), viewer.organisation_id, clock.now().date())
    proposed = {row.offer.remedy.says.competence_key for row in rows if row.offer is not None}
    return frameworks().known(asked | proposed)


def _strangers(shown: Iterable[Group], told: Mapping[datetime, Recorded]) -> Mapping[str, str]:
    """What programs call them, by agent; empty if nothing."""
    latest = [told[one.latest] for one in shown if one.reason is Reason.WHO and not one.is_own and one.latest in told]
    return {entry.agent: entry.statement.actor.name or "" for entry in latest}


def _pages(number: int) -> int:
    return max(1, -(-number // ON_A_PAGE))


def _number(text: str, number: int) -> int:
    """A page that there is."""
    page = int(text) if text.isdecimal() and len(text) < 7 else 1
    return min(max(page, 1), _pages(number))

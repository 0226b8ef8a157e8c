"""One person's competence, and why it is said to be so."""

import json
from collections.abc import Mapping
from uuid import UUID

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import own, words
from lms.competence.assessment import calibrating
from lms.competence.day import HORIZONS, parse
from lms.competence.proofs import listing
from lms.competence.proofs.listing import Proof
from lms.competence.shown import ending, level_rules
from lms.competence.views.blueprint import bp, expected_on, frameworks, iri_base, library, zone
from lms.db import session
from lms.http import args, roles, signed_in
from lms.identity.access import Viewer
from lms.identity.models import Role


@bp.get("/")
@signed_in
def mine(viewer: Viewer) -> ResponseReturnValue:
    return _profile(viewer, viewer.person_uuid, args("on", "horizon"))


@bp.get("/people/<uuid:person_uuid>")
@roles(Role.MANAGER)
def person(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    return _profile(viewer, person_uuid, args("on", "horizon"))


def _profile(viewer: Viewer, person_uuid: UUID, wanted: Mapping[str, str]) -> ResponseReturnValue:
    at = clock.now()
    day = parse(at, wanted.get("on", ""), wanted.get("horizon", ""), zone())
    shown = own.picture_on(session(), viewer, person_uuid, library(), frameworks(), day, expected_on(viewer, day))
    return render_template(
        "competence/mine.html",
        picture=shown,
        proofs=listing.of_person(session(), viewer, person_uuid, base=iri_base()),
        ends=ending.by_competence(ending.soon(session(), viewer, at=at), person_uuid),
        at=at,
        is_self=person_uuid == viewer.person_uuid,
        asked=current_app.extensions["kunna"].asked(
            session(), viewer.organisation_id, person_uuid, clock.now().astimezone(zone()).date()
        ),
        calibrated_at=calibrating.latest(session(), viewer, person_uuid),
        rule=level_rules.rule_of(session(), viewer.organisation_id, min(day.on, at)),
        day=day,
        horizons=HORIZONS,
        wanted={name: value for name, value in wanted.items() if value},
        today=at.astimezone(zone()).date().isoformat(),
        frameworks=frameworks(),
        words=words,
    )


@bp.get("/why/<uuid:person_uuid>/<framework>/<code>")
@signed_in
def why(viewer: Viewer, person_uuid: UUID, framework: str, code: str) -> ResponseReturnValue:
    asked = args("on", "horizon")
    day = parse(clock.now(), asked.get("on", ""), asked.get("horizon", ""), zone())
    competence = frameworks().competence(f"{framework}/{code}")
    found = own.why(session(), viewer, person_uuid, competence, library(), day, iri_base())
    expected = expected_on(viewer, day).get(found.member.membership_id, {}).get(competence.key, 0)
    return render_template(
        "competence/why.html",
        why=found,
        expected=expected if expected > (found.line.level or 0) else None,
        competence=competence,
        framework=frameworks().get(framework),
        is_self=person_uuid == viewer.person_uuid,
        # What waits today stands under no picture of another day.
        claimed=[] if day.is_past else _claimed(viewer, person_uuid, competence.key),
        words=words,
    )


def _claimed(viewer: Viewer, person_uuid: UUID, key: str) -> list[Proof]:
    found = listing.of_person(session(), viewer, person_uuid, base=iri_base())
    return [one for one in found if one.decision is None and key in one.claim.levels]


@bp.get("/statements/<uuid:statement>")
@signed_in
def statement(viewer: Viewer, statement: UUID) -> ResponseReturnValue:
    args()
    found = own.statement(session(), viewer, statement, iri_base())
    return render_template(
        "competence/statement.html",
        statement=found,
        sentence=words.statement(found, iri_base()),
        text=json.dumps(json.loads(found.text), indent=2, ensure_ascii=False),
    )

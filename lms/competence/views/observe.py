"""What a manager has seen somebody do at work."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.competence.assessment import observing
from lms.competence.views.blueprint import bp, competences_by_group, frameworks, id_of_form, iri_base, zone
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.frameworks.framework import HIGHEST
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Role

LEVELS: Final = range(1, HIGHEST + 1)


@bp.get("/people/<uuid:person_uuid>/observe")
@roles(Role.MANAGER)
def observe(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    wanted = args("competence")
    today = clock.now().astimezone(zone()).date()
    return _page(viewer, person_uuid, {"on": today.isoformat(), "id": str(uuid4()), **wanted}, [])


@bp.post("/people/<uuid:person_uuid>/observe")
@roles(Role.MANAGER)
def observed(viewer: Viewer, person_uuid: UUID) -> ResponseReturnValue:
    at = clock.now()
    member, already = observing.of(session(), viewer, person_uuid, at=at)
    observing.assert_may(viewer, person_uuid)
    try:
        seen = observing.parse(request.form, frameworks(), today=at.astimezone(zone()).date())
    except Invalid as invalid:
        return _page(viewer, person_uuid, request.form, invalid.problems), 400
    id = id_of_form(request.form.get("id", ""))
    observing.observe(session(), viewer, person_uuid, id, seen, already, zone=zone(), base=iri_base(), at=at)
    db.session.commit()
    flash(gettext("Saved. %(name)s sees it now.", name=member.name), "success")
    return see_other(".observe", person_uuid=person_uuid)


def _page(viewer: Viewer, person_uuid: UUID, typed: Mapping[str, str], problems: list[Problem]) -> str:
    member, found = observing.of(session(), viewer, person_uuid, at=clock.now())
    observing.assert_may(viewer, person_uuid)
    return render_template(
        "competence/observe.html",
        member=member,
        observations=found,
        typed=typed,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        groups=competences_by_group(viewer, person_uuid),
        levels=LEVELS,
        today=clock.now().astimezone(zone()).date(),
        frameworks=frameworks(),
        words=words,
    )

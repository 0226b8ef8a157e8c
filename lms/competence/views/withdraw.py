"""Taking back what one has said of oneself, or of somebody in the own team."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words
from lms.competence.models import Evidence
from lms.competence.shown import withdrawing
from lms.competence.views.blueprint import bp, frameworks, iri_base
from lms.db import db, session
from lms.http import args, signed_in
from lms.i18n import date, gettext, local
from lms.identity.access import Viewer


@bp.get("/people/<uuid:person_uuid>/evidence/<uuid:id>/withdraw")
@signed_in
def withdraw(viewer: Viewer, person_uuid: UUID, id: UUID) -> ResponseReturnValue:
    args()
    said = withdrawing.said(session(), viewer, person_uuid, id)
    competence = frameworks().find(said.competence_key)
    title = local(competence.name) if competence is not None else said.competence_key
    here = _back(said)
    return render_template(
        "competence/withdraw.html",
        title=title,
        said=f"{words.source(said.source)}: {words.level(said.level)}, {date(said.shown_at)}",
        consequence=gettext(
            "It then shows nothing any more, on any day, and what was written about it goes. The level is what the "
            "rest of the evidence says. This cannot be undone."
        ),
        crumbs=[(gettext("Competence"), url_for(".mine")), (title, here)],
        withdraw_url=url_for(".withdraws", person_uuid=person_uuid, id=id),
        keep_url=here,
    )


@bp.post("/people/<uuid:person_uuid>/evidence/<uuid:id>/withdraw")
@signed_in
def withdraws(viewer: Viewer, person_uuid: UUID, id: UUID) -> ResponseReturnValue:
    said = withdrawing.said(session(), viewer, person_uuid, id)
    here = _back(said)
    withdrawing.withdraw(session(), viewer, said, base=iri_base(), at=clock.now())
    db.session.commit()
    flash(gettext("It has been withdrawn."), "success")
    return redirect(here, 303)


def _back(said: Evidence) -> str:
    """Where it is explained; if its framework is gone, where the person is."""
    if frameworks().find(said.competence_key) is None:
        return url_for(".person", person_uuid=said.person_uuid)
    framework, code = said.competence_key.split("/")
    return url_for(".why", person_uuid=said.person_uuid, framework=framework, code=code)

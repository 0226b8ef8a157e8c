"""Clients: given a key, followed, changed and revoked."""

from datetime import date
from typing import Any, Final

from flask import current_app, flash, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.connections import figures, giving, words
from lms.connections.forms import ClientForm, RevokeForm, RotateForm
from lms.connections.sight import IN_CHARGE
from lms.connections.views.blueprint import bp, endpoint, zone
from lms.db import db, session
from lms.http import args, roles, see_other
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation
from lms.xapi import clients as store
from lms.xapi import use
from lms.xapi.models import StoreClient
from lms.xapi.reading import MAX_DEPTH

# What a program that sends what people do needs, and no more.
USUAL: Final = ["statements/write"]


@bp.get("/connections")
@roles(*IN_CHARGE)
def clients(viewer: Viewer) -> ResponseReturnValue:
    args()
    days = use.since(session(), viewer.organisation_id, figures.last(figures.WEEK, _today())[0])
    own = store.of(session(), viewer.organisation_id)
    return render_template(
        "connections/clients.html",
        working=[one for one in own if one.revoked_at is None],
        revoked=[one for one in own if one.revoked_at is not None],
        week=lambda one: figures.week(days.get(one.id, {}), _today()),
        limits=_limits(),
        endpoint=endpoint(),
        words=words,
    )


@bp.get("/connections/add")
@roles(*IN_CHARGE)
def client_add(viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("connections/add.html", form=ClientForm(formdata=None, data={"scopes": USUAL}))


@bp.post("/connections/add")
@roles(*IN_CHARGE)
def client_adds(viewer: Viewer) -> ResponseReturnValue:
    form = ClientForm()
    if not form.validate_on_submit():
        return render_template("connections/add.html", form=form), 400
    organisation = session().get_one(Organisation, viewer.organisation_id)
    client, secret = store.add(
        session(), str(form.name.data), organisation.key, form.scopes.data or [], below=False, at=clock.now()
    )
    db.session.commit()
    return _told_once(client, secret, is_new=True)


@bp.get("/connections/<key>")
@roles(*IN_CHARGE)
def client(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found, today = giving.get(session(), viewer, key), _today()
    days = use.since(session(), found.organisation_id, figures.last(figures.SHOWN, today)[0]).get(found.id, {})
    return render_template(
        "connections/client.html",
        client=found,
        week=figures.week(days, today),
        bars=figures.bars(days, today) if days else [],
        refusals=use.refusals(session(), found),
        is_theirs=giving.is_theirs(found),
        at=clock.now(),
        usual_limit=current_app.config["XAPI_RATE_LIMIT"],
        kept=use.KEPT,
        words=words,
    )


@bp.get("/connections/<key>/change")
@roles(*IN_CHARGE)
def client_change(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = giving.get_to_change(session(), viewer, key)
    form = ClientForm(formdata=None, data={"name": found.name, "scopes": found.scopes.split()})
    return render_template("connections/change.html", client=found, form=form)


@bp.post("/connections/<key>/change")
@roles(*IN_CHARGE)
def client_changes(viewer: Viewer, key: str) -> ResponseReturnValue:
    found, form = giving.get_to_change(session(), viewer, key), ClientForm()
    if not form.validate_on_submit():
        return render_template("connections/change.html", client=found, form=form), 400
    store.change(found, name=form.name.data, scopes=form.scopes.data)
    db.session.commit()
    flash(gettext("Saved. It holds everywhere within a minute."), "success")
    return see_other(".client", key=key)


@bp.get("/connections/<key>/secret")
@roles(*IN_CHARGE)
def client_secret(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    return render_template(
        "connections/rotate.html",
        client=giving.get_to_change(session(), viewer, key),
        form=RotateForm(formdata=None),
    )


@bp.post("/connections/<key>/secret")
@roles(*IN_CHARGE)
def client_rotates(viewer: Viewer, key: str) -> ResponseReturnValue:
    found, form = giving.get_to_change(session(), viewer, key), RotateForm()
    if not form.validate_on_submit():
        return render_template("connections/rotate.html", client=found, form=form), 400
    secret = store.rotate(found, grace=store.GRACE[form.grace.data], at=clock.now())
    db.session.commit()
    return _told_once(found, secret, is_new=False)


@bp.get("/connections/<key>/revoke")
@roles(*IN_CHARGE)
def client_revoke(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = giving.get(session(), viewer, key)
    return render_template("connections/revoke.html", client=found, form=RevokeForm(formdata=None))


@bp.post("/connections/<key>/revoke")
@roles(*IN_CHARGE)
def client_revokes(viewer: Viewer, key: str) -> ResponseReturnValue:
    found = giving.get(session(), viewer, key)
    store.revoke(session(), found.key, clock.now())
    db.session.commit()
    flash(gettext("“%(name)s” has been revoked. It is refused everywhere within a minute.", name=found.name), "success")
    return see_other(".clients")


def _told_once(client: StoreClient, secret: str, *, is_new: bool) -> ResponseReturnValue:
    """The only page that ever shows a secret: the answer to the request that made it, and never kept."""
    return render_template(
        "connections/secret.html", client=client, secret=secret, is_new=is_new, endpoint=endpoint(), words=words
    )


def _limits() -> dict[str, Any]:
    config = current_app.config
    return {
        "body": config["XAPI_MAX_BODY"],
        "batch": config["XAPI_MAX_BATCH"],
        "page": config["XAPI_PAGE_SIZE"],
        "rate": config["XAPI_RATE_LIMIT"],
        "depth": MAX_DEPTH,
    }


def _today() -> date:
    return clock.now().astimezone(zone()).date()

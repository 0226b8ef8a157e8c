"""The tree of organisations, and how it grows."""

from typing import Final

from flask import current_app, flash, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.http import args, roles, see_other
from lms.i18n import gettext, language
from lms.identity import access, letters, memberships, organisations, words
from lms.identity.access import Viewer
from lms.identity.forms import FirstPersonForm, KeyedOrganisationForm, OrganisationForm
from lms.identity.memberships import Place
from lms.identity.models import Kind, Organisation, Role
from lms.identity.views.blueprint import bp, site

# What is put under an organisation, and whom the project leader can ask to look after one.
_NEXT: Final = {above: kind for kind, above in organisations.UNDER.items()}
_LOOKS_AFTER: Final = {
    Kind.PROJECT: Role.PROJECT_LEADER,
    Kind.REGION: Role.COORDINATOR,
    Kind.PARTNER: Role.ADMINISTRATOR,
}


@bp.get("/project")
@roles(Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)
def project(viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template(
        "identity/project.html",
        nodes=organisations.tree(session(), access.organisations(viewer)),
        growing=set(session().scalars(access.grown_by(viewer).with_only_columns(Organisation.id))),
        may_invite=viewer.has(Role.PROJECT_LEADER),
        may_connect=viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER),
        next_kind=_NEXT,
        of_kind=words.of_kind,
    )


@bp.get("/project/<key>/add")
@roles(Role.ADMINISTRATOR, Role.PROJECT_LEADER)
def project_add(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    parent = organisations.get(session(), access.grown_by(viewer), key)
    return _add_page(parent, _add_form(parent, formdata=None))


@bp.post("/project/<key>/add")
@roles(Role.ADMINISTRATOR, Role.PROJECT_LEADER)
def project_adds(viewer: Viewer, key: str) -> ResponseReturnValue:
    parent = organisations.get(session(), access.grown_by(viewer), key)
    form = _add_form(parent)
    if form.validate_on_submit():
        with form.showing_problems():
            added = organisations.add(
                session(),
                _NEXT[Kind(parent.kind)],
                parent=parent,
                name=str(form.name.data),
                key=form.key.data or "" if isinstance(form, KeyedOrganisationForm) else "",
            )
            db.session.commit()
            flash(gettext("%(name)s has been added.", name=added.name), "success")
            return see_other(".project")
    return _add_page(parent, form), 400


@bp.get("/project/<key>/invite")
@roles(Role.PROJECT_LEADER)
def project_invite(viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    form = FirstPersonForm(formdata=None, data={"language": language()})
    return _invite_page(_looked_after(viewer, key), form)


@bp.post("/project/<key>/invite")
@roles(Role.PROJECT_LEADER)
def project_invites(viewer: Viewer, key: str) -> ResponseReturnValue:
    """Whoever is to look after an organisation. From then on its administrator decides who belongs to it."""
    organisation, form, at = _looked_after(viewer, key), FirstPersonForm(), clock.now()
    if form.validate_on_submit():
        with form.showing_problems():
            membership = memberships.add(
                session(),
                organisation,
                email=str(form.email.data),
                name=str(form.name.data),
                language=form.language.data,
                at=at,
                place=Place(roles=frozenset({_LOOKS_AFTER[Kind(organisation.kind)]})),
            )
            letters.post_invitation(session(), site(), membership, by=viewer.name, at=at)
            db.session.commit()
            current_app.extensions["kunna"].jobs.wake("mail")
            flash(gettext("An invitation has been sent to %(email)s.", email=form.email.data), "success")
            return see_other(".project")
    return _invite_page(organisation, form), 400


def _looked_after(viewer: Viewer, key: str) -> Organisation:
    with_someone = access.organisations(viewer).where(Organisation.kind != Kind.UNIT)
    return organisations.get(session(), with_someone, key)


def _add_form(parent: Organisation, **given: None) -> OrganisationForm:
    needs_key = _NEXT[Kind(parent.kind)] is not Kind.UNIT
    return KeyedOrganisationForm(**given) if needs_key else OrganisationForm(**given)


def _add_page(parent: Organisation, form: OrganisationForm) -> str:
    return render_template("identity/project_add.html", parent=parent, form=form, kind=_NEXT[Kind(parent.kind)])


def _invite_page(organisation: Organisation, form: FirstPersonForm) -> str:
    about = words.about_role(_LOOKS_AFTER[Kind(organisation.kind)])
    return render_template("identity/project_invite.html", organisation=organisation, form=form, about=about)

"""The people of an organisation: found, invited, changed, and bid farewell."""

from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, flash, render_template
from flask.typing import ResponseReturnValue

from lms import clock
from lms.db import db, session
from lms.http import args, roles, see_other, signed_in
from lms.i18n import gettext, language
from lms.identity import access, letters, memberships, organisations, words
from lms.identity.access import Viewer
from lms.identity.forms import InviteForm, PersonForm, PlaceForm
from lms.identity.models import Kind, Membership, Organisation, Role
from lms.identity.views.blueprint import bp, site

PEOPLE_ON_A_PAGE = 50

F = TypeVar("F", bound=PlaceForm)


@bp.get("/people")
@roles(Role.MANAGER, Role.ADMINISTRATOR, Role.COORDINATOR, Role.PROJECT_LEADER)
def people(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("page", "place", "search")
    seen = access.organisations(viewer)
    place = organisations.get(session(), seen, wanted["place"]) if wanted.get("place") else None
    found = memberships.matching(access.people(viewer), wanted.get("search", ""), place)
    return render_template(
        "identity/people.html",
        page=db.paginate(found, per_page=PEOPLE_ON_A_PAGE, max_per_page=PEOPLE_ON_A_PAGE),
        place=place,
        places=[(place.key, place.name) for place in session().scalars(seen.order_by(Organisation.name))],
        profiles=_profiles(viewer),
        search=wanted.get("search", ""),
        of_roles=words.of_roles,
    )


@bp.get("/people/invite")
@roles(Role.ADMINISTRATOR)
def invitation(viewer: Viewer) -> ResponseReturnValue:
    args()
    form = InviteForm(formdata=None, data={"language": language()})
    return render_template("identity/invite.html", form=_offer(form, viewer))


@bp.post("/people/invite")
@roles(Role.ADMINISTRATOR)
def invite(viewer: Viewer) -> ResponseReturnValue:
    form, at = InviteForm(), clock.now()
    if _offer(form, viewer).validate_on_submit():
        with form.showing_problems():
            membership = memberships.add(
                session(),
                _own(viewer),
                email=str(form.email.data),
                name=str(form.name.data),
                language=form.language.data,
                place=form.place,
                at=at,
            )
            letters.post_invitation(session(), site(), membership, by=viewer.name, at=at)
            db.session.commit()
            current_app.extensions["kunna"].jobs.wake("mail")
            flash(gettext("An invitation has been sent to %(email)s.", email=form.email.data), "success")
            return see_other(".people")
    return render_template("identity/invite.html", form=_offer(form, viewer)), 400


@bp.get("/people/<uuid:person>")
@signed_in
def one(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    args()
    membership = access.membership_of(session(), access.people(viewer), person)
    return _page(viewer, membership, _form(viewer, membership))


@bp.post("/people/<uuid:person>")
@roles(Role.ADMINISTRATOR)
def change(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    membership = access.membership_of(session(), access.in_charge_of(viewer), person)
    form = PersonForm()
    if _offer(form, viewer, membership).validate_on_submit():
        with form.showing_problems():
            memberships.rename(membership.person, str(form.name.data))
            memberships.change(session(), membership, form.place, by=viewer.membership_id)
            day, zone = form.last_day.data, ZoneInfo(current_app.config["TIME_ZONE"])
            memberships.expect_end(membership, day, by=viewer.membership_id, at=clock.now(), zone=zone)
            db.session.commit()
            flash(gettext("Saved."), "success")
            return see_other(".one", person=person)
    return _page(viewer, membership, form), 400


@bp.post("/people/<uuid:person>/invitation")
@roles(Role.ADMINISTRATOR)
def invite_again(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    membership = access.membership_of(session(), access.in_charge_of(viewer), person)
    letters.post_invitation(session(), site(), membership, by=viewer.name, at=clock.now())
    db.session.commit()
    current_app.extensions["kunna"].jobs.wake("mail")
    email = membership.person.email
    flash(gettext("An invitation has been sent to %(email)s.", email=email), "success")
    return see_other(".one", person=person)


@bp.post("/people/<uuid:person>/end")
@roles(Role.ADMINISTRATOR)
def end(viewer: Viewer, person: UUID) -> ResponseReturnValue:
    membership = access.membership_of(session(), access.in_charge_of(viewer), person)
    memberships.end(session(), membership, by=viewer.membership_id, at=clock.now())
    db.session.commit()
    flash(gettext("%(name)s no longer belongs here.", name=membership.person.name), "success")
    return see_other(".people")


def _page(viewer: Viewer, membership: Membership, form: PersonForm | None) -> str:
    return render_template(
        "identity/person.html",
        membership=membership,
        form=form,
        profile=_profiles(viewer).get(membership.role_profile_key or "", membership.role_profile_key),
        of_roles=words.of_roles,
        is_self=membership.id == viewer.membership_id,
    )


def _form(viewer: Viewer, membership: Membership) -> PersonForm | None:
    """What may be changed; None for those who may only look."""
    if not viewer.has(Role.ADMINISTRATOR) or membership.organisation_id != viewer.organisation_id:
        return None
    form = PersonForm(
        formdata=None,
        data={
            "name": membership.person.name,
            "unit": membership.unit_id,
            "manager": membership.manager_id,
            "profile": membership.role_profile_key,
            "roles": list(membership.roles),
            "last_day": memberships.last_day(membership, ZoneInfo(current_app.config["TIME_ZONE"])),
        },
    )
    _offer(form, viewer, membership)
    return form


def _offer(form: F, viewer: Viewer, membership: Membership | None = None) -> F:
    managers = memberships.managers_of(viewer.organisation_id)
    profiles = _profiles(viewer)
    if membership is not None:
        managers = managers.where(Membership.id != membership.id)
        if membership.role_profile_key:
            profiles.setdefault(membership.role_profile_key, membership.role_profile_key)
    form.offer(
        units=session().scalars(organisations.units_of(viewer.organisation_id)),
        managers=session().scalars(managers).unique(),
        profiles=profiles,
        roles=memberships.ROLES_IN[Kind(_own(viewer).kind)],
    )
    return form


def _profiles(viewer: Viewer) -> dict[str, str]:
    return dict(current_app.extensions["kunna"].role_profiles(session(), viewer.organisation_id))


def _own(viewer: Viewer) -> Organisation:
    return session().get_one(Organisation, viewer.organisation_id)

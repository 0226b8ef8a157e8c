"""Signing in and out, and who is there when a request comes in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import flask_babel
from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.errors import NotFound
from lms.http import args, is_for_programs, public, see_other, signed_in
from lms.i18n import LANGUAGES, gettext
from lms.identity import keys, signing_in, words
from lms.identity.access import Viewer, current
from lms.identity.forms import SignInForm
from lms.identity.models import Membership, Organisation, Person, Role
from lms.identity.views.blueprint import bp, caller, gate
from lms.identity.views.kept import is_own_path, keep, own_path, read


class SignedIn(UserMixin):
    """Flask-Login's idea of a person: the models know nothing of Flask."""

    def __init__(self, person: Person, memberships: list[Membership]) -> None:
        self.person, self.memberships = person, memberships

    def get_id(self) -> str:
        return f"{self.person.uuid}.{self.person.session_epoch}"


@dataclass(frozen=True, slots=True)
class Belonging:
    """One of the viewer's memberships, in the switcher."""

    id: int
    name: str
    organisation: Organisation
    held: frozenset[Role]

    @property
    def roles(self) -> str:
        return words.of_roles(self.held)


def load_person(id_string: str) -> SignedIn | None:
    """Whom a session belongs to, and where they belong, in one query. None once it has been ended."""
    uuid, _, epoch = id_string.partition(".")
    try:
        wanted = and_(Person.uuid == UUID(uuid), Person.session_epoch == int(epoch), Person.email.is_not(None))
    except ValueError:
        return None
    its = and_(Membership.person_id == Person.id, current())
    rows = (
        db.session()
        .execute(
            select(Person, Membership)
            .outerjoin(Membership, its)
            .where(wanted)
            .options(joinedload(Membership.organisation), joinedload(Membership.held))
            .order_by(Membership.id)
        )
        .unique()
        .all()
    )
    if not rows:
        return None
    return SignedIn(rows[0][0], [membership for _, membership in rows if membership is not None])


def load_viewer() -> ResponseReturnValue | None:
    """Before each request: who is there, and in which of their memberships."""
    g.viewer, g.memberships, g.organisation = None, [], None
    # Files are the same for everyone, and a program shows a key; asking who it is would cost a session and a query.
    view = current_app.view_functions.get(request.endpoint or "")
    is_program = str(getattr(view, "access", "")).startswith("client")
    if request.endpoint == "kunna.static" or is_program:
        return None
    if is_for_programs() and request.authorization is not None:
        _load_by_key(request.authorization.token or "")
        return None
    if not current_user.is_authenticated:
        return None
    memberships = current_user.memberships
    if not memberships:
        return _belongs_nowhere()
    chosen = next((m for m in memberships if m.id == session.get("membership")), memberships[0])
    _act_in(chosen, current_user.person)
    g.memberships = [Belonging(m.id, m.organisation.name, m.organisation, m.roles) for m in memberships]
    return None


def _load_by_key(shown: str) -> None:
    """Nobody is there if the key does not work; a session that is open beside it counts for nothing."""
    membership = keys.membership_behind(db.session(), shown, clock.now())
    if membership is not None:
        _act_in(membership, membership.person)


def _act_in(chosen: Membership, person: Person) -> None:
    g.viewer = Viewer(
        person_id=person.id,
        person_uuid=person.uuid,
        name=person.name,
        language=person.language,
        membership_id=chosen.id,
        organisation_id=chosen.organisation_id,
        roles=chosen.roles,
    )
    g.organisation = chosen.organisation


def _belongs_nowhere() -> ResponseReturnValue | None:
    if _is_open(current_app.view_functions.get(request.endpoint or "")):
        return None
    return render_template("identity/nowhere.html", person=current_user.person), 403


def _is_open(view: Any) -> bool:
    """Public, or nobody's page but the record store's callers'."""
    access = str(getattr(view, "access", "public"))
    return access == "public" or access.startswith("client")


def enter(person: Person) -> None:
    """A new session for the person: nothing of the one before it is left, so none can have been planted."""
    session.clear()
    # Made for the session that has gone.
    g.pop("csrf_token", None)
    login_user(SignedIn(person, []))


def ask_again() -> ResponseReturnValue | None:
    """For a request that cannot go on: nobody is signed in, or its page is too old. None: say so plainly."""
    if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
        return redirect(url_for("kunna.identity.sign_in", next=own_path()), 303)
    if request.endpoint == "kunna.identity.check_password":
        sentence = gettext("The page had been open for too long. Try again.")
        return _sign_in_page(SignInForm(), sentence), 400
    kept = keep()
    if g.viewer is None and not _is_open(current_app.view_functions.get(request.endpoint or "")):
        return _sign_in_page(SignInForm(formdata=None, data={"kept": kept}), ""), 401
    held = read(kept)
    return (render_template("identity/send_again.html", kept=held), 400) if held else None


def _sign_in_page(form: SignInForm, sentence: str) -> str:
    if sentence:
        form.form_errors.append(sentence)
    return render_template("identity/sign_in.html", form=form)


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    given = args("next")
    if g.viewer is not None:
        return see_other("kunna.start.home")
    return _sign_in_page(SignInForm(formdata=None, data={"next": given.get("next", "")}), "")


@bp.post("/sign-in")
@public
def check_password() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, ""), 400
    person = signing_in.sign_in(
        db.session(),
        gate("sign-in", current_app.config["SIGN_IN_LIMIT"]),
        email=form.email.data or "",
        typed=form.password.data or "",
        caller=caller(),
        at=clock.now(),
    )
    if person is None:
        return _sign_in_page(form, gettext("The e-mail address or the password is not right.")), 401
    db.db.session.commit()
    enter(person)
    return _go_on(form, person)


def _go_on(form: SignInForm, person: Person) -> ResponseReturnValue:
    kept = read(form.kept.data)
    if kept is None:
        wanted = form.next.data or ""
        to = request.script_root + wanted if is_own_path(wanted) else url_for("kunna.start.home")
        return redirect(to, 303)
    if not kept.may_be_shown_to(str(person.uuid)):
        flash(gettext("What was being sent belonged to somebody else, and has been thrown away."), "info")
        return see_other("kunna.start.home")
    _become_viewer(person)
    return render_template("identity/send_again.html", kept=kept)


def _become_viewer(person: Person) -> None:
    """For the rest of a request that began with nobody signed in."""
    g._login_user = load_person(SignedIn(person, []).get_id())
    load_viewer()
    flask_babel.refresh()


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    g.pop("csrf_token", None)
    flash(gettext("You have signed out."), "success")
    return see_other(".sign_in")


@bp.post("/sign-out-everywhere")
@signed_in
def sign_out_everywhere(viewer: Viewer) -> ResponseReturnValue:
    signing_in.sign_out_everywhere(db.session(), current_user.person)
    db.db.session.commit()
    session.clear()
    g.pop("csrf_token", None)
    flash(gettext("You have signed out on every device. Your keys for programs have ended."), "success")
    return see_other(".sign_in")


@bp.post("/switch")
@signed_in
def switch(viewer: Viewer) -> ResponseReturnValue:
    """Act in another of one's own memberships. Starts from the first page: this one may not exist there."""
    wanted = request.form.get("membership", type=int)
    if wanted not in {membership.id for membership in g.memberships}:
        raise NotFound(gettext("You do not belong to that organisation."))
    session["membership"] = wanted
    return see_other("kunna.start.home")


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    wanted, back = request.form.get("language", ""), request.form.get("next", "")
    if wanted not in LANGUAGES:
        raise NotFound(gettext("There is no such language here."))
    session["language"] = wanted
    if current_user.is_authenticated:
        current_user.person.language = wanted
        db.db.session.commit()
    return redirect(request.script_root + back if is_own_path(back) else url_for("kunna.start.home"), 303)

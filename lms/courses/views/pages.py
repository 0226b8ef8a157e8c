from dataclasses import dataclass
from pathlib import Path

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms import clock
from lms.courses import learning, notes, standing
from lms.courses.course import Keep, Page
from lms.courses.folder import DOWNLOADS, PICTURES
from lms.courses.standing import InModule
from lms.courses.views.blueprint import Here, bp, here, is_autosave, learner_of, saved
from lms.db import db, session
from lms.errors import NotFound
from lms.http import args, see_other, signed_in
from lms.i18n import gettext as _
from lms.identity.access import Viewer
from lms.identity.models import Membership

# Drawings can hold scripts and styles of their own. Opened by itself, one may style itself and do nothing
# else.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@bp.get("/<key>/<module_key>/<page_key>")
@signed_in
def page(viewer: Viewer, key: str, module_key: str, page_key: str) -> ResponseReturnValue:
    args()
    place = here(key, module_key)
    found = place.edition.page(page_key)
    [stand] = standing.of(session(), viewer.organisation_id, viewer.person_uuid, [place.course])
    shared = notes.may_be_shared(found)
    return render_template(
        "courses/page.html",
        here=place,
        course=place.course,
        module=place.module,
        page=found,
        around=_around(place, found),
        stand=stand.module(module_key),
        note=notes.find(session(), learner_of(viewer), place.course, place.module, found),
        manager=_manager(viewer) if shared else None,
        may_be_shared=shared,
        crumbs=[*place.crumbs, (found.title, None)],
    )


@dataclass(frozen=True, slots=True)
class Around:
    previous: Page | None
    next: Page | None


def _around(place: Here, found: Page) -> Around:
    pages, at = place.edition.pages, place.edition.place(found)
    return Around(pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None)


def _manager(viewer: Viewer) -> str | None:
    """The name of the viewer's manager where they now act."""
    own = session().get(Membership, viewer.membership_id)
    return own.manager.person.name if own and own.manager and own.manager.lasts(clock.now()) else None


@bp.post("/<key>/<module_key>/<page_key>")
@signed_in
def go_on(viewer: Viewer, key: str, module_key: str, page_key: str) -> ResponseReturnValue:
    """The reader goes on: the page is done, what was written on it is kept."""
    place, at, learner = here(key, module_key), clock.now(), learner_of(viewer)
    found = place.edition.page(page_key)
    if found.fields and found.keep is Keep.ACCOUNT:
        notes.save(session(), learner, place.course, place.module, found, _texts(found), at=at)
    learning.read_page(session(), learner, place.course, place.module, found, at=at)
    db.session.commit()
    [stand] = standing.of(session(), viewer.organisation_id, viewer.person_uuid, [place.course])
    return redirect(_onwards(place, found, stand.module(module_key)), 303)


def _onwards(place: Here, found: Page, stand: InModule) -> str:
    following = _around(place, found).next
    if following is not None:
        return url_for(".page", **place.keys, page_key=following.key)
    if place.edition.quiz is not None and not stand.is_completed:
        return url_for(".quiz", **place.keys)
    return url_for(".module", **place.keys)


def _texts(found: Page) -> dict[str, str]:
    return {field.key: request.form.get(f"note.{field.key}", "") for field in found.fields}


@bp.post("/<key>/<module_key>/<page_key>/note")
@signed_in
def note(viewer: Viewer, key: str, module_key: str, page_key: str) -> ResponseReturnValue:
    place = here(key, module_key)
    found = place.edition.page(page_key)
    learner = learner_of(viewer)
    notes.save(session(), learner, place.course, place.module, found, _texts(found), at=clock.now())
    db.session.commit()
    return saved() if is_autosave() else see_other(".page", **place.keys, page_key=page_key)


@bp.post("/<key>/<module_key>/<page_key>/sharing")
@signed_in
def sharing(viewer: Viewer, key: str, module_key: str, page_key: str) -> ResponseReturnValue:
    """Share a reflection with one's manager, as it stands in the form, or take it back."""
    place, at, learner = here(key, module_key), clock.now(), learner_of(viewer)
    found = place.edition.page(page_key)
    notes.save(session(), learner, place.course, place.module, found, _texts(found), at=at)
    if request.form.get("shared") == "yes":
        notes.share(session(), learner, place.course, place.module, found, at=at)
    else:
        notes.take_back(session(), learner, place.course, place.module, found)
    db.session.commit()
    return see_other(".page", **place.keys, page_key=page_key, _anchor="sharing")


@bp.get("/<key>/<module_key>/media/<path:name>")
@signed_in
def media(_viewer: Viewer, key: str, module_key: str, name: str) -> Response:
    args()
    path = here(key, module_key).module.media.get(name)
    if path is None:
        raise NotFound(_("There is no such file."))
    return _file(path)


def _file(path: Path) -> Response:
    kind = path.suffix.lower()
    fetched = kind in DOWNLOADS
    response = send_file(path, (PICTURES | DOWNLOADS)[kind], as_attachment=fetched)
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    # Not for a cache that others share: courses are for those who have signed in.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response

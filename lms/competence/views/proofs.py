"""Proof that people hand in, and what their manager says of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID, uuid4

from flask import Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from lms import clock
from lms.competence import opening, words
from lms.competence.proofs import content, deciding, form, listing
from lms.competence.proofs.listing import Proof, State
from lms.competence.shown import ending, level_rules
from lms.competence.views.blueprint import bp, competences_by_group, frameworks, id_of_form, iri_base, zone
from lms.db import db, session
from lms.errors import Invalid, NotFound, Problem
from lms.frameworks.framework import HIGHEST
from lms.http import args, roles, see_other, signed_in
from lms.i18n import gettext, local
from lms.identity import looks
from lms.identity.access import Viewer
from lms.identity.looks import Looked
from lms.identity.models import Role
from lms.xapi import attachments
from lms.xapi.files import Received
from lms.xapi.shelf import Lost, shelf

# A file to be kept, not opened here: somebody else has made it.
SHUT_IN: Final = "default-src 'none'; sandbox"
LEVELS: Final = range(1, HIGHEST + 1)


@bp.url_value_preprocessor
def _limit(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the form."""
    if endpoint is not None and endpoint.endswith(".proof_present"):
        request.max_content_length = content.MOST_RECEIVED


@bp.get("/proofs")
@signed_in
def proofs(viewer: Viewer) -> ResponseReturnValue:
    args()
    found, at = listing.of(session(), viewer, base=iri_base()), clock.now()
    looks.note(session(), viewer, [proof.person_uuid for proof in found], Looked.PROOFS, at)
    return render_template(
        "competence/proofs.html",
        mine=[proof for proof in found if proof.person_uuid == viewer.person_uuid],
        team=[proof for proof in found if proof.person_uuid != viewer.person_uuid],
        endings=ending.soon(session(), viewer, at=at),
        State=State,
        frameworks=frameworks(),
        at=at,
        words=words,
    )


@bp.get("/proofs/new")
@signed_in
def proof_new(viewer: Viewer) -> ResponseReturnValue:
    wanted = args("competence", "level", "back", "replaces")
    if replaced := _own(viewer, wanted.get("replaces", "")):
        typed = form.filled(replaced, zone()) | {"id": str(uuid4()), "replaces": str(replaced.id)}
        return _new(viewer, typed, [], (replaced.file.sha2, replaced.file.content_type))
    typed = {
        "competence:0": wanted.get("competence", ""),
        "level:0": wanted.get("level", ""),
        "back": wanted.get("back", ""),
        "id": str(uuid4()),
    }
    return _new(viewer, typed, [], None)


@bp.post("/proofs/new")
@signed_in
def proof_present(viewer: Viewer) -> ResponseReturnValue:
    at, id = clock.now(), id_of_form(request.form.get("id", ""))
    if deciding.is_there(session(), viewer, id):
        return see_other(".proof", id=id)
    today = at.astimezone(zone()).date()
    replaced = _own(viewer, request.form.get("replaces", ""))
    said, problems = form.parse(request.form, frameworks(), person=viewer.name, today=today, zone=zone())
    with _sent(viewer) as (file, missing):
        if file is not None:
            _shelve(viewer, file)
        if said is None or file is None:
            return _new(viewer, request.form.to_dict(), missing + problems, _kept(file)), 400
        url = current_app.config["SITE_URL"] + url_for(".proof_file", id=id)
        deciding.present(session(), viewer, id, said, file, replaced, url=url, base=iri_base(), at=at)
    db.session.commit()
    flash(gettext("Your proof has been handed in. Your manager looks at it before it counts."), "success")
    what, _, number = request.form.get("back", "").partition("/")
    return see_other(".step", what=what, number=int(number)) if number.isdigit() else see_other(".proof", id=id)


def _own(viewer: Viewer, text: str) -> Proof | None:
    """One that the viewer has handed in, which this one corrects; None if it corrects none."""
    if not text:
        return None
    try:
        found = listing.get(session(), viewer, UUID(text), base=iri_base())
    except ValueError:
        found = None
    if found is None or found.person_uuid != viewer.person_uuid:
        raise NotFound(gettext("There is no such proof."))
    return found


# The hash and the media type of a file on the shelf.
Kept = tuple[str, str]


def _kept(file: Received | None) -> Kept | None:
    if file is None:
        return None
    [kind] = file.types
    return file.sha2, kind


def _new(viewer: Viewer, typed: dict[str, str], problems: list[Problem], kept: Kept | None) -> str:
    return render_template(
        "competence/proof_new.html",
        typed=typed,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        kept=_ticket(viewer, kept) if kept is not None else "",
        groups=competences_by_group(viewer, viewer.person_uuid),
        places=form.PLACES,
        levels=LEVELS,
        accepted=",".join(content.ENDINGS),
        megabytes=content.MOST_MEGABYTES,
        today=clock.now().astimezone(zone()).date(),
        words=words,
    )


@contextmanager
def _sent(viewer: Viewer) -> Iterator[tuple[Received | None, list[Problem]]]:
    file, problems = _file(viewer)
    try:
        yield file, problems
    finally:
        if file is not None:
            file.close()


def _file(viewer: Viewer) -> tuple[Received | None, list[Problem]]:
    """The file that came with the form, or the one that came before something else turned out to be wrong."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        try:
            return content.received(sent.stream), []
        except Invalid as invalid:
            return None, invalid.problems
    if ticket := request.form.get("kept", ""):
        return _fetched(viewer, ticket)
    return None, [Problem("file", gettext("Choose a file or take a picture."))]


def _fetched(viewer: Viewer, ticket: str) -> tuple[Received | None, list[Problem]]:
    again = [Problem("file", gettext("The file is no longer here. Choose it again."))]
    try:
        person, organisation_id, sha2, kind = _signer().loads(ticket)
    except BadData:
        return None, again
    if (person, organisation_id) != (str(viewer.person_uuid), viewer.organisation_id):
        return None, again
    file = Received(sha2)
    file.types.add(kind)
    try:
        for piece in shelf(current_app.config["ATTACHMENTS_URL"]).read(f"{organisation_id}/{sha2}"):
            file.write(piece)
    except Lost:
        file.close()
        return None, again
    return file, []


def _shelve(viewer: Viewer, file: Received) -> None:
    """On the shelf before anything is recorded, with a commit of its own (see `attachments`). What is not handed in
    within a day is taken away."""
    needed = {file.sha2: file}
    attachments.announce(session(), viewer.organisation_id, needed, clock.now())
    db.session.commit()
    attachments.put(shelf(current_app.config["ATTACHMENTS_URL"]), viewer.organisation_id, needed)


def _ticket(viewer: Viewer, kept: Kept) -> str:
    return str(_signer().dumps([str(viewer.person_uuid), viewer.organisation_id, *kept]))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="kunna-proof")


@bp.get("/proofs/<uuid:id>")
@signed_in
def proof(viewer: Viewer, id: UUID) -> ResponseReturnValue:
    args()
    return _page(viewer, _one(viewer, id), {}, [])


@bp.post("/proofs/<uuid:id>/decision")
@roles(Role.MANAGER)
def proof_decide(viewer: Viewer, id: UUID) -> ResponseReturnValue:
    found = _one(viewer, id)
    try:
        levels, text = form.parse_decision(found.claim.levels, request.form)
    except Invalid as invalid:
        return _page(viewer, found, request.form.to_dict(), invalid.problems), 400
    deciding.decide(session(), viewer, found, levels, text, base=iri_base(), at=clock.now())
    db.session.commit()
    said = gettext("Confirmed. It counts now.") if levels else gettext("Saved. It is not confirmed, and shows nothing.")
    flash(said, "success")
    return see_other(".proof", id=id)


def _one(viewer: Viewer, id: UUID) -> Proof:
    found = listing.get(session(), viewer, id, base=iri_base())
    looks.note(session(), viewer, [found.person_uuid], Looked.PROOFS, clock.now())
    return found


def _page(viewer: Viewer, found: Proof, typed: dict[str, str], problems: list[Problem]) -> str:
    return render_template(
        "competence/proof.html",
        proof=found,
        competences=frameworks().known(found.claim.levels),
        state=found.state(clock.now()),
        State=State,
        is_self=found.person_uuid == viewer.person_uuid,
        may_decide=deciding.may_decide(viewer, found),
        shows_why=opening.shows_evidence(session(), viewer, found.person_uuid),
        typed=typed,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        levels=LEVELS,
        rule=level_rules.rule_of(session(), viewer.organisation_id, clock.now()),
        frameworks=frameworks(),
        words=words,
    )


@bp.get("/proofs/<uuid:id>/file")
@signed_in
def proof_file(viewer: Viewer, id: UUID) -> ResponseReturnValue:
    args()
    file = _one(viewer, id).file
    place = shelf(current_app.config["ATTACHMENTS_URL"])
    length, pieces = attachments.open_attachment(session(), place, [viewer.organisation_id], file.sha2)
    response = Response(pieces, mimetype=file.content_type)
    response.content_length = length
    ending = content.ENDINGS[file.content_type]
    response.headers["Content-Disposition"] = f'attachment; filename="{id.hex[:8]}.{ending}"'
    response.headers["Content-Security-Policy"] = SHUT_IN
    return response


@bp.get("/proofs/<uuid:id>/withdraw")
@signed_in
def proof_withdraw(viewer: Viewer, id: UUID) -> ResponseReturnValue:
    args()
    found = _one(viewer, id)
    title = local(found.title)
    return render_template(
        "competence/withdraw.html",
        title=title,
        consequence=gettext(
            "It then shows nothing any more, and your levels are what the rest of the evidence says. What your manager "
            "has said about it goes as well, and the file is removed. To have it back you must hand it in again."
        ),
        crumbs=[
            (gettext("Competence"), url_for(".mine")),
            (gettext("Proofs"), url_for(".proofs")),
            (title, url_for(".proof", id=id)),
        ],
        withdraw_url=url_for(".proof_withdraws", id=id),
        keep_url=url_for(".proof", id=id),
    )


@bp.post("/proofs/<uuid:id>/withdraw")
@signed_in
def proof_withdraws(viewer: Viewer, id: UUID) -> ResponseReturnValue:
    found = _one(viewer, id)
    deciding.withdraw(session(), viewer, found, base=iri_base(), at=clock.now())
    db.session.commit()
    flash(gettext("It has been withdrawn, and the file is gone."), "success")
    return see_other(".proofs")

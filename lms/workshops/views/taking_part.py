"""Taking part from a phone, with a code and no account. Every form works without scripts, and can be sent twice."""

import secrets
from typing import Any, Final
from uuid import uuid4

from flask import current_app, flash, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from limits import parse

from lms import clock
from lms.competence import words as levels
from lms.db import db, session
from lms.errors import Conflict, Invalid, NotFound, Problem, TooMany
from lms.http import args, public, see_other
from lms.i18n import gettext
from lms.workshops import items, running, voting, words
from lms.workshops.agenda import Kind, Step, part
from lms.workshops.models import Seat, Workshop
from lms.workshops.views.blueprint import bp, fragment, frameworks, is_known, tag, unchanged

# Codes that are nobody's, from one address; a room full of phones shares one.
WRONG_CODES: Final = parse("60 per 15 minutes")
# What a phone remembers of workshops.
SEATS_KEPT: Final = 10


@bp.get("/join")
@public
def join() -> ResponseReturnValue:
    args()
    return render_template("workshops/join.html", code="", problems=[])


@bp.post("/join")
@public
def sit_down() -> ResponseReturnValue:
    """A seat for this phone, by which nobody can tell whose it is."""
    code = request.form.get("code", "")
    try:
        workshop = _workshop(code)
    except NotFound as unknown:
        return render_template("workshops/join.html", code=code, problems=[Problem("code", str(unknown))]), 404
    seats = dict(cookie.get("seats", {}))
    token = seats.setdefault(str(workshop.uuid), secrets.token_urlsafe(16))
    cookie["seats"] = dict(list(seats.items())[-SEATS_KEPT:])
    voting.sit_down(session(), workshop, token)
    running.touch(workshop, clock.now())
    db.session.commit()
    return see_other(".take_part", code=workshop.code)


@bp.get("/join/<code>")
@public
def take_part(code: str) -> ResponseReturnValue:
    args()
    workshop = _workshop(code)
    if _seat(workshop) is None:
        return render_template("workshops/join.html", code=workshop.code, workshop=workshop, problems=[])
    return _page(workshop, {}, [])


@bp.get("/join/<code>/now")
@public
def now(code: str) -> ResponseReturnValue:
    """What has come in, for a page that asks again and again."""
    args()
    workshop = _workshop(code)
    if is_known(known := tag(workshop)):
        return unchanged(known)
    return fragment(render_template("workshops/_contributions.html", **_surroundings(workshop)), known)


@bp.post("/join/<code>/say")
@public
def say(code: str) -> ResponseReturnValue:
    workshop = _workshop(code)
    _ask_for_seat(workshop)
    try:
        given = items.parse(request.form, workshop, frameworks(workshop))
        if items.take(session(), workshop, given):
            running.touch(workshop, clock.now())
            flash(gettext("It has come in."), "success")
        db.session.commit()
    except (Invalid, Conflict) as error:
        return _refused(workshop, error)
    return _taken(workshop)


@bp.post("/join/<code>/vote")
@public
def vote(code: str) -> ResponseReturnValue:
    workshop = _workshop(code)
    seat = _ask_for_seat(workshop)
    votable = {one.item.id for one in items.shown(session(), workshop) if one.item.kind == Kind.COMPETENCE}
    try:
        voting.vote(workshop, seat, *voting.parse(request.form, workshop, votable))
        running.touch(workshop, clock.now())
        db.session.commit()
    except (Invalid, Conflict) as error:
        return _refused(workshop, error)
    flash(gettext("Your dots have come in. You can change them while voting is open."), "success")
    return _taken(workshop)


def _taken(workshop: Workshop) -> ResponseReturnValue:
    if "X-Queued" in request.headers:
        cookie.pop("_flashes", None)
        return "", 204
    return see_other(".take_part", code=workshop.code)


def _refused(workshop: Workshop, error: Invalid | Conflict) -> ResponseReturnValue:
    if "X-Queued" in request.headers:
        raise error
    problems = error.problems if isinstance(error, Invalid) else [Problem("", str(error))]
    return _page(workshop, request.form, problems), 409 if isinstance(error, Conflict) else 400


def _workshop(code: str) -> Workshop:
    limiter, caller = current_app.extensions["kunna"].limiter, request.remote_addr or ""
    if not limiter.test(WRONG_CODES, "workshop", caller):
        raise TooMany(gettext("There have been too many wrong codes. Wait a while and try again."), 900)
    workshop = running.by_code(session(), code)
    if workshop is None:
        limiter.hit(WRONG_CODES, "workshop", caller)
        raise NotFound(gettext("No workshop has this code now. Look at the screen and type it again."))
    return workshop


def _seat(workshop: Workshop) -> Seat | None:
    return voting.seat(session(), workshop, cookie.get("seats", {}).get(str(workshop.uuid)))


def _ask_for_seat(workshop: Workshop) -> Seat:
    seat = _seat(workshop)
    if seat is None:
        raise NotFound(gettext("Join the workshop first, with its code."))
    return seat


def _page(workshop: Workshop, filled: Any, problems: list[Problem]) -> str:
    seat = _seat(workshop)
    return render_template(
        "workshops/take_part.html",
        filled=filled,
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        key=filled.get("key") or uuid4().hex,
        seat=seat,
        frameworks=frameworks(workshop),
        **_surroundings(workshop),
    )


def _surroundings(workshop: Workshop) -> dict[str, Any]:
    shown = [one for one in items.shown(session(), workshop) if not one.item.is_hidden]
    here, sums = part(workshop.step), voting.sums(session(), workshop) if workshop.is_counted else None
    kind = Kind.COMPETENCE if here.step in (Step.VOTE, Step.DECIDE) or sums is not None else here.gives
    its = [one for one in shown if one.item.kind == kind]
    if sums is not None:
        its.sort(key=lambda one: -sums[one.item.id])
    return {
        "workshop": workshop,
        "part": here,
        "shown": its,
        "ground": [one for one in shown if one.item.kind == here.builds_on],
        "sums": sums,
        "find": frameworks(workshop).find,
        "words": words,
        "levels": levels,
    }

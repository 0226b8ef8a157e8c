"""What a page shows, for programs: /api/v1/map beside /competence/map, with the same parameters."""

from datetime import datetime
from math import ceil
from typing import Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from limits import parse

from lms import clock
from lms.errors import Invalid, Problem, TooMany
from lms.http import PROGRAMS, args, for_programs, public, roles, signed_in
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.reports import description, sent
from lms.reports.catalogue import OFFERS, Named, Offer
from lms.reports.views.making import make

bp = Blueprint("api", "lms.reports.api", url_prefix=PROGRAMS)

_JSON: Final = "application/json"


@bp.get("/openapi.json")
@for_programs
@public
def openapi() -> ResponseReturnValue:
    args()
    return description.document(current_app.config["SITE_URL"]), {"Access-Control-Allow-Origin": "*"}


def _offer(offer: Offer) -> None:
    def answer(viewer: Viewer, /, **named: Named) -> ResponseReturnValue:
        at = clock.now()
        _admit(viewer, at)
        wanted = args("table", "offset", "limit", *offer.parameters)
        offset, limit = wanted.pop("offset", ""), wanted.pop("limit", "")
        rows = _rows(offset, limit)
        report = make(offer, viewer, wanted, named)

        def where(table: str, start: int) -> str:
            query = wanted | {"table": table, "offset": str(start), "limit": str(rows[1])}
            return f"{request.script_root}{request.path}?{urlencode(query)}"

        body = msgspec.json.encode(sent.answer(report, at, where, offset=rows[0], limit=rows[1]))
        return current_app.response_class(body, content_type=_JSON)

    guard = signed_in if offer.roles is None else roles(*offer.roles)
    bp.add_url_rule(f"/{offer.path}", offer.key, for_programs(guard(answer)))


def _admit(viewer: Viewer, at: datetime) -> None:
    """A report of many people takes seconds; nobody may keep a server busy with them."""
    text = current_app.config["API_RATE_LIMIT"]
    if not text:
        return
    limit, limiter, whose = parse(text), current_app.extensions["kunna"].limiter, ("api", str(viewer.person_id))
    if not limiter.hit(limit, *whose):
        seconds = max(1, ceil(limiter.get_window_stats(limit, *whose).reset_time - at.timestamp()))
        raise TooMany(gettext("There have been too many requests. Try again in %(num)s s.", num=seconds), seconds)


def _rows(offset: str, limit: str) -> tuple[int, int]:
    first, most = _whole(offset, 0), _whole(limit, sent.USUAL_ROWS)
    problems = []
    if first is None:
        problems.append(Problem("offset", gettext("Give a whole number, 0 or more.")))
    if most is None or not 1 <= most <= sent.MOST_ROWS:
        sentence = gettext("Give a whole number from 1 to %(most)s.", most=sent.MOST_ROWS)
        problems.append(Problem("limit", sentence))
    if first is None or most is None or problems:
        raise Invalid(problems)
    return first, most


def _whole(text: str, usual: int) -> int | None:
    if not text:
        return usual
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


for one in OFFERS:
    _offer(one)

"""What holds for all documents over HTTP (Communication 2.2, 3.1): conditions, contents, and how they are shown."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ETags

from lms import clock
from lms.db import db, session
from lms.errors import Invalid, Problem
from lms.xapi import documents
from lms.xapi.clients import Client
from lms.xapi.documents import About, Conditions, Content, Name, Tags, Unconditional
from lms.xapi.views import asking
from lms.xapi.views.alternate import FORM
from lms.xapi.views.edge import strict


def about(caller: Client, given: Mapping[str, str], *names: str) -> About:
    """What the documents are about. They are those of the client's own organisation, also for one that sees below:
    what GET shows under an address is what PUT there replaces."""
    activity = asking.needed(asking.iri(given, "activityId"), "activityId") if "activityId" in names else None
    agent = asking.needed(asking.agent(given, "agent"), "agent").key if "agent" in names else None
    return About(caller.organisation_id, activity=activity, agent=agent)


def name(given: Mapping[str, str], id: str) -> Name:
    text = asking.needed(given.get(id), id)
    # PostgreSQL has no text with NUL in it.
    if not text or "\x00" in text:
        raise Invalid([Problem(id, "must be an id, and cannot hold the character NUL.")])
    return Name(text, asking.identifier(given, "registration"))


def put(where: About, which: Name, *, unconditional: Unconditional) -> tuple[str, int]:
    """What is `unconditional` by the rules of 1.0.3."""
    documents.put(
        session(),
        where,
        which,
        _content(),
        conditions=_conditions(),
        unconditional=Unconditional.WHAT_IS_NEW if strict() else unconditional,
        most=_most(),
        at=clock.now(),
    )
    db.session.commit()
    return "", 204


def post(where: About, which: Name) -> tuple[str, int]:
    if request.mimetype == FORM:
        raise Invalid([Problem("Content-Type", f"must not be {FORM}, unless there is a parameter “method”.")])
    documents.post(session(), where, which, _content(), conditions=_conditions(), most=_most(), at=clock.now())
    db.session.commit()
    return "", 204


def delete(where: About, which: Name) -> tuple[str, int]:
    documents.remove(session(), where, which, conditions=_conditions())
    db.session.commit()
    return "", 204


def delete_all(where: About, registration: UUID | None) -> tuple[str, int]:
    documents.remove_all(session(), where, registration=registration, conditions=_conditions())
    db.session.commit()
    return "", 204


def show(where: About, which: Name) -> ResponseReturnValue:
    kept = documents.get(session(), where, which)
    return shown(kept.contents, kept.content_type, kept.updated)


def show_ids(where: About, given: Mapping[str, str]) -> ResponseReturnValue:
    """Communication 2.2: with several, “when the most recently modified document was last modified”."""
    found = documents.ids(
        session(),
        where,
        registration=asking.identifier(given, "registration"),
        since=asking.time(given, "since", strict=strict()),
    )
    return shown(documents.listed(found), "application/json", found[-1][1] if found else None)


def shown(contents: bytes, content_type: str, updated: datetime | None = None) -> ResponseReturnValue:
    """Communication 3.1: “An LRS responding to a GET request MUST add an ETag HTTP header to the response.”"""
    response = Response(contents, content_type=content_type)
    response.set_etag(documents.tag(contents))
    if updated is not None:
        response.last_modified = updated
    return response.make_conditional(request)


def _content() -> Content:
    return Content(request.headers.get("Content-Type") or "application/octet-stream", request.get_data())


def _conditions() -> Conditions:
    """RFC 2616, 13.3.3: If-Match compares strongly, so a weak tag matches nothing there."""
    return Conditions(
        match=_tags(request.if_match, weak=False) if "If-Match" in request.headers else None,
        none_match=_tags(request.if_none_match, weak=True) if "If-None-Match" in request.headers else None,
    )


def _tags(given: ETags, *, weak: bool) -> Tags:
    return Tags(frozenset(given.as_set(include_weak=weak)), every=given.star_tag)


def _most() -> int:
    return int(current_app.config["XAPI_MAX_DOCUMENT"])

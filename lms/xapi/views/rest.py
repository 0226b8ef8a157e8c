"""Addresses that nobody has, and methods that an address does not take."""

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from lms.errors import NotFound
from lms.xapi.clients import Client
from lms.xapi.views.edge import bp, client

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
RESOURCES = {
    "about",
    "activities",
    "activities/profile",
    "activities/state",
    "agents",
    "agents/profile",
    "statements",
}


@bp.route("/", methods=METHODS, defaults={"rest": ""}, strict_slashes=False)
@bp.route("/<path:rest>", methods=METHODS)
@client()
def nowhere(_caller: Client, rest: str) -> ResponseReturnValue:
    if rest in RESOURCES:
        raise MethodNotAllowed(description="This address does not take that method.")
    raise NotFound("The standard has no such resource.")

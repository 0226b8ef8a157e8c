"""Addresses that the standard has and this store does not answer yet, and those that nobody has."""

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from lms.errors import NotFound
from lms.xapi.clients import Client
from lms.xapi.views.edge import bp, client, unsupported

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


@bp.route("/agents", methods=METHODS)
@bp.route("/agents/profile", methods=METHODS)
@bp.route("/activities", methods=METHODS)
@bp.route("/activities/profile", methods=METHODS)
@bp.route("/activities/state", methods=METHODS)
@client()
def documents(_caller: Client) -> ResponseReturnValue:
    raise unsupported("The store keeps statements; it has no documents, agents or activities to give out.")


@bp.route("/<path:rest>", methods=METHODS)
@client()
def nowhere(_caller: Client, rest: str) -> ResponseReturnValue:
    if rest in {"statements", "about"}:
        raise MethodNotAllowed(description="This address does not take that method.")
    raise NotFound("The standard has no such resource.")

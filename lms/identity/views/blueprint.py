from flask import Blueprint, current_app, request

from lms.identity.letters import Site, site_of
from lms.identity.signing_in import Gate

bp = Blueprint("identity", "lms.identity", template_folder="templates")

# Letters with a link that one address may be sent. Few: whoever asks need not be whoever gets them.
LETTERS_LIMIT = "5 per hour"


def site() -> Site:
    return site_of(current_app.config)


def gate(kind: str, limit: str) -> Gate:
    return Gate(current_app.extensions["kunna"].limiter, limit, kind)


def caller() -> str:
    return request.remote_addr or "unknown"

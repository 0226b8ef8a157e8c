"""The description of what programs can ask, for programs."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from lms.http import args, public
from lms.xapi.describing.document import document

bp = Blueprint("description", __name__)


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    args()
    return document(current_app.config["SITE_URL"]), {"Access-Control-Allow-Origin": "*"}

from flask import Blueprint, current_app, g

from lms.db import session
from lms.frameworks.framework import Frameworks

bp = Blueprint("frameworks", "lms.frameworks", url_prefix="/competence", template_folder="templates")


def frameworks() -> Frameworks:
    """Those that the organisation which the viewer acts in can use."""
    if "frameworks" not in g:
        g.frameworks = current_app.extensions["kunna"].known.at(session(), g.viewer.organisation_id)
    known: Frameworks = g.frameworks
    return known

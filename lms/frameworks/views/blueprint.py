from flask import Blueprint, current_app

from lms.frameworks.framework import Frameworks

bp = Blueprint("frameworks", "lms.frameworks", url_prefix="/competence", template_folder="templates")


def frameworks() -> Frameworks:
    known: Frameworks = current_app.extensions["kunna"].frameworks
    return known

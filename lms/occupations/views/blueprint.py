from flask import Blueprint

bp = Blueprint("occupations", "lms.occupations", url_prefix="/competence/occupations", template_folder="templates")

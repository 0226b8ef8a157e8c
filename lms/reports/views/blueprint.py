from flask import Blueprint

bp = Blueprint("reports", "lms.reports", url_prefix="/reports", template_folder="templates")

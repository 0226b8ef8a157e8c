"""Files of what pages show, and the same as JSON for programs."""

from lms.reports.views import api, files
from lms.reports.views.blueprint import bp

__all__ = ["api", "bp", "files"]

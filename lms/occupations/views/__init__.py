"""Occupations, looked for and looked at."""

from lms.occupations.views import pages
from lms.occupations.views.blueprint import bp

__all__ = ["bp", "pages"]

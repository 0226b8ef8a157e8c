"""The frameworks as they stand, and where they come from."""

from lms.frameworks.views import bringing, own, pages
from lms.frameworks.views.blueprint import bp

__all__ = ["bp", "bringing", "own", "pages"]

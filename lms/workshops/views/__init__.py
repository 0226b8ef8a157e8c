"""Leading a workshop, taking part in one, and what it came to."""

from lms.workshops.views import deciding, leading, taking_part
from lms.workshops.views.blueprint import bp

__all__ = ["bp", "deciding", "leading", "taking_part"]

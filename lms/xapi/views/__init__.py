"""The record store over HTTP, as the standard describes it (Communication 2)."""

from lms.xapi.views import about, recording, rest, statements
from lms.xapi.views.edge import bp

__all__ = ["about", "bp", "recording", "rest", "statements"]

"""The record store over HTTP, as the standard describes it (Communication 2)."""

from lms.xapi.views import about, activities, agents, profiles, recording, rest, state, statements
from lms.xapi.views.edge import bp

__all__ = ["about", "activities", "agents", "bp", "profiles", "recording", "rest", "state", "statements"]

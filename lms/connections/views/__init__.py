"""The programs of an organisation, what they have sent and what of it counts; what has been recorded about oneself."""

from lms.connections.views import aliases, programs, rules, statements, uncounted
from lms.connections.views.blueprint import bp

__all__ = ["aliases", "bp", "programs", "rules", "statements", "uncounted"]

"""The programs of an organisation, what they have sent, and what has been recorded about oneself."""

from lms.connections.views import programs, statements
from lms.connections.views.blueprint import bp

__all__ = ["bp", "programs", "statements"]

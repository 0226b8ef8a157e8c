"""The talk as the two meet it, and their goals."""

from lms.talks.views import goals, talks
from lms.talks.views.blueprint import bp

__all__ = ["bp", "goals", "talks"]

"""The catalogue, courses and their pages, quizzes, and a manager's team."""

from lms.courses.views import catalogue, pages, quiz, team
from lms.courses.views.blueprint import bp

__all__ = ["bp", "catalogue", "pages", "quiz", "team"]

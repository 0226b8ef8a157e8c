"""Signing in, my data, people and the project."""

from lms.identity.views import bringing, me, passwords, people, project
from lms.identity.views.arriving import ask_again, load_person, load_viewer
from lms.identity.views.blueprint import bp

__all__ = [
    "ask_again",
    "bp",
    "bringing",
    "load_person",
    "load_viewer",
    "me",
    "passwords",
    "people",
    "project",
]

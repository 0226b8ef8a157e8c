"""Signing in, my data, people and the project."""

from lms.identity.views import bringing, keys, me, passwords, people, privacy, project, seen
from lms.identity.views.arriving import ask_again, load_person, load_viewer
from lms.identity.views.blueprint import bp
from lms.identity.views.seen import write_looks

__all__ = [
    "ask_again",
    "bp",
    "bringing",
    "keys",
    "load_person",
    "load_viewer",
    "me",
    "passwords",
    "people",
    "privacy",
    "project",
    "seen",
    "write_looks",
]

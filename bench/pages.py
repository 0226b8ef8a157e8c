from collections.abc import Callable
from typing import Any

from flask import Flask, g, template_rendered
from jinja2 import Template

from bench.measure import Figure, ratio
from bench.world import COMPETENCES, PAGES, PEOPLE, TEAMS, world


def course_page() -> Figure:
    """What a learner sees first of a large course: its contents, and how far she has come."""
    built = world()
    beside = f"a course of {PAGES} pages, signed in, {built.sizes}"
    return page("course page", 4, beside, built.people[0], "/courses/stora-kursen")


def map_page() -> Figure:
    """A manager's map."""
    built = world()
    beside = f"{PEOPLE // TEAMS} people × {COMPETENCES} competences, {built.sizes}"
    return page("map page", 3, beside, built.managers[0], "/competence/map")


def page(name: str, limit: float, beside: str, person: Any, address: str) -> Figure:
    """A page as it is asked for, against rendering its template from values that are in memory already."""
    built = world()
    client = built.sign_in(person)

    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, answer.status

    template, values = shown(built.app, ask)

    def render() -> None:
        with built.app.test_request_context(address):
            g.viewer = values["viewer"]
            template.render(values)

    return ratio(name, limit, beside, ask, render)


def shown(app: Flask, ask: Callable[[], None]) -> tuple[Template, dict[str, Any]]:
    """The template that a request renders, and what it is given."""
    seen: list[tuple[Template, dict[str, Any]]] = []

    def keep(_app: Flask, template: Template, context: dict[str, Any], **_rest: Any) -> None:
        seen.append((template, context))

    with template_rendered.connected_to(keep, app):
        ask()
    return seen[0]

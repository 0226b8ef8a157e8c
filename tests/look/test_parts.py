"""The parts that templates share: what they say to those who cannot see them, and how they take odd input."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, get_template_attribute
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import DataRequired, Optional

from lms.app import create_app
from lms.errors import Problem
from tests.conftest import TEST_SETTINGS


class Invitation(FlaskForm):
    name = StringField("Name", [DataRequired("Write the name.")], description="As on the certificate.")
    note = StringField("Note", [Optional()])
    role = RadioField("Role", [DataRequired("Choose a role.")], choices=["learner", "manager"])
    told = BooleanField("They know", [DataRequired("Tell them first.")])


class Parts:
    """Every macro, called with values, gives its HTML."""

    def __getattr__(self, name: str) -> Any:
        macro = get_template_attribute("kunna/_ui.html", name)
        return lambda *args, **kwargs: str(macro(*args, **kwargs))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture(scope="module")
def idle_app() -> Flask:
    return create_app(**TEST_SETTINGS, DATABASE_URL="sqlite://")


@pytest.fixture
def ui(idle_app: Flask) -> Iterator[Parts]:
    with idle_app.test_request_context(headers={"Accept-Language": "en"}):
        yield Parts()


class TestMapCell:
    def test_it_works(self, ui):
        cell = ui.map_cell({"current": 2, "required": 3, "url": "/why"})
        assert 'href="/why"' in cell
        assert "gap-1" in cell
        assert "Level 2, 3 required" in words(cell)

    @pytest.mark.parametrize(
        ("current", "required", "step"),
        [(3, 3, 0), (4, 1, 0), (2.9, 3, 1), (2, 3, 1), (1.5, 3, 2), (1, 4, 3), (0, 4, 4), (0, None, 0)],
    )
    def test_the_shade_and_the_shape_grow_by_the_levels_missing(self, ui, current, required, step):
        cell = ui.map_cell({"current": current, "required": required})
        assert re.findall(r"gap-(\d)", cell) == [str(step)] * bool(step)
        assert ("<circle" in cell) == bool(step)

    def test_not_assessed_is_not_zero(self, ui):
        unknown, zero = (ui.map_cell({"current": level, "required": 2}) for level in (None, 0))
        assert "is-unknown" in unknown
        assert "– Not assessed, 2 required" in words(unknown)
        assert "gap-" not in unknown
        assert "is-unknown" not in zero

    def test_old_and_few_are_said_in_words(self, ui):
        cell = words(ui.map_cell({"current": 2, "required": 2, "old": True, "few": True}))
        assert "Old evidence" in cell
        assert "Few sources" in cell

    def test_that_two_see_it_differently_is_said_in_words(self, ui):
        cell = ui.map_cell({"current": 2, "required": 2, "apart": True})
        assert "Two or more levels apart" in words(cell)
        assert "is-apart" in cell

    def test_what_is_not_assessed_is_neither_old_nor_from_few(self, ui):
        cell = ui.map_cell({"current": None, "required": 2, "old": True, "few": True})
        assert "is-old" not in cell
        assert "is-few" not in cell


class TestProfileBar:
    def test_it_works(self, ui):
        bar = ui.profile_bar(2, 3)
        assert 'aria-label="Level 2, 3 required"' in bar
        assert 'width="50.0%"' in bar
        assert 'x="75.0%"' in bar

    def test_not_assessed_has_no_bar(self, ui):
        bar = ui.profile_bar(None, 3)
        assert 'aria-label="Not assessed"' in bar
        assert "bar-level" not in bar

    def test_nothing_required_has_no_mark(self, ui):
        assert "bar-target" not in ui.profile_bar(2)


class TestForm:
    def filled(self, **values: str) -> Invitation:
        form = Invitation(data=values, meta={"csrf": False})
        form.validate()
        return form

    def test_it_works(self, ui):
        field = ui.field(self.filled(name="Alva", role="learner").name)
        assert '<label class="field-label" for="name">Name</label>' in field
        assert 'aria-describedby="name-hint"' in field
        assert "error" not in field

    def test_an_error_is_said_at_the_field_and_at_the_top(self, ui):
        form = self.filled()
        assert 'aria-describedby="name-hint name-error"' in ui.field(form.name)
        assert 'aria-invalid="true"' in ui.field(form.name)
        assert "Write the name." in words(ui.field(form.name))
        assert '<a href="#name">Write the name.</a>' in ui.error_summary(form)

    def test_an_error_in_a_choice_leads_to_its_first_option(self, ui):
        form = self.filled()
        assert '<a href="#role-0">Choose a role.</a>' in ui.error_summary(form)
        assert 'id="role-0"' in ui.field(form.role)

    def test_only_what_may_be_left_out_is_marked(self, ui):
        form = self.filled()
        assert "(optional)" in ui.field(form.note)
        assert "(optional)" not in ui.field(form.name)

    def test_problems_without_a_form_are_linked_too(self, ui):
        summary = ui.error_summary([Problem("hours", "Write a number."), Problem("", "The file is empty.")])
        assert '<a href="#hours">Write a number.</a>' in summary
        assert "<li>The file is empty.</li>" in summary

    def test_without_problems_there_is_no_summary(self, ui):
        assert ui.error_summary([]) == ""

    def test_what_people_wrote_is_text(self, ui):
        assert "<b>" not in ui.text_field("name", "<b>Name</b>", value="<b>")
        assert "<b>" not in ui.text_field("name", "Name", value="</textarea><b>", lines=3)


def test_what_stays_on_the_device_has_nowhere_to_go(ui):
    def caller():
        return ""

    form = ui.device_form("thoughts", "7", caller=caller)
    assert 'method="dialog"' in form
    assert "action=" not in form
    assert "csrf" not in form


def test_every_drawing_can_be_used(ui, idle_app):
    drawings = idle_app.jinja_env.get_template("kunna/_ui.html").module.drawings
    assert [name for name in drawings if "<path" not in ui.icon(name)] == []

"""A workshop at Ekeby, led by Elsa, and phones that take part in it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.workshops.models import Workshop
from tests.cast import Cast

GOALS, SELF, LIMITS = "self-leadership/SL1", "self-leadership/SL2", "self-leadership/SL4"


@pytest.fixture(autouse=True)
def now(hold_clock: Callable[[datetime], None], at: datetime) -> None:
    hold_clock(at)


class Phone:
    def __init__(self, app: Flask, code: str) -> None:
        self.browser, self.page = app.test_client(), f"/join/{code}"
        assert self.browser.post("/join", data={"code": code}).location == self.page

    def say(self, queued: bool = False, key: str = "", **form: str) -> Any:
        """`say(kind="trend", text="…")`; with the same key it is the same contribution, sent again."""
        headers = {"X-Queued": "1", "Accept": "application/json"} if queued else {}
        data = {"key": key or uuid4().hex} | form
        return self.browser.post(f"{self.page}/say", data=data, headers=headers)

    def name(self, competence: str, level: int, role: str = "larare", key: str = "") -> Any:
        return self.say(kind="competence", competence=competence, level=str(level), role=role, key=key)

    def vote(self, dots: dict[int, int], turn: int = 1, queued: bool = False) -> Any:
        headers = {"X-Queued": "1", "Accept": "application/json"} if queued else {}
        data = {f"dots:{id}": str(number) for id, number in dots.items()} | {"turn": str(turn)}
        return self.browser.post(f"{self.page}/vote", data=data, headers=headers)

    @property
    def text(self) -> str:
        return self.browser.get(self.page).text


@pytest.fixture
def elsa(cast: Cast, sign_in: Callable[..., FlaskClient], profile: Any) -> FlaskClient:
    profile(cast.project, "Larare", {GOALS: (2, 3), SELF: (3, 4)})
    profile(cast.project, "Chef", {GOALS: (3, 5)})
    return sign_in(cast.elsa)


@pytest.fixture
def start(elsa: FlaskClient, session: Session) -> Callable[..., Workshop]:
    def started(browser: FlaskClient = elsa, **form: Any) -> Workshop:
        filled = {"title": "Skolan 2027", "place": "ekeby", "horizon": "12", "role": ["larare", "chef"], "dots": "5"}
        answer = browser.post("/competence/workshops/new", data=filled | form)
        assert answer.status_code == 303, re.findall(r'href="#\w+">[^<]+', answer.text)
        uuid = answer.location.rsplit("/", 1)[1]
        return next(one for one in session.scalars(select(Workshop)) if str(one.uuid) == uuid)

    return started


@pytest.fixture
def workshop(start: Callable[..., Workshop]) -> Workshop:
    return start()


@pytest.fixture
def phone(app: Flask) -> Callable[[Workshop], Phone]:
    return lambda workshop: Phone(app, workshop.code or "")


@pytest.fixture
def lead(elsa: FlaskClient) -> Callable[..., Any]:
    """`lead(workshop, "step", to="vote")`: what Elsa does."""

    def done(workshop: Workshop, what: str, **form: Any) -> Any:
        return elsa.post(f"/competence/workshops/{workshop.uuid}/{what}", data=form)

    return done

"""Background work, with and without a queue."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from lms import mail
from lms.app import create_app
from lms.courses.models import Stay
from lms.db import db
from lms.db import session as db_session
from tests.conftest import TEST_SETTINGS


@pytest.fixture
def queued(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        **TEST_SETTINGS,
        DATABASE_URL=f"sqlite:///{tmp_path / 'kunna.sqlite'}",
        JOBS_URL=f"sqlite://{tmp_path / 'queue.sqlite'}",
        MAIL_URL=f"file://{tmp_path / 'mail'}",
    )
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_is_queued_is_done_by_the_worker(queued, hold_clock, at, tmp_path):
    hold_clock(at)
    mail.post(db_session(), "alva@fyren.example", "Hej", "Hej", at=at)
    db.session.commit()
    jobs = queued.extensions["kunna"].jobs
    jobs.wake("mail")
    assert not (tmp_path / "mail").exists()
    jobs._huey.execute(jobs._huey.dequeue())
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_without_a_queue_a_worker_says_so(app):
    result = app.test_cli_runner().invoke(args=["worker"])
    assert result.exit_code == 1
    assert "no queue" in result.output


def test_a_stay_that_was_left_is_ended_by_a_sweep(app, session, cast, sign_in, hold_clock, at):
    hold_clock(at)
    sign_in(cast.alva).post("/courses/sjalvledarskap/start")
    hold_clock(at + timedelta(hours=2))
    result = app.test_cli_runner().invoke(args=["sweep"])
    assert "stays: 1" in result.output
    session.expire_all()
    assert session.scalars(select(Stay)).one().ended_at == at

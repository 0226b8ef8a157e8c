"""Who has looked is told to whoever was looked at, and to nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import Column, MetaData, Table, select

from lms.identity import erasing, looks
from lms.identity.models import Look


@pytest.fixture
def look(cast, sign_in):
    """Björn opens Alva's levels."""
    return lambda: sign_in(cast.bjorn).get(f"/competence/people/{cast.alva.uuid}")


def test_a_look_is_told_once_a_day_to_whom_it_was_at(cast, session, sign_in, look, hold_clock, at):
    for moment in (at, at + timedelta(hours=3), at + timedelta(days=1)):
        hold_clock(moment)
        assert look().status_code == 200
    assert [one.looked_at for one in session.scalars(looks.at(cast.alva.uuid))] == [at + timedelta(days=1), at]
    page = sign_in(cast.alva).get("/me/looks").text
    assert page.count("Björn Dahl") == 2
    assert "Björn Dahl" not in sign_in(cast.gun).get("/me/looks").text
    assert session.scalars(looks.at(cast.bjorn.uuid)).all() == []


def test_ones_own_levels_can_be_looked_at_unseen(cast, session, sign_in):
    assert sign_in(cast.alva).get("/competence/").status_code == 200
    assert session.scalars(select(Look)).all() == []


def test_a_form_that_is_refused_is_a_look_too(cast, session, sign_in):
    answer = sign_in(cast.bjorn).post(f"/competence/people/{cast.alva.uuid}/calibration", data={"competence": "x"})
    assert answer.status_code == 404
    assert [one.looked for one in session.scalars(looks.at(cast.alva.uuid))] == ["talk"]


def test_a_page_is_shown_when_a_look_cannot_be_written_and_the_log_says_so(cast, session, look, monkeypatch, caplog):
    its = [Column(column.name, column.type) for column in Look.__table__.columns]
    monkeypatch.setattr(looks, "_TABLE", Table("not_there", MetaData(), *its))
    assert look().status_code == 200
    assert str(cast.alva.uuid) in caplog.text
    assert session.scalars(select(Look)).all() == []


def test_looks_go_after_their_time_and_with_whom_they_were_at(cast, session, look, hold_clock, at):
    hold_clock(at)
    look()
    assert looks.sweep(session, {"LOOK_DAYS": 730}, at + timedelta(days=700)) == 0
    erasing.erase(session, cast.bjorn, at)
    [told] = looks.named(session, session.scalars(looks.at(cast.alva.uuid)))
    assert told.viewer == ""
    assert looks.portion(session, cast.alva.uuid)[1]["at_me"][0]["what"] == "profile"
    assert looks.sweep(session, {"LOOK_DAYS": 730}, at + timedelta(days=732)) == 1
    look_again = {"person_uuid": cast.alva.uuid, "viewer_uuid": cast.bjorn.uuid, "looked": "map", "role": "manager"}
    session.add(Look(**look_again, day=at.date(), looked_at=at, organisation_id=cast.fyren.id))
    session.flush()
    erasing.erase(session, cast.alva, at)
    assert session.scalars(select(Look)).all() == []

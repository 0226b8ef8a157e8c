"""What a manager has seen somebody do at work."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.competence.models import CalibrationNote, Evidence
from lms.competence.shown import levels
from lms.competence.shown.level import Source
from lms.xapi.models import StoredStatement
from tests.competence.conftest import assessed

GOALS = "self-leadership/SL1"


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


def seen(**other):
    said = {"competence": GOALS, "level": "3", "on": "2026-11-20", "text": "Planned the whole camp."}
    return {"id": str(uuid4()), **said, **other}


def address(person, page="observe"):
    return f"/competence/people/{person.uuid}/{page}"


def standing(session, cast):
    return [(one.source, one.level) for _, one in levels.standing(session, cast.fyren.id, cast.alva.uuid)]


def test_it_stands_beside_what_the_person_says_and_both_read_it(cast, session, sign_in, record, at):
    record(cast.fyren, assessed(cast.alva.uuid, GOALS, 2, at))
    bjorn, form = sign_in(cast.bjorn), seen()
    for _ in range(2):
        assert bjorn.post(address(cast.alva), data=form).status_code == 303
    assert standing(session, cast) == [(Source.SELF, 2), (Source.OBSERVATION, 3)]
    one = session.scalars(select(Evidence).where(Evidence.source == Source.OBSERVATION)).one()
    assert (one.issuer, one.rule, one.shown_at.date().isoformat()) == (str(cast.bjorn.uuid), "observed", "2026-11-20")
    why = sign_in(cast.alva).get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
    assert "Planned the whole camp." in why
    assert cast.bjorn.name in why
    assert "Planned the whole camp." in bjorn.get(address(cast.alva, "calibration")).text
    told = " ".join(session.scalars(select(StoredStatement.text)))
    assert "camp" not in told


def test_whoever_noted_it_withdraws_it_and_what_was_written_goes_too(cast, session, sign_in):
    bjorn, form = sign_in(cast.bjorn), seen()
    bjorn.post(address(cast.alva), data=form)
    away = address(cast.alva, f"evidence/{form['id']}/withdraw")
    assert sign_in(cast.alva).post(away).status_code == 404
    assert bjorn.get(away).status_code == 200
    assert bjorn.post(away).status_code == 303
    assert standing(session, cast) == []
    assert session.scalars(select(CalibrationNote)).all() == []
    assert bjorn.post(away).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"competence": "no/such"}, "competence"),
        ({"level": "0"}, "level"),
        ({"on": "2026-11-24"}, "on"),
        ({"on": ""}, "on"),
        ({"on": "yesterday"}, "on"),
        ({"text": " "}, "text"),
        ({"text": "x" * 501}, "text"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast, session, sign_in, wrong, field):
    answer = sign_in(cast.bjorn).post(address(cast.alva), data=seen(**wrong))
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert field == "text" or "Planned the whole camp." in answer.text
    assert session.scalars(select(Evidence)).all() == []


def test_only_the_own_manager_notes_and_nobody_of_themselves(cast, session, sign_in):
    for person in (cast.gun, cast.elsa, cast.cecilia, cast.alva):
        assert sign_in(person).post(address(cast.alva), data=seen()).status_code in (403, 404)
    assert sign_in(cast.bjorn).post(address(cast.bjorn), data=seen()).status_code == 403
    assert session.scalars(select(Evidence)).all() == []


def test_today_is_seen_no_later_than_now(cast, session, sign_in, at):
    early = at - timedelta(hours=2)
    assert sign_in(cast.bjorn).post(address(cast.alva), data=seen(on=at.date().isoformat())).status_code == 303
    [one] = session.scalars(select(Evidence))
    assert early < one.shown_at <= at

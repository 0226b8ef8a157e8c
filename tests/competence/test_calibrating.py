"""The calibration talk: what the manager says, what the person sees, and that neither overwrites the other."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.competence.assessment import calibrating
from lms.competence.models import CalibrationNote, Evidence
from lms.competence.shown import levels
from lms.competence.shown.level import Source
from lms.competence.shown.rules import manager_calibrated
from lms.xapi.models import StoredStatement
from lms.xapi.recorded import recorded
from tests.competence.conftest import BASE, OURS, assessed

GOALS, SELF = "self-leadership/SL1", "self-leadership/SL2"


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.fixture(autouse=True)
def guides(cast, session, profile):
    profile(cast.project, "Vägledare", {GOALS: (3, 5), SELF: (2, 1)})
    cast.membership(cast.alva, cast.fyren).role_profile_key = "vagledare"
    session.commit()


@pytest.fixture
def told(cast, record, at):
    """Alva's own word: 4 and 1."""
    record(
        cast.fyren,
        assessed(cast.alva.uuid, GOALS, 4, at - timedelta(days=800)),
        assessed(cast.alva.uuid, SELF, 1, at - timedelta(days=3)),
    )


def address(person, page="calibrate"):
    return f"/competence/people/{person.uuid}/{page}"


def standing(session, cast):
    return {(key, shown.source): shown.level for key, shown in levels.standing(session, cast.fyren.id, cast.alva.uuid)}


def evidence(session, cast):
    return session.scalars(select(Evidence).where(Evidence.source == Source.MANAGER)).all()


def test_what_the_manager_says_stands_beside_what_the_person_says(cast, told, session, sign_in):
    answer = sign_in(cast.bjorn).post(address(cast.alva), data={f"level:{GOALS}": "2", f"level:{SELF}": ""})
    assert answer.status_code == 303
    assert standing(session, cast) == {
        (GOALS, Source.SELF): 4,
        (GOALS, Source.MANAGER): 2,
        (SELF, Source.SELF): 1,
    }
    [one] = evidence(session, cast)
    assert (one.rule, one.issuer, one.person_uuid) == ("manager-calibrated", str(cast.bjorn.uuid), cast.alva.uuid)


def test_an_own_assessment_afterwards_leaves_the_managers_alone(cast, told, record, session, sign_in, at):
    sign_in(cast.bjorn).post(address(cast.alva), data={f"level:{GOALS}": "2"})
    record(cast.fyren, assessed(cast.alva.uuid, GOALS, 3, at))
    assert standing(session, cast)[GOALS, Source.MANAGER] == 2


def test_one_press_agrees_with_all_that_has_no_answer_and_no_note(cast, told, session, sign_in):
    form = {"do": "rest", f"note:{GOALS}": "Let us look at this again."}
    sign_in(cast.bjorn).post(address(cast.alva), data=form)
    assert [(one.competence_key, one.level) for one in evidence(session, cast)] == [(SELF, 1)]


def test_sent_twice_is_said_once(cast, told, session, sign_in):
    bjorn, form = sign_in(cast.bjorn), {f"level:{GOALS}": "2", f"note:{GOALS}": "Why four?"}
    for _ in range(2):
        bjorn.post(address(cast.alva), data=form)
    assert len(evidence(session, cast)) == 1
    assert len(session.scalars(select(CalibrationNote)).all()) == 1


def test_the_person_sees_it_at_once_and_answers(cast, told, sign_in):
    sign_in(cast.bjorn).post(address(cast.alva), data={f"level:{GOALS}": "2", f"note:{GOALS}": "Why four?"})
    alva = sign_in(cast.alva)
    assert address(cast.alva, "calibration") in alva.get("/competence/").text
    page = alva.get(address(cast.alva, "calibration")).text
    assert "Why four?" in page
    assert "Två nivåer eller fler isär" in page
    alva.post(address(cast.alva, "calibration"), data={"competence": GOALS, "text": "I led the camp."})
    assert "I led the camp." in sign_in(cast.bjorn).get(address(cast.alva)).text


def test_what_is_older_than_two_years_is_marked(cast, told, sign_in):
    assert sign_in(cast.bjorn).get(address(cast.alva)).text.count("Gammalt") == 1


def test_one_level_apart_is_not_marked(cast, told, sign_in):
    bjorn = sign_in(cast.bjorn)
    bjorn.post(address(cast.alva), data={f"level:{GOALS}": "3"})
    assert "fler isär" not in bjorn.get(address(cast.alva)).text


@pytest.mark.parametrize("other", ["elsa", "gun", "cecilia", "david"])
def test_nobody_but_the_own_manager_does(cast, told, session, sign_in, other):
    answer = sign_in(getattr(cast, other)).post(address(cast.alva), data={f"level:{GOALS}": "2"})
    assert answer.status_code in (403, 404)
    assert sign_in(getattr(cast, other)).get(address(cast.alva, "calibration")).status_code in (403, 404)
    assert evidence(session, cast) == []


def test_a_manager_does_not_calibrate_himself(cast, sign_in):
    assert sign_in(cast.bjorn).get(address(cast.bjorn)).status_code == 403


@pytest.mark.parametrize("form", [{f"level:{GOALS}": "5"}, {f"note:{GOALS}": "x" * 501}])
def test_what_cannot_be_kept_is_said_and_nothing_is_saved(cast, told, session, sign_in, form):
    answer = sign_in(cast.bjorn).post(address(cast.alva), data=form | {f"level:{SELF}": "2"})
    assert answer.status_code == 400
    assert evidence(session, cast) == []


def test_notes_are_in_ones_own_copy_and_go_with_the_person(cast, session, at):
    session.add(
        CalibrationNote(
            organisation_id=cast.fyren.id,
            person_uuid=cast.alva.uuid,
            author_uuid=cast.bjorn.uuid,
            competence_key=GOALS,
            written_at=at,
            text="Why four?",
        )
    )
    session.commit()
    _, notes = calibrating.portion(session, cast.alva.uuid)
    assert [(one["text"], one["about_me"], one["by_me"]) for one in notes] == [("Why four?", True, False)]


def test_the_rule_reads_only_our_own_people_as_managers(cast, told, session, sign_in):
    sign_in(cast.bjorn).post(address(cast.alva), data={f"level:{GOALS}": "2"})
    stored = session.get_one(StoredStatement, (cast.fyren.id, evidence(session, cast)[0].statement_id))
    entry = recorded(stored.organisation_id, stored.id, stored.stored, stored.timestamp, stored.text)
    assert manager_calibrated(entry, OURS)[GOALS].level == 2
    strange = stored.text.replace(str(cast.bjorn.uuid), "somebody")
    assert BASE in strange
    assert (
        manager_calibrated(recorded(stored.organisation_id, stored.id, stored.stored, stored.timestamp, strange), OURS)
        == {}
    )


def test_why_says_who_gave_the_level(cast, told, sign_in):
    sign_in(cast.bjorn).post(address(cast.alva), data={f"level:{GOALS}": "2"})
    page = sign_in(cast.alva).get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
    assert "manager-calibrated 1" in page
    assert cast.bjorn.name in page

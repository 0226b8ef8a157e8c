"""What is kept about a person: all of it in their own copy, and what is theirs alone gone when they are forgotten."""

import json

from sqlalchemy import select

from lms.courses import kept
from lms.courses.models import Attempt, Enrolment, ModuleProgress, Note
from lms.identity.erasing import erase
from tests.courses.test_journey import filled

FORE = "/courses/moten/fore"


def live(client, session, meetings):
    client.post(f"{FORE}/syfte")
    client.post(f"{FORE}/tanke/sharing", data={"note.hur": "Långt", "shared": "yes"})
    client.post(f"{FORE}/quiz")
    attempt = session.scalars(select(Attempt)).one()
    client.post(f"{FORE}/quiz/answers", data=filled(attempt, meetings.module("fore").original.quiz))
    client.post(f"{FORE}/quiz")
    client.post(f"{FORE}/quiz/draft", data={"q.ord": "halvvägs"})


def test_a_persons_copy_has_everything(cast, session, sign_in, meetings):
    live(sign_in(cast.alva), session, meetings)
    name, portion = kept.portion(session, cast.alva.uuid)
    assert name == "courses"
    assert json.loads(json.dumps(portion)) == portion
    assert {key: len(rows) for key, rows in portion.items()} == {
        "enrolments": 1,
        "completed": 0,
        "progress": 1,
        "stays": 2,
        "quiz_attempts": 2,
        "notes": 1,
    }
    assert portion["notes"][0]["texts"] == {"hur": "Långt"}
    assert portion["quiz_attempts"][1]["answers"] == {"q.ord": ["halvvägs"]}
    assert all(row["organisation"] == "Ungdomshuset Fyren" for rows in portion.values() for row in rows)
    assert not any(rows for rows in kept.portion(session, cast.bjorn.uuid)[1].values())


def test_what_a_forgotten_person_wrote_is_gone_and_what_was_done_stays(cast, session, sign_in, meetings, at):
    live(sign_in(cast.alva), session, meetings)
    erase(session, cast.alva, at)
    assert session.scalars(select(Note)).all() == []
    assert [attempt.number for attempt in session.scalars(select(Attempt))] == [1]
    assert len(session.scalars(select(Enrolment)).all()) == 1
    assert len(session.scalars(select(ModuleProgress)).all()) == 1

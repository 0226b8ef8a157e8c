"""A whole small course through HTTP, without scripts: begin, leave, come back, fail, try again, complete."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.courses.answering import fields, name
from lms.courses.models import Attempt, ModuleProgress, Note, Stay
from lms.courses.questions import correct
from lms.xapi.search import StatementQuery, find

FORE = "/courses/moten/fore"


@pytest.fixture
def alva(cast, sign_in, meetings, hold_clock, at):
    hold_clock(at)
    return sign_in(cast.alva)


def page_of(answer):
    assert answer.status_code == 200, answer.text
    return answer.text


def told(session, cast):
    """Verb and object of everything said, in order."""
    entries = find(session, StatementQuery([cast.fyren.id], ascending=True))
    return [
        (entry.verb.rpartition("/")[2], (entry.activity or "").removeprefix("https://kunna.test/courses/"))
        for entry in entries
    ]


def filled(attempt, quiz, wrong=()):
    """The form of an attempt with every answer right, but for those to the questions in `wrong`."""
    form = {}
    for kept in attempt.drawn:
        question = quiz.find(kept["question"])
        answer = correct(question)
        if isinstance(answer, list) and question.key == "ordna":
            order = answer[::-1] if question.key in wrong else answer
            form |= {name(question, key): str(place) for place, key in enumerate(order, start=1)}
        elif isinstance(answer, dict):
            form |= {name(question, item): target for item, target in answer.items()}
        else:
            form[name(question)] = answer
        if question.key in wrong and question.key != "ordna":
            form |= dict.fromkeys(fields(question), {"en": "fika", "antal": "3", "ord": "vaktmästare"}[question.key])
    return form


def test_a_course_from_beginning_to_end(alva, cast, session, meetings, hold_clock, at):
    assert "Möten" in page_of(alva.get("/courses/"))
    assert "Starta" in page_of(alva.get("/courses/moten")) or "Start" in page_of(alva.get("/courses/moten"))

    begun = alva.post("/courses/moten/start")
    assert (begun.status_code, begun.location) == (303, f"{FORE}/01-syfte".replace("01-", ""))
    page = page_of(alva.get(begun.location))
    assert 'lang="sv"' in page
    assert "Ett möte utan syfte är en fika." in page

    on = alva.post(f"{FORE}/syfte")
    assert on.location == f"{FORE}/vilka"
    assert alva.post("/courses/moten/leave").status_code == 303

    # The next day she goes on where she stopped.
    hold_clock(at + timedelta(days=1))
    assert alva.post("/courses/moten/start").location == f"{FORE}/vilka"
    alva.post(f"{FORE}/vilka")
    alva.post(f"{FORE}/kallelse", data={"note.syfte": "Välja lokal"})
    assert alva.post(f"{FORE}/tanke", data={"note.hur": "Långt"}).location == f"{FORE}/quiz"

    assert alva.post(f"{FORE}/quiz").status_code == 303
    attempt = session.scalars(select(Attempt)).one()
    quiz = meetings.module("fore").original.quiz
    assert "ordförande" not in page_of(alva.get(f"{FORE}/quiz"))
    failed = alva.post(f"{FORE}/quiz/answers", data=filled(attempt, quiz, wrong={"en", "antal", "ord"}))
    assert failed.location == f"{FORE}/quiz/1"
    outcome = page_of(alva.get(failed.location))
    assert "Trevligt, men det kan man ha utan möte." in outcome
    assert "Utan syfte går det inte att veta vilka som behövs." in outcome

    alva.post(f"{FORE}/quiz")
    attempt = session.scalars(select(Attempt).where(Attempt.number == 2)).one()
    alva.post(f"{FORE}/quiz/answers", data=filled(attempt, quiz, wrong={"ordna"}))
    progress = session.get(ModuleProgress, (cast.fyren.id, cast.alva.uuid, "moten", "fore"))
    assert progress.completed_at == at + timedelta(days=1)
    assert progress.revision == meetings.revision
    assert progress.best == 0.8571

    # What is left is the other module.
    assert alva.post("/courses/moten/start").location == "/courses/moten/efter/beslut"
    alva.post("/courses/moten/efter/beslut")
    alva.post("/courses/moten/efter/bara-har", data={"note.oro": "Hemligt"})
    alva.post("/courses/moten/efter/gor-det")
    assert alva.post("/courses/moten/start").location == "/courses/moten"
    page_of(alva.get("/courses/moten"))
    page_of(alva.get("/courses/moten/efter"))

    assert told(session, cast) == [
        ("registered", "moten"),
        ("initialized", "moten/fore"),
        ("experienced", "moten/fore/syfte"),
        ("progressed", "moten/fore"),
        ("terminated", "moten/fore"),
        ("initialized", "moten/fore"),
        ("experienced", "moten/fore/vilka"),
        ("progressed", "moten/fore"),
        ("experienced", "moten/fore/kallelse"),
        ("experienced", "moten/fore/tanke"),
        *(
            ("answered", f"moten/fore/quiz/{kept['question']}")
            for kept in session.scalars(select(Attempt).where(Attempt.number == 1)).one().drawn
        ),
        ("failed", "moten/fore"),
        ("terminated", "moten/fore"),
        ("initialized", "moten/fore"),
        *(("answered", f"moten/fore/quiz/{kept['question']}") for kept in attempt.drawn),
        ("passed", "moten/fore"),
        ("completed", "moten/fore"),
        ("terminated", "moten/fore"),
        ("initialized", "moten/efter"),
        ("experienced", "moten/efter/beslut"),
        ("progressed", "moten/efter"),
        ("experienced", "moten/efter/bara-har"),
        ("completed", "moten/efter/gor-det"),
        ("completed", "moten/efter"),
        ("completed", "moten"),
        ("terminated", "moten/efter"),
    ]
    entries = find(session, StatementQuery([cast.fyren.id]))
    written = "".join(entry.text for entry in entries)
    assert not re.search("Välja lokal|Långt|Hemligt", written)
    assert [note.texts for note in session.scalars(select(Note).order_by(Note.page_key))] == [
        {"syfte": "Välja lokal"},
        {"hur": "Långt"},
    ]
    assert not session.scalars(select(Stay).where(Stay.ended_at.is_(None))).all()

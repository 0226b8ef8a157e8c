"""Taking a quiz with a plain form: drafts, what is missing, attempts that run out, other people's attempts."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from lms.courses.models import Attempt
from tests.courses.test_journey import filled

FORE = "/courses/moten/fore"


@pytest.fixture
def alva(cast, sign_in, meetings, hold_clock, at):
    hold_clock(at)
    client = sign_in(cast.alva)
    client.post(f"{FORE}/quiz")
    return client


@pytest.fixture
def quiz(meetings):
    return meetings.module("fore").original.quiz


def latest(session):
    return session.scalars(
        select(Attempt).order_by(Attempt.number.desc()).execution_options(populate_existing=True)
    ).first()


def test_a_quiz_is_one_form_with_all_its_questions(alva, session, quiz):
    page = alva.get(f"{FORE}/quiz").text
    assert page.count("data-question") == 7
    assert 'type="radio" name="q.en" value="syfte"' in page
    assert 'type="checkbox" name="q.flera" value="alla"' in page
    assert '<select id="q.ordna.kalla" name="q.ordna.kalla"' in page
    assert re.search(r'<input id="q.antal" name="q.antal"[^>]*inputmode="decimal"', page)
    # Nothing that gives an answer away.
    assert "Ja: resten följer av det." not in page
    assert "mötesledare" not in page


def test_what_stands_in_the_form_is_kept_until_it_is_handed_in(alva, session):
    form = {"q.en": "fika", "q.flera": ["alla", "berors"], "q.ordna.kalla": "2", "q.ord": "chefen", "q.annat": "x"}
    assert alva.post(f"{FORE}/quiz/draft", data=form, headers={"X-Autosave": "1"}).status_code == 204
    assert "q.annat" not in latest(session).draft
    page = alva.get(f"{FORE}/quiz").text
    assert re.search(r'value="fika"[^>]* checked', page)
    assert len(re.findall(r'name="q.flera" value="\w+"[^>]* checked', page)) == 2
    assert 'value="chefen"' in page
    row = page[page.index('id="q.ordna.kalla"') :].split("</select>")[0]
    assert '<option value="2" selected>' in row


def test_what_is_not_answered_is_asked_for_and_nothing_is_lost(alva, session, quiz):
    form = filled(latest(session), quiz)
    del form["q.antal"], form["q.ordna.kalla"]
    answer = alva.post(f"{FORE}/quiz/answers", data=form)
    assert answer.status_code == 400
    assert '<a href="#q.antal">' in answer.text
    assert '<a href="#q.ordna.kalla">' in answer.text
    assert 'value="ordförande"' in answer.text
    assert latest(session).submitted_at is None
    assert alva.post(f"{FORE}/quiz/answers", data=filled(latest(session), quiz)).status_code == 303


def test_the_outcome_says_what_was_right_and_why(alva, session, quiz):
    alva.post(f"{FORE}/quiz/answers", data=filled(latest(session), quiz, wrong={"en", "ordna", "antal"}))
    page = alva.get(f"{FORE}/quiz/1").text
    assert "<h1>4 av 7 rätt</h1>" in page or "<h1>4 of 7 right</h1>" in page
    for words in (
        "Trevligt, men det kan man ha utan möte.",
        "Ja: resten följer av det.",
        "Just det: så långt som syftet kräver.",
        "Syftet först, kallelsen sist.",
        "Det som ska vägas mot annat behöver ett möte.",
        "Sju, ungefär.",
    ):
        assert words in page


def test_handing_in_again_shows_the_outcome_and_other_answers_are_too_late(alva, session, quiz):
    form = filled(latest(session), quiz)
    for _again in range(2):
        assert alva.post(f"{FORE}/quiz/answers", data=form).location == f"{FORE}/quiz/1"
    assert alva.post(f"{FORE}/quiz/answers", data={**form, "q.antal": "3"}).status_code == 409
    assert alva.post(f"{FORE}/quiz/draft", data=form, headers={"X-Autosave": "1"}).status_code == 409


def test_another_persons_attempt_is_not_there(alva, session, quiz, cast, sign_in):
    alva.post(f"{FORE}/quiz/answers", data=filled(latest(session), quiz))
    assert alva.get(f"{FORE}/quiz/1").status_code == 200
    assert alva.get(f"{FORE}/quiz/2").status_code == 404
    for someone in (cast.bjorn, cast.elsa, cast.cecilia, cast.gun):
        assert sign_in(someone).get(f"{FORE}/quiz/1").status_code == 404


def test_an_attempt_in_another_organisation_is_not_there(cast, session, quiz, meetings, sign_in):
    at_ekeby = sign_in(cast.farid, cast.ekeby)
    at_ekeby.post(f"{FORE}/quiz")
    at_ekeby.post(f"{FORE}/quiz/answers", data=filled(latest(session), quiz))
    assert at_ekeby.get(f"{FORE}/quiz/1").status_code == 200
    assert sign_in(cast.farid, cast.fyren).get(f"{FORE}/quiz/1").status_code == 404


def with_quiz(app, meetings, **changes):
    """The library with the quiz of the first module changed by its author."""
    module = meetings.module("fore")
    editions = {
        language: replace(edition, quiz=replace(edition.quiz, **changes))
        for language, edition in module.editions.items()
    }
    changed = replace(meetings, modules=(replace(module, editions=editions), *meetings.modules[1:]))
    furnished = app.extensions["kunna"]

    class Shelf:
        courses = [changed]

        def get(self, key):
            return changed

        find = get

    app.extensions["kunna"] = replace(furnished, library=Shelf())


def test_attempts_run_out_where_the_author_says_so(alva, app, session, meetings, quiz):
    with_quiz(app, meetings, attempts=2)
    for _again in range(2):
        alva.post(f"{FORE}/quiz")
        alva.post(f"{FORE}/quiz/answers", data=filled(latest(session), quiz, wrong={"en", "antal", "ord"}))
    assert alva.post(f"{FORE}/quiz").status_code == 409
    page = alva.get(f"{FORE}/quiz").text
    assert "/quiz/2" in page
    assert f'action="{FORE}/quiz"' not in page


def test_an_attempt_whose_questions_have_changed_is_drawn_again(alva, app, session, meetings, quiz):
    before = latest(session).drawn
    left = tuple(question for question in quiz.questions if question.key != "en")
    with_quiz(app, meetings, questions=left, draw=6)
    assert "data-question" not in alva.get(f"{FORE}/quiz").text
    alva.post(f"{FORE}/quiz")
    attempt = latest(session)
    assert attempt.number == 1
    assert {kept["question"] for kept in attempt.drawn} == {kept["question"] for kept in before} - {"en"}


def test_an_outcome_leaves_out_questions_that_are_gone(alva, app, session, meetings, quiz):
    alva.post(f"{FORE}/quiz/answers", data=filled(latest(session), quiz))
    with_quiz(app, meetings, questions=quiz.questions[1:], draw=6)
    page = alva.get(f"{FORE}/quiz/1").text
    assert page.count('<section class="question"') == 6
    assert "7" in page[page.index("<h1>") :].split("</h1>")[0]

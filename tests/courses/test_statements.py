"""What is said to the record store of what a learner does: as cmi5 and xAPI want it, once, and only what was done."""

import json
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from lms.courses import learning, quizzes
from lms.courses.answering import name
from lms.courses.models import Stay
from lms.courses.questions import correct
from lms.courses.statements import Learner
from lms.errors import Conflict
from lms.xapi import vocabulary as v
from lms.xapi.search import StatementQuery, find

IDLE = timedelta(minutes=30)
MODULE = "https://kunna.test/courses/moten/fore"


@pytest.fixture
def alva(cast):
    return Learner(cast.fyren.id, cast.alva.uuid, "sv", "https://kunna.test", IDLE)


@pytest.fixture
def fore(meetings):
    return meetings.module("fore")


def all_of(session, alva):
    entries = find(session, StatementQuery([alva.organisation_id], ascending=True))
    return [json.loads(entry.text) for entry in entries]


def verbs(session, alva):
    return [told["verb"]["id"].rpartition("/")[2] for told in all_of(session, alva)]


def form_of(attempt, quiz, right):
    """The form of an attempt, with the first `right` questions answered rightly."""
    form = {}
    for number, one in enumerate(quizzes.drawn(attempt, quiz)):
        question, answer = one.question, correct(one.question)
        wrong = {"en": "fika", "sant": "true", "antal": "0", "ord": "fel"}.get(question.key)
        if isinstance(answer, dict):
            form |= {name(question, k): ["mejl"] if number >= right else [t] for k, t in answer.items()}
        elif isinstance(answer, list) and question.key == "ordna":
            keys = answer if number < right else answer[::-1]
            form |= {name(question, key): [str(place)] for place, key in enumerate(keys, start=1)}
        elif isinstance(answer, list):
            form[name(question)] = answer if number < right else answer[:1]
        else:
            form[name(question)] = [answer if number < right else wrong]
    return form


def take_quiz(session, alva, meetings, fore, right, at):
    attempt = quizzes.begin(session, alva, meetings, fore, at=at, chance=Random(7))
    handed_in, problems = quizzes.hand_in(
        session, alva, meetings, fore, form_of(attempt, fore.original.quiz, right), at=at + timedelta(minutes=4)
    )
    assert problems == []
    assert handed_in.correct == right
    return handed_in


def read_all(session, alva, meetings, module, at):
    for page in module.original.pages:
        learning.read_page(session, alva, meetings, module, page, at=at)


def test_a_page_that_was_read_is_told_of_whole(session, alva, meetings, fore, at):
    page = fore.original.page("syfte")
    learning.read_page(session, alva, meetings, fore, page, at=at)
    registered, initialized, experienced, progressed = all_of(session, alva)
    enrolment = learning.enrol(session, alva, meetings, at=at)
    stay = session.scalars(select(Stay)).one()
    common = {
        "registration": str(enrolment.registration),
        "platform": "Kunna",
        "language": "sv",
        "revision": meetings.revision,
        "extensions": {v.SESSION_ID: str(stay.id)},
    }
    for told in (registered, initialized, experienced, progressed):
        told.pop("id"), told.pop("stored"), told.pop("authority"), told.pop("version")
    actor = {
        "objectType": "Agent",
        "account": {"homePage": "https://kunna.test", "name": str(alva.person_uuid)},
    }
    assert experienced == {
        "actor": actor,
        "verb": {"id": v.EXPERIENCED, "display": {"sv": "gick igenom", "en": "experienced"}},
        "object": {
            "id": f"{MODULE}/syfte",
            "definition": {"type": v.LESSON, "name": {"sv": "Varför ses vi?"}},
        },
        "context": {
            **common,
            "contextActivities": {
                "parent": [{"id": MODULE}],
                "grouping": [{"id": MODULE}, {"id": "https://kunna.test/courses/moten"}],
            },
        },
        "timestamp": "2026-11-23T09:00:00.000000Z",
    }
    assert progressed["result"] == {"extensions": {v.PROGRESS: 33}}
    assert initialized["context"]["contextActivities"] == {
        "parent": [{"id": "https://kunna.test/courses/moten"}],
        "grouping": [{"id": MODULE}, {"id": "https://kunna.test/courses/moten"}],
        "category": [{"id": v.CMI5_CATEGORY}],
    }
    assert registered["context"]["extensions"] == {}
    assert registered["object"] == {
        "id": "https://kunna.test/courses/moten",
        "definition": {"type": v.COURSE, "name": {"sv": "Möten", "en": "Meetings"}},
    }


def test_going_on_twice_is_told_once(session, alva, meetings, fore, at):
    page = fore.original.page("syfte")
    learning.read_page(session, alva, meetings, fore, page, at=at)
    learning.read_page(session, alva, meetings, fore, page, at=at)
    assert verbs(session, alva).count("experienced") == 1


def test_a_quiz_that_was_passed_is_told_of_with_score_time_and_what_it_develops(session, alva, meetings, fore, at):
    """cmi5 9.3.4, 9.5.1, 9.5.4.1, 9.6.2, 9.6.3.2."""
    take_quiz(session, alva, meetings, fore, 6, at)
    passed = next(told for told in all_of(session, alva) if told["verb"]["id"] == v.PASSED)
    assert passed["object"]["id"] == MODULE
    assert passed["result"] == {
        "score": {"scaled": 0.8571, "raw": 6, "min": 0, "max": 7},
        "success": True,
        "duration": "PT4M",
    }
    assert passed["context"]["contextActivities"]["category"] == [{"id": v.CMI5_CATEGORY}, {"id": v.CMI5_MOVE_ON}]
    stay = session.scalars(select(Stay)).one()
    assert passed["context"]["extensions"] == {
        v.SESSION_ID: str(stay.id),
        v.MASTERY_SCORE: 0.75,
        "https://kunna.test/xapi/extensions/develops": [
            {"competence": "https://kunna.test/competences/lifecomp/P1", "level": 1},
            {"competence": "https://kunna.test/competences/self-leadership/SL1", "level": 2},
        ],
    }


def test_each_answer_is_told_of_before_the_score(session, alva, meetings, fore, at):
    attempt = take_quiz(session, alva, meetings, fore, 7, at)
    answered = [told for told in all_of(session, alva) if told["verb"]["id"] == v.ANSWERED]
    assert [told["object"]["id"] for told in answered] == [
        f"{MODULE}/quiz/{kept['question']}" for kept in attempt.drawn
    ]
    assert all(told["result"]["success"] is True for told in answered)
    assert all(told["context"]["contextActivities"]["parent"] == [{"id": f"{MODULE}/quiz"}] for told in answered)
    responses = {told["object"]["id"].rpartition("/")[2]: told["result"]["response"] for told in answered}
    assert responses == {
        "en": "syfte",
        "flera": "beslutar[,]berors",
        "sant": "false",
        "ordna": "syfte[,]vilka[,]kalla",
        "para": "beslut[.]mote[,]besked[.]mejl[,]konflikt[.]mote",
        "antal": "7",
        "ord": "ordförande",
    }
    assert verbs(session, alva)[-3:] == ["passed", "progressed", "terminated"]


def test_a_stay_has_one_verdict_and_ends_with_it(session, alva, meetings, fore, at):
    """cmi5 9.3: “More than one of the set of {passed, failed} verbs MUST NOT be used” in a session."""
    for hour, right in enumerate((3, 4, 6)):
        take_quiz(session, alva, meetings, fore, right, at + timedelta(hours=hour))
    told = [one for one in all_of(session, alva) if v.SESSION_ID in one["context"]["extensions"]]
    by_stay = {}
    for one in told:
        by_stay.setdefault(one["context"]["extensions"][v.SESSION_ID], []).append(one["verb"]["id"].rpartition("/")[2])
    assert [[verb for verb in stay if verb != "answered"] for stay in by_stay.values()] == [
        ["initialized", "failed", "terminated"],
        ["initialized", "failed", "terminated"],
        ["initialized", "passed", "progressed", "terminated"],
    ]


def test_after_passing_a_verdict_is_told_outside_cmi5(session, alva, meetings, fore, at):
    """cmi5 9.3: “Exactly zero or one "passed" cmi5 defined statement MUST be used per registration”, and “A "failed"
    statement MUST NOT follow a "passed" statement (in cmi5 defined statements)”."""
    for hour, right in enumerate((6, 7, 2)):
        take_quiz(session, alva, meetings, fore, right, at + timedelta(hours=hour))
    verdicts = [one for one in all_of(session, alva) if one["verb"]["id"] in {v.PASSED, v.FAILED}]
    told = [
        (one["verb"]["display"]["en"], one["result"]["score"]["raw"], "category" in one["context"]["contextActivities"])
        for one in verdicts
    ]
    assert told == [("passed", 6, True), ("passed", 7, False), ("failed", 2, False)]
    assert learning.progress_of(session, alva, meetings, fore).best == 1.0


def test_a_module_is_completed_once(session, alva, meetings, fore, at):
    """cmi5 9.3: “Exactly zero or one "completed" cmi5 defined statement MUST be used per registration.”"""
    read_all(session, alva, meetings, fore, at)
    take_quiz(session, alva, meetings, fore, 7, at + timedelta(minutes=20))
    read_all(session, alva, meetings, fore, at + timedelta(hours=2))
    take_quiz(session, alva, meetings, fore, 7, at + timedelta(hours=3))
    completed = [one for one in all_of(session, alva) if one["verb"]["id"] == v.COMPLETED]
    assert [one["object"]["id"] for one in completed] == [MODULE]
    assert completed[0]["result"] == {"completion": True, "duration": "PT24M"}
    order = verbs(session, alva)
    assert order.index("passed") < order.index("completed")
    assert "progressed" not in order[order.index("completed") :]


def test_progress_is_told_of_until_completed(session, alva, meetings, fore, at):
    read_all(session, alva, meetings, fore, at)
    told = [
        one["result"]["extensions"][v.PROGRESS] for one in all_of(session, alva) if one["verb"]["id"] == v.PROGRESSED
    ]
    # The exercise and the reflection are not asked for.
    assert told == [33, 66]


def test_an_act_is_told_of_as_done(session, alva, meetings, at):
    module = meetings.module("efter")
    learning.read_page(session, alva, meetings, module, module.original.page("gor-det"), at=at)
    act = next(one for one in all_of(session, alva) if one["object"]["id"].endswith("/gor-det"))
    assert (act["verb"]["id"], act["object"]["definition"]["type"]) == (v.COMPLETED, v.PERFORMANCE)
    assert act["result"] == {"completion": True}
    assert "category" not in act["context"]["contextActivities"]


def test_leaving_ends_the_stay_with_its_length(session, alva, meetings, fore, at):
    learning.begin(session, alva, meetings, fore, at=at)
    learning.leave(session, alva, meetings, at=at + timedelta(minutes=12, seconds=30))
    *_rest, terminated = all_of(session, alva)
    assert (terminated["verb"]["id"], terminated["result"]) == (v.TERMINATED, {"duration": "PT12M30S"})
    learning.leave(session, alva, meetings, at=at + timedelta(minutes=13))
    assert verbs(session, alva).count("terminated") == 1


def test_going_away_ends_the_stay_at_the_last_sign_of_life(session, alva, meetings, library, fore, at):
    settings = {"SESSION_IDLE_MINUTES": 30, "IRI_BASE": "https://kunna.test"}
    learning.begin(session, alva, meetings, fore, at=at)
    learning.begin(session, alva, meetings, fore, at=at + timedelta(minutes=7))
    assert learning.end_idle(library, session, settings, at + timedelta(minutes=37)) == 0
    assert learning.end_idle(library, session, settings, at + timedelta(minutes=38)) == 1
    assert learning.end_idle(library, session, settings, at + timedelta(minutes=39)) == 0
    *_rest, terminated = all_of(session, alva)
    assert terminated["result"] == {"duration": "PT7M"}
    assert terminated["timestamp"] == "2026-11-23T09:07:00.000000Z"


def test_who_comes_back_after_long_begins_another_stay(session, alva, meetings, fore, at):
    learning.begin(session, alva, meetings, fore, at=at)
    learning.begin(session, alva, meetings, fore, at=at + timedelta(hours=8))
    assert verbs(session, alva) == ["registered", "initialized", "terminated", "initialized"]
    assert len(session.scalars(select(Stay).where(Stay.ended_at.is_(None))).all()) == 1


def test_going_to_another_module_ends_the_stay(session, alva, meetings, fore, at):
    learning.begin(session, alva, meetings, fore, at=at)
    learning.begin(session, alva, meetings, meetings.module("efter"), at=at + timedelta(minutes=1))
    told = [(one["verb"]["display"]["en"], one["object"]["id"].rpartition("/")[2]) for one in all_of(session, alva)]
    assert told[1:] == [("initialized", "fore"), ("terminated", "fore"), ("initialized", "efter")]


def test_a_quiz_cannot_be_handed_in_twice(session, alva, meetings, fore, at):
    take_quiz(session, alva, meetings, fore, 5, at)
    with pytest.raises(Conflict):
        quizzes.hand_in(session, alva, meetings, fore, {}, at=at)


def test_another_attempt_asks_first_what_was_asked_least(session, alva, meetings, fore, at):
    quiz = fore.original.quiz
    few = type(quiz)(quiz.pass_mark, quiz.attempts, 3, quiz.intro, quiz.questions)
    first = quizzes._draw(few, [], Random(1))
    earlier = [type("Earlier", (), {"drawn": first})()]
    second = quizzes._draw(few, earlier, Random(1))
    assert not {kept["question"] for kept in first} & {kept["question"] for kept in second}


def test_lines_to_put_in_order_are_never_shown_in_the_right_one(meetings, fore):
    quiz = fore.original.quiz
    for seed in range(40):
        kept = next(kept for kept in quizzes._draw(quiz, [], Random(seed)) if kept["question"] == "ordna")
        assert kept["order"] != ["syfte", "vilka", "kalla"]


def test_a_full_score_is_needed_exactly_where_the_mark_says_so(meetings, fore, at):
    """The scaled score is below the pass mark exactly when it was not enough (cmi5 9.3.5)."""
    quiz = fore.original.quiz
    for mark in (0.6667, 0.7, 0.8, 1.0, 0.3333):
        asked = type(quiz)(mark, 0, 7, "", quiz.questions)
        for out_of in range(1, 40):
            for right in range(out_of + 1):
                outcome = quizzes.Outcome(right, out_of, timedelta())
                assert outcome.is_enough(asked) == (outcome.scaled >= mark), (mark, right, out_of)

"""Progress is read from statements: in any order, however often, with voids before and after, the same as anew."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lms import signals
from lms.courses import progress
from lms.courses.models import CourseProgress, ModuleProgress
from lms.identity.actor import actor
from lms.xapi import search
from lms.xapi import vocabulary as v
from lms.xapi.models import StoredStatement
from lms.xapi.storing import record

BASE = "https://kunna.test"
ALVA, BJORN = UUID(int=1), UUID(int=2)
US = {"account": {"homePage": BASE, "name": "kunna"}}
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def said(number, person, verb, path, minute, *, result=None, revision="1.0+a", stay=None):
    told = {
        "id": str(UUID(int=100 + number)),
        "actor": actor(person, BASE),
        "verb": {"id": verb},
        "object": {"id": f"{BASE}/courses/{path}"},
        "context": {"revision": revision},
        "timestamp": (START + timedelta(minutes=minute)).isoformat(),
    }
    if stay:
        told["context"]["extensions"] = {v.SESSION_ID: stay}
    if result:
        told["result"] = result
    return told


def score(scaled):
    return {"score": {"scaled": scaled}}


POOL = [
    said(0, ALVA, v.INITIALIZED, "k/m", 1, stay="a"),
    said(1, ALVA, v.EXPERIENCED, "k/m/ett", 3),
    said(2, ALVA, v.EXPERIENCED, "k/m/tv%C3%A5", 2),
    said(3, ALVA, v.EXPERIENCED, "k/m/ett", 9),
    said(4, ALVA, v.FAILED, "k/m", 4, result=score(0.5)),
    said(5, ALVA, v.PASSED, "k/m", 6, result=score(0.8)),
    said(6, ALVA, v.PASSED, "k/m", 5, result=score(1)),
    said(7, ALVA, v.COMPLETED, "k/m", 7),
    said(8, ALVA, v.COMPLETED, "k/m", 7, revision="1.1+b"),
    said(9, ALVA, v.TERMINATED, "k/m", 8, result={"duration": "PT7M"}, stay="a"),
    said(10, ALVA, v.TERMINATED, "k/m", 8, result={"duration": "PT6M30.5S"}, stay="a"),
    said(11, ALVA, v.TERMINATED, "k/m", 20, result={"duration": "PT1H"}, stay="b"),
    said(12, ALVA, v.COMPLETED, "k", 8),
    said(13, ALVA, v.COMPLETED, "k", 3, revision=""),
    said(14, ALVA, v.COMPLETED, "k/n/gor", 30),
    said(15, BJORN, v.EXPERIENCED, "k/m/ett", 3),
    said(16, BJORN, v.SCORED, "k/m", 3, result=score(0.25)),
]


def voiding(number):
    return {
        "id": str(UUID(int=1000 + number)),
        "actor": US,
        "verb": {"id": v.VOIDED},
        "object": {"objectType": "StatementRef", "id": POOL[number]["id"]},
    }


def rows(session):
    session.flush()
    found = []
    for table in (ModuleProgress, CourseProgress):
        columns = [column.key for column in table.__table__.columns]
        kept = session.scalars(select(table).execution_options(populate_existing=True))
        found += [(table.__name__, *(str(getattr(row, name)) for name in columns)) for row in kept]
    return sorted(found)


def rebuild(session):
    progress.clear(session)
    for entries in search.each(session):
        signals.statements_recorded.send(session, entries=entries)


# Statements of the pool, some of them again, and voids of any; in batches.
ARRIVALS = st.lists(
    st.lists(
        st.one_of(
            st.integers(0, len(POOL) - 1).map(lambda n: ("said", n)),
            st.integers(0, len(POOL) - 1).map(lambda n: ("void", n)),
        ),
        min_size=1,
        max_size=8,
        unique=True,
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=ARRIVALS)
def test_what_was_read_as_it_came_is_what_is_read_anew(session, cast, arrivals):
    with session.begin_nested() as example:
        for minute, batch in enumerate(arrivals):
            statements = [POOL[n] if kind == "said" else voiding(n) for kind, n in batch]
            record(session, cast.fyren.id, statements, authority=US, at=START + timedelta(minutes=minute))
        as_it_came = rows(session)
        rebuild(session)
        assert as_it_came == rows(session)
        example.rollback()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(POOL))), gone=st.sets(st.integers(0, len(POOL) - 1)))
def test_the_order_of_arrival_does_not_matter(session, cast, order, gone):
    told = []
    for numbers in (sorted(order), order):
        with session.begin_nested() as example:
            for n in numbers:
                record(session, cast.fyren.id, [POOL[n]], authority=US, at=START)
            for n in sorted(gone):
                record(session, cast.fyren.id, [voiding(n)], authority=US, at=START)
            told.append(rows(session))
            example.rollback()
    assert told[0] == told[1]


@pytest.fixture
def everything(session, cast):
    record(session, cast.fyren.id, POOL, authority=US, at=START)
    return session


def of_alva(session, cast, module="m"):
    return session.get(ModuleProgress, (cast.fyren.id, ALVA, "k", module), populate_existing=True)


def test_the_earliest_the_latest_and_the_best_are_kept(everything, cast):
    kept = of_alva(everything, cast)
    assert kept.pages == ["ett", "två"]
    assert (kept.best, kept.passed_at) == (1.0, START + timedelta(minutes=5))
    assert (kept.completed_at, kept.revision) == (START + timedelta(minutes=7), "1.0+a")
    assert (kept.last_page, kept.last_at) == ("ett", START + timedelta(minutes=9))
    assert kept.started_at == START + timedelta(minutes=1)
    # The stay that was told of twice counts once, with the longer of the two lengths.
    assert (kept.stays, kept.seconds) == ({"a": 420, "b": 3600}, 4020)
    assert of_alva(everything, cast, "n").pages == ["gor"]
    course = everything.get(CourseProgress, (cast.fyren.id, ALVA, "k"))
    assert (course.completed_at, course.revision) == (START + timedelta(minutes=3), None)


def test_what_is_voided_is_forgotten(everything, cast):
    record(everything, cast.fyren.id, [voiding(n) for n in (6, 3, 11, 14, 13)], authority=US, at=START)
    kept = of_alva(everything, cast)
    assert (kept.best, kept.passed_at) == (0.8, START + timedelta(minutes=6))
    assert kept.last_at == START + timedelta(minutes=3)
    assert kept.seconds == 420
    assert of_alva(everything, cast, "n") is None
    course = everything.get(CourseProgress, (cast.fyren.id, ALVA, "k"), populate_existing=True)
    assert course.completed_at == START + timedelta(minutes=8)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": {"account": {"homePage": "https://other.test", "name": str(ALVA)}}},
        {"actor": {"mbox": "mailto:alva@fyren.example"}},
        {"object": {"id": "https://other.test/courses/k/m/ett"}},
        {"object": {"id": f"{BASE}/competences/k/m"}},
        {"object": {"id": f"{BASE}/courses/k/m/quiz/fraga"}},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/launched"}},
    ],
)
def test_what_others_say_or_say_of_other_things_is_no_progress_here(session, cast, change):
    record(session, cast.fyren.id, [{**POOL[1], **change}], authority=US, at=START)
    assert rows(session) == []


def test_an_organisation_has_its_own_progress_of_a_person(session, cast):
    record(session, cast.fyren.id, [POOL[1]], authority=US, at=START)
    record(session, cast.ekeby.id, [POOL[2]], authority=US, at=START)
    kept = session.scalars(select(ModuleProgress).order_by(ModuleProgress.organisation_id)).all()
    assert {row.organisation_id: row.pages for row in kept} == {cast.fyren.id: ["ett"], cast.ekeby.id: ["två"]}


def test_reading_everything_again_repairs_rows_that_were_lost(everything, cast):
    before = rows(everything)
    everything.execute(delete(ModuleProgress))
    assert everything.scalars(select(StoredStatement.id)).all()
    rebuild(everything)
    assert rows(everything) == before


def test_what_another_program_asserts_is_no_progress(session, cast):
    foreign = {"account": {"homePage": f"{BASE}/xapi", "name": "a-player"}}
    record(session, cast.fyren.id, POOL, authority=foreign, at=START)
    assert rows(session) == []

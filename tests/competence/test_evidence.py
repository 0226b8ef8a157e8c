from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms import signals
from lms.competence.models import Evidence, Standing
from lms.competence.shown import evidence, levels
from lms.competence.shown.rules import authority
from lms.competence.shown.standings import pick_anew, work_out
from lms.identity.models import Organisation
from lms.xapi import search, storing
from tests.competence.conftest import BASE, OURS, assessed, passed, voided


def standings(session, organisation=None):
    """Where each source leaves each person: person, competence, source, level, when."""
    found = select(Standing.organisation_id, Standing.person_uuid).order_by(Standing.person_uuid)
    if organisation is not None:
        found = found.where(Standing.organisation_id == organisation.id)
    return [
        (person, key, shown.source, shown.level, shown.at)
        for place, person in session.execute(found)
        for key, shown in levels.standing(session, place, person)
    ]


def rows(session, organisation):
    """As they are stored."""
    columns = (Standing.person_uuid, Standing.kept, Standing.levels, Standing.picked_by, Standing.good_until)
    its = select(*columns, Standing.ends_at).where(Standing.organisation_id == organisation.id)
    return session.execute(its.order_by(Standing.person_uuid)).all()


def pieces(session, organisation):
    rows = session.scalars(select(Evidence).where(Evidence.organisation_id == organisation.id))
    return sorted(
        (row.statement_id, row.competence_key, row.rule, row.rule_version, row.level, row.shown_at) for row in rows
    )


def test_a_passed_module_shows_what_it_develops(cast, session, record, at):
    (statement,) = record(cast.fyren, passed(cast.alva.uuid, {"self-leadership/SL6": 2, "lifecomp/P1": 1}, at))
    rows = session.scalars(select(Evidence).order_by(Evidence.competence_key)).all()
    assert [(row.competence_key, row.level, row.source, row.rule, row.rule_version) for row in rows] == [
        ("lifecomp/P1", 1, "course", "module-passed", 1),
        ("self-leadership/SL6", 2, "course", "module-passed", 1),
    ]
    assert {row.statement_id for row in rows} == {statement}
    assert {(row.organisation_id, row.person_uuid, row.shown_at) for row in rows} == {
        (cast.fyren.id, cast.alva.uuid, at)
    }


def test_an_own_assessment_shows_the_level_given_and_the_latest_counts(cast, session, record, at):
    earlier = at - timedelta(days=200)
    record(cast.fyren, assessed(cast.alva.uuid, "lifecomp/P1", 1, at))
    record(cast.fyren, assessed(cast.alva.uuid, "lifecomp/P1", 3, earlier))
    assert standings(session) == [(cast.alva.uuid, "lifecomp/P1", "self", 1, at)]


def test_not_yet_is_an_assessment(cast, session, record, at):
    record(cast.fyren, assessed(cast.alva.uuid, "lifecomp/P1", 0, at))
    assert standings(session) == [(cast.alva.uuid, "lifecomp/P1", "self", 0, at)]


def test_sources_are_kept_apart(cast, session, record, at):
    record(
        cast.fyren,
        assessed(cast.alva.uuid, "lifecomp/P1", 3, at),
        passed(cast.alva.uuid, {"lifecomp/P1": 1}, at),
    )
    assert [row[2:4] for row in standings(session)] == [("self", 3), ("course", 1)]


def test_what_someone_shows_in_one_organisation_stays_there(cast, session, record, at):
    record(cast.ekeby, assessed(cast.farid.uuid, "lifecomp/P1", 3, at))
    record(cast.fyren, assessed(cast.farid.uuid, "lifecomp/P1", 1, at))
    assert [row[3] for row in standings(session, cast.ekeby)] == [3]
    assert [row[3] for row in standings(session, cast.fyren)] == [1]


def test_a_voided_statement_shows_nothing_any_more(cast, session, record, at):
    first, second = uuid4(), uuid4()
    record(cast.fyren, passed(cast.alva.uuid, {"lifecomp/P1": 1}, at, first))
    record(cast.fyren, passed(cast.alva.uuid, {"lifecomp/P1": 3}, at, second))
    record(cast.fyren, voided(second, at))
    assert standings(session) == [(cast.alva.uuid, "lifecomp/P1", "course", 1, at)]
    record(cast.fyren, voided(first, at))
    assert standings(session) == []


def changed(statement, **parts):
    return {**statement, **parts}


@pytest.mark.parametrize(
    "wrong",
    [
        {"object": {"id": OURS.course("c1")}},
        {"object": {"id": OURS.quiz("c1", "m1")}},
        {"object": {"id": "https://elsewhere.test/courses/c1/m1"}},
        {"verb": {"id": OURS.verb("assessed")}},
        {"context": {}},
        {"context": {"extensions": {OURS.extension("develops"): "lifecomp/P1"}}},
        {"context": {"extensions": {OURS.extension("develops"): [{"competence": "lifecomp/P1", "level": 2}]}}},
        {"actor": {"account": {"homePage": "https://elsewhere.test", "name": "1001"}}},
    ],
)
def test_what_is_not_quite_a_passed_module_of_ours_shows_nothing(cast, session, record, at, wrong):
    record(cast.fyren, changed(passed(cast.alva.uuid, {"lifecomp/P1": 2}, at), **wrong))
    assert standings(session) == []


@pytest.mark.parametrize("level", [5, -1, "2", True, 2.5, None])
def test_a_level_that_is_not_on_the_scale_shows_nothing(cast, session, record, at, level):
    statement = assessed(cast.alva.uuid, "lifecomp/P1", 1, at)
    statement["result"]["extensions"][OURS.extension("level")] = level
    record(cast.fyren, statement)
    assert standings(session) == []


def test_the_same_name_on_another_home_page_is_somebody_else(cast, session, record, at):
    """Identities that leave out account.homePage are how records of different people run together."""
    stranger = changed(
        assessed(cast.alva.uuid, "lifecomp/P1", 3, at),
        actor={"account": {"homePage": "https://elsewhere.test", "name": str(cast.alva.uuid)}},
    )
    record(cast.fyren, stranger)
    assert standings(session) == []


def test_nobody_but_kunna_itself_can_hand_out_levels(cast, session, at):
    client = {"account": {"homePage": BASE, "name": "a client with statements/write"}}
    forged = [assessed(cast.alva.uuid, "lifecomp/P1", 4, at), passed(cast.alva.uuid, {"lifecomp/P1": 4}, at)]
    storing.record(session, cast.fyren.id, forged, authority=client, at=at)
    assert standings(session) == []


def test_someone_erased_has_no_evidence_also_after_a_rebuild(cast, session, record, at):
    record(cast.fyren, assessed(cast.alva.uuid, "lifecomp/P1", 3, at))
    signals.person_erased.send(session, person_uuid=cast.alva.uuid)
    cast.alva.email = None
    assert standings(session) == []
    rebuild(session)
    assert standings(session) == []


def test_a_persons_own_copy_tells_all_that_is_kept(cast, session, record, at):
    (statement,) = record(cast.fyren, assessed(cast.alva.uuid, "lifecomp/P1", 3, at))
    record(cast.fyren, assessed(cast.bjorn.uuid, "lifecomp/P1", 2, at))
    told = {
        "organisation": "Ungdomshuset Fyren",
        "competence": "lifecomp/P1",
        "source": "self",
        "level": 3,
        "shown_at": at.isoformat(),
    }
    assert evidence.portion(session, cast.alva.uuid) == (
        "competence",
        {
            "levels": [{**told, "pieces_of_evidence": 1}],
            "evidence": [
                {
                    **told,
                    "known_at": at.isoformat(),
                    "valid_until": None,
                    "issuer": None,
                    "rule": "self-assessed 1",
                    "statement": str(statement),
                }
            ],
        },
    )


def rebuild(session):
    evidence.clear(session)
    for entries in search.each(session, batch=3):
        signals.statements_recorded.send(session, entries=entries)


keys = st.sampled_from(["lifecomp/P1", "lifecomp/P2", "self-leadership/SL1"])
happenings = st.lists(
    st.tuples(
        st.sampled_from(["passed", "assessed", "voided", "again"]),
        st.integers(0, 7),
        st.dictionaries(keys, st.integers(1, 4), min_size=1),
        st.integers(0, 3),
    ),
    max_size=14,
)


def told(kind, number, develops, days_ago, people, at):
    """The statement with this number is always the same one, so that it can come twice."""
    id, when = UUID(int=number + 1), at - timedelta(days=days_ago)
    if kind == "voided":
        return voided(id, at)
    person = people[number % len(people)]
    if kind == "assessed":
        key, level = next(iter(develops.items()))
        return assessed(person, key, level - 1, when, id)
    return passed(person, develops, when, id)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings, st.randoms(), st.integers(1, 4))
def test_whatever_the_order_it_is_the_same_as_reading_the_whole_store(
    cast, session, at, given_happenings, chance, size
):
    """Late, twice, voided before or after it came: what was folded as it came equals what a rebuild gives."""
    people = [cast.alva.uuid, cast.bjorn.uuid]
    unique = {}
    for kind, number, develops, days_ago in given_happenings:
        name = (number, kind == "voided")
        unique.setdefault(name, told(kind, number, develops, days_ago, people, at))
    arriving = [*unique.values(), *list(unique.values())[:3]]
    chance.shuffle(arriving)
    with session.begin_nested() as tried:
        house = Organisation(kind="partner", key=str(uuid4()), name="House", parent_id=cast.east.id)
        session.add(house)
        session.flush()
        for start in range(0, len(arriving), size):
            batch = {statement["id"]: statement for statement in arriving[start : start + size]}
            storing.record(session, house.id, [*batch.values()], authority=authority(BASE), at=at)
        pick_anew(session, [house.id], at)
        folded = (pieces(session, house), rows(session, house))
        places = {(house.id, *row[:2]) for row in standings(session, house)}
        work_out(session, places, at)
        assert rows(session, house) == folded[1]
        rebuild(session)
        pick_anew(session, [house.id], at)
        assert (pieces(session, house), rows(session, house)) == folded
        tried.rollback()


def test_a_batch_takes_the_same_few_queries_however_large(cast, session, at, count_queries):
    fyren, alva = cast.fyren.id, cast.alva.uuid

    def queries(number):
        statements = [passed(alva, {"lifecomp/P1": 1, "lifecomp/P2": 2}, at) for _ in range(number)]
        with count_queries() as counted:
            storing.record(session, fyren, statements, authority=authority(BASE), at=at)
        return counted.number

    queries(1)
    assert queries(2) == queries(100)
    assert session.scalar(select(func.count()).select_from(Evidence)) == 206

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.competence.models import Standing
from lms.competence.shown import levels
from lms.competence.shown.level import Shown, Source
from lms.identity.models import Membership, Person
from lms.xapi.models import StoredStatement
from tests.competence.conftest import assessed, passed, voided

GOALS, SELF = "self-leadership/SL1", "self-leadership/SL2"
PAGES = ["", "assess", "assess/lifecomp/1", "frameworks", "frameworks/digcomp-3", "sources"]


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.fixture
def guides(cast, session, profile):
    """Alva and Farid are guides at Fyren, by a profile of the project's."""
    profile(cast.project, "Vägledare", {GOALS: (3, 5), SELF: (2, 1)})
    for person in (cast.alva, cast.farid):
        cast.membership(person, cast.fyren).role_profile_key = "vagledare"
    session.commit()


@pytest.mark.parametrize("page", PAGES)
def test_everyone_has_these_pages_also_before_anything_has_happened(cast, sign_in, page):
    assert sign_in(cast.alva).get(f"/competence/{page}").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "map", "profiles", "profiles/new"])
def test_signed_out_one_is_asked_to_sign_in(cast, client, page):
    assert client.get(f"/competence/{page}").status_code == 303
    assert client.get(f"/competence/{page}", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("page", ["frameworks/gone", "assess/gone/1", "assess/lifecomp/99", "assess/my-work/1"])
def test_what_is_not_there_is_not_found(cast, sign_in, page):
    assert sign_in(cast.alva).get(f"/competence/{page}").status_code == 404


def test_a_parameter_that_means_nothing_is_refused(cast, sign_in):
    assert sign_in(cast.bjorn).get("/competence/map?colour=red").status_code == 400
    assert sign_in(cast.bjorn).get("/competence/map?sort=height").status_code == 400


class TestMine:
    def test_a_gap_is_shown_with_what_would_close_it(self, cast, guides, record, sign_in, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        page = sign_in(cast.alva).get("/competence/").text
        assert "Sätta mål och prioritera" in page
        assert "/courses/sjalvledarskap/" in page
        assert "1 / 3" in page

    def test_not_assessed_is_said_and_is_not_zero(self, cast, guides, sign_in):
        page = sign_in(cast.alva).get("/competence/").text
        assert page.count("– / ") == 2
        assert "0 / 3" not in page

    def test_another_persons_is_not_there_for_a_colleague(self, cast, sign_in):
        assert sign_in(cast.alva).get(f"/competence/people/{cast.farid.uuid}").status_code == 403
        assert sign_in(cast.gun).get(f"/competence/people/{cast.alva.uuid}").status_code == 404
        assert sign_in(cast.bjorn).get(f"/competence/people/{cast.alva.uuid}").status_code == 200


class TestWhy:
    def address(self, person, key=GOALS):
        return f"/competence/why/{person.uuid}/{key}"

    def test_every_level_opens_down_to_its_evidence(self, cast, guides, record, sign_in, at):
        (one, two) = record(
            cast.fyren,
            passed(cast.alva.uuid, {GOALS: 2}, at - timedelta(days=3)),
            assessed(cast.alva.uuid, GOALS, 1, at),
        )
        page = sign_in(cast.alva).get(self.address(cast.alva)).text
        assert "module-passed 1" in page
        assert "self-assessed 1" in page
        assert "version 2" in page
        for statement in (one, two):
            assert f"/competence/statements/{statement}" in page

    def test_a_manager_sees_why_but_no_records(self, cast, guides, record, sign_in, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        page = sign_in(cast.bjorn).get(self.address(cast.alva)).text
        assert "self-assessed 1" in page
        assert "/competence/statements/" not in page

    @pytest.mark.parametrize("other", ["gun", "elsa", "david", "cecilia", "farid"])
    def test_nobody_else_sees_it(self, cast, guides, sign_in, other):
        assert sign_in(getattr(cast, other)).get(self.address(cast.alva)).status_code == 404

    def test_a_manager_sees_only_what_was_shown_in_their_own_organisation(self, cast, guides, record, sign_in, at):
        record(cast.ekeby, assessed(cast.farid.uuid, GOALS, 4, at))
        page = sign_in(cast.bjorn).get(self.address(cast.farid)).text
        assert "self-assessed" not in page

    def test_a_competence_nobody_defines_is_not_found(self, cast, sign_in):
        assert sign_in(cast.alva).get(self.address(cast.alva, "gone/X")).status_code == 404

    def test_voiding_takes_the_evidence_away(self, cast, guides, record, sign_in, at):
        (statement,) = record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        record(cast.fyren, voided(statement, at))
        alva = sign_in(cast.alva)
        assert "self-assessed" not in alva.get(self.address(cast.alva)).text
        assert alva.get(f"/competence/statements/{statement}").status_code == 404


class TestStatement:
    def test_ones_own_record_in_words_and_as_it_is_kept(self, cast, record, sign_in, at):
        (statement,) = record(cast.fyren, assessed(cast.alva.uuid, GOALS, 2, at))
        page = sign_in(cast.alva).get(f"/competence/statements/{statement}").text
        assert str(cast.alva.uuid) in page
        assert "xapi/verbs/assessed" in page

    @pytest.mark.parametrize("other", ["bjorn", "gun", "cecilia", "farid"])
    def test_nobody_elses(self, cast, record, sign_in, at, other):
        (statement,) = record(cast.fyren, assessed(cast.alva.uuid, GOALS, 2, at))
        assert sign_in(getattr(cast, other)).get(f"/competence/statements/{statement}").status_code == 404

    def test_of_another_organisation_only_when_acting_there(self, cast, record, sign_in, at):
        (statement,) = record(cast.ekeby, assessed(cast.farid.uuid, GOALS, 2, at))
        address = f"/competence/statements/{statement}"
        assert sign_in(cast.farid, cast.ekeby).get(address).status_code == 200
        assert sign_in(cast.farid, cast.fyren).get(address).status_code == 404


class TestAssessing:
    STEP = "/competence/assess/self-leadership/1"

    def statements(self, session):
        return session.scalar(select(func.count()).select_from(StoredStatement))

    def test_what_one_answers_is_saved_when_one_goes_on(self, cast, session, sign_in, at):
        answer = sign_in(cast.alva).post(self.STEP, data={GOALS: "2", SELF: "0"})
        assert (answer.status_code, answer.location) == (303, "/competence/assess/self-leadership/2")
        told = levels.standing(session, cast.fyren.id, cast.alva.uuid)
        assert told == [(GOALS, Shown(Source.SELF, 2, at)), (SELF, Shown(Source.SELF, 0, at))]

    def test_i_dont_know_says_nothing(self, cast, session, sign_in):
        sign_in(cast.alva).post(self.STEP, data={GOALS: ""})
        assert self.statements(session) == 0

    def test_only_what_has_changed_is_told(self, cast, session, sign_in, hold_clock, at):
        alva = sign_in(cast.alva)
        alva.post(self.STEP, data={GOALS: "2", SELF: "1"})
        hold_clock(at + timedelta(days=5))
        alva.post(self.STEP, data={GOALS: "3", SELF: "1"})
        assert self.statements(session) == 3
        told = levels.standing(session, cast.fyren.id, cast.alva.uuid)
        assert {key: shown.level for key, shown in told} == {GOALS: 3, SELF: 1}

    def test_the_same_level_two_years_later_is_worth_saying(self, cast, session, sign_in, hold_clock, at):
        alva = sign_in(cast.alva)
        alva.post(self.STEP, data={GOALS: "2"})
        hold_clock(at + timedelta(days=731))
        alva.post(self.STEP, data={GOALS: "2"})
        assert self.statements(session) == 2

    def test_an_answer_that_is_no_level_is_refused_and_nothing_typed_is_lost(self, cast, session, sign_in):
        answer = sign_in(cast.alva).post(self.STEP, data={GOALS: "7", SELF: "3"})
        assert answer.status_code == 400
        assert f'href="#{GOALS}"' in answer.text
        assert f'id="{SELF}-3" type="radio" name="{SELF}" value="3" checked' in answer.text
        assert self.statements(session) == 0

    def test_what_was_chosen_before_is_chosen_when_one_comes_back(self, cast, sign_in):
        alva = sign_in(cast.alva)
        alva.post(self.STEP, data={GOALS: "2"})
        assert f'id="{GOALS}-2" type="radio" name="{GOALS}" value="2" checked' in alva.get(self.STEP).text

    def test_the_role_profile_asks_for_what_the_work_needs(self, cast, guides, sign_in):
        alva = sign_in(cast.alva)
        page = alva.get("/competence/assess/my-work/1").text
        assert f'name="{GOALS}"' in page
        assert 'name="lifecomp/P1"' not in page
        assert alva.post("/competence/assess/my-work/1", data={GOALS: "1"}).location == "/competence/"

    def test_what_a_level_is_based_on_stands_beside_it_for_the_two_and_in_no_statement(self, cast, session, sign_in):
        alva, said = sign_in(cast.alva), {GOALS: "2", f"because:{GOALS}": "I planned the camp."}
        for _ in range(2):
            alva.post(self.STEP, data=said)
        assert self.statements(session) == 1
        assert "I planned the camp." in alva.get(self.STEP).text
        assert "I planned the camp." in alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
        talk = f"/competence/people/{cast.alva.uuid}/calibration"
        assert "I planned the camp." in sign_in(cast.bjorn).get(talk).text
        assert "camp" not in " ".join(session.scalars(select(StoredStatement.text)))
        alva.post(self.STEP, data=said | {f"because:{GOALS}": ""})
        assert self.statements(session) == 2
        assert "I planned the camp." not in alva.get(self.STEP).text

    @pytest.mark.parametrize(("level", "text", "field"), [("", "Because", GOALS), ("2", "x" * 501, f"because:{GOALS}")])
    def test_a_reason_needs_a_level_and_has_an_end(self, cast, session, sign_in, level, text, field):
        answer = sign_in(cast.alva).post(self.STEP, data={GOALS: level, f"because:{GOALS}": text})
        assert answer.status_code == 400
        assert f'href="#{field}"' in answer.text
        assert text in answer.text
        assert self.statements(session) == 0

    def test_a_proof_is_handed_in_from_here_with_all_of_the_step_saved(self, cast, session, sign_in):
        alva = sign_in(cast.alva)
        answer = alva.post(self.STEP, data={GOALS: "2", SELF: "1", "do": f"proof:{GOALS}"})
        assert self.statements(session) == 2
        page = alva.get(answer.location).text
        assert f'<option value="{GOALS}" selected>' in page
        assert 'name="back" value="self-leadership/1"' in page

    def test_it_belongs_to_the_organisation_where_one_acts(self, cast, session, sign_in):
        sign_in(cast.farid, cast.ekeby).post(self.STEP, data={GOALS: "2"})
        assert session.scalars(select(Standing.organisation_id)).all() == [cast.ekeby.id]


class TestMap:
    def test_a_manager_sees_the_team_and_nobody_else(self, cast, guides, record, sign_in, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        page = sign_in(cast.bjorn).get("/competence/map").text
        assert "Alva Ek" in page
        assert "Farid Nazari" in page
        assert "Gun Wiklund" not in page
        assert f"/competence/why/{cast.alva.uuid}/{GOALS}" in page

    def test_it_changes_back_when_a_statement_is_voided(self, cast, guides, record, sign_in, at):
        def cells():
            return re.findall(r'class="cell [^"]*" href', sign_in(cast.bjorn).get("/competence/map").text)

        before = cells()
        (statement,) = record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        assert cells() != before
        record(cast.fyren, voided(statement, at))
        assert cells() == before

    def test_a_day_that_has_been_is_told_as_that_day(self, cast, guides, record, sign_in, hold_clock, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        later = at + timedelta(days=40)
        hold_clock(later)
        bjorn = sign_in(cast.bjorn)
        before, then = (bjorn.get(f"/competence/map?on={at.date() + timedelta(days=days)}") for days in (-1, 1))
        assert before.status_code == then.status_code == 200
        assert 'title="1 / ' not in before.text
        assert f"?on={at.date() + timedelta(days=1)}" in then.text
        assert (f"/competence/why/{cast.alva.uuid}/{GOALS}?on=") in then.text
        why = bjorn.get(f"/competence/why/{cast.alva.uuid}/{GOALS}?on={at.date() + timedelta(days=1)}")
        assert "self-assessed 1" in why.text

    def test_the_map_looks_ahead(self, cast, guides, record, sign_in, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        for months in (12, 36):
            page = sign_in(cast.bjorn).get(f"/competence/map?horizon={months}").text
            assert "Alva Ek" in page
            assert f"/competence/why/{cast.alva.uuid}/{GOALS}?horizon={months}" in page

    @pytest.mark.parametrize(
        "asked", ["on=yesterday", "on=2031-01-01", "horizon=5", "on=2026-01-01&horizon=12", "sort=luck"]
    )
    def test_what_cannot_be_shown_is_refused_with_a_word(self, cast, guides, sign_in, hold_clock, at, asked):
        hold_clock(at)
        assert sign_in(cast.bjorn).get(f"/competence/map?{asked}").status_code == 400

    @pytest.mark.parametrize(
        ("who", "groupings"),
        [("elsa", ["unit", "team", "profile"]), ("david", ["partner", "profile"]), ("cecilia", ["partner", "region"])],
    )
    def test_rows_are_what_one_chooses(self, cast, guides, sign_in, who, groupings):
        for by in groupings:
            assert sign_in(getattr(cast, who)).get(f"/competence/map?view=groups&by={by}").status_code == 200
        assert sign_in(cast.elsa).get("/competence/map?view=groups&by=region").status_code == 404

    def test_a_learner_has_none(self, cast, sign_in):
        assert sign_in(cast.alva).get("/competence/map").status_code == 403

    @pytest.mark.parametrize("who", ["bjorn", "elsa", "david", "cecilia", "gun"])
    def test_empty_it_says_what_will_stand_there(self, cast, sign_in, who):
        answer = sign_in(getattr(cast, who)).get("/competence/map")
        assert answer.status_code == 200
        assert 'class="empty"' in answer.text

    def test_a_manager_who_administers_can_switch(self, cast, sign_in):
        gun = sign_in(cast.gun)
        assert "view=groups" in gun.get("/competence/map").text
        assert gun.get("/competence/map?view=groups").status_code == 200
        assert sign_in(cast.bjorn).get("/competence/map?view=groups").status_code == 404
        assert sign_in(cast.elsa).get("/competence/map?view=team").status_code == 404

    def test_groups_show_no_person(self, cast, session, guides, record, sign_in, at):
        people = work_at(session, cast.units["fyren-kansli"], 6, at)
        record(cast.fyren, *[assessed(person.uuid, GOALS, 1, at) for person in people])
        for who in (cast.david, cast.cecilia):
            page = sign_in(who).get("/competence/map").text
            assert "Ungdomshuset Fyren" in page
            assert "Person " not in page
            assert "Alva Ek" not in page

    def test_filters_are_words_that_can_be_taken_away(self, cast, guides, sign_in):
        page = sign_in(cast.bjorn).get("/competence/map?profile=vagledare&sort=gap").text
        assert 'class="filter-word" href="/competence/map?sort=gap"' in page


def work_at(session, unit, number, at):
    people = []
    for place in range(number):
        person = Person(uuid=uuid4(), name=f"Person {place}", email=f"{uuid4()}@test.example", created_at=at)
        session.add(
            Membership(
                person=person,
                organisation_id=unit.parent_id,
                unit_id=unit.id,
                role_profile_key="vagledare",
                began_at=at,
            )
        )
        people.append(person)
    session.commit()
    return people


class TestWhyGroup:
    ADDRESS = f"/competence/why/group/fyren/{GOALS}"

    def test_the_arithmetic_of_a_group(self, cast, session, guides, record, sign_in, at):
        people = work_at(session, cast.units["fyren-kansli"], 10, at)
        record(cast.fyren, *[assessed(person.uuid, GOALS, 2, at) for person in people])
        page = sign_in(cast.david).get(self.ADDRESS).text
        assert "33 %" in page
        assert "50" in page
        assert "150" in page

    def test_fewer_than_five_are_hidden(self, cast, session, guides, record, sign_in, at):
        people = work_at(session, cast.units["fyren-kansli"], 4, at)
        record(cast.fyren, *[assessed(person.uuid, GOALS, 2, at) for person in people])
        page = sign_in(cast.david).get(self.ADDRESS).text
        assert 'class="empty"' in page
        assert "33 %" not in page

    def test_where_all_are_alike_in_a_small_group_it_is_only_hinted_at(
        self, cast, session, guides, record, sign_in, at
    ):
        people = work_at(session, cast.units["fyren-kansli"], 6, at)
        record(cast.fyren, *[assessed(person.uuid, GOALS, 3, at) for person in people])
        page = sign_in(cast.david).get(self.ADDRESS).text
        assert "100 %" not in page

    @pytest.mark.parametrize(("who", "status"), [("gun", 404), ("elsa", 404), ("bjorn", 403), ("alva", 403)])
    def test_nobody_from_elsewhere(self, cast, guides, sign_in, who, status):
        assert sign_in(getattr(cast, who)).get(self.ADDRESS).status_code == status


def test_time_left_is_told_at_each_step_and_grows_less(cast, sign_in):
    alva = sign_in(cast.alva)
    left = [
        int(re.search(r"ungefär (\d+) minut", alva.get(f"/competence/assess/digcomp-3/{number}").text)[1])
        for number in (1, 4, 8)
    ]
    assert left == sorted(left, reverse=True)
    assert 5 < left[0] <= 20
    assert left[-1] >= 1


def test_what_is_chosen_in_a_step_is_kept_in_the_browser_until_it_is_sent(cast, sign_in):
    page = sign_in(cast.alva).get("/competence/assess/lifecomp/1").text
    assert f'data-autosave="assess-lifecomp-1" data-person="{cast.alva.uuid}"' in page

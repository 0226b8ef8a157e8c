"""A workshop from its start to what was decided."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.competence.models import NeedVersion, RoleProfileVersion
from lms.competence.required import needs, profiles
from lms.competence.required.needs import Sought
from lms.competence.required.profiles import Requirement
from lms.competence.required.versions import Decision
from lms.identity.models import RoleHeld
from lms.workshops import agenda, items, running, voting
from lms.workshops.agenda import Step
from lms.workshops.models import Contribution, Item, Seat, Workshop
from tests.competence.conftest import profile
from tests.workshops.conftest import GOALS, LIMITS, SELF

__all__ = ["profile"]


def test_the_steps_go_both_ways():
    assert agenda.beside("gather") == (None, Step.TRENDS)
    assert agenda.beside("vote") == (Step.COMPETENCES, Step.TALK)
    assert agenda.beside("decide") == (Step.TALK, None)
    assert sum(part.minutes for part in agenda.AGENDA) == 120


def test_a_workshop_from_trends_to_versions(cast, session, workshop, phone, lead, elsa, at):
    one, two, three = phone(workshop), phone(workshop), phone(workshop)
    lead(workshop, "step", to="trends")
    one.say(kind="trend", text="Fler nyanlända elever")
    assert "Fler nyanlända elever" in two.text
    lead(workshop, "step", to="competences")
    for who, level in ((one, 3), (two, 4), (three, 3)):
        assert who.name(GOALS, level).status_code == 303
    two.name(LIMITS, 2)
    goals, limits = session.scalars(select(Item).where(Item.kind == "competence").order_by(Item.id)).all()
    lead(workshop, "step", to="vote")
    for who in (one, two, three):
        assert who.vote({goals.id: 3, limits.id: 2}).status_code == 303
    assert "9 prickar" not in one.text
    lead(workshop, "count", show="yes")
    lead(workshop, "step", to="talk")
    lead(workshop, "note", key="n1", text="Vi börjar med de nya.")
    lead(workshop, "step", to="decide")
    decided = lead(
        workshop,
        "decide/larare",
        take=[GOALS],
        valid_from=str(at.date() + timedelta(days=365)),
        note="Vi var eniga.",
        **{f"level:{GOALS}": "3", f"upper:{GOALS}": "4", f"consequence:{GOALS}": "5", f"level:{LIMITS}": "2"},
    )
    assert decided.status_code == 303
    assert lead(workshop, "needs", **{f"holders:3:{GOALS}": "12"}).status_code == 303
    assert lead(workshop, "end").status_code == 303

    made = session.scalars(select(RoleProfileVersion).where(RoleProfileVersion.origin == "workshop")).one()
    assert (made.profile.organisation_id, made.profile.key) == (cast.ekeby.id, "larare")
    assert (made.decided_by, made.note, made.origin_key) == (cast.elsa, "Vi var eniga.", str(workshop.uuid))
    # What was not taken stays out, and what the role needed already stays in.
    assert profiles.requirements_of(made) == {
        GOALS: Requirement(3, 3, 4, 5, 3),
        SELF: Requirement(3, 4),
    }
    needed = session.scalars(select(NeedVersion)).one()
    assert (needed.organisation_id, needs.needs_of(needed)) == (cast.ekeby.id, {Sought(GOALS, 3): {12: 12}})
    record = elsa.get(f"/competence/workshops/{workshop.uuid}/record").text
    for said in ("Fler nyanlända elever", "Vi börjar med de nya.", "Vi var eniga.", "Elsa Öberg"):
        assert said in record
    history = elsa.get("/competence/profiles/larare").text
    assert f"/competence/workshops/{workshop.uuid}/record" in history


class TestTakingPart:
    def test_what_is_sent_again_is_there_once(self, session, workshop, phone, lead):
        lead(workshop, "step", to="trends")
        one = phone(workshop)
        for _ in range(3):
            assert one.say(kind="trend", text="Ny lag", key="k1", queued=True).status_code == 204
        assert one.say(kind="trend", text="Ny lag", key="k1").status_code == 303
        assert session.scalar(select(func.count()).select_from(Item)) == 1
        assert session.scalar(select(func.count()).select_from(Contribution)) == 1

    def test_a_competence_named_by_many_is_one_item(self, session, workshop, phone):
        one, two, three = (phone(workshop) for _ in range(3))
        for who, level in ((one, 2), (two, 3), (three, 3)):
            who.name(GOALS, level)
        one.name(GOALS, 2, role="chef")
        shown = items.shown(session, workshop)
        assert [(each.item.role_key, each.times, each.level) for each in shown] == [("larare", 3, 3), ("chef", 1, 2)]

    def test_what_comes_late_for_an_earlier_step_is_not_lost(self, session, workshop, phone, lead):
        one = phone(workshop)
        lead(workshop, "step", to="vote")
        assert one.say(kind="task", text="Mer digital undervisning", queued=True).status_code == 204
        assert session.scalars(select(Item)).one().text == "Mer digital undervisning"

    def test_nothing_that_was_typed_is_lost(self, workshop, phone, lead):
        lead(workshop, "step", to="competences")
        one = phone(workshop)
        answer = one.say(kind="competence", competence=GOALS, level="", role="chef")
        assert answer.status_code == 400
        assert f'<option value="{GOALS}" selected>' in answer.text
        assert '<option value="chef" selected>' in answer.text
        lead(workshop, "step", to="trends")
        answer = one.say(kind="trend", text="x" * 301)
        assert answer.status_code == 400
        assert "x" * 301 in answer.text

    @pytest.mark.parametrize("code", ["", "AAAAAA", "x" * 500])
    def test_a_code_that_is_nobodys(self, client, workshop, code):
        assert client.post("/join", data={"code": code}).status_code == 404

    def test_codes_cannot_be_tried_for_long(self, app, client, workshop, monkeypatch):
        answers = [client.get(f"/join/{number:06}").status_code for number in range(61)]
        assert set(answers[:60]) == {404}
        assert answers[60] == 429

    def test_a_code_is_read_as_people_type_it(self, client, workshop):
        typed = f" {workshop.code[:3].lower()} {workshop.code[3:].lower()}"
        assert client.post("/join", data={"code": typed}).status_code == 303

    def test_without_a_seat_there_is_a_button_and_nothing_can_be_sent(self, client, session, workshop, lead):
        lead(workshop, "step", to="trends")
        assert client.get(f"/join/{workshop.code}").status_code == 200
        answer = client.post(f"/join/{workshop.code}/say", data={"kind": "trend", "text": "x", "key": "k"})
        assert answer.status_code == 404
        assert session.scalars(select(Item)).all() == []

    def test_a_page_that_asks_again_is_told_that_nothing_has_changed(self, workshop, phone, lead, count_queries):
        one, two = phone(workshop), phone(workshop)
        lead(workshop, "step", to="trends")
        first = one.browser.get(f"{one.page}/now")
        assert (first.status_code, 'data-state="trends"' in first.text) == (200, True)
        with count_queries() as counted:
            again = one.browser.get(f"{one.page}/now", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert counted.number == 1
        two.say(kind="trend", text="Ny lag")
        later = one.browser.get(f"{one.page}/now", headers={"If-None-Match": first.headers["ETag"]})
        assert "Ny lag" in later.text


class TestVoting:
    @pytest.fixture
    def open(self, session, workshop, phone, lead):
        """Three competences, and voting is open."""
        one = phone(workshop)
        for competence in (GOALS, SELF, LIMITS):
            one.name(competence, 2)
        lead(workshop, "step", to="vote")
        return one, [item.id for item in session.scalars(select(Item).order_by(Item.id))]

    def sums(self, session, workshop):
        session.expire_all()
        return dict(voting.sums(session, workshop))

    def test_a_ballot_counts_once_however_often_it_is_sent(self, session, workshop, open):
        one, (first, second, _) = open
        for _ in range(3):
            assert one.vote({first: 3, second: 2}, queued=True).status_code == 204
        assert self.sums(session, workshop) == {first: 3, second: 2}

    def test_a_later_ballot_takes_its_place_and_an_earlier_one_that_comes_late_does_not(self, session, workshop, open):
        one, (first, second, third) = open
        one.vote({second: 5}, turn=2)
        one.vote({first: 5}, turn=1)
        assert self.sums(session, workshop) == {second: 5}
        one.vote({third: 1}, turn=3)
        assert self.sums(session, workshop) == {third: 1}

    def test_joining_again_gives_no_more_dots(self, app, session, workshop, open):
        one, (first, *_) = open
        one.vote({first: 5})
        one.browser.post("/join", data={"code": workshop.code})
        one.vote({first: 5}, turn=2)
        assert self.sums(session, workshop) == {first: 5}
        assert session.scalar(select(func.count()).select_from(Seat)) == 1

    def test_more_dots_than_there_are_are_refused_and_still_on_the_page(self, session, workshop, open):
        one, (first, second, _) = open
        answer = one.vote({first: 4, second: 3})
        assert answer.status_code == 400
        chosen = re.search(rf'name="dots:{first}".*?</select>', answer.text, re.DOTALL)[0]
        assert '<option value="4" selected>' in chosen
        assert self.sums(session, workshop) == {}

    def test_when_voting_has_closed_a_ballot_says_so(self, session, workshop, open, lead):
        one, (first, *_) = open
        lead(workshop, "step", to="talk")
        answer = one.vote({first: 1}, queued=True)
        assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")

    def test_sums_are_seen_when_the_facilitator_opens_them(self, workshop, open, lead, elsa):
        one, (first, *_) = open
        one.vote({first: 5})
        screen = f"/competence/workshops/{workshop.uuid}/screen"
        lead(workshop, "step", to="talk")
        for page in (one.text, elsa.get(screen).text, elsa.get(f"{screen}/now").text):
            assert 'class="dots"' not in page
        lead(workshop, "count", show="yes")
        for page in (one.text, elsa.get(screen).text, elsa.get(f"{screen}/now").text):
            assert 'class="dots"' in page

    def test_who_voted_what_is_nowhere_when_it_has_ended(self, session, workshop, open, lead):
        one, (first, second, _) = open
        one.vote({first: 3, second: 1})
        lead(workshop, "end")
        assert session.scalars(select(Seat)).all() == []
        assert self.sums(session, workshop) == {first: 3, second: 1}
        assert (workshop.taken_part, workshop.code) == (1, None)

    def test_no_row_of_a_workshop_names_anyone_but_who_leads_it(self):
        named = {
            f"{table.name}.{column.name}"
            for table in (Workshop.__table__, Seat.__table__, Item.__table__, Contribution.__table__)
            for column in table.c
            for key in column.foreign_keys
            if key.column.table.name in ("person", "membership")
        }
        assert named == {"workshop.started_by_id"}


class TestPuttingInOrder:
    @pytest.fixture
    def three(self, session, workshop, phone, lead):
        lead(workshop, "step", to="trends")
        one = phone(workshop)
        for text in ("Ny lag", "En ny lag", "Färre sökande"):
            one.say(kind="trend", text=text)
        return session.scalars(select(Item).order_by(Item.id)).all()

    def test_the_same_said_twice_is_put_together_and_taken_apart(self, session, workshop, three, lead):
        first, second, third = three
        lead(workshop, f"items/{second.id}", do="merge", into=str(first.id))
        shown = items.shown(session, workshop)
        assert [(one.item.id, one.times) for one in shown] == [(first.id, 2), (third.id, 1)]
        lead(workshop, f"items/{second.id}", do="show")
        assert len(items.shown(session, workshop)) == 3

    def test_not_in_a_ring(self, session, workshop, three, lead):
        first, second, _ = three
        lead(workshop, f"items/{second.id}", do="merge", into=str(first.id))
        assert lead(workshop, f"items/{first.id}", do="merge", into=str(second.id)).status_code == 400
        assert lead(workshop, f"items/{first.id}", do="merge", into=str(first.id)).status_code == 400

    def test_what_is_hidden_is_on_no_phone_and_can_be_shown_again(self, workshop, three, lead, phone):
        lead(workshop, f"items/{three[2].id}", do="hide")
        assert "Färre sökande" not in phone(workshop).text
        lead(workshop, f"items/{three[2].id}", do="show")
        assert "Färre sökande" in phone(workshop).text

    def test_it_is_reworded(self, workshop, three, lead, phone):
        lead(workshop, f"items/{three[0].id}", do="reword", text="Ny skollag")
        assert "Ny skollag" in phone(workshop).text
        assert lead(workshop, f"items/{three[0].id}", do="reword", text=" ").status_code == 400

    def test_dots_on_what_is_put_together_count_together(self, session, workshop, phone, lead):
        one = phone(workshop)
        one.name(GOALS, 2)
        one.name(SELF, 2)
        first, second = session.scalars(select(Item).order_by(Item.id)).all()
        lead(workshop, "step", to="vote")
        one.vote({first.id: 2, second.id: 3})
        lead(workshop, f"items/{second.id}", do="merge", into=str(first.id))
        assert dict(voting.sums(session, workshop)) == {first.id: 5}

    def test_another_workshops_item_is_not_there(self, start, workshop, three, lead):
        assert lead(start(), f"items/{three[0].id}", do="hide").status_code == 404


class TestWhoLeads:
    def test_a_manager_decides_for_the_unit_and_proposes_for_the_role(
        self, cast, session, start, sign_in, phone, at, profile
    ):
        profile(cast.fyren, "Ledare", {GOALS: (2, 3)})
        session.commit()
        bjorn = sign_in(cast.bjorn)
        workshop = start(bjorn, place="fyren-ungdom", role=["ledare"])
        one = phone(workshop)
        one.name(SELF, 3)
        address = f"/competence/workshops/{workshop.uuid}"
        form = {"take": SELF, f"level:{SELF}": "3", "valid_from": str(at.date())}
        assert bjorn.post(f"{address}/decide/ledare", data=form).status_code == 403
        assert bjorn.post(f"{address}/needs", data={f"holders:3:{SELF}": "2"}).status_code == 303
        bjorn.post(f"{address}/end")
        assert session.scalars(select(NeedVersion)).one().organisation_id == cast.units["fyren-ungdom"].id
        # Later somebody in charge of Fyren takes it up.
        cast.membership(cast.alva, cast.fyren).held.append(RoleHeld(role="administrator"))
        session.commit()
        alva = sign_in(cast.alva)
        assert "Ledare" in alva.get(f"{address}/record").text
        assert alva.post(f"{address}/decide/ledare", data=form).status_code == 303
        newest = session.scalars(select(RoleProfileVersion).order_by(RoleProfileVersion.id.desc())).first()
        assert set(profiles.requirements_of(newest)) == {GOALS, SELF}

    @pytest.mark.parametrize(("who", "status"), [("gun", 404), ("bjorn", 404), ("cecilia", 404), ("alva", 403)])
    def test_nobody_of_another_organisation_knows_of_it(self, cast, workshop, sign_in, who, status):
        other = sign_in(getattr(cast, who))
        address = f"/competence/workshops/{workshop.uuid}"
        for page in ("", "/now", "/screen", "/screen/now", "/decide", "/record"):
            assert other.get(address + page).status_code == status, page
        for page in ("/step", "/count", "/note", "/end", "/needs", "/decide/larare"):
            assert other.post(address + page).status_code == status, page

    def test_a_place_that_is_not_ones_own_is_refused(self, cast, elsa, session):
        form = {"title": "x", "place": "fyren", "horizon": "12", "role": "larare", "dots": "5"}
        assert elsa.post("/competence/workshops/new", data=form).status_code == 400
        assert session.scalars(select(Workshop)).all() == []

    def test_a_role_that_does_not_exist_yet_is_made_when_it_is_decided(self, cast, session, start, phone, lead, at):
        workshop = start(role=[], new_role="Digital lots")
        phone(workshop).name(GOALS, 2, role="digital-lots")
        form = {"take": GOALS, f"level:{GOALS}": "2", "valid_from": str(at.date())}
        assert lead(workshop, "decide/digital-lots", **form).status_code == 303
        assert profiles.names(session, cast.ekeby.id)["digital-lots"] == "Digital lots"


def test_what_a_step_builds_on_is_in_sight_and_so_is_where_levels_differ(workshop, phone, lead, elsa):
    one, two = phone(workshop), phone(workshop)
    screen = f"/competence/workshops/{workshop.uuid}/screen"
    lead(workshop, "step", to="trends")
    one.say(kind="trend", text="Ny skollag")
    lead(workshop, "step", to="tasks")
    assert "Ny skollag" in two.text
    assert "Ny skollag" in elsa.get(screen).text
    one.say(kind="task", text="Samordna stödet")
    lead(workshop, "step", to="competences")
    assert "Samordna stödet" in two.text
    assert "Ny skollag" not in two.text
    one.name(GOALS, 2)
    two.name(GOALS, 4)
    lead(workshop, "step", to="talk")
    lead(workshop, "count", show="yes")
    for page in (two.text, elsa.get(screen).text):
        assert "2 Självständig × 1, 4 Ledande × 1" in page


def test_one_that_everybody_has_left_ends_by_itself(app, session, workshop, phone, at):
    phone(workshop).say(kind="trend", text="Ny lag")
    assert running.end_abandoned(session, {}, at + timedelta(days=6)) == 0
    assert running.end_abandoned(session, {}, at + timedelta(days=8)) == 1
    assert (workshop.ended_at, workshop.code) == (at + timedelta(days=8), None)
    assert running.end_abandoned(session, {}, at + timedelta(days=9)) == 0


def test_the_needs_of_before_stay_when_a_workshop_adds_to_them(cast, session, workshop, phone, lead, at, hold_clock):
    needed = {Sought(SELF, 2): {0: 1, 12: 4}, Sought(GOALS, 2): {0: 5}}
    a_year_ago = at - timedelta(days=365)
    needs.publish(session, cast.ekeby.id, needed, Decision(a_year_ago.date(), a_year_ago, None))
    phone(workshop).name(GOALS, 2)
    lead(workshop, "needs", **{f"holders:2:{GOALS}": "9"})
    newest = session.scalars(select(NeedVersion).order_by(NeedVersion.number.desc())).first()
    # A year has gone: what was needed in 12 months is needed now.
    assert needs.needs_of(newest) == {Sought(SELF, 2): {0: 4}, Sought(GOALS, 2): {0: 5, 12: 9}}

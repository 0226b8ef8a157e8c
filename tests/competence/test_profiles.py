"""Role profiles: drafted, decided, and what holds on a day."""

import re
from datetime import date, timedelta

import flask_migrate
import pytest
from sqlalchemy import select, text

from lms.competence.models import RoleProfile, RoleProfileVersion
from lms.competence.required import profile_form, profiles, versions
from lms.competence.required.profiles import Requirement
from lms.competence.required.versions import Change, Decision, Origin
from lms.db import db
from lms.errors import Invalid
from lms.frameworks.framework import load
from lms.identity.models import Role, RoleHeld
from tests.house.test_migrations import bare_app

__all__ = ["bare_app"]

GOALS, SELF, LIMITS = "self-leadership/SL1", "self-leadership/SL2", "self-leadership/SL4"
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


def version(number, valid_from):
    return RoleProfileVersion(number=number, valid_from=valid_from)


@pytest.mark.parametrize(
    ("days", "on", "number"),
    [
        ([], 0, None),
        ([1], 0, None),
        ([0], 0, 1),
        ([-400, -30, 30], 0, 2),
        ([-400, -30, 30], -31, 1),
        ([-400, -30, 30], 30, 3),
        # Decided twice for the same day: the last word counts.
        ([-30, -30], 0, 2),
        # Decided later for an earlier day: what was decided for the later day still comes.
        ([60, 0], 30, 2),
        ([60, 0], 60, 1),
    ],
)
def test_the_version_of_a_day(days, on, number):
    decided = [version(place, DAY + timedelta(days=ahead)) for place, ahead in enumerate(days, 1)]
    found = versions.in_force(decided, DAY + timedelta(days=on))
    assert (found.number if found else None) == number


def test_changes_say_what_came_what_is_otherwise_and_what_went():
    before = {"a": Requirement(2, 3), "b": Requirement(2, 3), "c": Requirement(1, 1)}
    after = {"d": Requirement(1, 1), "b": Requirement(3, 3), "c": Requirement(1, 1)}
    assert versions.changes(before, after) == [
        Change("d", None, Requirement(1, 1)),
        Change("b", Requirement(2, 3), Requirement(3, 3)),
        Change("a", Requirement(2, 3), None),
    ]


@pytest.mark.parametrize(("consequence", "difficulty", "criticality"), [(1, 1, 0.2), (3, 3, 1.8), (5, 5, 5), (5, 2, 2)])
def test_criticality_is_consequence_by_difficulty(consequence, difficulty, criticality):
    assert Requirement(2, 3, None, consequence, difficulty).criticality == pytest.approx(criticality)


class TestResolve:
    @pytest.fixture
    def guide(self, cast, session, at):
        """Level 1 since a year ago, 2 since a month, 3 from next month on, decided yesterday."""
        month, year = timedelta(days=30), timedelta(days=365)
        guide = profiles.begin(session, cast.project.id, "Guide", at=at - year)
        for level, decided, valid_from in (
            (1, at - year, at - year),
            (2, at - month, at - month),
            (3, at - timedelta(days=1), at + month),
        ):
            decision = Decision(valid_from.date(), decided, cast.cecilia.id)
            profiles.publish(session, guide, {GOALS: Requirement(level, 3)}, decision)
        session.commit()
        return guide

    def level(self, session, place, on, known_at=None):
        found = profiles.resolve(session, [(place.id, "guide")], on, known_at=known_at)
        return found[place.id, "guide"].requirements[GOALS].level if found else None

    @pytest.mark.parametrize(
        ("days", "level"), [(-400, None), (-365, 1), (-31, 1), (-30, 2), (0, 2), (30, 3), (999, 3)]
    )
    def test_by_date(self, cast, session, guide, at, days, level):
        assert self.level(session, cast.fyren, at.date() + timedelta(days=days)) == level

    def test_what_had_been_decided_then(self, cast, session, guide, at):
        ahead = at.date() + timedelta(days=60)
        assert self.level(session, cast.fyren, ahead, known_at=at) == 3
        assert self.level(session, cast.fyren, ahead, known_at=at - timedelta(days=2)) == 2

    def test_the_version_is_named(self, cast, session, guide, at):
        found = profiles.resolve(session, [(cast.fyren.id, "guide")], at.date())
        assert found[cast.fyren.id, "guide"].version == 2

    def test_an_own_one_counts_from_the_day_it_holds(self, cast, session, guide, at):
        own = profiles.begin(session, cast.fyren.id, "Guide", at=at)
        assert self.level(session, cast.fyren, at.date()) == 2
        profiles.publish(session, own, {GOALS: Requirement(4, 3)}, Decision(at.date() + timedelta(days=5), at, None))
        assert self.level(session, cast.fyren, at.date()) == 2
        assert self.level(session, cast.fyren, at.date() + timedelta(days=5)) == 4
        assert self.level(session, cast.ekeby, at.date() + timedelta(days=5)) == 2

    def test_the_same_queries_for_any_number(self, cast, session, guide, at, count_queries):
        wanted = [(place.id, "guide") for place in (cast.fyren, cast.ekeby, cast.lindo, cast.nordverk)]
        with count_queries() as one:
            profiles.resolve(session, wanted[:1], at.date())
        with count_queries() as four:
            profiles.resolve(session, wanted, at.date())
        assert one.number == four.number <= 2


class TestDeciding:
    def test_what_is_decided_is_frozen(self, cast, session, at):
        guide = profiles.define(session, cast.fyren.id, "Guide", {GOALS: Requirement(2, 3)}, at=at)
        session.commit()
        for frozen, field in ((guide.versions[0], "note"), (guide.versions[0].requirements[0], "competence_key")):
            setattr(frozen, field, "something else")
            with pytest.raises(TypeError, match="frozen"):
                session.flush()
            session.rollback()

    def test_nothing_is_decided_for_a_day_that_has_been(self, cast, session, at):
        guide = profiles.begin(session, cast.fyren.id, "Guide", at=at)
        with pytest.raises(Invalid, match="valid_from"):
            profiles.publish(session, guide, {}, Decision(at.date() - timedelta(days=1), at, None))

    def test_a_version_says_who_decided_what_when_and_why(self, cast, session, at):
        guide = profiles.begin(session, cast.fyren.id, "Guide", at=at)
        decision = Decision(at.date(), at, cast.bjorn.id, "Because", Origin.WORKSHOP, "w1")
        made = profiles.publish(session, guide, {GOALS: Requirement(2, 3, 4, 5, 1)}, decision)
        session.commit()
        session.expire_all()
        assert (made.number, made.decided_by, made.decided_at, made.note) == (1, cast.bjorn, at, "Because")
        assert (made.origin, made.origin_key) == ("workshop", "w1")
        assert profiles.requirements_of(made) == {GOALS: Requirement(2, 3, 4, 5, 1)}


class TestForm:
    def test_what_is_required_comes_back_as_it_went_in(self):
        needed = {GOALS: Requirement(2, 5, 3, 4, 1), SELF: Requirement(1, 1)}
        assert profile_form.parse(profile_form.fill(needed)) == needed

    @pytest.mark.parametrize(
        ("field", "value"),
        [("level", ""), ("level", "5"), ("upper", "1"), ("upper", "x"), ("weight", "0"), ("difficulty", "six")],
    )
    def test_what_is_wrong_is_said_where_it_is(self, field, value):
        filled = profile_form.fill({GOALS: Requirement(2, 3, 4)}) | {f"{field}:{GOALS}": value}
        with pytest.raises(Invalid) as refused:
            profile_form.parse(filled)
        assert [problem.field for problem in refused.value.problems] == [f"{field}:{GOALS}"]

    def test_a_range_that_ends_where_it_begins_is_none(self):
        filled = profile_form.fill({GOALS: Requirement(2, 3)}) | {f"upper:{GOALS}": "2"}
        assert profile_form.parse(filled)[GOALS].upper is None

    def test_suggested_competences_are_there_to_be_filled_in(self):
        filled = profile_form.suggest([SELF, "gone/X", GOALS], profile_form.fill({GOALS: Requirement(2, 3)}), load())
        assert profile_form.chosen(filled) == [GOALS, SELF]
        with pytest.raises(Invalid) as refused:
            profile_form.parse(filled)
        assert [problem.field for problem in refused.value.problems] == [f"level:{SELF}"]


FORM = {"name": "Ungdomsledare", f"level:{GOALS}": "2", f"upper:{GOALS}": "3", f"weight:{GOALS}": "5"}


class TestPages:
    EDIT = "/competence/profiles/ungdomsledare/edit"
    DECIDE = "/competence/profiles/ungdomsledare/decide"

    @pytest.fixture
    def cecilia(self, cast, sign_in):
        browser = sign_in(cast.cecilia)
        assert browser.post("/competence/profiles/new", data={"name": "Ungdomsledare"}).location == self.EDIT
        return browser

    def seen(self, browser, page=None):
        return re.search(r'name="seen" value="([^"]*)"', browser.get(page or self.EDIT).text)[1]

    def decide(self, browser, valid_from, form=FORM, note=""):
        saved = browser.post(self.EDIT, data={**form, "seen": self.seen(browser), "do": "decide"})
        assert saved.location == self.DECIDE, saved.text
        seen = self.seen(browser, self.DECIDE)
        return browser.post(self.DECIDE, data={"valid_from": str(valid_from), "note": note, "seen": seen})

    def test_from_a_name_to_a_version_that_those_below_can_use(self, cast, session, cecilia, sign_in, at):
        elsa = sign_in(cast.elsa)
        assert "Ungdomsledare" not in elsa.get("/competence/profiles").text
        cecilia.post(self.EDIT, data={"name": "Ungdomsledare", "add": [GOALS, SELF], "do": "add"})
        page = cecilia.get(self.EDIT).text
        assert f'name="level:{GOALS}"' in page
        assert f'name="level:{LIMITS}"' not in page
        assert self.decide(cecilia, at.date()).status_code == 303
        (made,) = session.scalars(select(RoleProfileVersion))
        assert (made.profile.key, made.decided_by, made.origin) == ("ungdomsledare", cast.cecilia, "form")
        assert profiles.requirements_of(made) == {GOALS: Requirement(2, 5, 3)}
        assert made.profile.draft is None
        assert "Ungdomsledare" in elsa.get("/competence/profiles").text
        assert "Cecilia Holm" in elsa.get("/competence/profiles/ungdomsledare").text

    def test_a_change_is_a_version_that_holds_from_its_day(self, cast, session, cecilia, at):
        self.decide(cecilia, at.date())
        later = at.date() + timedelta(days=40)
        changed = {"name": "Ungdomsledare", f"level:{SELF}": "1"}
        self.decide(cecilia, later, changed, "The work has changed.")
        both = session.scalars(select(RoleProfileVersion).order_by(RoleProfileVersion.number)).all()
        assert [set(profiles.requirements_of(one)) for one in both] == [{GOALS}, {SELF}]
        page = cecilia.get("/competence/profiles/ungdomsledare").text
        assert "The work has changed." in page
        assert page.index('id="version-2"') < page.index('id="version-1"')
        assert profiles.resolve(session, [(cast.project.id, "ungdomsledare")], at.date())

    def test_nothing_that_was_typed_is_lost_when_it_cannot_be_decided(self, cecilia):
        wrong = {**FORM, f"upper:{GOALS}": "1", "do": "decide"}
        answer = cecilia.post(self.EDIT, data={**wrong, "seen": self.seen(cecilia)})
        assert answer.status_code == 400
        assert f'href="#upper:{GOALS}"' in answer.text
        for page in (answer.text, cecilia.get(self.EDIT).text):
            chosen = re.search(rf'name="upper:{GOALS}".*?</select>', page, re.DOTALL)[0]
            assert '<option value="1" selected>' in chosen

    def test_what_is_typed_is_saved_on_the_way(self, cecilia):
        form = {**FORM, "seen": self.seen(cecilia)}
        for _ in range(2):
            assert cecilia.post(self.EDIT, data=form, headers={"X-Autosave": "1"}).status_code == 204
        assert f'name="level:{GOALS}"' in cecilia.get(self.EDIT).text

    def test_two_who_write_at_once_do_not_write_over_each_other(self, cast, session, cecilia, sign_in, at):
        held = cast.membership(cast.david, cast.east)
        held.organisation_id, held.held = cast.project.id, [RoleHeld(role=Role.PROJECT_LEADER)]
        session.commit()
        david, seen = sign_in(cast.david), self.seen(cecilia)
        assert david.post(self.EDIT, data={**FORM, "seen": seen}).status_code == 303
        mine = {"name": "Ungdomsledare", f"level:{SELF}": "1"}
        refused = cecilia.post(self.EDIT, data={**mine, "seen": seen})
        assert refused.status_code == 409
        assert f'name="level:{SELF}"' in refused.text
        assert session.scalars(select(RoleProfile)).one().draft.filled[f"level:{GOALS}"] == "2"
        again = re.search(r'name="seen" value="([^"]*)"', refused.text)[1]
        assert cecilia.post(self.EDIT, data={**mine, "seen": again}).status_code == 303

    def test_a_draft_that_changed_meanwhile_is_looked_at_again(self, cecilia, session, at):
        cecilia.post(self.EDIT, data={**FORM, "seen": self.seen(cecilia)})
        answer = cecilia.post(self.DECIDE, data={"valid_from": str(at.date()), "seen": "another"})
        assert answer.status_code == 400
        assert session.scalars(select(RoleProfileVersion)).all() == []

    def test_it_begins_as_a_copy_of_another(self, cast, session, cecilia, sign_in, at):
        self.decide(cecilia, at.date())
        elsa = sign_in(cast.elsa)
        elsa.post("/competence/profiles/new", data={"name": "Fritidsledare", "like": "ungdomsledare"})
        assert f'name="level:{GOALS}"' in elsa.get("/competence/profiles/fritidsledare/edit").text

    def test_a_competence_is_taken_away_when_the_draft_is_saved(self, cecilia):
        form = {**FORM, f"level:{SELF}": "1", "remove": GOALS, "seen": self.seen(cecilia)}
        cecilia.post(self.EDIT, data=form)
        page = cecilia.get(self.EDIT).text
        assert f'name="level:{GOALS}"' not in page
        assert f'name="level:{SELF}"' in page

    def test_one_of_a_framework_that_is_gone_is_kept(self, cast, session, cecilia, at):
        guide = session.scalars(select(RoleProfile)).one()
        needed = {"gone/X": Requirement(2, 4), GOALS: Requirement(1, 1)}
        profiles.publish(session, guide, needed, Decision(at.date(), at, None))
        guide.draft = None
        session.commit()
        page = cecilia.get(self.EDIT).text
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z]+:gone/X)" value="([^"]*)">', page))
        self.decide(cecilia, at.date(), {**FORM, **hidden})
        assert set(profiles.requirements_of(guide.versions[-1])) == {GOALS, "gone/X"}

    def test_a_draft_that_is_removed_takes_nothing_with_it(self, cecilia, session, at):
        self.decide(cecilia, at.date())
        cecilia.post(self.EDIT, data={"name": "Ungdomsledare", f"level:{SELF}": "1", "seen": self.seen(cecilia)})
        cecilia.post("/competence/profiles/ungdomsledare/discard")
        kept = session.scalars(select(RoleProfile)).one()
        assert (kept.draft, len(kept.versions)) == (None, 1)

    def test_a_name_that_is_taken_is_refused_and_nothing_typed_is_lost(self, cecilia):
        again = cecilia.post("/competence/profiles/new", data={"name": "Ungdomsledare"})
        assert again.status_code == 400
        assert 'value="Ungdomsledare"' in again.text

    @pytest.mark.parametrize("who", ["elsa", "gun"])
    def test_one_of_another_organisation_cannot_be_changed(self, cast, cecilia, sign_in, at, who):
        self.decide(cecilia, at.date())
        other = sign_in(getattr(cast, who))
        for page in (self.EDIT, self.DECIDE):
            assert other.get(page).status_code == 404
            assert other.post(page, data=FORM).status_code == 404

    def test_sixty_competences_make_a_page_that_a_phone_can_hold(self, cecilia):
        keys = [one.key for framework in load().all for one in framework.competences][:60]
        form = {"name": "Ungdomsledare", "add": keys, "seen": self.seen(cecilia)}
        assert cecilia.post(self.EDIT, data=form).status_code == 303
        page = cecilia.get(self.EDIT)
        assert page.text.count('<fieldset class="fieldset requirement"') == len(keys) == 60
        assert len(page.data) < 300_000


def test_what_role_profiles_required_is_carried_over_and_back(bare_app):
    flask_migrate.upgrade(revision="0007")
    with db.engine.begin() as connection:
        for statement in (
            "INSERT INTO organisation (id, kind, key, name) VALUES (1, 'project', 'p', 'P')",
            "INSERT INTO role_profile (id, organisation_id, key, name, created_at, updated_at) "
            "VALUES (1, 1, 'guide', 'Guide', '2025-03-01 12:00:00', '2026-03-01 12:00:00')",
            "INSERT INTO role_requirement VALUES (1, 'a/1', 3, 5)",
        ):
            connection.execute(text(statement))
    flask_migrate.upgrade(revision="0010")
    with db.engine.begin() as connection:
        (row,) = connection.execute(text("SELECT number, valid_from, origin FROM role_profile_version"))
        assert (row[0], str(row[1]), row[2]) == (1, "2025-03-01", "form")
        (row,) = connection.execute(
            text("SELECT competence_key, level, upper, weight, consequence, difficulty FROM requirement")
        )
        assert tuple(row) == ("a/1", 3, None, 5, 5, 3)
    flask_migrate.downgrade(revision="0007")
    with db.engine.begin() as connection:
        assert tuple(connection.execute(text("SELECT * FROM role_requirement")).one()) == (1, "a/1", 3, 5)
        assert str(connection.execute(text("SELECT updated_at FROM role_profile")).scalar())[:10] == "2026-03-01"

"""Needs: so many holders, now and ahead."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.competence.models import NeedDraft, NeedVersion
from lms.competence.required import decided, need_form, needs
from lms.competence.required.needs import Sought
from lms.competence.required.versions import Decision
from lms.errors import Invalid
from lms.frameworks.framework import load
from lms.identity.models import Membership, Person
from tests.competence.conftest import assessed

GOALS, SELF = "self-leadership/SL1", "self-leadership/SL2"
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.mark.parametrize(
    ("needed", "holders", "missing"),
    [(3, 1, 2), (3, 3, 0), (3, 9, 0), (0, 0, 0), (3, None, None), (None, 2, None)],
)
def test_shortfall(needed, holders, missing):
    assert needs.shortfall(needed, holders) == missing


@pytest.mark.parametrize(
    ("holders", "leavers", "completions", "left"),
    [(5, 0, 0, 5), (5, 2, 0, 3), (5, 1.5, 2.25, 5.75), (1, 3, 0, 0), (0, 0, 2, 2), (0, 4, 1, 0)],
)
def test_projected_holders(holders, leavers, completions, left):
    assert needs.projected(holders, leavers, completions) == pytest.approx(left)


@pytest.mark.parametrize(
    ("begun", "months", "day"),
    [
        (DAY, 0, DAY),
        (DAY, 12, date(2027, 11, 23)),
        (DAY, 36, date(2029, 11, 23)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_when_a_horizon_comes(begun, months, day):
    assert needs.due(begun, months) == day


@pytest.mark.parametrize(
    ("numbers", "days", "needed"),
    [
        ({0: 2, 12: 3, 36: 5}, 0, 2),
        ({0: 2, 12: 3, 36: 5}, 364, 2),
        ({0: 2, 12: 3, 36: 5}, 365, 3),
        ({0: 2, 12: 3, 36: 5}, 5000, 5),
        ({0: 2, 36: 5}, 400, 2),
        ({12: 3}, 0, None),
        ({}, 0, None),
    ],
)
def test_what_was_needed_in_a_year_is_needed_when_a_year_has_gone(numbers, days, needed):
    assert needs.number_on(numbers, DAY, DAY + timedelta(days=days)) == needed


@pytest.mark.parametrize(
    ("numbers", "days", "then"),
    [
        ({0: 2, 12: 3, 36: 5}, 0, {0: 2, 12: 3, 36: 5}),
        ({0: 2, 12: 3, 36: 5}, 365, {0: 3, 36: 5}),
        ({0: 2, 12: 3, 36: 5}, 5000, {0: 5}),
        ({0: 2}, 100, {0: 2}),
        ({12: 3}, 0, {12: 3}),
    ],
)
def test_the_same_needs_counted_from_another_day(numbers, days, then):
    assert needs.rebased({Sought(GOALS, 2): numbers}, DAY, DAY + timedelta(days=days)) == {Sought(GOALS, 2): then}


class TestForm:
    NEEDED = {Sought(GOALS, 2): {0: 2, 12: 3}, Sought(GOALS, 3): {36: 1}, Sought(SELF, 1): {0: 0}}

    def test_what_is_needed_comes_back_as_it_went_in(self):
        assert need_form.parse(need_form.fill(self.NEEDED)) == self.NEEDED

    @pytest.mark.parametrize(
        ("field", "value"),
        [("level:0", ""), ("level:1", "2"), ("holders0:0", "two"), ("holders0:2", ""), ("holders12:0", "-1")],
    )
    def test_what_is_wrong_is_said_where_it_is(self, field, value):
        with pytest.raises(Invalid) as refused:
            need_form.parse(need_form.fill(self.NEEDED) | {field: value})
        assert [problem.field for problem in refused.value.problems] == [field]

    def test_rows_are_taken_away_and_added(self):
        kept = need_form.keep(need_form.fill(self.NEEDED), {GOALS, SELF}, but=["1"])
        added = need_form.suggest([SELF], kept, load())
        assert [added[f"key:{row}"] for row in need_form.rows(added)] == [GOALS, SELF, SELF]
        assert added["holders0:1"] == "0"


def test_a_version_says_what_has_changed(app):
    before = {Sought(GOALS, 2): {0: 2}, Sought(SELF, 1): {0: 1}}
    after = {Sought(GOALS, 2): {0: 3}, Sought(GOALS, 3): {12: 1}}
    told = {change.key: decided.change_of_need(change) for change in decided.by_competence(before, after)}
    assert "2" in told[GOALS]
    assert "→" in told[GOALS]
    assert told[SELF].endswith("→ –.")


@pytest.fixture
def say(session, cast, at):
    def published(place, needed, by=None, valid_from=None):
        decision = Decision(valid_from or at.date(), at, by)
        made = needs.publish(session, place.id, needed, decision)
        session.commit()
        return made

    return published


def test_of_many_places_in_the_same_queries(cast, session, say, at, count_queries):
    units = list(cast.units.values())
    for number, unit in enumerate(units, 1):
        say(unit, {Sought(GOALS, 2): {0: number}})
    say(units[0], {Sought(GOALS, 2): {0: 9}}, valid_from=at.date() + timedelta(days=9))
    ids = [unit.id for unit in units]
    with count_queries() as counted:
        found = needs.resolve(session, ids, at.date())
    assert counted.number == 1
    assert [found[id].on(at.date())[Sought(GOALS, 2)] for id in ids] == [1, 2, 3, 4]
    later = needs.resolve(session, [units[0].id], at.date() + timedelta(days=9))[units[0].id]
    assert (later.version, later.on(at.date() + timedelta(days=9))) == (2, {Sought(GOALS, 2): 9})


class TestPages:
    EDIT = "/competence/needs/ekeby/edit"

    def seen(self, browser, page):
        return re.search(r'name="seen" value="([^"]*)"', browser.get(page).text)[1]

    def test_from_a_draft_to_a_version_with_its_history(self, cast, session, sign_in, at):
        elsa = sign_in(cast.elsa)
        assert elsa.get("/competence/needs").location == "/competence/needs/ekeby"
        elsa.post(self.EDIT, data={"add": [GOALS, SELF], "seen": ""})
        form = {
            "key:0": GOALS, "level:0": "2", "holders0:0": "3", "holders12:0": "5", "holders36:0": "",
            "key:1": SELF, "remove": "1", "seen": self.seen(elsa, self.EDIT), "do": "decide",
        }  # fmt: skip
        decide = elsa.post(self.EDIT, data=form).location
        assert decide == "/competence/needs/ekeby/decide"
        decision = {"valid_from": str(at.date()), "note": "More newcomers.", "seen": self.seen(elsa, decide)}
        assert elsa.post(decide, data=decision).status_code == 303
        (made,) = session.scalars(select(NeedVersion))
        assert needs.needs_of(made) == {Sought(GOALS, 2): {0: 3, 12: 5}}
        assert session.scalars(select(NeedDraft)).all() == []
        page = elsa.get("/competence/needs/ekeby").text
        assert "More newcomers." in page
        assert "Elsa Öberg" in page

    def test_nothing_that_was_typed_is_lost(self, cast, sign_in):
        elsa = sign_in(cast.elsa)
        form = {"key:0": GOALS, "level:0": "2", "holders0:0": "three", "do": "decide", "seen": ""}
        answer = elsa.post(self.EDIT, data=form)
        assert answer.status_code == 400
        assert 'href="#holders0:0"' in answer.text
        assert 'value="three"' in elsa.get(self.EDIT).text

    def test_a_manager_decides_for_the_own_unit_and_no_other(self, cast, session, sign_in, at):
        bjorn = sign_in(cast.bjorn)
        assert bjorn.get("/competence/needs").location == "/competence/needs/fyren-ungdom"
        for place in ("fyren", "fyren-kansli", "ekeby", "ekeby-skola"):
            assert bjorn.get(f"/competence/needs/{place}").status_code == 404
            assert bjorn.post(f"/competence/needs/{place}/decide", data={}).status_code == 404

    def test_a_manager_without_a_unit_is_told_so(self, cast, session, sign_in):
        cast.membership(cast.bjorn, cast.fyren).unit_id = None
        session.commit()
        assert sign_in(cast.bjorn).get("/competence/needs").status_code == 200

    @pytest.mark.parametrize("who", ["alva", "david"])
    def test_nobody_else(self, cast, sign_in, who):
        assert sign_in(getattr(cast, who)).get("/competence/needs").status_code == 403


class TestHolders:
    @pytest.fixture
    def staff(self, session, cast, record, at):
        """`staff(unit, [levels])`"""

        def employ(unit, levels, manager=None):
            told = []
            for level in levels:
                person = Person(uuid=uuid4(), name="Someone", email=f"{uuid4()}@test.example", created_at=at)
                session.add(
                    Membership(
                        person=person,
                        organisation_id=unit.parent_id,
                        unit_id=unit.id,
                        manager_id=manager.id if manager is not None else None,
                        began_at=at - timedelta(days=1),
                    )
                )
                told.append(assessed(person.uuid, GOALS, level, at - timedelta(hours=1)))
            session.commit()
            record(unit.parent, *told)

        return employ

    def cells(self, browser, place):
        page = browser.get(f"/competence/needs/{place}").text
        row = re.search(r"<tbody>.*?</tbody>", page, re.DOTALL)[0]
        return [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]

    def test_a_manager_sees_holders_shortfall_and_vulnerability(self, cast, session, sign_in, staff, say):
        bjorn = cast.membership(cast.bjorn, cast.fyren)
        staff(cast.units["fyren-ungdom"], [3, 1, 0], manager=bjorn)
        say(cast.units["fyren-ungdom"], {Sought(GOALS, 2): {0: 2, 36: 4}})
        now, _, in36, holders, short, ahead, vulnerable = self.cells(sign_in(cast.bjorn), "fyren-ungdom")
        assert (now, in36, short, ahead) == ("2", "4 / 1", "1", "3")
        assert re.findall(r"\d", holders) == ["1", "3"]
        assert vulnerable == "En enda"

    def test_nobody_assessed_is_not_nobody_able(self, cast, sign_in, say):
        say(cast.ekeby, {Sought(GOALS, 2): {0: 2}})
        *_, holders, short, ahead, vulnerable = self.cells(sign_in(cast.elsa), "ekeby")
        assert (holders, short, ahead, vulnerable) == ("Inte bedömd", "–", "–", "–")

    @pytest.mark.parametrize(
        ("school", "labour", "shown"),
        [
            # All can be told: five hold it and five do not, in both.
            ([3] * 5 + [1] * 5, [3] * 5 + [1] * 5, {"ekeby", "ekeby-skola", "ekeby-arbetsmarknad"}),
            # Four hold it in one unit; the sum less the other unit would say so.
            ([3] * 4 + [1] * 6, [3] * 5 + [1] * 5, {"ekeby-arbetsmarknad"}),
            # Everyone in a small group tells of each; it is told only together with others.
            ([3] * 6, [3] * 5 + [1] * 5, {"ekeby"}),
            ([3] * 10, [3] * 5 + [1] * 5, {"ekeby", "ekeby-skola", "ekeby-arbetsmarknad"}),
            ([3] * 2, [], set()),
            # Neither unit is told, but both together are enough to tell of nobody.
            ([3] * 4 + [1] * 6, [3] * 6 + [1] * 4, {"ekeby"}),
            ([3] * 6, [1] * 6, set()),
            ([3] * 6, [3] * 3, set()),
        ],
    )
    def test_an_administrator_sees_no_figure_about_few(self, cast, sign_in, staff, say, school, labour, shown):
        staff(cast.units["ekeby-skola"], school)
        staff(cast.units["ekeby-arbetsmarknad"], labour)
        elsa, told = sign_in(cast.elsa), set()
        for place in (cast.ekeby, cast.units["ekeby-skola"], cast.units["ekeby-arbetsmarknad"]):
            say(place, {Sought(GOALS, 2): {0: 20}})
            *_, holders, short, _, _ = self.cells(elsa, place.key)
            assert ("••" in holders) == (short == "–" and "Inte" not in holders)
            if re.search(r"\d", holders):
                told.add(place.key)
        assert told == shown

"""A list held against an organisation: tables of cases, no database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Invalid
from lms.identity.headings import lines
from lms.identity.models import Kind, Role
from lms.identity.roster import Change, House, Member, plan

LEARNER = frozenset({Role.LEARNER})
MANAGER = frozenset({Role.LEARNER, Role.MANAGER})
ADMINISTRATOR = frozenset({Role.LEARNER, Role.ADMINISTRATOR})

EKEBY = House(
    kind=Kind.PARTNER,
    members={
        "elsa@ekeby.example": Member("Elsa Öberg", ADMINISTRATOR),
        "farid@ekeby.example": Member("Farid Nazari", LEARNER, unit_id=1),
    },
    units={1: "Skolan", 2: "Arbetsmarknadsenheten"},
    unit_ids={"skolan": 1, "ekeby-skola": 1, "arbetsmarknadsenheten": 2},
    profiles={"larare": "Lärare", "rektor": "Rektor"},
    bringer="elsa@ekeby.example",
)


def row(email="ny@ekeby.example", name="Ny Person", line="2", **cells):
    return {"line": line, "email": email, "name": name, **cells}


def faults(*rows, house=EKEBY):
    return [(fault.line, fault.column) for fault in plan(rows, house).faults]


def test_it_works():
    made = plan([row(unit="skolan", roles="Chef", profile="lärare", manager="elsa@ekeby.example")], EKEBY)
    assert not made.faults
    [new] = made.new
    assert new.member == Member("Ny Person", MANAGER, 1, "larare", "elsa@ekeby.example")
    [elsa] = made.changed
    assert elsa.member.roles == ADMINISTRATOR | MANAGER


class TestHeadings:
    def test_swedish_and_english_in_any_order(self):
        swedish, _ = lines([["Chefens e-post", "ENHET", "E-postadress", "Namn"], ["c@x.se", "Skolan", "a@x.se", "A"]])
        english, _ = lines([["Name", "E-mail", "Manager", "Unit"], ["A", "a@x.se", "c@x.se", "Skolan"]])
        assert swedish == english

    def test_two_columns_for_the_name(self):
        [line], _ = lines([["E-post", "Förnamn", "Efternamn"], ["a@x.se", "Alva", "Ek"]])
        assert line["name"] == "Alva Ek"

    def test_empty_rows_are_passed_over_and_counted(self):
        read, _ = lines([["E-post"], ["a@x.se"], [], ["", ""], ["b@x.se"]])
        assert [line["line"] for line in read] == ["2", "5"]

    def test_what_is_not_read_is_told(self):
        read, unread = lines([["E-post", "Personnummer", ""], ["a@x.se", "19800101-0000", "x"]])
        assert unread == ["Personnummer"]
        assert "19800101-0000" not in str(read)

    @pytest.mark.parametrize(
        "rows",
        [[], [[]], [["Namn"], ["Alva"]], [["E-post", "Mejl"], ["a@x.se", "b@x.se"]], [["E-post"]], [["E-post"], [""]]],
    )
    def test_headings_that_cannot_be_used(self, rows):
        with pytest.raises(Invalid):
            lines(rows)


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"email": "not an address"}, "email"),
            ({"email": ""}, "email"),
            ({"name": ""}, "name"),
            ({"name": "=HYPERLINK(1)"}, "name"),
            ({"name": "+46 70"}, "name"),
            ({"name": "-"}, "name"),
            ({"name": "@alva"}, "name"),
            ({"unit": "Kansliet"}, "unit"),
            ({"roles": "kejsare"}, "roles"),
            ({"roles": "chef, projektledare"}, "roles"),
            ({"profile": "Astronaut"}, "profile"),
            ({"manager": "bjorn@fyren.example"}, "manager"),
            ({"manager": "Björn Dahl"}, "manager"),
            ({"manager": "ny@ekeby.example"}, "manager"),
            ({"language": "klingonska"}, "language"),
        ],
    )
    def test_each_is_told_by_row_and_column(self, cells, column):
        assert faults(row(line="7", **cells)) == [(7, column)]

    def test_all_are_told_at_once(self):
        wrong = [
            row("x", "", line="2", unit="?", roles="?", profile="?", manager="?", language="?"),
            row(line="3", unit="Kansliet"),
        ]
        assert faults(*wrong) == [
            (2, "email"),
            (2, "name"),
            (2, "unit"),
            (2, "roles"),
            (2, "profile"),
            (2, "language"),
            (2, "manager"),
            (3, "unit"),
        ]

    def test_the_same_address_twice(self):
        assert faults(row(line="2"), row("NY@ekeby.example", line="3")) == [(3, "email")]

    def test_managers_in_a_circle(self):
        circle = [
            row("a@x.example", line="2", manager="b@x.example"),
            row("b@x.example", line="3", manager="c@x.example"),
            row("c@x.example", line="4", manager="a@x.example"),
            row("d@x.example", line="5", manager="a@x.example"),
        ]
        assert faults(*circle) == [(2, "manager"), (3, "manager"), (4, "manager")]

    def test_a_circle_that_closes_through_those_who_are_here(self):
        farid = replace(EKEBY.members["farid@ekeby.example"], manager="elsa@ekeby.example")
        house = replace(EKEBY, members={**EKEBY.members, "farid@ekeby.example": farid})
        assert faults(row("elsa@ekeby.example", manager="farid@ekeby.example"), house=house) == [(2, "manager")]

    def test_nobody_takes_the_administrators_role_from_themselves(self):
        assert faults(row("elsa@ekeby.example", roles="chef")) == [(2, "roles")]
        assert faults(row("elsa@ekeby.example", roles="chef, administratör")) == []

    def test_a_plan_with_faults_changes_nobody(self):
        assert plan([row(line="2"), row("x", line="3")], EKEBY).entries == []


class TestWhatChanges:
    def test_an_empty_cell_changes_nothing(self):
        made = plan([row("farid@ekeby.example", "", unit="", roles="", profile="", manager="")], EKEBY)
        assert [entry.email for entry in made.left] == ["farid@ekeby.example"]

    def test_name_and_language_of_someone_who_is_here_are_their_own(self):
        made = plan([row("farid@ekeby.example", "Another Name", language="en")], EKEBY)
        assert [entry.name for entry in made.left] == ["Farid Nazari"]

    def test_before_and_after_are_told(self):
        [entry] = plan([row("farid@ekeby.example", unit="Arbetsmarknadsenheten")], EKEBY).changed
        assert entry.changes == (Change("unit", "Skolan", "Arbetsmarknadsenheten"),)

    def test_whoever_is_made_a_manager_holds_the_role_without_a_row_of_their_own(self):
        made = plan([row(manager="farid@ekeby.example")], EKEBY)
        assert [(entry.line, entry.email, entry.member.roles) for entry in made.changed] == [
            (None, "farid@ekeby.example", MANAGER)
        ]

    def test_the_manager_of_people_stays_one_whatever_the_row_says(self):
        farid = replace(EKEBY.members["farid@ekeby.example"], manager="boss@ekeby.example")
        members = {**EKEBY.members, "farid@ekeby.example": farid, "boss@ekeby.example": Member("Boss", MANAGER)}
        made = plan([row("boss@ekeby.example", roles="learner")], replace(EKEBY, members=members))
        assert [entry.email for entry in made.left] == ["boss@ekeby.example"]


emails = st.sampled_from([f"p{number}@x.example" for number in range(6)])
rosters = st.lists(
    st.builds(
        lambda email, unit, roles, profile, manager: {
            "email": email,
            "name": email[:2],
            "unit": unit,
            "roles": roles,
            "profile": profile,
            "manager": manager,
        },
        emails,
        st.sampled_from(["", "Skolan", "Arbetsmarknadsenheten"]),
        st.sampled_from(["", "learner", "chef", "chef, författare", "administratör"]),
        st.sampled_from(["", "Lärare", "rektor"]),
        st.sampled_from(["", "elsa@ekeby.example"]) | emails,
    ),
    unique_by=lambda line: line["email"],
    max_size=6,
)


def numbered(rows):
    return [{"line": str(number), **line} for number, line in enumerate(rows, 2)]


def after(house, made):
    return replace(house, members={**house.members, **{entry.email: entry.member for entry in made.entries}})


@given(first=rosters, second=rosters)
def test_bringing_a_list_in_twice_changes_nothing_the_second_time(first, second):
    house = after(EKEBY, plan(numbered(first), EKEBY))
    made = plan(numbered(second), house)
    again = plan(numbered(second), after(house, made))
    if not made.faults:
        assert not again.faults
        assert (again.new, again.changed) == ([], [])


@given(rows=rosters, shuffled=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, shuffled):
    other = list(rows)
    shuffled.shuffle(other)
    one, two = plan(numbered(rows), EKEBY), plan(numbered(other), EKEBY)
    assert bool(one.faults) == bool(two.faults)
    assert len(one.faults) == len(two.faults)
    assert after(EKEBY, one).members == after(EKEBY, two).members

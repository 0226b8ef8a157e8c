from datetime import timedelta

import pytest

from lms.competence.day import ahead, today
from lms.competence.figures import groups, map
from lms.competence.figures.grouping import By
from lms.competence.figures.map import Filters, Sort
from lms.errors import NotFound
from lms.frameworks import framework
from lms.identity import gender
from lms.identity.access import Viewer
from lms.identity.models import Role
from tests.competence.conftest import assessed, voided

K = 5
GOALS, SELF, LIMITS = "self-leadership/SL1", "self-leadership/SL2", "self-leadership/SL4"


@pytest.fixture(scope="module")
def frameworks():
    return framework.load()


def viewer(person, organisation, *roles):
    membership = next(m for m in person.memberships if m.organisation_id == organisation.id)
    return Viewer(
        person.id, person.uuid, person.name, "sv", membership.id, organisation.id, frozenset({Role.LEARNER, *roles})
    )


def figures(built):
    """(current, required, step) by row; the name of a hidden one."""
    return {
        row.name: ["hidden" if one.hidden else (one.current, one.required, one.step) for one in row.figures]
        for row in [*built.rows, *([built.total] if built.total else [])]
    }


class TestTeam:
    @pytest.fixture
    def built(self, cast, session, frameworks, at):
        bjorn = viewer(cast.bjorn, cast.fyren, Role.MANAGER)
        return lambda **filters: map.of_team(session, bjorn, frameworks, Filters(**filters), today(at))

    @pytest.fixture
    def guides(self, cast, profile):
        profile(cast.project, "guide", {GOALS: (2, 5), SELF: (3, 1)})
        for person in (cast.alva, cast.farid):
            cast.membership(person, cast.fyren).role_profile_key = "guide"

    def test_the_team_against_what_its_work_needs(self, cast, guides, record, built, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at), assessed(cast.alva.uuid, SELF, 4, at))
        found = built()
        assert figures(found) == {
            "Alva Ek": [(1, 2, 1), (4, 3, 0)],
            "Farid Nazari": [(None, 2, None), (None, 3, None)],
        }
        assert [column.competence.key for column in found.columns] == [GOALS, SELF]
        assert (found.people, found.coverage) == (2, 0.5)
        assert [column.competence.key for column in found.findings] == [GOALS]

    def test_the_manager_is_not_in_the_team(self, cast, guides, built):
        assert cast.bjorn.name not in figures(built())

    def test_what_someone_has_shown_elsewhere_is_not_seen_here(self, cast, guides, record, built, at):
        record(cast.ekeby, assessed(cast.farid.uuid, GOALS, 4, at))
        assert figures(built())["Farid Nazari"][0] == (None, 2, None)

    def test_a_voided_statement_changes_the_map_back(self, cast, guides, record, built, at):
        (statement,) = record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
        assert figures(built())["Alva Ek"][0] == (1, 2, 1)
        record(cast.fyren, voided(statement, at))
        assert figures(built())["Alva Ek"][0] == (None, 2, None)

    def test_own_assessments_and_old_evidence_are_marked(self, cast, guides, record, built, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at - timedelta(days=900)))
        figure = built().rows[0].figures[0]
        assert (figure.old, figure.few) == (True, True)

    def test_someone_without_a_role_profile_is_there_and_counted_as_such(self, cast, guides, built):
        cast.membership(cast.alva, cast.fyren).role_profile_key = "nobody has defined it"
        found = built()
        assert figures(found)["Alva Ek"] == [(None, None, None), (None, None, None)]
        assert found.without_profile == 1

    def test_a_profile_of_the_partners_own_stands_before_that_of_the_project(self, cast, guides, profile, built):
        profile(cast.fyren, "guide", {LIMITS: (1, 1)})
        assert [column.competence.key for column in built().columns] == [LIMITS]

    def test_narrowed_by_unit_and_profile(self, cast, guides, built):
        assert list(figures(built(group="fyren-ungdom"))) == ["Alva Ek"]
        assert list(figures(built(profile="guide"))) == ["Alva Ek", "Farid Nazari"]
        assert built(framework="digcomp-3").columns == []
        for missing in ({"group": "ekeby-skola"}, {"profile": "cook"}, {"framework": "gone"}):
            with pytest.raises(NotFound):
                built(**missing)

    def test_sorted_by_gap_the_largest_comes_first(self, cast, guides, record, built, at):
        record(cast.fyren, assessed(cast.alva.uuid, GOALS, 2, at), assessed(cast.farid.uuid, SELF, 1, at))
        found = built(sort=Sort.GAP)
        assert [column.competence.key for column in found.columns] == [SELF, GOALS]
        assert [row.name for row in found.rows] == ["Farid Nazari", "Alva Ek"]

    def test_the_same_few_queries_for_any_number(self, cast, guides, staff, built, count_queries):
        def queries():
            with count_queries() as counted:
                built()
            return counted.number

        staff(cast.units["fyren-ungdom"], [1], manager=cast.membership(cast.bjorn, cast.fyren))
        queries()
        few = queries()
        staff(cast.units["fyren-ungdom"], [1, 2, None] * 10, manager=cast.membership(cast.bjorn, cast.fyren))
        queries()
        assert queries() == few <= 10


class TestGroups:
    @pytest.fixture
    def built(self, cast, session, frameworks, at):
        def build(person=cast.elsa, organisation=cast.ekeby, role=Role.ADMINISTRATOR, **filters):
            looking = viewer(person, organisation, role)
            return groups.of_groups(session, looking, frameworks, Filters(**filters), K, today(at))

        return build

    @pytest.fixture(autouse=True)
    def guides(self, profile, cast):
        profile(cast.project, "guide", {GOALS: (2, 1)})

    def test_units_by_averages_of_those_assessed(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1, 1, 2, 4, 2, None])
        staff(cast.units["ekeby-arbetsmarknad"], [0, 0, 0, 0, 0])
        assert figures(built()) == {
            "Arbetsmarknadsenheten": [(0.0, 2.0, 2)],
            "Skolan": [(2.0, 2.0, 1)],
            "": [(1.0, 2.0, 1)],
        }

    def test_a_surplus_of_one_does_not_hide_the_gap_of_another(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [0, 0, 4, 4, 2])
        column = built().columns[0]
        assert column.tally.mean_current == column.tally.mean_required == 2
        assert column.tally.index == 4 / 10

    def test_fewer_than_k_are_hidden_and_so_is_the_next_smallest(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1] * 4 + [None] * 6)
        staff(cast.units["ekeby-arbetsmarknad"], [1] * 7)
        staff(None, [1] * 9, partner=cast.ekeby)
        found = built()
        assert [[figure.hidden for figure in row.figures] for row in found.rows] == [[True], [True], [False]]
        assert not found.total.figures[0].hidden

    def test_nothing_is_said_when_too_few_are_assessed_in_all(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [0, 0, 0, 0])
        found = built()
        assert found.total.figures[0].hidden
        assert found.findings == []
        assert found.columns[0].tally is None
        assert found.coverage is None

    def test_a_group_in_which_nobody_is_assessed_is_not_assessed_rather_than_hidden(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [None] * 3)
        staff(cast.units["ekeby-arbetsmarknad"], [1] * 6)
        assert figures(built())["Skolan"] == [(None, 2, None)]

    @pytest.mark.parametrize("level", [0, 1, 2, 4])
    def test_where_all_are_alike_in_a_small_group_it_is_not_said(self, cast, staff, built, level):
        """One of them could be otherwise, and the same would be shown."""
        staff(cast.units["ekeby-skola"], [level] * 6)
        alike = built()
        staff(cast.units["ekeby-arbetsmarknad"], [level] * 5 + [max(1, level - 1) if level else 1])
        two = {row.name: row.figures for row in built().rows}
        assert two["Skolan"] == two["Arbetsmarknadsenheten"]
        [column] = alike.columns
        assert 0.1 <= column.tally.share_at_or_above <= 0.9
        assert 0.1 <= column.tally.index <= 0.9
        assert (column.tally.weighted_gap, column.tally.at_or_above) == (None, None)

    def test_a_large_group_is_told_exactly(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [2] * 10)
        [column] = built().columns
        assert (column.tally.share_at_or_above, column.tally.index, column.tally.at_or_above) == (1, 0, 10)

    def test_a_person_in_teams_and_units_is_not_what_is_left_between_them(self, cast, staff, built):
        """Six in a team of a unit of seven: neither the one nor the six are told."""
        staff(cast.units["ekeby-skola"], [1] * 6, manager=cast.membership(cast.elsa, cast.ekeby))
        staff(cast.units["ekeby-skola"], [2])
        assert not any(row.figures[0].hidden for row in built().rows if row.name == "Skolan")
        assert all(row.figures[0].hidden for row in built(by=By.TEAM).rows)

    def test_filters_by_role_give_nothing_away(self, cast, staff, profile, built):
        """Six guides of ten at the school: what is left are four teachers."""
        profile(cast.project, "teacher", {GOALS: (3, 1)})
        staff(cast.units["ekeby-skola"], [1] * 6)
        staff(cast.units["ekeby-skola"], [2] * 4, role="teacher")
        assert figures(built())["Skolan"] == [(1.4, 2.4, 1)]
        for role in ("guide", "teacher"):
            assert figures(built(profile=role)) == {"Skolan": ["hidden"], "Arbetsmarknadsenheten": ["hidden"]} or (
                figures(built(profile=role))["Skolan"] == ["hidden"]
            )

    def test_a_coordinator_sees_partners_of_their_region_only(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1] * 6)
        staff(cast.units["fyren-ungdom"], [2] * 6)
        staff(None, [0] * 6, partner=cast.nordverk)
        found = built(cast.david, cast.east, Role.COORDINATOR)
        assert {row.name for row in found.rows} == {"Ekeby kommun", "Ungdomshuset Fyren"}
        assert found.columns[0].tally.assessed == 12

    def test_each_figure_says_how_many_it_rests_on_and_how_many_need_it(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1] * 6 + [None] * 2)
        staff(cast.units["ekeby-arbetsmarknad"], [1] * 6)
        [row] = [row for row in built().rows if row.name == "Skolan"]
        assert row.figures[0].base == (6, 8)

    def test_the_project_leader_sees_all_partners(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1] * 6)
        staff(None, [0] * 6, partner=cast.nordverk)
        found = built(cast.cecilia, cast.project, Role.PROJECT_LEADER)
        assert {"Ekeby kommun", "Nordverk AB"} <= {row.name for row in found.rows}
        assert found.columns[0].tally.assessed == 12

    def test_by_role_profile(self, cast, staff, profile, built):
        profile(cast.project, "Teacher", {GOALS: (3, 1)})
        staff(cast.units["ekeby-skola"], [1] * 6)
        staff(cast.units["ekeby-skola"], [2] * 8, role="teacher")
        assert figures(built(by=By.PROFILE)) == {
            "guide": [(1.0, 2.0, 1)],
            "Teacher": [(2.0, 3.0, 1)],
            "": [(1.6, 2.6, 1)],
        }

    def test_by_team_and_those_without_a_manager(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1] * 6, manager=cast.membership(cast.elsa, cast.ekeby))
        staff(cast.units["ekeby-skola"], [2] * 7)
        found = built(by=By.TEAM)
        assert ["Elsa Öberg" in row.name for row in found.rows] == [True, False]
        assert [row.figures[0].base for row in found.rows] == [(6, 6), (7, 7)]

    def test_by_gender_of_ten_or_more_who_had_said_so_before_the_month(self, cast, session, staff, built, at):
        before = at.replace(day=1) - timedelta(days=1)
        people = staff(cast.units["ekeby-skola"], [1] * 11 + [2] * 10 + [4] * 12)
        for number, person in enumerate(people[:21]):
            gender.say(session, person.id, "woman" if number < 11 else "man", before)
        for person in people[21:]:
            gender.say(session, person.id, "woman", at)
        session.commit()
        found = built(by=By.GENDER)
        assert [row.group for row in found.rows] == ["man", "woman", ""]
        assert [row.figures[0].base for row in found.rows] == [(10, 10), (11, 11), (12, 12)]
        assert found.columns[0].self_rated, "nothing but what they say themselves"
        assert all(row.figures[0].hidden for row in built(by=By.GENDER, profile="guide").rows)
        gender.take_back(session, people[0].id)
        gender.take_back(session, people[20].id)
        session.commit()
        assert [row.group for row in built(by=By.GENDER).rows] == ["woman", ""], "nine men are with everyone else"

    def test_by_region(self, cast, staff, built):
        staff(cast.units["ekeby-skola"], [1] * 6)
        staff(cast.units["fyren-ungdom"], [1] * 6)
        staff(None, [0] * 6, partner=cast.nordverk)
        found = built(cast.cecilia, cast.project, Role.PROJECT_LEADER, by=By.REGION)
        assert {row.name: row.figures[0].base for row in found.rows} == {
            "Mälardalen öst": (12, 12),
            "Mälardalen väst": (6, 6),
        }

    def test_a_nearer_need_counts_for_more(self, cast, staff, frameworks, session, at):
        staff(cast.units["ekeby-skola"], [1] * 6)
        looking = viewer(cast.elsa, cast.ekeby, Role.ADMINISTRATOR)
        values = [
            groups.of_groups(session, looking, frameworks, Filters(), K, ahead(at, months)).columns[0].priority.value
            for months in (0, 12, 36)
        ]
        assert values == [pytest.approx(values[0] * factor) for factor in (1, 0.8, 0.6)]

    def test_an_administrator_counts_their_own_organisation_only(self, cast, staff, built):
        staff(cast.units["fyren-ungdom"], [2] * 6)
        assert built().columns == []

    def test_the_same_few_queries_for_any_number(self, cast, staff, built, count_queries):
        def queries():
            with count_queries() as counted:
                built()
            return counted.number

        staff(cast.units["ekeby-skola"], [1])
        queries()
        few = queries()
        staff(cast.units["ekeby-skola"], [1, 2, None] * 10)
        staff(cast.units["ekeby-arbetsmarknad"], [1, 2, None] * 10)
        queries()
        assert queries() == few <= 10

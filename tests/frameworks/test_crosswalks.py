import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Invalid
from lms.frameworks import crosswalks, framework
from lms.frameworks.crosswalks import Tie, carried
from lms.frameworks.framework import Relation

levels = st.integers(1, 4)


@pytest.fixture
def known():
    return framework.load()


def test_what_ships_says_what_became_of_each_competence_of_digcomp(known):
    walks = crosswalks.load(known)
    became = {one.code: walks.of(one, known) for one in known.get("digcomp-2-2").competences}
    assert all(len(found) == 1 for found in became.values())
    not_exact = {code for code, [(relation, _)] in became.items() if relation is not Relation.EXACT}
    assert not_exact == {"2.5", "3.4", "4.3", "4.4"}
    assert became["2.5"] == [(Relation.CLOSE, known.competence("digcomp-3/2.5"))]


def test_a_level_is_carried_only_where_it_is_said(known):
    for walk in crosswalks.load(known).all:
        for tie in walk.ties:
            assert (carried(3, tie) == 3) is (tie.relation is Relation.EXACT)


@given(st.dictionaries(levels, levels), levels)
def test_a_level_carries_what_is_said_of_it_or_of_the_next_below(carries, level):
    tie = Tie("a/1", "b/1", Relation.CLOSE, carries)
    below = [one for one in range(1, level + 1) if one in carries]
    assert carried(level, tie) == (carries[below[-1]] if below else None)


def test_a_relation_is_read_from_both_ends(known):
    first, second = known.competence("lifecomp/P1"), known.competence("lifecomp/P2")
    walk = crosswalks.Crosswalk(
        {}, "", "", (Tie(first.key, second.key, Relation.BROADER), Tie(first.key, "gone/1", Relation.EXACT))
    )
    walks = crosswalks.Crosswalks([walk])
    assert walks.of(first, known) == [(Relation.BROADER, second)]
    assert walks.of(second, known) == [(Relation.NARROWER, first)]


@pytest.mark.parametrize(
    ("tie", "said"),
    [
        ({"second": "gone/1"}, "does not exist"),
        ({"carries": {"1": 3, "2": 2}}, "to a lower one"),
        ({"relation": "related", "carries": {"1": 1}}, "only related"),
        ({"relation": "same"}, "cannot be read"),
    ],
)
def test_a_crosswalk_that_cannot_be_right_is_refused(known, tmp_path, tie, said):
    one = {"first": "lifecomp/P1", "second": "lifecomp/P2", "relation": "close", **tie}
    (tmp_path / "x.json").write_text(json.dumps({"name": {}, "source": "", "licence": "", "ties": [one]}))
    with pytest.raises(Invalid, match=said):
        crosswalks.load(known, tmp_path)

import json

import pytest

from lms.errors import Invalid, NotFound
from lms.frameworks import framework


def texts(text):
    return {"sv": text, "en": text}


def a_framework(key="craft", **changed):
    competences = [
        {
            "code": code,
            "area": "a",
            "name": texts(code),
            "short": texts(code),
            "descriptor": texts(code),
            "levels": {str(level): texts(f"I can {level}") for level in range(1, 5)},
            "related": [],
        }
        for code in ("C1", "C2")
    ]
    return {
        "key": key,
        "version": "1",
        "name": texts("Craft"),
        "description": texts("Craft"),
        "source": {"title": "Craft", "publisher": "Craft", "year": 2026, "url": ""},
        "licence": {"name": "CC0", "url": ""},
        "notice": texts("Craft"),
        "scale": [{"level": 1, "common": 1, "name": texts("One"), "description": texts("One")}],
        "scale_note": None,
        "areas": [{"code": "a", "name": texts("A")}],
        "competences": competences,
        **changed,
    }


@pytest.fixture
def written(tmp_path):
    def write(*frameworks, **named):
        for one in frameworks:
            (tmp_path / f"{one['key']}.json").write_text(json.dumps(one))
        for name, one in named.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(one))
        return tmp_path

    return write


def said(error):
    return [f"{problem.field} {problem.message}" for problem in error.value.problems]


def test_what_ships_can_be_used():
    frameworks = framework.load()
    assert [one.key for one in frameworks.all] == [
        "decision-making",
        "guidance",
        "self-leadership",
        "digcomp-2-2",
        "digcomp-3",
        "entrecomp",
        "greencomp",
        "lifecomp",
    ]
    goals = frameworks.competence("self-leadership/SL1")
    assert frameworks.of(goals).key == "self-leadership"
    assert [one.key for one in frameworks.related(goals)] == ["lifecomp/P2", "lifecomp/L3"]
    assert sum(len(members) for _, members in frameworks.get("digcomp-3").by_area()) == 21


def test_every_level_says_something_of_its_own():
    for one in framework.load().all:
        for language in ("sv", "en"):
            said = [text[language] for competence in one.competences for text in competence.levels.values()]
            assert len(set(said)) == len(said)


def test_relations_hold_both_ways():
    frameworks = framework.load()
    for one in frameworks.all:
        for competence in one.competences:
            for other in frameworks.related(competence):
                assert competence.key in other.related


def test_known_competences_come_in_the_order_of_the_frameworks(written):
    frameworks = framework.load(written(a_framework()))
    assert [one.key for one in frameworks.known(["craft/C2", "gone/X", "craft/C1"])] == [
        "craft/C1",
        "craft/C2",
    ]
    assert frameworks.find("gone/X") is None
    with pytest.raises(NotFound):
        frameworks.competence("gone/X")
    with pytest.raises(NotFound):
        frameworks.get("gone")


def test_a_code_that_is_there_twice_is_refused(written):
    twice = a_framework()
    twice["competences"][1]["code"] = "C1"
    with pytest.raises(Invalid) as error:
        framework.load(written(twice))
    assert "craft/C1 is there more than once." in said(error)


def test_a_relation_to_nothing_is_refused(written):
    lost = a_framework()
    lost["competences"][0]["related"] = ["craft/C9"]
    with pytest.raises(Invalid) as error:
        framework.load(written(lost))
    assert said(error) == ["craft/C1 is related to 'craft/C9', which does not exist."]


def test_a_missing_language_a_missing_level_and_an_unknown_area_are_all_told_at_once(written):
    poor = a_framework()
    poor["competences"][0]["name"] = {"sv": "Bara svenska"}
    poor["competences"][0]["area"] = "z"
    del poor["competences"][1]["levels"]["4"]
    with pytest.raises(Invalid) as error:
        framework.load(written(poor))
    assert said(error) == [
        "craft/C1 belongs to the area “z”, which is not there.",
        "craft/C2 must have texts for the levels 1 to 4.",
        "craft/C1 has a text without en.",
    ]


def test_a_file_that_is_not_a_framework_is_named(written):
    with pytest.raises(Invalid, match=r"craft\.json: cannot be read"):
        framework.load(written(a_framework(colour="red")))


def test_the_key_is_the_name_of_the_file(written):
    with pytest.raises(Invalid, match="must be the file's name"):
        framework.load(written(carpentry=a_framework()))

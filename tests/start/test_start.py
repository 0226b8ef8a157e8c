import json

import pytest

from lms.competence.assessment import assessing


@pytest.fixture
def assessed(app, session, cast, at):
    """Alva has said that she sets goals at level 2."""
    competence = app.extensions["kunna"].frameworks.competence("self-leadership/SL1")
    assessing.assess(
        session, cast.fyren.id, cast.alva.uuid, {competence.key: 2}, {competence.key: competence},
        base=app.config["IRI_BASE"], at=at,
    )  # fmt: skip
    session.commit()


def test_it_works(cast, sign_in):
    page = sign_in(cast.alva).get("/")
    assert "Alva" in page.text
    assert "Självledarskap" in page.text


def test_a_course_under_way_is_the_first_thing_one_sees(cast, sign_in):
    alva = sign_in(cast.alva)
    alva.post("/courses/sjalvledarskap/start")
    page = alva.get("/").text
    assert 'action="/courses/sjalvledarskap/start"' in page


def test_a_manager_is_told_of_the_team_and_others_are_not(cast, sign_in):
    assert "/courses/team" in sign_in(cast.bjorn).get("/").text
    assert "/courses/team" not in sign_in(cast.alva).get("/").text


def test_the_accessibility_page_needs_no_sign_in(client):
    assert client.get("/accessibility").status_code == 200


def test_a_copy_of_what_is_kept_has_the_statements_as_they_were_recorded(assessed, cast, sign_in):
    copy = json.loads(sign_in(cast.alva).get("/me/export").text)
    [told] = copy["statements"]
    assert told["actor"]["account"]["name"] == str(cast.alva.uuid)
    assert told["result"]["score"]["raw"] == 2


def test_a_copy_has_nothing_of_anybody_else(assessed, cast, sign_in):
    assert json.loads(sign_in(cast.bjorn).get("/me/export").text)["statements"] == []

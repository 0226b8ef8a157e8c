"""The catalogue, a course's page, and a manager's team: what they show, and in how many queries."""

from datetime import timedelta

import pytest

from lms.courses import searching


@pytest.fixture
def alva(cast, sign_in, meetings, hold_clock, at):
    hold_clock(at)
    return sign_in(cast.alva)


def test_courses_stand_on_their_shelves(alva):
    page = alva.get("/courses/").text
    assert '<section class="section" id="work-organisation"' in page
    assert "Led möten som folk orkar med." in page


def test_a_course_that_was_begun_is_first(alva):
    assert 'id="under-way"' not in alva.get("/courses/").text
    alva.post("/courses/moten/fore/syfte")
    assert 'id="under-way"' in alva.get("/courses/").text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("möten", ["Möten", "Varför ses vi?", "Vilka behövs?", "Beslut som blir av"]),
        ("motet", ["Före mötet", "Efter mötet"]),
        ("KALLELSE", ["Skriv en kallelse"]),
        ("klocka väggen fika", ["Varför ses vi?"]),
        ("flygplan", []),
        ("   ", []),
    ],
)
def test_courses_and_pages_are_found_by_their_words(meetings, query, titles):
    found = [hit.title for hit in searching.find([meetings], query, "sv")]
    assert set(found) == set(titles) or set(titles) <= set(found)
    assert found[: len(titles[:1])] == titles[:1]


def test_what_is_found_is_shown_with_its_surroundings(alva):
    page = alva.get("/courses/?q=fika").text
    assert "/courses/moten/fore/syfte" in page
    assert "Ett möte utan syfte är en fika." in page
    assert alva.get("/courses/?q=flygplan").status_code == 200


def test_a_course_in_another_language_says_so(alva, cast, library, meetings):
    cast.alva.language = "en"
    page = alva.get("/courses/moten").text
    assert "Lead meetings that people have the energy for." in page


def test_a_manager_sees_how_it_goes_for_her_team_and_for_nobody_else(alva, cast, sign_in, meetings):
    alva.post("/courses/moten/fore/syfte")
    sign_in(cast.farid, cast.fyren).post("/courses/moten/fore/syfte")
    page = sign_in(cast.bjorn).get("/courses/team").text
    assert "Alva Ek" in page
    for someone in (cast.alva, cast.elsa, cast.cecilia, cast.gun):
        answer = sign_in(someone).get("/courses/team")
        assert answer.status_code == 403 or "Alva Ek" not in answer.text


@pytest.mark.parametrize("path", ["/courses/", "/courses/moten", "/courses/moten/fore", "/courses/moten/fore/vilka"])
def test_the_number_of_queries_does_not_grow_with_what_was_done(alva, count_queries, hold_clock, at, path):
    alva.get(path)
    with count_queries() as before:
        alva.get(path)
    for number, page in enumerate(("fore/syfte", "fore/vilka", "efter/beslut", "efter/gor-det")):
        hold_clock(at + timedelta(hours=number))
        alva.post(f"/courses/moten/{page}")
    with count_queries() as after:
        alva.get(path)
    assert after.number <= before.number
    assert after.number <= 10


def test_the_number_of_queries_does_not_grow_with_the_team(cast, session, sign_in, meetings, count_queries, at):
    bjorn = sign_in(cast.bjorn)
    sign_in(cast.alva).post("/courses/moten/fore/syfte")
    bjorn.get("/courses/team")
    with count_queries() as before:
        bjorn.get("/courses/team")
    cast.membership(cast.farid, cast.fyren).manager_id = cast.membership(cast.bjorn, cast.fyren).id
    session.commit()
    farid = sign_in(cast.farid, cast.fyren)
    farid.post("/courses/moten/fore/syfte")
    farid.post("/courses/moten/fore/tanke/sharing", data={"note.hur": "Bra", "shared": "yes"})
    with count_queries() as after:
        page = bjorn.get("/courses/team").text
    assert "Farid Nazari" in page
    assert after.number == before.number

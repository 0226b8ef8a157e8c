import html

import pytest
from sqlalchemy import select

from lms.competence.models import RoleProfile
from lms.competence.required import from_occupation
from lms.frameworks import framework
from tests.occupations.conftest import vintage

__all__ = ["vintage"]

GUIDANCE = "guidance/V5"


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.mark.parametrize(
    ("skill", "first"),
    [
        ("Gruppvägledning, ledarerfarenhet", "guidance/V5"),
        ("Klassifikationer", "guidance/V4"),
        ("Entreprenöriell kreativitet", "entrecomp/1.2"),
        ("Zoho Office Suite", None),
        ("Erfarenhet av arbete", None),
        ("", None),
    ],
)
def test_a_skill_is_shown_with_competences_that_speak_of_it(skill, first):
    near = from_occupation.near([skill], framework.load())[skill]
    assert next((one.key for one in near), None) == first
    assert len(near) <= from_occupation.MOST


def test_a_profile_starts_from_an_occupation_and_chooses_nothing_by_itself(cast, sign_in, session, vintage):
    gun = sign_in(cast.gun)
    assert "/competence/occupations" in gun.get("/competence/profiles/new").text
    found = gun.get("/competence/occupations?q=VAGLEDARE").text
    address = f"/competence/occupations/{vintage}/syv"
    assert address in found
    page = gun.get(address).text
    # The list is there as it is, with nothing ticked and a word about what it is worth.
    assert "Zoho Office Suite" in page
    assert "checked" not in page
    assert "Fritidsledare" in page
    sent = {"vintage": vintage, "occupation": "syv", "skill": ["grupp", "kontor"], "name": "Vägledare"}
    answer = gun.post("/competence/profiles/new", data=sent)
    assert answer.headers["Location"].endswith("/competence/profiles/vagledare/edit")
    draft = gun.get("/competence/profiles/vagledare/edit").text
    assert "Gruppvägledning, ledarerfarenhet" in draft
    assert f'id="start-{GUIDANCE}"' in draft
    assert "checked" not in draft
    assert 'name="level:' not in draft

    gun.post("/competence/profiles/vagledare/edit", data={"name": "Vägledare", "add": GUIDANCE, "do": "add"})
    draft = gun.get("/competence/profiles/vagledare/edit").text
    assert f'name="level:{GUIDANCE}"' in draft
    assert f'id="start-{GUIDANCE}"' not in draft
    profile = session.scalars(select(RoleProfile).where(RoleProfile.key == "vagledare")).one()
    assert profile.draft.filled == {f"level:{GUIDANCE}": ""}
    kept = profile.start
    assert (kept.vintage, kept.occupation_code, kept.group_code) == (vintage, "syv", "2352")
    assert kept.skills == ["Gruppvägledning, ledarerfarenhet", "Zoho Office Suite"]

    level = {f"level:{GUIDANCE}": "3", "name": "Vägledare", "do": "decide"}
    gun.post("/competence/profiles/vagledare/edit", data=level)
    session.expire_all()
    seen = f"{profile.draft.changed_at.isoformat()} {profile.draft.changed_by_id}"
    gun.post("/competence/profiles/vagledare/decide", data={"valid_from": "2026-11-23", "seen": seen})
    decided = gun.get("/competence/profiles/vagledare").text
    # What it was started from is kept with its stamp, also when newer facts come.
    assert "Studie- och yrkesvägledare/SYV" in decided
    assert vintage in decided
    kept.vintage = "2030-01"
    with pytest.raises(TypeError, match="frozen"), session.begin_nested():
        session.flush()
    session.rollback()


def test_what_is_typed_and_ticked_is_not_lost_when_something_is_wrong(cast, sign_in, session, vintage):
    gun = sign_in(cast.gun)
    sent = {"vintage": vintage, "occupation": "syv", "skill": ["grupp"], "name": ""}
    answer = gun.post("/competence/profiles/new", data=sent)
    assert answer.status_code == 400
    assert 'name="skill" value="grupp"' in answer.text
    assert f'name="vintage" value="{vintage}"' in answer.text
    wrong = gun.post("/competence/profiles/new", data=sent | {"name": "X", "skill": ["made-up"]})
    assert (wrong.status_code, "“made-up”" in html.unescape(wrong.text) or "made-up" in wrong.text) == (400, True)
    assert gun.post("/competence/profiles/new", data=sent | {"occupation": "gone", "name": "X"}).status_code == 404
    assert session.scalars(select(RoleProfile)).all() == []


def test_occupations_are_looked_at_by_those_who_make_profiles(cast, sign_in, session):
    assert sign_in(cast.alva).get("/competence/occupations").status_code == 403
    gun = sign_in(cast.gun)
    empty = gun.get("/competence/occupations?q=lärare")
    assert (empty.status_code, "flask occupations import" in empty.text) == (200, True)
    assert gun.get("/competence/occupations/2025-12/syv").status_code == 404

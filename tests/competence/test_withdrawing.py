"""Taking back what one has said: it works backwards through every page, map and day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.competence.models import CalibrationNote, Evidence
from lms.competence.shown import levels
from lms.identity import insight
from lms.identity.models import Insight
from tests.competence.conftest import passed

GOALS = "self-leadership/SL1"


@pytest.fixture
def said(cast, session, sign_in, profile, record, hold_clock, at):
    """A module passed; then Alva says 4 and why, and Björn 3 in a talk and in what he saw. A month ago."""
    hold_clock(at)
    profile(cast.project, "Vägledare", {GOALS: (3, 5)})
    cast.membership(cast.alva, cast.fyren).role_profile_key = "vagledare"
    record(cast.fyren, passed(cast.alva.uuid, {GOALS: 1}, at))
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    alva.post("/competence/assess/my-work/1", data={GOALS: "4", f"because:{GOALS}": "Jag ledde lägret"})
    bjorn.post(f"/competence/people/{cast.alva.uuid}/calibrate", data={f"level:{GOALS}": "3"})
    seen = {"competence": GOALS, "level": "2", "on": "2026-11-20", "text": "Lade schemat"}
    bjorn.post(f"/competence/people/{cast.alva.uuid}/observe", data=seen)
    hold_clock(at + timedelta(days=30))
    return {one.source: one.statement_id for one in session.scalars(select(Evidence))}


def withdraw(client, person, id):
    return client.post(f"/competence/people/{person.uuid}/evidence/{id}/withdraw").status_code


def test_it_works_backwards_through_every_page_and_day(cast, session, sign_in, said):
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)

    def seen(on=""):
        """The current level: on the own page, where it is explained, and on the map of the team."""
        own = alva.get("/competence/").text.partition("<tbody")[2]
        why = alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}{on}").text
        cells = bjorn.get(f"/competence/map{on}").text.partition("<tbody")[2].partition("</tbody>")[0]
        return [level for level in range(5) if all(f"Nivå {level}, " in page for page in (own, why, cells))]

    days = ("", "?on=2026-11-25")
    assert [seen(on) for on in days] == [[4], [4]]
    assert withdraw(alva, cast.alva, said["self"]) == 303
    assert [seen(on) for on in days] == [[3], [3]]
    assert "Jag ledde lägret" not in alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
    assert withdraw(bjorn, cast.alva, said["manager"]) == 303
    assert [seen(on) for on in days] == [[2], [2]]
    assert withdraw(bjorn, cast.alva, said["observation"]) == 303
    assert [seen(on) for on in days] == [[1], [1]]
    assert session.scalars(select(CalibrationNote)).all() == []
    assert [one.source for _, one in levels.standing(session, cast.fyren.id, cast.alva.uuid)] == ["course"]


def test_what_explains_evidence_is_kept_from_a_manager_who_sees_levels_only(cast, session, sign_in, said, at):
    insight.decide(session, cast.fyren.id, Insight.LEVELS, at.date(), "", by=None, at=at)
    session.commit()
    talk = sign_in(cast.bjorn).get(f"/competence/people/{cast.alva.uuid}/calibration").text
    assert "Lade schemat" in talk
    assert "Jag ledde lägret" not in talk


def test_only_what_one_has_said_oneself(cast, sign_in, said):
    alva, bjorn, gun = sign_in(cast.alva), sign_in(cast.bjorn), sign_in(cast.gun)
    for client, others in (
        (alva, ("manager", "observation", "course")),
        (bjorn, ("self", "course")),
        (gun, ("self", "manager", "observation")),
    ):
        for source in others:
            assert withdraw(client, cast.alva, said[source]) == 404
    page = alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
    assert page.count("/withdraw") == 1
    assert bjorn.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text.count("/withdraw") == 2
    assert (
        "Självskattning: 4 Ledande"
        in alva.get(f"/competence/people/{cast.alva.uuid}/evidence/{said['self']}/withdraw").text
    )

"""Whatever shows somebody's levels to somebody else says so, to that person."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from lms.competence import members
from lms.identity.models import Look
from tests.house.test_routes import ROUTES, lived_in, send

__all__ = ["lived_in"]

OPENING = {"levels", "levels_on", "evidence", "team_of"}
# The floors below `competence`.
BELOW = {"frameworks", "identity", "xapi"}
LMS = Path(__file__).parents[2] / "lms"
# Where levels of others are read, and shown of nobody: one sentence about all, how many hold something, names.
ONLY_COUNT = {
    *("GET plans.assign", "GET start.home", "GET competence.needs", "GET competence.needs_of"),
    *("GET reports.needs", "GET api.needs"),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_that_shows_somebodys_levels_writes_a_look(lived_in, sign_in, session, monkeypatch):
    """Björn is Alva's manager, and walks through everything there is."""
    loaded = set()
    load_on = members.load_on

    def watched(*args, **kwargs):
        found = load_on(*args, **kwargs)
        loaded.update(member.person_uuid for member in found if member.levels)
        return found

    monkeypatch.setattr(members, "load_on", watched)
    silent, telling = [], []
    for name in ROUTES:
        # Forms show no more than their pages, but where they are about somebody. Rooms below know of no levels.
        about_somebody = name.startswith("GET") or ROUTES[name].address(lived_in)
        if not about_somebody or name.split()[1].split(".")[0] in BELOW:
            continue
        loaded.clear()
        session.execute(delete(Look))
        session.commit()
        send(sign_in(lived_in.bjorn), name, lived_in)
        told = set(session.scalars(select(Look.person_uuid).where(Look.viewer_uuid == lived_in.bjorn.uuid)))
        if lived_in.alva.uuid in told:
            telling.append(name)
        elif lived_in.alva.uuid in loaded and name not in ONLY_COUNT:
            silent.append(name)
    assert silent == [], "take people from competence/opening.py, and say what was looked at"
    assert {
        "GET courses.team",
        "GET competence.map",
        "GET competence.person",
        "GET competence.why",
        "GET competence.calibrate",
        "POST competence.calibrated",
        "GET competence.calibration",
        "POST competence.calibration_note",
        "GET competence.proofs",
        "GET talks.between",
        "GET reports.map",
        "GET reports.person",
        "GET api.map",
        "GET api.person",
    } <= set(telling)


def test_nobody_else_opens_levels():
    """`access.levels` and what follows from it are asked where a look is written; beside that by those who show
    no levels (talks, what is assigned) or only what the viewer has said (withdrawing), and by those whose views write
    it (proofs)."""
    asking = {
        str(path.relative_to(LMS))
        for path in LMS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr in OPENING and _is_access(node.value))
        or (isinstance(node, ast.ImportFrom) and node.module == "lms.identity.access" and _names(node) & OPENING)
    }
    assert asking == {
        "competence/opening.py",
        "competence/shown/ending.py",
        "competence/proofs/listing.py",
        "competence/shown/withdrawing.py",
        "courses/views/team.py",
        "plans/assigning.py",
        "plans/assignments.py",
        "plans/views/forecast.py",
        "talks/pairs.py",
        "talks/team.py",
    }


def _is_access(node):
    return isinstance(node, ast.Name) and node.id == "access"


def _names(node):
    return {one.name for one in node.names}

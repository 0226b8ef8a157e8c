import json

import pytest
from sqlalchemy import select

from lms.errors import Conflict, Invalid
from lms.frameworks import framework, stored
from lms.frameworks.formats import about, table
from lms.frameworks.framework import Area, Competence
from lms.frameworks.models import StoredFramework


def a_framework(key="craft", codes=("C1",), word="C"):
    competences = [
        Competence(code, "a", {"sv": code}, {"sv": code}, {"sv": word}, about.general_levels(), ()) for code in codes
    ]
    beside = about.given(key=key, name="Craft", publisher="Fyren", year="2026", licence="CC0")
    return about.build({}, beside, about.Parts([Area("a", {"sv": "A"})], competences))


@pytest.fixture
def shipped():
    return framework.load()


def test_what_an_organisation_has_serves_it_and_those_below_and_nobody_else(cast, session, at, shipped):
    known = stored.Known(shipped)
    stored.publish(session, shipped, cast.fyren.id, a_framework(), at=at)
    assert known.at(session, cast.fyren.id).find("craft/C1")
    for unit in cast.fyren.children:
        assert known.at(session, unit.id).find("craft/C1")
    assert known.at(session, cast.ekeby.id) is shipped
    # Read once, and the same for all who have the same.
    assert known.at(session, cast.fyren.id) is known.at(session, cast.fyren.id)


def test_a_key_is_given_once(cast, session, at, shipped):
    stored.publish(session, shipped, cast.fyren.id, a_framework(), at=at)
    for organisation, key in ((cast.ekeby, "craft"), (cast.ekeby, "lifecomp")):
        with pytest.raises(Invalid, match=f"the key “{key}”"):
            stored.publish(session, shipped, organisation.id, a_framework(key), at=at)


def test_what_is_published_is_frozen(cast, session, at, shipped):
    row = stored.publish(session, shipped, cast.fyren.id, a_framework(), at=at)
    row.data = {}
    with pytest.raises(TypeError, match="frozen"), session.begin_nested():
        session.flush()
    session.rollback()


def test_what_is_written_here_goes_on_and_nothing_is_lost(cast, session, at, shipped):
    known = stored.Known(shipped)
    first = stored.publish(session, shipped, cast.fyren.id, a_framework(), at=at, is_written_here=True)
    before = known.at(session, cast.fyren.id).competence("craft/C1")
    more = a_framework(codes=("C1", "C2"))
    stored.go_on(session, first, more, at=at, by=None)
    after = known.at(session, cast.fyren.id)
    assert after.competence("craft/C1") == before
    assert after.competence("craft/C2").name == {"sv": "C2"}
    with pytest.raises(Conflict, match="just published"):
        stored.go_on(session, first, more, at=at, by=None)
    second = stored.written_here(session, cast.fyren.id)[0]
    for changed in (a_framework(codes=("C1",)), a_framework(codes=("C1", "C2"), word="Other")):
        with pytest.raises(Invalid, match="cannot be changed"):
            stored.go_on(session, second, changed, at=at, by=None)


def test_by_command_nothing_is_kept_until_it_is_said(app, cast, session, tmp_path):
    file = tmp_path / "craft.csv"
    file.write_bytes(table.write(a_framework()))
    runner = app.test_cli_runner()
    line = ["frameworks", "import", str(file), "--organisation", cast.fyren.key]
    assert "Give --save" in runner.invoke(args=line).output
    assert session.scalars(select(StoredFramework)).all() == []
    assert "Published." in runner.invoke(args=[*line, "--save"]).output
    assert "craft: Craft, 1 competences" in runner.invoke(args=["frameworks", "list"]).output
    written = runner.invoke(args=["frameworks", "export", "craft"]).output
    assert json.loads(written)["key"] == "craft"


def test_by_command_what_is_wrong_is_told(app, cast, tmp_path):
    file = tmp_path / "craft.csv"
    file.write_text("code,name en\nC1,\n")
    result = app.test_cli_runner().invoke(args=["frameworks", "check", str(file), "--key", "craft"])
    assert (result.exit_code, result.output) == (1, "Row 2: The name is missing.\n")

import os
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.errors import Invalid, NotFound
from lms.occupations import files, lookup, vintages
from lms.occupations.models import Closeness, Group, GroupSkill, Occupation, Skill, Vintage
from tests.occupations.conftest import FILES, OCCUPATIONS, found

SAMPLES = os.environ.get("KUNNA_SAMPLE_DATA", "")


def changes(made):
    return {change.kind.name: (change.new, change.changed, change.gone) for change in made if not change.is_nothing}


def test_the_same_again_changes_nothing_and_another_vintage_stands_beside(session, at, vintage):
    assert changes(vintages.bring_in(session, found(), vintage, at=at)) == {}
    later = OCCUPATIONS.replace("Ungdomsledare", "Ungdomshandledare") + "ny,Fältarbetare,3423\n"
    made = vintages.bring_in(session, found(occupations=later), "2026-06", at=at)
    assert changes(made)["occupations"] == (5, 0, 0)
    assert lookup.newest(session).name == "2026-06"
    # What was said then is still there to be looked at.
    assert lookup.look(session, vintage, "ungdom").occupation.name == "Ungdomsledare"
    assert lookup.look(session, "2026-06", "ungdom").occupation.name == "Ungdomshandledare"
    with pytest.raises(NotFound):
        lookup.look(session, vintage, "ny")


def test_a_file_replaces_its_kind_in_the_vintage_and_nothing_else(session, at, vintage):
    fewer = files.read([("closeness.csv", b"from_id,to_id,percentage\nfritid,ungdom,25\n")])
    assert changes(vintages.bring_in(session, fewer, vintage, at=at)) == {"pairs of close occupations": (0, 1, 2)}
    assert session.scalar(select(func.count()).select_from(Closeness)) == 1
    assert session.scalar(select(func.count()).select_from(Occupation)) == 4
    # Not if something that stays would then name what is gone.
    gone = files.read([("skills.csv", b"skill_id,label_sv\nsamtal,Samtalsmetodik\n")])
    with pytest.raises(Invalid, match="import skills of groups as well"):
        vintages.bring_in(session, gone, vintage, at=at)


def test_a_vintage_is_a_month_or_a_day(session, at):
    for name in ("", "nyast", "2025", "2025-13", "2025-12-32"):
        with pytest.raises(Invalid, match="must be a year and month"):
            vintages.bring_in(session, found(), name, at=at)


WORDS = {
    "fritid": ["Fritidsledare", "Lärare i fritidshem, 1-6", "Ungdomsledare"],
    "LARARE": ["Lärare i fritidshem, 1-6"],
    "lärare 1-6": ["Lärare i fritidshem, 1-6"],
    "syv": ["Studie- och yrkesvägledare/SYV"],
    "yrkesvagledare": ["Studie- och yrkesvägledare/SYV", "Lärare i fritidshem, 1-6"],
    "342": ["Fritidsledare", "Ungdomsledare"],
    "423": [],
    "ungdom 3423": ["Ungdomsledare"],
    "100 %_": [],
    "": [],
}


def test_an_occupation_is_found_by_words_and_codes_whatever_their_accents(session, vintage):
    newest = lookup.newest(session)
    assert {text: [one.name for one in lookup.search(session, newest, text).found] for text in WORDS} == WORDS


def test_all_that_is_known_of_an_occupation(session, vintage, count_queries):
    with count_queries() as counted:
        looked = lookup.look(session, vintage, "fritid")
    assert counted.number == 4
    assert [group.code for group in looked.groups] == ["3", "34", "342", "3423"]
    assert [skill.name for skill in looked.skills] == ["Samtalsmetodik"]
    # The better of the two directions counts.
    assert [(one.name, one.percent) for one in looked.near] == [
        ("Ungdomsledare", 75),
        ("Studie- och yrkesvägledare/SYV", 25),
    ]


def test_by_command_nothing_is_kept_until_it_is_said(app, session, tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    runner = app.test_cli_runner()
    line = ["occupations", "import", *map(str, sorted(tmp_path.iterdir())), "--vintage", "2025-12"]
    told = runner.invoke(args=line)
    assert (told.exit_code, "nothing has been kept" in told.output) == (0, True)
    assert session.scalars(select(Vintage)).all() == []
    assert "occupations: 4, of which 4 new" in runner.invoke(args=[*line, "--save"]).output
    assert "2025-12: 4 occupations; Arbetsf" in runner.invoke(args=["occupations", "list"]).output
    out = tmp_path / "out"
    assert "occupations: 4" in runner.invoke(args=["occupations", "export", "2025-12", "--to", str(out)]).output
    assert sorted(path.name for path in out.iterdir())[-1] == "skills_of_groups.csv"
    assert runner.invoke(args=["occupations", "export", "2024-01", "--to", str(out)]).exit_code == 1
    (tmp_path / "occupations.csv").write_text("jobtech_id,label_sv,ssyk4\nx,Svetsare,7212\n")
    refused = runner.invoke(args=[*line, "--save"])
    assert (refused.exit_code, "occupations.csv row 2: names “7212”" in refused.output) == (1, True)


@pytest.mark.skipif(not SAMPLES, reason="KUNNA_SAMPLE_DATA names no folder")
def test_what_is_published_is_read_whole(session, at):
    names = ("ssyk_2012", "jobtech_occupations", "jobtech_skills", "jobtech_ssyk4_skills")
    names += ("jobtech_ssyk4_skills_guidance_subset", "jobtech_occupation_substitutability")
    published = files.read((name, (Path(SAMPLES) / f"{name}.csv").read_bytes()) for name in names)
    vintages.bring_in(session, published, "2025-12", at=at)
    counted = [
        session.scalar(select(func.count()).select_from(table))
        for table in (Group, Occupation, Skill, GroupSkill, Closeness)
    ]
    assert counted == [603, 2412, 6640, 17517, 8324]
    # What goes out comes in again as the same.
    out = files.read(
        (kind.name, files.write(kind, rows.values())) for kind, rows in vintages.of(session, "2025-12").items()
    )
    assert out.rows == published.rows
    vintage = lookup.newest(session)
    guide = lookup.search(session, vintage, "studie yrkesvagledare").found[0]
    looked = lookup.look(session, vintage.name, guide.code)
    assert (guide.group_code, len(looked.skills), len(looked.groups)) == ("2352", 34, 4)
    assert lookup.search(session, vintage, "ledare").is_cut

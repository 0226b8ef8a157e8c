import pytest

from lms.errors import Invalid
from lms.occupations import files
from tests.occupations import conftest


def refused(**contents):
    with pytest.raises(Invalid) as error:
        conftest.found(**contents)
    return [f"{problem.field} {problem.message}" for problem in error.value.problems]


def test_a_file_is_known_by_its_headings_and_may_hold_two_kinds():
    found = files.read(
        [("subset.csv", b"ssyk4,ssyk4_label_sv,skill_id,skill_label_sv\n2352,SYV,a,Samtal\n3423,Fritid,a,Samtal\n")]
    )
    assert found.rows == {
        files.SKILLS: {("a",): ("a", "Samtal")},
        files.GROUP_SKILLS: {("2352", "a"): ("2352", "a"), ("3423", "a"): ("3423", "a")},
    }


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ({"occupations": "name,ssyk\nLärare,2352\n"}, ["occupations.csv is none of the files"]),
        ({"occupations": "jobtech_id,label_sv,ssyk4\n,Lärare,2352\nx,,2352\n"},
         ["occupations.csv row 2 has nothing under jobtech_id", "occupations.csv row 3 has nothing under label_sv"]),
        ({"occupations": "jobtech_id,label_sv,ssyk4\nx,Lärare,23A\n"}, ["row 2 has an SSYK code that is not"]),
        ({"closeness": "from_id,to_id,percentage\nfritid,ungdom,0\nfritid,ungdom,101\nfritid,ungdom,x\n"},
         ["row 2 has a percentage", "row 3 has a percentage", "row 4 has a percentage"]),
        ({"skills": "skill_id,label_sv\na,Samtal\na,Samtal\na,Annat\n"},
         ["skills.csv row 4 says otherwise than skills.csv row 2 of a."]),
        ({"skills": "PK\x03\x04", "closeness": "x"},
         ["skills.csv The workbook cannot be read", "closeness.csv is none of the files"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_file_and_row(contents, told):
    said = refused(**contents)
    assert len(said) == len(told)
    assert all(part in line for part, line in zip(told, said, strict=True))


def test_what_names_something_that_is_nowhere_is_told():
    broken = conftest.found(
        occupations=conftest.OCCUPATIONS + "x,Svetsare,7212\n", closeness="from_id,to_id,percentage\nx,gone,25\n"
    )
    assert [f"{problem.field} {problem.message}" for problem in files.loose(broken, {})] == [
        "occupations.csv row 6 names “7212”, which is not among the SSYK groups.",
        "closeness.csv row 2 names “gone”, which is not among the occupations.",
    ]
    alone = files.read([("closeness.csv", conftest.CLOSENESS.encode())])
    assert {problem.message for problem in files.loose(alone, {})} == {
        "cannot be used without occupations: import them as well."
    }
    assert list(files.loose(alone, {files.OCCUPATIONS: [("fritid",), ("ungdom",), ("syv",)]})) == []

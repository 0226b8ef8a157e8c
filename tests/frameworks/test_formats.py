import json
import os
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.errors import Invalid
from lms.frameworks import framework
from lms.frameworks.formats import about, case_writing, esco, ours, reading, table
from lms.frameworks.framework import Area, Competence, Framework, Licence, OwnLevel, Relation, Replaced, Source

SAMPLES = os.environ.get("KUNNA_SAMPLE_DATA", "")
BESIDE = about.given(key="craft", name="Craft", publisher="Somebody", year="2026", licence="CC0")

words = st.text("aåäöÅ =+-@'\";,\n\t|–“”x1", min_size=1, max_size=12).map(
    lambda text: " ".join(part.strip() for part in text.split("\n")).strip() or "å"
)
texts = st.one_of(
    st.fixed_dictionaries({"sv": words, "en": words}),
    st.fixed_dictionaries({"sv": words}),
    st.fixed_dictionaries({"en": words}),
)
codes = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=6).filter(framework.CODE.fullmatch)
keys = st.sampled_from(["craft", "craft-2", "a-1-b"])


@st.composite
def frameworks(draw):
    key = draw(keys)
    areas = [Area(code, draw(texts)) for code in draw(st.lists(codes, min_size=1, max_size=3, unique=True))]
    its = draw(st.lists(codes, min_size=1, max_size=4, unique=True))
    return Framework(
        key=key,
        family=draw(st.sampled_from(["", "craft"])),
        vintage=draw(st.sampled_from(["", "2025-11-24", "v1.1.1"])),
        version=draw(words),
        name=draw(texts),
        description=draw(texts),
        source=Source(
            draw(words), draw(words), draw(st.integers(1000, 9999)), draw(st.sampled_from(["", "https://a.example"]))
        ),
        licence=Licence(draw(words), draw(st.sampled_from(["", "https://b.example"]))),
        notice=draw(texts),
        scale=tuple(
            OwnLevel(level, draw(st.integers(1, 4)), draw(texts), draw(texts))
            for level in range(1, draw(st.integers(2, 6)))
        ),
        scale_note=draw(st.none() | texts),
        areas=tuple(areas),
        competences=tuple(
            Competence(
                code=code,
                area=draw(st.sampled_from(areas)).code,
                name=draw(texts),
                short=draw(texts),
                descriptor=draw(texts),
                levels={level: draw(texts) for level in range(1, 5)},
                related=tuple(
                    draw(st.lists(st.sampled_from([*(f"{key}/{it}" for it in its), "lifecomp/P1"]), unique=True))
                ),
                key=f"{key}/{code}",
                replaces=draw(
                    st.none()
                    | st.builds(Replaced, st.sampled_from([it for it in its if it != code]), st.sampled_from(Relation))
                )
                if len(its) > 1
                else None,
            )
            for code in its
        ),
        retired=tuple(draw(st.lists(st.sampled_from(its), unique=True))),
    )


@pytest.mark.parametrize("write", [ours.write, table.write, case_writing.write])
# Nothing here changes the app; it is there for the words of what is refused.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frameworks())
def test_what_is_written_is_read_as_the_same(app, write, one):
    with app.test_request_context():
        assert reading.read(write(one), {}) == one


@pytest.mark.parametrize("write", [ours.write, table.write, case_writing.write])
def test_what_ships_is_written_and_read_as_the_same(app, write):
    with app.test_request_context():
        for one in framework.load().all:
            assert reading.read(write(one), {}) == one


def test_a_small_table_as_swedish_excel_saves_it(app):
    content = "\ufeffcode;area;area name sv;name sv\r\nC1;a;Handlag;Såga rakt\r\nC2;a;;Slipa\r\n"
    with app.test_request_context():
        read = reading.read(content.encode(), BESIDE)
        assert reading.read(content.lstrip("\ufeff").encode("cp1252"), BESIDE) == read
    assert [one.key for one in read.competences] == ["craft/C1", "craft/C2"]
    assert read.areas == (Area("a", {"sv": "Handlag"}),)
    assert read.competences[0].levels[1] == framework.GENERAL[1]
    assert [level.level for level in read.scale] == [1, 2, 3, 4]


def refused(content, beside=BESIDE):
    with pytest.raises(Invalid) as error:
        reading.read(content, beside)
    return [f"{problem.field}: {problem.message}" for problem in error.value.problems]


def test_a_table_is_refused_with_every_problem_by_row(app):
    content = b"code,name en,level 1 en\nC1,,\n,Saw,\nC3,Plane,I can\n"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert refused(content) == [
            "Row 2: The name is missing.",
            "Row 3: The code is missing.",
            "Row 4: Write what all four levels mean, or none of them.",
        ]
        assert refused(b"code,name en,colour\nC1,Saw,red\n") == ["Row 1: There is no column called “colour”."]
        assert "craft/C1: is there more than once." in refused(b"code,name en\nC1,Saw\nC1,Plane\n")


def test_what_the_file_does_not_say_must_be_given(app):
    with app.test_request_context():
        assert [line.split(":")[0] for line in refused(b"code,name en\nC1,Saw\n", {})] == [
            "key", "publisher", "year", "licence", "name",
        ]  # fmt: skip


def a_package(**changed):
    def link(identifier):
        return {"identifier": identifier, "uri": f"https://x.example/{identifier}", "title": identifier}

    def child(origin, destination):
        return {"associationType": "isChildOf", "originNodeURI": link(origin), "destinationNodeURI": link(destination)}

    package = {
        "CFDocument": {"identifier": "d", "title": "Woodwork", "creator": "A board", "language": "en-GB",
                       "lastChangeDateTime": "2024-05-01T00:00:00Z"},
        "CFItems": [
            {"identifier": "hand", "fullStatement": "By hand", "humanCodingScheme": "H"},
            {"identifier": "saw", "fullStatement": "Saws straight", "humanCodingScheme": "H.1"},
            {"identifier": "mind", "fullStatement": "Minds the edge", "humanCodingScheme": "M 1"},
        ],
        "CFAssociations": [child("hand", "d"), child("saw", "hand"), child("mind", "d")],
        "CFRubrics": [{"CFRubricCriteria": [{"CFItemURI": link("saw"), "CFRubricCriterionLevels": [
            {"score": level, "description": f"Level {level}"} for level in range(1, 5)]}]}],
        **changed,
    }  # fmt: skip
    return json.dumps(package).encode()


def test_a_package_of_somebody_else_s_is_read_by_its_tree(app):
    with app.test_request_context():
        read = reading.read(a_package(), about.given(key="wood", licence="CC0"))
    assert [(area.code, area.name["en"]) for area in read.areas] == [("H", "By hand"), ("general", "General")]
    saw, mind = read.competences
    assert (saw.key, saw.area, saw.levels[2]) == ("wood/H.1", "H", {"en": "Level 2"})
    # A code that cannot stand in an address is not used; the identifier is.
    assert (mind.key, mind.area, mind.levels[2]) == ("wood/mind", "general", framework.GENERAL[2])
    assert (read.source.publisher, read.source.year) == ("A board", 2024)


def test_a_package_whose_items_go_in_a_ring_is_refused(app):
    def link(identifier):
        return {"identifier": identifier, "uri": "", "title": ""}

    ring = [
        {"associationType": "isChildOf", "originNodeURI": link(one), "destinationNodeURI": link(other)}
        for one, other in (("hand", "saw"), ("saw", "hand"))
    ]
    with app.test_request_context():
        assert len(refused(a_package(CFAssociations=ring))) == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b"[]", b"PK\x03\x04", b"\xff\xfe\x00", b'{"CFDocument": 3}', b'{"framework": 1}']
)
def test_anything_else_is_refused(app, content):
    with app.test_request_context():
        assert refused(content)


@pytest.mark.skipif(not SAMPLES, reason="KUNNA_SAMPLE_DATA names no folder")
@pytest.mark.parametrize(
    ("name", "competences", "areas"),
    [
        ("digcomp_2_2.json", 21, 5),
        ("digcomp_3_0.json", 21, 5),
        ("lifecomp.json", 9, 3),
        ("greencomp.json", 12, 4),
        ("entrecomp.json", 15, 3),
        ("own_self_leadership.json", None, None),
        ("own_guidance_competences.json", None, None),
        ("esco_transversal_skills.csv", 103, None),
    ],
)
def test_published_samples_are_read_whole(app, name, competences, areas):
    beside = about.given(key="sample", name="Sample", publisher="Somebody", year="2025", licence="CC BY 4.0")
    with app.test_request_context():
        read = reading.read((Path(SAMPLES) / name).read_bytes(), beside)
        assert reading.read(case_writing.write(read), {}) == read
        assert reading.read(table.write(read), {}) == read
        if esco.is_from(read):
            assert skills(reading.read(esco.write(read), beside)) == skills(read)
    assert competences is None or len(read.competences) == competences
    assert areas is None or len(read.areas) == areas


def skills(read):
    """What ESCO's files hold; its areas have no codes there."""
    areas = {area.code: area.name for area in read.areas}
    return [(one.key, one.name, one.short, one.descriptor, areas[one.area]) for one in read.competences]


cells = st.text("aåö =+-\"',;\n1", min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "å")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(cells, cells, st.sampled_from(["", "attitudes", "Färdigheter i = tal"])), min_size=1, max_size=5)
)
def test_what_is_written_as_a_collection_of_esco_is_read_as_the_same(app, rows):
    lines = [
        ",".join(
            f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in (f"http://data.europa.eu/esco/skill/{number}", *row)
        )
        for number, row in enumerate(rows)
    ]
    content = "\n".join(["conceptUri,label_en,label_sv,broaderConceptPT", *lines])
    with app.test_request_context():
        read = reading.read(content.encode(), BESIDE)
        again = reading.read(esco.write(read), BESIDE)
    assert skills(again) == skills(read)


def test_only_what_comes_from_esco_is_written_as_its_files(app):
    with app.test_request_context(), pytest.raises(Invalid):
        esco.write(framework.load().get("lifecomp"))


@pytest.mark.skipif(not SAMPLES, reason="KUNNA_SAMPLE_DATA names no folder")
@pytest.mark.parametrize("key", ["greencomp", "entrecomp"])
def test_what_ships_has_the_codes_names_and_levels_that_were_published(key):
    published = json.loads((Path(SAMPLES) / f"{key}.json").read_bytes())
    ships = framework.load().get(key)
    assert [(one.code, one.name) for one in ships.competences] == [
        (one["id"], one["name"]) for one in published["competences"]
    ]
    assert [area.name for area in ships.areas] == [area["name"] for area in published["areas"]]
    if "levels" in published:
        assert [(level.level, level.name) for level in ships.scale] == [
            (level["level"], level["name"]) for level in published["levels"]
        ]
    # What they mean is told in words of our own.
    theirs = {text for one in published["competences"] for text in one.get("descriptor", one.get("hint")).values()}
    assert not theirs & {text for one in ships.competences for text in one.descriptor.values()}

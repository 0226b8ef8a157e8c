import pytest

from lms.errors import Invalid
from lms.frameworks import framework, own, stored
from lms.frameworks.crosswalks import Tie, replacing
from lms.frameworks.framework import Relation

LEVELS = {f"level_{level}": f"Nivå {level}" for level in range(1, 5)}
SWEDISH = {f"{part}_sv": text for part, text in {"name": "Samtal genom tolk", "area": "Möten", **LEVELS}.items()}
ENGLISH = {f"{part}_en": text for part, text in {"name": "Talk through an interpreter", **LEVELS}.items()}
OWN = "/competence/own"


@pytest.mark.parametrize(
    ("filled", "replaces", "wrong"),
    [
        ({}, "", ["name_sv"]),
        (SWEDISH, "", []),
        (ENGLISH, "", []),
        (SWEDISH | ENGLISH, "", []),
        (SWEDISH | {"level_3_sv": ""}, "", ["level_3_sv"]),
        (SWEDISH | {"name_en": "Talk"}, "", ["level_1_en", "level_2_en", "level_3_en", "level_4_en"]),
        (SWEDISH | {"area_en": "Meetings"}, "", ["name_en", "level_1_en", "level_2_en", "level_3_en", "level_4_en"]),
        (SWEDISH | {"name_sv": "x" * 121}, "", ["name_sv"]),
        (SWEDISH, "1", ["relation"]),
        (SWEDISH | {"relation": "related"}, "1", ["relation"]),
        (SWEDISH | {"relation": "close"}, "1", []),
    ],
)
def test_a_draft_is_whole_when_a_language_that_is_used_has_it_all(app, filled, replaces, wrong):
    with app.test_request_context():
        assert [problem.field for problem in own.problems(filled, replaces)] == wrong


@pytest.fixture
def write(hold_clock, at, session, cast):
    """`write(browser, name, …)` saves a draft; `publish=True` and what is whole is published."""
    hold_clock(at)

    def written(browser, name, *, replaces="", publish=False, **more):
        form = SWEDISH | {"name_sv": name, "replaces": replaces} | more
        assert browser.post(f"{OWN}/new", data=form).status_code == 303
        draft = own.drafts(session, cast.ekeby.id)[-1]
        if publish:
            answer = browser.post(f"{OWN}/publish", data={"draft": f"{draft.id} {own.seen(draft)}"})
            assert answer.status_code == 303
        return draft.id

    return written


def test_a_competence_is_written_published_replaced_and_taken_out_of_use(app, cast, sign_in, session, write):
    elsa, known = sign_in(cast.elsa), app.extensions["kunna"].known
    number = write(elsa, "Samtal genom tolk", level_4_sv="")
    page = elsa.get(f"{OWN}/drafts/{number}")
    assert 'id="level_4_sv-error"' in page.text
    assert "disabled" in elsa.get(OWN).text
    saved = elsa.post(f"{OWN}/drafts/{number}", data=SWEDISH | ENGLISH)
    assert saved.headers["Location"].endswith(OWN)
    draft = own.draft(session, cast.ekeby.id, number)
    # Nobody else has it until it is published, and nothing is published that has been changed meanwhile.
    assert known.at(session, cast.ekeby.id).find("ekeby/1") is None
    assert elsa.post(f"{OWN}/publish", data={"draft": f"{number} 2000"}).status_code == 409
    elsa.post(f"{OWN}/publish", data={"draft": f"{number} {own.seen(draft)}"})
    first = known.at(session, cast.ekeby.id).competence("ekeby/1")
    assert first.name == {"sv": SWEDISH["name_sv"], "en": ENGLISH["name_en"]}
    assert first.levels[2] == {"sv": "Nivå 2", "en": "Nivå 2"}
    begun = elsa.post("/competence/profiles/new", data={"name": "Tolk"}).headers["Location"]
    assert 'value="ekeby/1"' in elsa.get(begun).text
    assert known.at(session, cast.fyren.id).find("ekeby/1") is None

    write(elsa, "Samtal genom tolk på distans", replaces="1", relation="broader", publish=True)
    both = known.at(session, cast.ekeby.id)
    its = both.get("ekeby")
    assert (its.version, its.retired, both.competence("ekeby/1")) == ("2", ("1",), first)
    assert list(replacing(its)) == [Tie("ekeby/1", "ekeby/2", Relation.BROADER)]
    shown = elsa.get("/competence/frameworks/ekeby").text
    assert all(words in shown for words in ('id="retired"', "/ekeby#1", "/ekeby#2"))
    offered = elsa.get(begun).text
    assert ('value="ekeby/1"' in offered, 'value="ekeby/2"' in offered) == (False, True)

    assert elsa.post(f"{OWN}/2/retire").status_code == 303
    assert known.at(session, cast.ekeby.id).get("ekeby").in_use == []
    assert elsa.get("/competence/assess").text.count("assess/ekeby/") == 0
    assert elsa.post(f"{OWN}/1/restore").status_code == 303
    assert [one.code for one in known.at(session, cast.ekeby.id).get("ekeby").in_use] == ["1"]
    told = [
        (
            [one.code for one in change.added],
            [one.code for one in change.retired],
            [one.code for one in change.restored],
        )
        for change in own.changes(stored.written_here(session, cast.ekeby.id))
    ]
    assert told == [([], [], ["1"]), ([], ["2"], []), (["2"], ["1"], []), (["1"], [], [])]


def test_what_work_needs_is_asked_of_also_when_it_is_no_longer_for_new_use(cast, sign_in, session, write):
    elsa = sign_in(cast.elsa)
    write(elsa, "Samtal genom tolk", publish=True)
    elsa.post(f"{OWN}/1/retire")
    its = own.published(session, cast.ekeby.id)
    assert list(its.by_area()) == []
    assert [[one.code for one in ones] for _, ones in its.by_area({"ekeby/1"})] == [["1"]]


def test_areas_are_shared_and_codes_never_given_twice(cast, sign_in, session, write):
    elsa = sign_in(cast.elsa)
    write(elsa, "Ett", publish=True)
    write(elsa, "Två", area_sv="möten", publish=True)
    write(elsa, "Tre", area_sv="", publish=True)
    its = own.published(session, cast.ekeby.id)
    assert [(one.code, its.area_of(one).name["sv"]) for one in its.competences] == [
        ("1", "Möten"), ("2", "Möten"), ("3", "Allmänt"),
    ]  # fmt: skip


def test_a_draft_that_is_not_whole_or_replaces_what_is_gone_is_not_published(cast, sign_in, session, at, write):
    elsa, shipped = sign_in(cast.elsa), framework.load()
    with pytest.raises(Invalid):
        own.publish(session, shipped, cast.ekeby, [], at=at, by=cast.elsa.id)
    write(elsa, "Halvt", level_1_sv="")
    with pytest.raises(Invalid):
        own.publish(session, shipped, cast.ekeby, own.drafts(session, cast.ekeby.id), at=at, by=cast.elsa.id)
    elsa.post(f"{OWN}/drafts/{own.drafts(session, cast.ekeby.id)[0].id}", data={"do": "remove"})
    write(elsa, "Ett", publish=True)
    number = write(elsa, "Annat", replaces="1", relation="exact")
    elsa.post(f"{OWN}/1/retire")
    draft = own.draft(session, cast.ekeby.id, number)
    assert elsa.post(f"{OWN}/publish", data={"draft": f"{number} {own.seen(draft)}"}).status_code == 409
    assert elsa.get(f"{OWN}/new?replaces=1").status_code == 404


def test_nobody_writes_over_somebody_else(cast, sign_in, session, write, at):
    elsa = sign_in(cast.elsa)
    number = write(elsa, "Ett")
    draft = own.draft(session, cast.ekeby.id, number)
    seen = own.seen(draft)
    own.save(draft, SWEDISH, by=cast.cecilia.id, at=at, seen_at=seen)
    session.commit()
    lost = elsa.post(f"{OWN}/drafts/{number}", data=SWEDISH | {"name_sv": "Mitt", "seen": seen})
    assert (lost.status_code, "Mitt" in lost.text) == (409, True)
    assert own.draft(session, cast.ekeby.id, number).filled["name_sv"] == SWEDISH["name_sv"]

"""Proof handed in, looked at and withdrawn: what it shows meanwhile, and who sees it."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms import signals
from lms.competence.models import CalibrationNote, Evidence, ProofStep, Standing
from lms.competence.proofs import content, listing, steps
from lms.competence.shown import evidence, levels
from lms.competence.shown.level import Source
from lms.identity import erasing, insight
from lms.identity.models import Insight
from lms.xapi import attachments, search
from lms.xapi.models import StatementAttachment, StoredAttachment, StoredStatement
from tests.competence.conftest import BASE, assessed, voided

GOALS, SELF = "self-leadership/SL1", "self-leadership/SL2"
PDF = b"%PDF-1.7\nA certificate of Alva's"


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


@pytest.fixture(autouse=True)
def place(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "ATTACHMENTS_URL", f"file://{tmp_path / 'shelf'}")
    return tmp_path / "shelf"


@pytest.fixture(autouse=True)
def guides(now, cast, session, profile):
    profile(cast.project, "Vägledare", {GOALS: (3, 5), SELF: (2, 1)})
    cast.membership(cast.alva, cast.fyren).role_profile_key = "vagledare"
    session.commit()


def filled(at, **other):
    return {
        "id": str(uuid4()),
        "title": "First aid, 8 hours",
        "issuer": "Röda Korset",
        "issued": "2026-03-01",
        "valid_until": (at.date() + timedelta(days=60)).isoformat(),
        "competence:0": GOALS,
        "level:0": "3",
        **other,
        "file": (BytesIO(other.get("file", PDF)), "intyg.pdf"),
    }


@pytest.fixture
def hand_in(cast, sign_in, at):
    def handed_in(**other):
        form = filled(at, **other)
        answer = sign_in(cast.alva).post("/competence/proofs/new", data=form)
        assert answer.status_code == 303, answer.text
        return f"/competence/proofs/{form['id']}"

    return handed_in


def shown(session, cast, at):
    whose = (cast.fyren.id, cast.alva.uuid)
    return {key: one.level for key, one in levels.of(session, [whose], at).get(whose, {}).items()}


def confirm(bjorn, address, level="3", **other):
    answer = bjorn.post(f"{address}/decision", data={"do": "confirm", f"level:{GOALS}": level, **other})
    assert answer.status_code == 303, answer.text


def files(place):
    return [one for one in place.rglob("*") if one.is_file()]


def test_it_counts_when_the_manager_has_confirmed_it_until_it_ends_or_is_withdrawn(
    cast, session, sign_in, hand_in, hold_clock, at
):
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    address = hand_in()
    assert shown(session, cast, at) == {}
    assert "Väntar på chefen" in alva.get("/competence/").text
    assert "Väntar på chefen" in alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
    assert "First aid, 8 hours" in bjorn.get("/competence/proofs").text

    confirm(bjorn, address)
    [one] = session.scalars(select(Evidence))
    assert (one.source, one.level, one.issuer, one.rule) == ("certificate", 3, "Röda Korset", "proof-confirmed")
    # It was shown when it was issued, but nobody knew.
    assert one.shown_at.date() == date(2026, 2, 28)
    assert one.known_at >= at
    assert shown(session, cast, at) == {GOALS: 3}
    ends = at + timedelta(days=62)
    assert levels.of(session, [(cast.fyren.id, cast.alva.uuid)], at, valid_at=ends) == {
        (cast.fyren.id, cast.alva.uuid): {}
    }
    page = alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text
    assert "Röda Korset" in page
    assert "till 22 jan. 2027" in page

    hold_clock(ends)
    assert "Har gått ut" in alva.get(address).text
    assert "Nej, har gått ut" in alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}").text

    hold_clock(at)
    assert alva.post(f"{address}/withdraw").status_code == 303
    assert shown(session, cast, at) == {}
    assert alva.get(address).status_code == 404
    assert session.scalars(select(Standing)).all() == []


def test_the_manager_sees_another_level_or_none_and_can_change_it(cast, session, sign_in, hand_in, at):
    alva, bjorn, address = sign_in(cast.alva), sign_in(cast.bjorn), hand_in()
    refused = bjorn.post(f"{address}/decision", data={"do": "reject", f"level:{GOALS}": "3"})
    assert refused.status_code == 400
    assert "varför" in refused.text
    said = {"do": "reject", f"level:{GOALS}": "3", "text": "The second page is missing."}
    assert bjorn.post(f"{address}/decision", data=said).status_code == 303
    assert shown(session, cast, at) == {}
    assert "The second page is missing." in alva.get(address).text

    confirm(bjorn, address, "3")
    confirm(bjorn, address, "2")
    # The last that was said stands, though a certificate's highest would.
    assert shown(session, cast, at) == {GOALS: 2}
    assert "The second page is missing." not in alva.get(address).text
    assert [one.kind for one in session.scalars(select(ProofStep).order_by(ProofStep.known_at))] == [
        "presented",
        "confirmed",
    ]
    before = session.scalar(select(StoredStatement.id).order_by(StoredStatement.stored.desc()).limit(1))
    confirm(bjorn, address, "2")
    assert session.scalar(select(StoredStatement.id).order_by(StoredStatement.stored.desc()).limit(1)) == before


def test_only_the_two_of_them_open_the_file_and_it_is_never_shown_here(cast, sign_in, hand_in):
    address = hand_in()
    for person in (cast.alva, cast.bjorn):
        answer = sign_in(person).get(f"{address}/file")
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
    for person in (cast.elsa, cast.gun, cast.cecilia, cast.david):
        assert sign_in(person).get(f"{address}/file").status_code == 404
        assert sign_in(person).get(address).status_code == 404
    assert sign_in(cast.alva).post(f"{address}/decision", data={f"level:{GOALS}": "4"}).status_code == 403
    assert sign_in(cast.bjorn).post(f"{address}/withdraw").status_code == 403


def test_a_form_that_is_sent_twice_hands_in_one(session, hand_in):
    id = str(uuid4())
    hand_in(id=id)
    hand_in(id=id)
    assert len(session.scalars(select(ProofStep)).all()) == 1


def test_neither_what_was_typed_nor_the_file_is_lost_when_something_is_wrong(cast, session, sign_in, at):
    alva = sign_in(cast.alva)
    form = filled(at, **{"level:0": "", "issued": "yesterday"})
    answer = alva.post("/competence/proofs/new", data=form)
    assert answer.status_code == 400
    assert "Vi har din fil" in answer.text
    assert "First aid, 8 hours" in answer.text
    [kept] = [part.split('"')[0] for part in answer.text.split('name="kept" value="')[1:]]
    again = filled(at, id=form["id"], kept=kept)
    del again["file"]
    # A file that somebody else has put there cannot be had by guessing.
    assert sign_in(cast.bjorn).post("/competence/proofs/new", data=again).status_code == 400
    assert alva.post("/competence/proofs/new", data=again).status_code == 303
    assert alva.get(f"/competence/proofs/{form['id']}/file").data == PDF


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"file": b"<html>"}, "file"),
        ({"file": b"%PDF-" + bytes(1000)}, "file"),
        ({"title": " "}, "title"),
        ({"title": "Alva Ek can swim"}, "title"),
        ({"issuer": "alva@fyren.example"}, "issuer"),
        ({"title": "19850101-1234"}, "title"),
        ({"issued": "2099-01-01"}, "issued"),
        ({"issued": ""}, "issued"),
        ({"issued": "0001-01-01"}, "issued"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"level:0": "0"}, "level:0"),
        ({"competence:0": ""}, "competence:0"),
        ({"competence:0": "no/such"}, "competence:0"),
        ({"competence:1": GOALS, "level:1": "2"}, "competence:1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_recorded(
    cast, session, sign_in, monkeypatch, at, wrong, field
):
    monkeypatch.setattr(content, "MOST", 1000)
    answer = sign_in(cast.alva).post("/competence/proofs/new", data=filled(at, **wrong))
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert session.scalars(select(StoredStatement)).all() == []


def test_what_is_far_too_large_is_not_received(cast, session, sign_in, monkeypatch, at):
    monkeypatch.setattr(content, "MOST_RECEIVED", 2000)
    answer = sign_in(cast.alva).post("/competence/proofs/new", data=filled(at, file=PDF + bytes(2000)))
    assert answer.status_code == 413
    assert session.scalars(select(StoredStatement)).all() == []


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"<svg", None),
        (b"", None),
    ],
)
def test_what_a_file_is_is_told_by_its_content(beginning, kind):
    assert content.kind(beginning) == kind


def test_no_statement_says_who_it_is_or_what_was_written(cast, session, sign_in, hand_in):
    bjorn, address = sign_in(cast.bjorn), hand_in()
    bjorn.post(f"{address}/decision", data={"do": "reject", "text": "Somebody else's"})
    told = " ".join(session.scalars(select(StoredStatement.text)))
    assert "Röda Korset" in told
    for secret in (cast.alva.name, cast.bjorn.name, cast.alva.email, "Somebody else's", "intyg.pdf"):
        assert secret not in told


def test_voiding_the_proof_alone_undoes_what_was_confirmed_also_after_a_rebuild(
    cast, session, sign_in, hand_in, record, place, app, at
):
    address = hand_in()
    confirm(sign_in(cast.bjorn), address, text="Well done")
    rows = [(one.statement_id, one.kind) for one in session.scalars(select(ProofStep).order_by(ProofStep.kind))]
    rebuild(session)
    again = session.scalars(select(ProofStep).order_by(ProofStep.kind))
    assert [(one.statement_id, one.kind) for one in again] == rows
    assert shown(session, cast, at) == {GOALS: 3}

    record(cast.fyren, voided(address.rpartition("/")[2], at))
    assert shown(session, cast, at) == {}
    assert session.scalars(select(CalibrationNote)).all() == []
    rebuild(session)
    assert session.scalars(select(Evidence)).all() == []
    gone_with(session, app, place, at)


def rebuild(session):
    evidence.clear(session)
    steps.clear(session)
    for entries in search.each(session, batch=3):
        signals.statements_recorded.send(session, entries=entries)


def gone_with(session, app, place, at):
    """The file is not to be had, and is taken away within a day or two."""
    assert session.scalars(select(StatementAttachment)).all() == []
    assert attachments.collect(session, app.config, at + timedelta(days=2)) == 1
    assert session.scalars(select(StoredAttachment)).all() == []
    assert files(place) == []


def test_a_file_that_another_proof_has_as_well_stays(cast, session, sign_in, hand_in, place, app, at):
    first, second = hand_in(), hand_in()
    sign_in(cast.alva).post(f"{first}/withdraw")
    assert attachments.collect(session, app.config, at + timedelta(days=2)) == 0
    assert sign_in(cast.alva).get(f"{second}/file").data == PDF


def test_a_manager_who_sees_nothing_else_of_the_team_still_sees_what_was_handed_in(cast, session, sign_in, hand_in, at):
    insight.decide(session, cast.fyren.id, Insight.SHARED, at.date(), "", by=None, at=at)
    session.commit()
    bjorn, address = sign_in(cast.bjorn), hand_in()
    assert bjorn.get(f"/competence/people/{cast.alva.uuid}").status_code == 404
    page = bjorn.get(address)
    assert page.status_code == 200
    assert "/competence/why/" not in page.text
    confirm(bjorn, address)
    assert shown(session, cast, at) == {GOALS: 3}


def test_what_was_wrong_is_corrected_with_the_same_file_and_looked_at_anew(
    cast, session, sign_in, hand_in, place, app, at
):
    alva, bjorn, first = sign_in(cast.alva), sign_in(cast.bjorn), hand_in()
    confirm(bjorn, first)
    page = alva.get(f"/competence/proofs/new?replaces={first.rpartition('/')[2]}").text
    assert 'value="Röda Korset"' in page
    again = {name: value for name, value in filled(at, valid_until="", issuer="SSRS").items() if name != "file"}
    again |= {"replaces": first.rpartition("/")[2], "kept": page.partition('name="kept" value="')[2].partition('"')[0]}
    assert bjorn.post("/competence/proofs/new", data=again).status_code == 404
    assert alva.post("/competence/proofs/new", data=again).status_code == 303
    assert shown(session, cast, at) == {}
    assert alva.get(first).status_code == 404
    second = f"/competence/proofs/{again['id']}"
    confirm(bjorn, second)
    [one] = session.scalars(select(Evidence))
    assert (one.issuer, one.valid_until) == ("SSRS", None)
    assert attachments.collect(session, app.config, at + timedelta(days=2)) == 0
    assert alva.get(f"{second}/file").data == PDF


def test_it_is_in_ones_own_copy_and_goes_with_the_person(cast, session, sign_in, hand_in, place, app, at):
    confirm(sign_in(cast.bjorn), hand_in(), text="Well done")
    _, told = listing.portion(BASE, session, cast.alva.uuid)
    [fyren] = told
    assert [(one["what"], one["levels"], one["issuer"]) for one in fyren["steps"]] == [
        ("presented", {GOALS: 3}, "Röda Korset"),
        ("confirmed", {GOALS: 3}, "Röda Korset"),
    ]
    copy = sign_in(cast.alva).get("/me/export").json
    assert copy["proofs"] == told
    assert "Well done" in str(copy["calibration"])
    erasing.erase(session, cast.alva, at)
    session.commit()
    assert listing.portion(BASE, session, cast.alva.uuid) == ("proofs", [])
    assert session.scalars(select(CalibrationNote)).all() == []
    rebuild(session)
    assert session.scalars(select(ProofStep)).all() == []
    gone_with(session, app, place, at)


def test_expiry_and_withdrawal_work_backwards_through_pages_maps_and_figures(
    cast, session, sign_in, hand_in, record, hold_clock, at
):
    """A month later, with self-assessment 1 beside: what the map, the pages and the picture of a day say."""
    record(cast.fyren, assessed(cast.alva.uuid, GOALS, 1, at))
    alva, bjorn = sign_in(cast.alva), sign_in(cast.bjorn)
    address = hand_in()
    confirm(bjorn, address)
    later = at + timedelta(days=30)
    hold_clock(later)

    def seen(on=""):
        why = alva.get(f"/competence/why/{cast.alva.uuid}/{GOALS}{on}").text
        cell = bjorn.get(f"/competence/map{on}").text.partition("<tbody")[2].partition("</tbody>")[0]
        return [text for text in ("Nivå 3", "Nivå 1") if text in why], ["Nivå 3" in cell, "Nivå 1" in cell]

    confirmed, own = (["Nivå 3"], [True, False]), (["Nivå 1"], [False, True])
    assert seen() == confirmed
    assert seen("?on=2026-11-25") == confirmed
    # Before it was known it was not there, though it had been issued.
    assert seen("?on=2026-11-22") == ([], [False, False])
    # It ends within the year to come, and after that only her own word is left.
    assert seen("?horizon=12") == own
    hold_clock(at + timedelta(days=61))
    assert seen() == own
    assert seen("?on=2026-11-25") == confirmed
    alva.post(f"{address}/withdraw")
    assert seen("?on=2026-11-25") == own
    standing = levels.standing(session, cast.fyren.id, cast.alva.uuid)
    assert [(one.source, one.level) for _, one in standing] == [(Source.SELF, 1)]

"""Pages as they are read: in which language, with what one has written, and what comes with them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.courses.models import Enrolment, Note, Stay
from lms.xapi.models import StoredStatement

FORE, EFTER = "/courses/moten/fore", "/courses/moten/efter"
TANKE = f"{FORE}/tanke"


@pytest.fixture
def alva(cast, sign_in, meetings, hold_clock, at):
    hold_clock(at)
    return sign_in(cast.alva)


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_reading_writes_nothing(alva, session):
    for path in ("", "moten", "moten/fore", "moten/fore/syfte", "moten/fore/tanke", "moten/fore/quiz"):
        assert alva.get(f"/courses/{path}").status_code == 200
    assert [count(session, table) for table in (Enrolment, Stay, Note, StoredStatement)] == [0, 0, 0, 0]


def test_a_page_has_its_boxes_tables_and_pictures(alva):
    page = alva.get(f"{FORE}/syfte").text
    assert '<div class="box box-remember"><div class="box-body">\n<p class="box-title">Kom ihåg</p>' in page
    assert '<div class="reading-table" role="region" tabindex="0" aria-label="Tabell"><table>' in page
    assert '<img src="media/ring.svg" alt="En cirkel av sex stolar runt ett tomt bord">' in page
    assert "<em>3 kap.</em>" in page


def test_texts_are_in_the_language_of_the_page_where_the_course_has_it(alva, cast):
    assert '<article class="reading" lang="sv"' in alva.get(f"{FORE}/syfte").text
    cast.alva.language = "en"
    page = alva.get(f"{FORE}/syfte").text
    assert '<article class="reading" lang="en"' in page
    assert "There is a clock on the wall" in page


def test_what_is_written_is_kept_and_nobody_elses(alva, cast, session, sign_in):
    alva.post(f"{FORE}/kallelse/note", data={"note.syfte": "Välja <lokal>", "note.annat": "x"})
    assert session.scalars(select(Note)).one().texts == {"syfte": "Välja <lokal>"}
    assert "Välja &lt;lokal&gt;" in alva.get(f"{FORE}/kallelse").text
    assert "Välja" not in sign_in(cast.bjorn).get(f"{FORE}/kallelse").text


def test_an_organisation_has_its_own_notes_of_a_person(cast, sign_in, meetings):
    sign_in(cast.farid, cast.ekeby).post(f"{FORE}/kallelse/note", data={"note.syfte": "I Ekeby"})
    assert "I Ekeby" in sign_in(cast.farid, cast.ekeby).get(f"{FORE}/kallelse").text
    assert "I Ekeby" not in sign_in(cast.farid, cast.fyren).get(f"{FORE}/kallelse").text


def test_saving_while_one_writes_answers_without_a_page(alva):
    by_script = alva.post(f"{TANKE}/note", data={"note.hur": "Långt"}, headers={"X-Autosave": "1"})
    assert (by_script.status_code, by_script.data) == (204, b"")
    by_form = alva.post(f"{TANKE}/note", data={"note.hur": "Långt"})
    assert (by_form.status_code, by_form.location) == (303, TANKE)


def test_a_text_that_is_too_long_is_refused_and_not_cut(alva, session):
    refused = alva.post(f"{TANKE}/note", data={"note.hur": "x" * 20_001})
    assert refused.status_code == 400
    assert count(session, Note) == 0


def test_what_stays_on_the_device_is_never_taken(alva, session):
    page = alva.get(f"{EFTER}/bara-har").text
    form = page[page.index("<form", page.index("data-device-only") - 300) :].split("</form>")[0]
    assert 'method="dialog"' in form
    assert 'type="submit"' not in form
    assert "<input" not in form
    assert alva.post(f"{EFTER}/bara-har/note", data={"note.oro": "Hemligt"}).status_code == 403
    assert alva.post(f"{EFTER}/bara-har", data={"note.oro": "Hemligt"}).status_code == 303
    assert count(session, Note) == 0


def test_a_reflection_is_shared_by_choice_and_taken_back(alva, cast, sign_in, meetings):
    bjorn = sign_in(cast.bjorn)
    alva.post(f"{TANKE}/note", data={"note.hur": "Alldeles för långt"})
    assert "Alldeles" not in bjorn.get("/courses/team").text
    page = alva.get(TANKE).text
    assert "Björn Dahl" in page
    alva.post(f"{TANKE}/sharing", data={"note.hur": "Alldeles för långt, tycker jag", "shared": "yes"})
    assert "Alldeles för långt, tycker jag" in bjorn.get("/courses/team").text
    alva.post(f"{TANKE}/sharing", data={"note.hur": "Alldeles för långt", "shared": "no"})
    assert "Alldeles" not in bjorn.get("/courses/team").text


def test_only_reflections_can_be_shared(alva, session):
    data = {"note.syfte": "Välja lokal", "shared": "yes"}
    assert alva.post(f"{FORE}/kallelse/sharing", data=data).status_code == 403
    assert alva.post(f"{EFTER}/bara-har/sharing", data={"note.oro": "x", "shared": "yes"}).status_code == 403
    assert not session.scalars(select(Note).where(Note.shared_at.is_not(None))).all()


def test_where_one_stopped_is_after_the_last_page_gone_on_from(alva, hold_clock, at):
    for key in ("syfte", "vilka", "kallelse"):
        alva.post(f"{FORE}/{key}")
    hold_clock(at + timedelta(minutes=1))
    assert alva.post("/courses/moten/start").location == TANKE
    # Looked up again, and gone on from: the next that is unread is still the same.
    hold_clock(at + timedelta(days=1))
    alva.post(f"{FORE}/syfte")
    assert alva.post("/courses/moten/start").location == TANKE
    assert alva.post("/courses/moten/start", data={"module": "efter"}).location == f"{EFTER}/beslut"


def test_a_quiz_that_was_begun_is_gone_on_with(alva):
    alva.post(f"{FORE}/quiz")
    assert alva.post("/courses/moten/start").location == f"{FORE}/quiz"


def test_a_drawing_is_served_as_one_that_can_do_nothing(alva):
    drawing = alva.get(f"{FORE}/media/ring.svg", buffered=True)
    assert (drawing.status_code, drawing.mimetype) == (200, "image/svg+xml")
    assert drawing.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert drawing.headers["X-Content-Type-Options"] == "nosniff"
    assert drawing.headers["Cache-Control"] == "private, max-age=3600"
    again = alva.get(f"{FORE}/media/ring.svg", headers={"If-None-Match": drawing.headers["ETag"]}, buffered=True)
    assert again.status_code == 304


def test_a_file_to_fetch_is_fetched(alva):
    form = alva.get(f"{FORE}/media/mall.txt", buffered=True)
    assert form.headers["Content-Disposition"] == "attachment; filename=mall.txt"


@pytest.mark.parametrize("name", ["nej.svg", "../quiz.toml", "..%2fquiz.toml", "ring.svg/x"])
def test_only_what_is_in_media_is_served(alva, name):
    assert alva.get(f"{FORE}/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", ["nej", "moten/nej", "moten/fore/nej", "moten/efter/quiz", "moten/fore/quiz/1", "moten/fore/quiz/x"]
)
def test_what_is_not_there_is_not_found(alva, path):
    assert alva.get(f"/courses/{path}").status_code == 404


def test_signed_out_one_is_asked_to_sign_in(client, meetings):
    assert client.get(f"{FORE}/syfte").location.startswith("/sign-in")
    assert client.post(f"{FORE}/syfte").status_code == 401


def test_unknown_parameters_are_refused(alva):
    assert alva.get(f"{FORE}/syfte?sida=2").status_code == 400

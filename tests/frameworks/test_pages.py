import html
import re
from io import BytesIO

import pytest
from sqlalchemy import select

from lms.frameworks import framework
from lms.frameworks.formats import reading
from lms.frameworks.models import StoredFramework

TABLE = "code;area;area name sv;name sv;name en\nC1;a;Handlag;Såga rakt;Saws straight\n"
BESIDE = {"key": "craft", "name": "Craft", "publisher": "Nordverk", "year": "2026", "licence": "CC0"}


@pytest.fixture(autouse=True)
def now(hold_clock, at):
    hold_clock(at)


def brought(client, content=TABLE, **beside):
    file = (BytesIO(content.encode()), "craft.csv")
    return client.post("/competence/frameworks/import", data={**BESIDE, **beside, "file": file})


def test_a_framework_is_looked_through_and_then_published(cast, sign_in, session):
    gun = sign_in(cast.gun)
    looked = brought(gun)
    assert looked.status_code == 200
    assert session.scalars(select(StoredFramework)).all() == []
    written = re.search(r'name="framework" value="([^"]*)"', looked.text)
    assert written
    answer = gun.post("/competence/frameworks/publish", data={"framework": html.unescape(written.group(1))})
    assert answer.headers["Location"].endswith("/competence/frameworks/craft")
    assert "Såga rakt" in gun.get("/competence/frameworks/craft").text
    # It can be assessed, and what a role needs can be said in it.
    assert gun.get("/competence/assess/craft/1").status_code == 200
    assert "craft" in gun.get("/competence/sources").text
    # Nobody beside Nordverk has it.
    assert sign_in(cast.alva).get("/competence/frameworks/craft").status_code == 404


def test_what_is_wrong_is_told_by_row_and_field(cast, sign_in):
    gun = sign_in(cast.gun)
    refused = brought(gun, "code;name sv\nC1;\n")
    assert (refused.status_code, "2</strong>" in refused.text) == (400, True)
    assert 'value="Nordverk"' in brought(gun, key="").text
    assert "lifecomp" in brought(gun, key="lifecomp").text
    assert gun.post("/competence/frameworks/import", data=BESIDE).status_code == 400
    assert gun.post("/competence/frameworks/publish", data={"framework": "{}"}).status_code == 400


@pytest.mark.parametrize("form", ["csv", "json", "case"])
def test_a_framework_goes_out_as_it_is(app, cast, sign_in, form):
    answer = sign_in(cast.alva).get(f"/competence/frameworks/lifecomp/export/{form}")
    assert "attachment" in answer.headers["Content-Disposition"]
    with app.test_request_context():
        assert reading.read(answer.data, {}) == framework.load().get("lifecomp")


def test_the_page_says_what_became_of_a_competence(cast, sign_in):
    page = sign_in(cast.alva).get("/competence/frameworks/digcomp-2-2").text
    assert page.count("/competence/frameworks/digcomp-3#") == 21


def test_only_those_in_charge_bring_frameworks_in(cast, sign_in):
    alva = sign_in(cast.alva)
    assert alva.get("/competence/frameworks/import").status_code == 403
    assert brought(alva).status_code == 403
    assert alva.get("/competence/frameworks/lifecomp/export/pdf").status_code == 404
    refused = alva.get("/competence/frameworks/lifecomp/export/esco")
    assert (refused.status_code, "Bara det som kommer från ESCO" in refused.text) == (400, True)

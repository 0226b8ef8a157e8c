"""The files that a statement came with: told of, and given to those who may see the statement."""

import hashlib

import pytest

from lms.xapi import clients
from tests.connections.conftest import mailed, told
from tests.xapi.parcels import BOUNDARY, WORDS, attachment, body, first, part

SUM = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture
def address(app, client, session, cast, elsa, tmp_path, monkeypatch, at):
    """Of the page about a statement that came with a file, and names another by its address only."""
    monkeypatch.setitem(app.config, "ATTACHMENTS_URL", f"file://{tmp_path / 'attachments'}")
    made, secret = clients.add(session, "Brandövningen", "ekeby", ["statements/write"], below=False, at=at)
    cast.elsa.language = "en"
    session.commit()
    elsewhere = attachment(b"another", fileUrl="https://brand.example/film", display={"en": "The film"})
    said = told(mailed("someone@example.org")) | {"attachments": [attachment(contentType="text/html"), elsewhere]}
    answer = client.post(
        "/xapi/statements",
        data=body(first(said), part(Content_Type="text/html")),
        content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
        auth=(made.key, secret),
        headers={"X-Experience-API-Version": "2.0.0"},
    )
    assert answer.status_code == 200, answer.json
    return f"/connections/statements/{answer.json[0]}"


def test_they_are_told_of_and_can_be_taken_along(elsa, address):
    page = elsa.get(address).get_data(as_text=True)
    for words in ("Intyg", f"text/html · {len(WORDS)} bytes", "The film", "Not kept here"):
        assert words in page
    # An address that a program has made up is not made a link of.
    assert "https://brand.example/film&#34;" in page
    assert 'href="https://brand.example/film' not in page
    assert f'href="{address}/files/{SUM}"' in page


def test_they_are_never_opened_on_this_site(elsa, address):
    answer = elsa.get(f"{address}/files/{SUM}")
    assert answer.data == WORDS
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SUM[:16]}.html"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("sha2", ["0" * 64, hashlib.sha256(b"another").hexdigest(), "x"])
def test_only_what_came_with_this_statement(elsa, address, sha2):
    assert elsa.get(f"{address}/files/{sha2}").status_code == 404


def test_only_those_who_may_see_the_statement(cast, sign_in, address):
    assert sign_in(cast.gun).get(f"{address}/files/{SUM}").status_code == 404
    assert sign_in(cast.farid).get(f"{address}/files/{SUM}").status_code == 403
    assert (
        sign_in(cast.farid).get(f"{address}/files/{SUM}".replace("connections/statements", "records")).status_code
        == 404
    )

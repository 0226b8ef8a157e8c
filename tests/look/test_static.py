"""Stylesheets, scripts and drawings are kept by the browser for as long as they are the same."""

import re

from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

FOR_GOOD = "public, max-age=31536000, immutable"


def address(app: Flask, filename: str = "css/base.css") -> str:
    with app.test_request_context():
        return url_for("kunna.static", filename=filename)


def answered(client: FlaskClient, file: str, status: int = 200) -> Headers:
    with client.get(file) as answer:
        assert answer.status_code == status
        return answer.headers


def test_it_works(app, client):
    assert answered(client, address(app))["Cache-Control"] == FOR_GOOD


def test_every_file_that_a_page_names_is_kept_for_good(client):
    named = re.findall(r'"(/static/[^"]+)"', client.get("/sign-in").text)
    assert len(named) > 5
    assert {answered(client, file)["Cache-Control"] for file in named} == {FOR_GOOD}


def test_the_address_changes_with_the_content(app):
    assert len({address(app, f"css/{name}.css").split("?")[1] for name in ("base", "map", "print")}) == 3


def test_an_address_of_other_content_is_asked_for_again(client):
    for query in ("", "?v=0123456789ab"):
        assert answered(client, f"/static/css/base.css{query}")["Cache-Control"] == "no-cache"


def test_what_is_not_there_is_not_kept(client):
    missing = answered(client, "/static/css/none.css?v=0123456789ab", 404)
    assert "immutable" not in missing.get("Cache-Control", "")


def test_nobody_is_asked_who_they_are(app, cast, sign_in, count_queries):
    alva = sign_in(cast.alva)
    with count_queries() as counted:
        headers = answered(alva, address(app))
    assert counted.statements == []
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")

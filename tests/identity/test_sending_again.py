import re
from html import unescape

import pytest

OURS = {"Origin": "http://localhost"}


def post(client, path="/me?x=1", headers=OURS, **form):
    return client.post(path, data=form or {"name": "Alva Ek-Lind", "language": "sv"}, headers=headers)


def kept_in(page: str) -> str:
    return unescape(re.search(r'name="kept"[^>]*value="([^"]*)"', page).group(1))


def sign_in_with(client, person, password, kept):
    return client.post("/sign-in", data={"email": person.email, "password": password, "kept": kept})


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def with_tokens(app, monkeypatch):
    """Forms need their tokens, as they do outside tests."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def test_it_works(client, cast, password):
    asked = post(client, "/me", name="Alva Ek-Lind", language="sv")
    assert asked.status_code == 401
    assert "Alva Ek-Lind" not in asked.text
    offered = sign_in_with(client, cast.alva, password, kept_in(asked.text))
    assert offered.status_code == 200
    assert 'action="/me"' in offered.text
    sent = hidden(offered.text)
    assert sent["name"] == "Alva Ek-Lind"
    assert client.post("/me", data=sent).status_code == 303
    assert cast.alva.name == "Alva Ek-Lind"


def test_it_works_with_tokens(client, cast, password, with_tokens):
    asked = post(client, "/me")
    assert asked.status_code == 401
    token = hidden(asked.text)["csrf_token"]
    form = {"email": cast.alva.email, "password": password, "csrf_token": token}
    offered = client.post("/sign-in", data=form | {"kept": kept_in(asked.text)})
    assert offered.status_code == 200
    assert client.post("/me", data=hidden(offered.text), headers=OURS).location == "/me"


def test_a_page_from_before_one_signed_in_anew_can_be_sent_again(cast, sign_in, with_tokens):
    client = sign_in(cast.alva)
    offered = post(client, "/me")
    assert offered.status_code == 400
    assert client.post("/me", data=hidden(offered.text)).location == "/me"
    assert cast.alva.name == "Alva Ek-Lind"


def test_a_sign_in_page_that_stood_open_says_so(client, cast, password, with_tokens):
    answer = client.post("/sign-in", data={"email": cast.alva.email, "password": password}, headers=OURS)
    assert answer.status_code == 400
    assert cast.alva.email in answer.text
    assert hidden(answer.text)["csrf_token"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_what_another_site_sends_is_not_kept(client, cast, password, with_tokens, headers):
    asked = post(client, "/me", headers=headers)
    assert asked.status_code == 401
    assert kept_in(asked.text) == ""


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_have_a_signed_in_person_send_it_again(cast, sign_in, with_tokens, headers):
    answer = post(sign_in(cast.alva), "/me", headers=headers)
    assert answer.status_code == 400
    assert "Alva Ek-Lind" not in answer.text


def test_only_what_we_signed_is_shown(client, cast, password):
    answer = sign_in_with(client, cast.alva, password, "made.up")
    assert (answer.status_code, answer.location) == (303, "/")


def test_passwords_are_not_kept(client, cast, password):
    asked = post(client, "/me/password", current=password, password="tre små grisar", other="kept")
    offered = sign_in_with(client, cast.alva, password, kept_in(asked.text))
    assert "tre små grisar" not in offered.text
    assert hidden(offered.text)["other"] == "kept"


def test_what_one_person_wrote_is_not_shown_to_another(client, cast, session, sign_in, password):
    alvas = sign_in(cast.alva)
    cast.alva.session_epoch += 1
    session.commit()
    kept = kept_in(post(alvas, "/me").text)
    answer = sign_in_with(alvas, cast.bjorn, password, kept)
    assert (answer.status_code, answer.location) == (303, "/")
    assert sign_in_with(client, cast.alva, password, kept).status_code == 200


def test_fields_that_occur_twice_are_both_kept(client, cast, password):
    asked = client.post("/me", data={"roles": ["manager", "author"]}, headers=OURS)
    offered = sign_in_with(client, cast.alva, password, kept_in(asked.text))
    assert re.findall(r'name="roles" value="(\w+)"', offered.text) == ["manager", "author"]


def test_a_program_gets_no_page(client):
    answer = client.post("/me", json={}, headers={"Accept": "application/json", **OURS})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_it_works_for_every_room_of_the_house(client, cast, password):
    asked = post(client, "/competence/profiles/new?x=1", name="Fritidsledare")
    assert asked.status_code == 401
    offered = sign_in_with(client, cast.alva, password, kept_in(asked.text))
    assert 'action="/competence/profiles/new?x=1"' in offered.text

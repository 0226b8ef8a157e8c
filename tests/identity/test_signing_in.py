import re
import time

import pytest
from argon2 import PasswordHasher

from lms.identity import password as passwords


def attempt(client, email, password, **form):
    return client.post("/sign-in", data={"email": email, "password": password, **form})


def test_it_works(client, cast, password, session, at, hold_clock):
    hold_clock(at)
    answer = attempt(client, " Alva@Fyren.example", password)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Alva Ek" in client.get("/me").text
    assert cast.alva.signed_in_at == at


@pytest.mark.parametrize(
    ("email", "typed"),
    [("alva@fyren.example", "not the password"), ("nobody@fyren.example", "korrekt häst batteri")],
)
def test_a_wrong_password_and_an_unknown_address_are_told_apart_by_nobody(client, password, email, typed):
    answer = attempt(client, email, typed)
    assert answer.status_code == 401
    expected = attempt(client, "no-such-address", "whatever it is").text.replace("no-such-address", email)
    token = re.compile(r'name="csrf_token" value="[^"]*"')
    assert token.sub("", answer.text) == token.sub("", expected)
    assert "The e-mail address or the password is not right." in answer.text or "E-postadressen" in answer.text
    assert client.get("/me").status_code == 303


def test_someone_who_has_not_answered_the_invitation_cannot_sign_in(client, cast):
    assert attempt(client, cast.alva.email, "").status_code == 400
    assert attempt(client, cast.alva.email, "None").status_code == 401


def test_an_unknown_address_takes_as_long_as_a_wrong_password(cast, password):
    """Both run the hash once: comparing with nobody's is as slow as comparing with somebody's."""

    def seconds(password_hash):
        begun = time.process_time()
        assert not passwords.matches(password_hash, "not the password")
        return time.process_time() - begun

    known = min(seconds(cast.alva.password_hash) for _ in range(5))
    unknown = min(seconds(None) for _ in range(5))
    assert 0.5 < unknown / known < 2


def test_a_hash_with_old_parameters_is_renewed_when_its_owner_signs_in(client, cast, session, password):
    cast.alva.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
    session.commit()
    assert attempt(client, cast.alva.email, password).status_code == 303
    assert "m=19456,t=2,p=1" in cast.alva.password_hash
    assert passwords.matches(cast.alva.password_hash, password)


def test_the_eleventh_attempt_at_an_address_has_to_wait(client, cast, password):
    for _ in range(10):
        assert attempt(client, cast.alva.email, "wrong").status_code == 401
    answer = attempt(client, cast.alva.email, password)
    assert answer.status_code == 429
    assert 800 < int(answer.headers["Retry-After"]) <= 900
    assert attempt(client, cast.bjorn.email, password).status_code == 303


def test_an_unknown_address_has_to_wait_just_the_same(client):
    answers = [attempt(client, "nobody@fyren.example", "wrong").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]


def test_signing_in_forgives_earlier_attempts(client, cast, password):
    for _ in range(9):
        attempt(client, cast.alva.email, "wrong")
    assert attempt(client, cast.alva.email, password).status_code == 303
    client.post("/sign-out")
    assert attempt(client, cast.alva.email, "wrong").status_code == 401


def test_one_caller_cannot_try_many_addresses(app, cast, password, monkeypatch):
    monkeypatch.setitem(app.config, "SIGN_IN_LIMIT", "1 per 15 minutes")
    client = app.test_client()
    answers = [attempt(client, f"person{n}@fyren.example", "wrong").status_code for n in range(11)]
    assert answers == [401] * 10 + [429]
    elsewhere = app.test_client()
    answer = elsewhere.post(
        "/sign-in",
        data={"email": cast.alva.email, "password": password},
        environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert answer.status_code == 303


def test_an_office_that_signs_in_from_one_address_is_let_through(app, cast, password, monkeypatch):
    monkeypatch.setitem(app.config, "SIGN_IN_LIMIT", "1 per 15 minutes")
    for _ in range(6):
        for person in (cast.alva, cast.bjorn):
            assert attempt(app.test_client(), person.email, password).status_code == 303


def test_nothing_of_the_session_before_is_left(client, cast, password):
    with client.session_transaction() as planted:
        planted.update(membership=1, planted="by somebody", csrf_token="known to somebody")
    attempt(client, cast.alva.email, password)
    with client.session_transaction() as kept:
        assert "planted" not in kept
        assert kept.get("csrf_token") != "known to somebody"
        assert "membership" not in kept


@pytest.mark.parametrize("wanted", ["/people?page=2", "/me"])
def test_one_comes_back_to_where_one_was_going(client, cast, password, wanted):
    assert attempt(client, cast.alva.email, password, next=wanted).location == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "\n//x",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(client, cast, password, wanted):
    assert attempt(client, cast.alva.email, password, next=wanted).location == "/"


def test_a_page_asks_whoever_is_signed_out_to_sign_in_first(client):
    answer = client.get("/people?search=a")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/people?search%3Da")
    assert 'value="/people?search=a"' in client.get(answer.location).text


def test_a_program_is_told_in_json(client):
    answer = client.get("/me", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_signing_out(cast, sign_in):
    client = sign_in(cast.alva)
    assert client.get("/me").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/me").status_code == 303


def test_signing_out_everywhere_ends_every_session(cast, sign_in):
    here, there = sign_in(cast.alva), sign_in(cast.alva)
    here.post("/sign-out-everywhere")
    assert [client.get("/me").status_code for client in (here, there)] == [303, 303]


def test_a_session_that_was_tampered_with_is_nobodys(client, cast):
    for made_up in (str(cast.alva.uuid), f"{cast.alva.uuid}.x", "x.0", f"{cast.alva.uuid}.99"):
        with client.session_transaction() as kept:
            kept["_user_id"] = made_up
        assert client.get("/me").status_code == 303


def test_who_is_there_is_one_query(cast, sign_in, count_queries):
    client = sign_in(cast.farid, cast.fyren)
    with count_queries() as counted:
        client.get("/people/invite")
    assert counted.number == 1


def test_farid_acts_where_he_says(cast, sign_in):
    client = sign_in(cast.farid)
    at_fyren = cast.membership(cast.farid, cast.fyren)
    assert "Skolan" in client.get(f"/people/{cast.farid.uuid}").text
    assert client.post("/switch", data={"membership": at_fyren.id}).status_code == 303
    assert "Kansliet" in client.get(f"/people/{cast.farid.uuid}").text


def test_nobody_switches_to_a_membership_that_is_not_theirs(cast, sign_in):
    client = sign_in(cast.alva)
    bjorns = cast.membership(cast.bjorn, cast.fyren)
    assert client.post("/switch", data={"membership": bjorns.id}).status_code == 404
    with client.session_transaction() as kept:
        kept["membership"] = bjorns.id
    assert client.get(f"/people/{cast.bjorn.uuid}").status_code == 404


def test_a_membership_that_ended_is_left_for_the_other(cast, session, sign_in, at):
    client = sign_in(cast.farid, cast.fyren)
    cast.membership(cast.farid, cast.fyren).ended_at = at
    session.commit()
    assert "Ekeby kommun" in client.get(f"/people/{cast.farid.uuid}").text


def test_whoever_belongs_nowhere_is_told_so_and_can_sign_out(cast, session, sign_in, hold_clock, at):
    hold_clock(at)
    cast.membership(cast.alva, cast.fyren).ended_at = at
    session.commit()
    client = sign_in(cast.alva)
    answer = client.get("/me")
    assert answer.status_code == 403
    assert "alva@fyren.example" in answer.text
    assert "/sign-out" in answer.text
    assert client.post("/sign-out").status_code == 303


def test_the_language_is_chosen_before_and_after_signing_in(client, cast, sign_in):
    client.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en"' in client.get("/sign-in").text
    alva = sign_in(cast.alva)
    assert alva.post("/language", data={"language": "en", "next": "/me"}).location == "/me"
    assert cast.alva.language == "en"
    assert alva.post("/language", data={"language": "en", "next": "//evil.example"}).location == "/"
    assert alva.post("/language", data={"language": "tlh"}).status_code == 404


def test_an_address_that_is_not_there_is_answered_in_ones_own_frame(sign_in, client, cast):
    found = sign_in(cast.alva).get("/no/such/page")
    assert found.status_code == 404
    assert cast.alva.name in found.text
    assert cast.alva.name not in client.get("/no/such/page").text

import pytest

from lms.identity.password import LONGEST, hashed, is_outdated, matches, weaknesses

ALVA = ("Alva Ek", "alva.ek@fyren.example")


@pytest.mark.parametrize(
    "password",
    [
        "korrekt häst batteri",
        "839201746352",
        "tre små grisar",
        "björkarna susar i juni",
        "x" * 900 + "abcdefgh",
        "   några mellanslag   ",
    ],
)
def test_a_password_needs_length_and_nothing_else(password):
    assert weaknesses(password, ALVA) == []


@pytest.mark.parametrize(
    "password",
    [
        "elva tecken",
        "x" * (LONGEST + 1),
        "aaaaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "210987654321",
        "qwertyuiopås",
        "lösenord12345",
        "Lösenord lösenord",
        "password1234",
        "Alva Ek Alva Ek",
        "alva.ek@fyren.example",
        "AlvaEk123456",
        "fyren fyren 2026",
        "sommar2026!!!!",
    ],
)
def test_what_is_guessed_first_is_refused(password):
    [sentence] = weaknesses(password, ALVA)
    assert sentence.endswith(".")


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password():
    assert matches(hashed("korrekt ha\u0308st batteri"), "korrekt h\u00e4st batteri")


def test_nobodys_password_matches_nothing():
    assert not matches(None, "korrekt häst batteri")
    assert not is_outdated(hashed("korrekt häst batteri"))


def change(client, **form):
    return client.post("/me/password", data=form)


def test_changing_it_ends_the_other_sessions_and_not_this_one(cast, password, sign_in):
    here, there = sign_in(cast.alva), sign_in(cast.alva)
    answer = change(here, current=password, password="tre små grisar i rad")
    assert (answer.status_code, answer.location) == (303, "/me")
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 303
    assert matches(cast.alva.password_hash, "tre små grisar i rad")


def test_it_is_not_changed_without_the_one_before(cast, password, sign_in):
    answer = change(sign_in(cast.alva), current="not this one", password="tre små grisar i rad")
    assert answer.status_code == 400
    assert 'id="current-error"' in answer.text
    assert matches(cast.alva.password_hash, password)


def test_a_weak_one_is_refused_at_its_field(cast, password, sign_in):
    answer = change(sign_in(cast.alva), current=password, password="alva ek alva ek")
    assert answer.status_code == 400
    assert 'id="password-error"' in answer.text
    assert "alva ek alva ek" not in answer.text

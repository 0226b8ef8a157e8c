import re
from datetime import timedelta

import pytest

from lms.identity.letters import compose, site_of
from lms.identity.password import matches

NEW = "tre små grisar i rad"


def link_in(letter: str) -> str:
    return re.search(r"https://kunna\.test(/choose-password/\S+)", letter).group(1)


def ask(client, email):
    return client.post("/forgotten-password", data={"email": email})


@pytest.fixture
def reset_link(client, cast, letters, hold_clock, at, password):
    """Alva has asked for a new password at `at`."""
    hold_clock(at)
    ask(client, cast.alva.email)
    return link_in(letters()[0])


def test_it_works(client, cast, reset_link):
    assert "Alva Ek" in client.get(reset_link).text
    answer = client.post(reset_link, data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/")
    assert matches(cast.alva.password_hash, NEW)
    assert "Alva Ek" in client.get("/me").text


def test_it_works_once(app, client, cast, reset_link):
    client.post(reset_link, data={"password": NEW})
    again = app.test_client()
    assert again.get(reset_link).status_code == 404
    assert again.post(reset_link, data={"password": "fyra små grisar i rad"}).status_code == 404
    assert matches(cast.alva.password_hash, NEW)


def test_looking_does_not_use_it_up(client, reset_link):
    assert [client.get(reset_link).status_code for _ in range(3)] == [200, 200, 200]


def test_choosing_a_password_ends_every_session_and_every_other_link(client, cast, letters, reset_link, sign_in):
    elsewhere = sign_in(cast.alva)
    ask(client, cast.alva.email)
    later = link_in(letters()[-1])
    client.post(reset_link, data={"password": NEW})
    assert elsewhere.get("/me").status_code == 303
    assert client.get(later).status_code == 404


def test_it_works_for_an_hour(client, reset_link, hold_clock, at):
    hold_clock(at + timedelta(minutes=60))
    assert client.get(reset_link).status_code == 200
    hold_clock(at + timedelta(minutes=60, seconds=1))
    assert client.get(reset_link).status_code == 404
    assert client.post(reset_link, data={"password": NEW}).status_code == 404


def test_a_link_nobody_signed_is_refused(client, reset_link):
    assert client.get("/choose-password/made-up").status_code == 404
    assert client.get(reset_link[:-2]).status_code == 404


def test_a_weak_password_does_not_use_it_up(client, cast, reset_link, password):
    answer = client.post(reset_link, data={"password": "alva ek alva ek"})
    assert answer.status_code == 400
    assert 'id="password-error"' in answer.text
    assert matches(cast.alva.password_hash, password)
    assert client.post(reset_link, data={"password": NEW}).status_code == 303


def test_known_and_unknown_addresses_get_the_same_answer_after_the_same_work(client, cast, letters, count_queries):
    def answer_to(email):
        with count_queries() as counted:
            answer = ask(client, email)
        page = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
        return answer.status_code, page.replace(email, "…"), counted.number

    assert answer_to(cast.alva.email) == answer_to("nobody@fyren.example")
    known, unknown = letters()
    assert known.startswith("To: alva@fyren.example\n")
    assert unknown.startswith("To: nobody@fyren.example\n")
    assert "/choose-password/" not in unknown


def test_nobody_is_flooded_with_letters(client, cast, letters):
    answers = [ask(client, cast.alva.email).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert len(letters()) == 5


def test_what_is_no_address_is_sent_nothing(client, letters):
    assert ask(client, "alva").status_code == 400
    assert letters() == []


def test_the_link_leads_to_us_whatever_the_request_says(client, cast, letters):
    client.post("/forgotten-password", data={"email": cast.alva.email}, headers={"Host": "evil.example"})
    assert "evil.example" not in letters()[0]


def test_a_letter_is_in_the_language_of_its_reader(client, cast, session, letters):
    ask(client, cast.alva.email)
    cast.alva.language = "en"
    session.commit()
    ask(client, cast.alva.email)
    swedish, english = letters()
    assert "Subject: Välj ett nytt lösenord i Kunna" in swedish
    assert "Subject: Choose a new password in Kunna" in english


def test_an_erased_persons_link_leads_nowhere(client, cast, session, reset_link):
    cast.alva.email = None
    session.commit()
    assert client.get(reset_link).status_code == 404


@pytest.mark.parametrize("letter", ["invitation", "welcome", "reset", "unknown"])
def test_every_letter_is_there_in_both_languages(app, letter):
    words = {
        "name": "Alva Ek",
        "organisation": "Fyren",
        "by": "Björn",
        "email": "a@b.example",
        "link": site_of(app.config).url + "/x",
        "days": 14,
        "minutes": 60,
    }
    for language in ("sv", "en"):
        subject, text = compose(letter, language, **words)
        assert subject
        assert "https://kunna.test/x" in text

"""With a key a program sees what its person sees, for as long as they do."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from lms.identity import copies, erasing, keys, signing_in
from lms.identity.models import PersonalKey

NEEDS = "/api/v1/needs/fyren"


@pytest.fixture
def key(cast, session, at):
    """Björn's at Fyren."""
    membership = cast.membership(cast.bjorn, cast.fyren)
    _, shown = keys.make(session, SimpleNamespace(membership_id=membership.id), "A spreadsheet", days=30, at=at)
    session.commit()
    return shown


@pytest.fixture
def ask(app):
    return lambda address, key: app.test_client().get(address, headers={"Authorization": f"Bearer {key}"})


def test_it_works(ask, key):
    answer = ask("/api/v1/me", key)
    assert answer.status_code == 200
    assert answer.json["of"] == "Björn Dahl"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_same_doors_are_closed_as_to_the_person(ask, key, cast):
    assert ask("/api/v1/needs/ekeby", key).status_code == 404
    assert ask(f"/api/v1/people/{cast.gun.uuid}", key).status_code == 404
    assert ask("/api/v1/role-profiles", key).status_code == 403


def test_it_opens_nothing_but_what_is_for_programs(ask, key, app):
    assert ask("/competence/", key).status_code == 303
    assert app.test_client().post("/me", headers={"Authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.parametrize("wrong", ["", "kunna_", "kunna_made-up", "made-up", "kunna_\udcff"])
def test_what_is_no_key_is_told_to_bring_one(ask, key, wrong):
    answer = ask("/api/v1/me", wrong.encode("utf-8", "surrogateescape").decode("latin-1"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Kunna"'
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 401


def test_a_wrong_key_is_not_helped_by_a_session(sign_in, cast):
    answer = sign_in(cast.bjorn).get("/api/v1/me", headers={"Authorization": "Bearer kunna_made-up"})
    assert answer.status_code == 401


def test_it_ends_with_its_time(ask, key, hold_clock, at):
    hold_clock(at + timedelta(days=30))
    assert ask("/api/v1/me", key).status_code == 401


def test_it_ends_with_the_membership(ask, key, cast, session, at):
    cast.membership(cast.bjorn, cast.fyren).ended_at = at
    session.commit()
    assert ask("/api/v1/me", key).status_code == 401


def test_it_ends_when_it_is_taken_away(ask, key, sign_in, cast, session):
    [kept] = session.query(PersonalKey)
    assert sign_in(cast.bjorn, cast.fyren).post(f"/me/keys/{kept.uuid}/take-away").status_code == 303
    assert ask("/api/v1/me", key).status_code == 401


def test_it_ends_when_the_person_signs_out_everywhere(ask, key, sign_in, cast):
    assert sign_in(cast.bjorn, cast.fyren).post("/sign-out-everywhere").status_code == 303
    assert ask("/api/v1/me", key).status_code == 401


def test_it_ends_with_a_new_password(ask, key, cast, session):
    with pytest.raises(signing_in.Invalid):
        signing_in.choose_password(session, cast.bjorn, "short")
    assert ask("/api/v1/me", key).status_code == 200
    signing_in.choose_password(session, cast.bjorn, "sju gula segelbåtar i dimma")
    session.commit()
    assert ask("/api/v1/me", key).status_code == 401


def test_that_of_somebody_else_goes_on(ask, key, cast, session):
    signing_in.sign_out_everywhere(session, cast.gun)
    session.commit()
    assert ask("/api/v1/me", key).status_code == 200


def test_it_is_gone_with_the_person_who_is_forgotten(key, cast, session, at):
    erasing.erase(session, cast.bjorn, at)
    assert session.query(PersonalKey).count() == 0


def test_it_is_shown_once_and_kept_nowhere(sign_in, cast, session, ask):
    browser = sign_in(cast.bjorn, cast.fyren)
    made = browser.post("/me/keys", data={"name": "A spreadsheet", "days": "90"}).text
    shown = re.search(r"kunna_[\w-]{43}", made)[0]
    assert ask("/api/v1/me", shown).json["of"] == "Björn Dahl"
    assert shown not in browser.get("/me/keys").text
    assert shown not in str([vars(one) for one in session.query(PersonalKey)])
    copy = dict(portion(session, cast.bjorn.uuid) for portion in copies.PORTIONS)
    assert [one["name"] for one in copy["keys_for_programs"]] == ["A spreadsheet"]


def test_it_needs_a_name(sign_in, cast, session):
    assert sign_in(cast.bjorn).post("/me/keys", data={"name": " ", "days": "90"}).status_code == 400
    assert session.query(PersonalKey).count() == 0


def test_nobody_has_more_than_can_be_looked_after(cast, session, at):
    membership = cast.membership(cast.bjorn, cast.fyren)
    viewer = SimpleNamespace(membership_id=membership.id)
    for _ in range(keys.MOST):
        keys.make(session, viewer, "One", days=30, at=at)
    with pytest.raises(keys.Conflict):
        keys.make(session, viewer, "Too many", days=30, at=at)

"""What managers see: what has been decided, and what each has been told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.identity import access, insight
from lms.identity.access import Viewer
from lms.identity.models import Insight, Person, Role

SHARED, LEVELS, EVIDENCE = Insight.SHARED, Insight.LEVELS, Insight.EVIDENCE


@pytest.fixture
def decide(session, hold_clock):
    """`decide(place, LEVELS, at)`: then, from that day on; and it is then now."""

    def decided(place, what, at, **days):
        valid_from = (at + timedelta(**days)).date() if days else at.date()
        insight.decide(session, place.id, what, valid_from, "", by=None, at=at)
        hold_clock(at)
        session.flush()

    return decided


@pytest.fixture
def sees(cast, session, hold_clock):
    """`sees(at)`: what Björn then sees of Alva."""
    bjorn = cast.membership(cast.bjorn, cast.fyren)
    viewer = Viewer(
        cast.bjorn.id, cast.bjorn.uuid, "Björn", "sv", bjorn.id, cast.fyren.id, frozenset({Role.MANAGER, Role.LEARNER})
    )

    def seen(at):
        hold_clock(at)
        alva = cast.alva.uuid
        its = {
            what: bool(session.scalars(opened(viewer).join(Person).where(Person.uuid == alva)).all())
            for what, opened in ((LEVELS, access.levels), (EVIDENCE, access.evidence))
        }
        assert its[LEVELS] or not its[EVIDENCE]
        kept = session.scalars(access.kept_back(viewer).join(Person).where(Person.uuid == alva)).all()
        assert bool(kept) is not its[LEVELS]
        holds = EVIDENCE if its[EVIDENCE] else LEVELS if its[LEVELS] else SHARED
        alva_here = cast.membership(cast.alva, cast.fyren)
        assert insight.of(session, alva_here.id, cast.fyren.id, at).holds is holds
        return holds

    return seen


def tell(session, cast, at):
    insight.tell(session, cast.membership(cast.alva, cast.fyren).id, at)
    session.flush()


DAY = timedelta(days=1)


def test_where_nobody_has_decided_managers_see_what_is_usual(sees, at):
    assert sees(at) is insight.USUAL


def test_narrower_holds_at_once_and_wider_once_they_have_been_told(cast, session, decide, sees, at):
    decide(cast.fyren, SHARED, at)
    assert sees(at) is SHARED
    decide(cast.fyren, EVIDENCE, at + DAY)
    assert sees(at + DAY) is SHARED
    tell(session, cast, at + DAY)
    assert sees(at + DAY) is EVIDENCE
    decide(cast.fyren, LEVELS, at + 2 * DAY)
    assert sees(at + 2 * DAY) is LEVELS
    decide(cast.fyren, EVIDENCE, at + 3 * DAY)
    assert sees(at + 3 * DAY) is LEVELS, "having been told once is not for ever"
    tell(session, cast, at + 4 * DAY)
    assert sees(at + 4 * DAY) is EVIDENCE


def test_what_is_decided_for_a_day_to_come_can_be_told_before_and_holds_from_then(cast, session, decide, sees, at):
    decide(cast.fyren, LEVELS, at)
    decide(cast.fyren, EVIDENCE, at + DAY, days=10)
    tell(session, cast, at + 2 * DAY)
    assert sees(at + 9 * DAY) is LEVELS
    assert sees(at + 12 * DAY) is EVIDENCE


def test_the_nearest_above_decides_until_they_do_themselves(cast, session, decide, sees, at):
    decide(cast.project, SHARED, at)
    assert sees(at) is SHARED
    decide(cast.fyren, LEVELS, at + DAY)
    assert sees(at + DAY) is SHARED
    tell(session, cast, at + DAY)
    assert sees(at + DAY) is LEVELS
    decide(cast.project, SHARED, at + 2 * DAY)
    assert sees(at + 2 * DAY) is LEVELS, "they have decided for themselves"
    decide(cast.ekeby, SHARED, at + 2 * DAY)
    assert sees(at + 2 * DAY) is LEVELS, "and others do not decide for them"


def test_who_shares_is_seen_whatever_has_been_decided_until_they_stop(cast, session, decide, sees, at):
    decide(cast.fyren, SHARED, at)
    own = cast.membership(cast.alva, cast.fyren).id
    insight.share(session, own, at)
    session.flush()
    assert sees(at) is EVIDENCE
    insight.keep_back(session, own)
    session.flush()
    assert sees(at) is SHARED


def test_nobody_but_their_own_manager_sees_more_by_any_decision(cast, session, decide, at):
    decide(cast.project, EVIDENCE, at)
    elsa = cast.membership(cast.elsa, cast.ekeby)
    viewer = Viewer(1, cast.elsa.uuid, "", "sv", elsa.id, cast.ekeby.id, frozenset({Role.ADMINISTRATOR}))
    assert [one.person_id for one in session.scalars(access.levels(viewer))] == [cast.elsa.id]


def test_a_decision_and_its_being_read_through_pages(cast, session, sign_in, at):
    cast.membership(cast.bjorn, cast.fyren)
    elsa, farid = sign_in(cast.elsa, cast.ekeby), sign_in(cast.farid, cast.ekeby)
    answer = elsa.post("/people/privacy", data={"insight": "all", "valid_from": "soon"})
    assert answer.status_code == 400
    assert all(f'id="{field}-error"' in answer.text for field in ("insight", "valid_from"))
    today = elsa.get("/people/privacy").text.split('name="valid_from"')[1].split('value="')[1].split('"')[0]
    form = {"insight": "levels", "valid_from": today, "note": "Facket och vi", "seen": ""}
    assert elsa.post("/people/privacy", data=form).status_code == 303
    assert elsa.post("/people/privacy", data=form).status_code == 400, "somebody has decided meanwhile"
    assert "Facket och vi" in elsa.get("/people/privacy").text
    page = farid.get("/me/seen").text
    assert "Facket och vi" in page
    assert farid.post("/me/seen/read").status_code == 303
    assert (
        insight.of(
            session,
            cast.membership(cast.farid, cast.ekeby).id,
            cast.ekeby.id,
            session.scalars(select(Person.created_at)).first().replace(year=2999),
        ).told_at
        is not None
    )

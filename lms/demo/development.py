"""The development talks of the demo: of Björn's people, and what he and Alva have agreed on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.demo.cast import Cast
from lms.identity.models import Membership, Person
from lms.talks import goals, talks
from lms.talks.goals import Answer, Wanted
from lms.talks.models import Goal
from lms.talks.pairs import Pair

CAMP: Final = Wanted(
    "Jag leder sommarlägrets planering från början till slut",
    "self-leadership/SL1",
    3,
    "Gör planen med Farid i februari och stämmer av varannan vecka.",
    "Björn tar mina tisdagskvällar under våren så att jag har tid.",
    date.max,
)
BOUNDARIES: Final = Wanted(
    "Jag säger nej till kvällspass när veckan är full",
    "self-leadership/SL4",
    3,
    "Tar modulen om gränser och prövar i tre veckor.",
    "Björn frågar varje fredag hur veckan ser ut.",
    date.max,
)
PHONE: Final = Wanted(
    "Alla ungdomar vet vem de kan ringa på kvällen",
    None,
    None,
    "Skriver om lappen och sätter upp den.",
    "",
    date.max,
)


def tell(session: Session, cast: Cast, at: datetime) -> None:
    """Most of Björn's people had a talk some time in the last year; a few have waited longer. Alva has one soon."""
    team = select(Membership).where(Membership.manager_id == cast.membership(cast.bjorn, cast.fyren).id)
    for number, membership in enumerate(session.scalars(team.order_by(Membership.id)).all()):
        pair = _pair(cast, membership.person)
        if number % 4 != 3:
            _held(session, pair, at - timedelta(days=60 + 45 * number))
    with_alva(session, cast, at)


def with_alva(session: Session, cast: Cast, at: datetime) -> None:
    bjorn, alva = _pair(cast, cast.alva), Pair(cast.fyren.id, cast.alva, cast.bjorn, cast.alva.uuid)
    talk = talks.set_day(session, bjorn, (at + timedelta(days=9)).date(), at=at - timedelta(days=5))
    session.flush()
    talks.prepare(session, talk, cast.alva.uuid, {"since": "Lägret i augusti! Jag ledde två dagar helt själv."}, at=at)
    begun = at - timedelta(days=120)
    phone = _proposed(session, bjorn, PHONE, begun, ends=at - timedelta(days=40))
    goals.answer(session, alva, phone, Answer.AGREED, at=begun + timedelta(days=1))
    goals.follow_up(alva, phone, _said("reached", "Lappen sitter uppe sedan i måndags."), at=at - timedelta(days=45))
    camp = _proposed(session, alva, CAMP, begun, ends=at + timedelta(days=150))
    goals.answer(session, bjorn, camp, Answer.AGREED, at=begun + timedelta(days=2))
    goals.follow_up(
        bjorn, camp, _said("on_track", "Första utkastet är klart, bra fördelning."), at=at - timedelta(days=12)
    )
    _proposed(session, bjorn, BOUNDARIES, at - timedelta(days=2), ends=at + timedelta(days=90))


def _pair(cast: Cast, person: Person) -> Pair:
    """As Björn meets one of his people."""
    return Pair(cast.fyren.id, person, cast.bjorn, cast.bjorn.uuid)


def _held(session: Session, pair: Pair, at: datetime) -> None:
    talk = talks.set_day(session, pair, at.date(), at=at - timedelta(days=14))
    talks.hold(pair, talk, at.date(), at=at)
    # The next one is looked for in the database.
    session.flush()


def _proposed(session: Session, pair: Pair, wanted: Wanted, at: datetime, *, ends: datetime) -> Goal:
    made = goals.propose(session, pair, uuid4(), replace(wanted, due=ends.date()), None, at=at)
    session.flush()
    return made


def _said(standing: str, text: str) -> Mapping[str, str]:
    return {"standing": standing, "text": text}

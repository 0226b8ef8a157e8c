"""Dots: each seat has so many to give to what matters most. Sums are all that anyone sees, and all that is kept."""

from collections import Counter
from collections.abc import Collection, Mapping
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, Problem
from lms.i18n import gettext
from lms.workshops import items
from lms.workshops.agenda import Step
from lms.workshops.models import Item, Seat, Workshop


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def sit_down(session: Session, workshop: Workshop, token: str) -> None:
    """Once for each token, however often the phone asks."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"workshop_id": workshop.id, "token_hash": token_hash(token), "turn": 0, "ballot": {}}
    session.execute(dialect.insert(Seat).values(row).on_conflict_do_nothing())


def seat(session: Session, workshop: Workshop, token: str | None) -> Seat | None:
    return session.get(Seat, (workshop.id, token_hash(token))) if token else None


def parse(form: Mapping[str, str], workshop: Workshop, votable: Collection[int]) -> tuple[int, dict[str, int]]:
    """Which turn it is, and dots by item, from fields `dots:<item>`. Raises Invalid."""
    turn, ballot = form.get("turn", ""), {}
    if not turn.isdecimal() or len(turn) > 9:
        raise Invalid(gettext("This form is not complete. Reload the page and try again."))
    for name, value in form.items():
        id = name.removeprefix("dots:")
        if id != name and id.isdecimal() and int(id) in votable and value.isdecimal() and value != "0":
            ballot[id] = min(int(value[:3]), workshop.dots + 1)
    given = sum(ballot.values())
    if given > workshop.dots:
        sentence = gettext(
            "You have given %(given)d dots and have %(all)d. Take some away.", given=given, all=workshop.dots
        )
        raise Invalid([Problem("", sentence)])
    return int(turn), ballot


def vote(workshop: Workshop, seat: Seat, turn: int, ballot: Mapping[str, int]) -> None:
    """The whole ballot, in place of the one before. One from an earlier turn has been overtaken and changes nothing."""
    if workshop.step != Step.VOTE:
        raise Conflict(gettext("Voting is not open, so these dots have not been counted."))
    if turn > seat.turn:
        seat.turn, seat.ballot = turn, dict(ballot)


def sums(session: Session, workshop: Workshop) -> Counter[int]:
    """By item; dots on what has been merged count for what it was merged into."""
    every = session.scalars(select(Item).where(Item.workshop_id == workshop.id)).all()
    home, found = items.homes(every), Counter[int]()
    for ballot in session.scalars(select(Seat.ballot).where(Seat.workshop_id == workshop.id)):
        for id, dots in ballot.items():
            found[home[int(id)]] += dots
    if workshop.ended_at is not None:
        found.update({item.id: item.dots for item in every if item.dots})
    return found


def voters(session: Session, workshop: Workshop) -> int:
    return sum(turn > 0 for turn in session.scalars(select(Seat.turn).where(Seat.workshop_id == workshop.id)))


def settle(session: Session, workshop: Workshop) -> None:
    """Keep the sums, which then need nobody's ballot."""
    for id, dots in sums(session, workshop).items():
        session.get_one(Item, id).dots = dots

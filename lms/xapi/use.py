"""How much each client is used, and what it was refused.

Counted in the process and written down every half minute, in a transaction of its own: no request waits for
that, and none costs a write. A process that is killed takes up to half a minute of counts with it; a statement
never, since those are not kept here.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from multiprocessing.util import Finalize
from threading import Lock, Timer
from typing import Final

from sqlalchemy import Engine, case, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.xapi.clients import Client
from lms.xapi.models import ClientRefusal, ClientUse, StoreClient, UnknownKeyUse, insert_into

logger = logging.getLogger(__name__)

SECONDS: Final = 30.0
# Of a client's last refused requests, so many are kept; and so many are taken down at a time, so that a client
# gone wild costs a few rows and not a table of them.
KEPT: Final = 50
TAKEN_DOWN: Final = 10
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    at: datetime
    method: str
    resource: str
    status: int
    reason: str


@dataclass(slots=True)
class Count:
    requests: int = 0
    refused: int = 0


@dataclass(slots=True)
class Tally:
    """What one client has done since it was last written down."""

    organisation_id: int
    last_at: datetime
    days: dict[date, Count] = field(default_factory=dict)
    refusals: deque[Refusal] = field(default_factory=lambda: deque(maxlen=TAKEN_DOWN))

    def add(self, other: "Tally") -> None:
        self.last_at = max(self.last_at, other.last_at)
        for day, count in other.days.items():
            here = self.days.setdefault(day, Count())
            here.requests += count.requests
            here.refused += count.refused
        self.refusals.extend(other.refusals)


@dataclass(slots=True)
class Tallies:
    clients: dict[int, Tally] = field(default_factory=dict)
    # Requests whose key nobody has.
    unknown: dict[date, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.clients or self.unknown)


class Use:
    """`engine` is asked for when there is something to write; without `seconds` it is only written when told to."""

    def __init__(self, engine: Callable[[], Engine], zone: tzinfo, seconds: float | None = SECONDS) -> None:
        self._engine, self._zone, self._seconds = engine, zone, seconds
        self._lock, self._tallies = Lock(), Tallies()
        self._timer: Timer | None = None
        self._will_finish = False

    def note(self, client: Client, at: datetime, refusal: Refusal | None = None) -> None:
        with self._lock:
            tally = self._tallies.clients.get(client.id)
            if tally is None:
                tally = self._tallies.clients[client.id] = Tally(client.organisation_id, at)
            tally.last_at = at
            count = tally.days.setdefault(self._day(at), Count())
            count.requests += 1
            if refusal is not None:
                count.refused += 1
                tally.refusals.append(refusal)
            self._wake()

    def note_unknown(self, at: datetime) -> None:
        with self._lock:
            day = self._day(at)
            self._tallies.unknown[day] = self._tallies.unknown.get(day, 0) + 1
            self._wake()

    def write(self) -> None:
        """Write down what has been counted. What cannot be written now is kept for the next time."""
        with self._lock:
            taken, self._tallies = self._tallies, Tallies()
        if not taken:
            return
        try:
            with Session(self._engine(), join_transaction_mode="create_savepoint") as session, session.begin():
                _write(session, taken)
        except SQLAlchemyError:
            self._put_back(taken)
            raise

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _wake(self) -> None:
        """There is something to write, in a while. (Threads do not survive a fork, so none is started earlier.)"""
        if self._seconds is None or self._timer is not None:
            return
        if not self._will_finish:
            self._will_finish = True
            # At the end of the process; unlike atexit also of one that a server has started by multiprocessing.
            Finalize(None, self._write_if_possible, exitpriority=0)
        self._timer = Timer(self._seconds, self._write_if_possible)
        self._timer.daemon = True
        self._timer.start()

    def _write_if_possible(self) -> None:
        with self._lock:
            self._timer = None
        try:
            self.write()
        except SQLAlchemyError:
            logger.exception("How much clients are used could not be written down; the counts are kept.")

    def _put_back(self, taken: Tallies) -> None:
        with self._lock:
            for id, tally in taken.clients.items():
                newer = self._tallies.clients.get(id)
                self._tallies.clients[id] = tally
                if newer is not None:
                    tally.add(newer)
            for day, number in taken.unknown.items():
                self._tallies.unknown[day] = self._tallies.unknown.get(day, 0) + number
            self._wake()


def _write(session: Session, taken: Tallies) -> None:
    # In the same order in every process, each client's row first, so that they wait for each other and never in a ring.
    for id, tally in sorted(taken.clients.items()):
        _write_last_use(session, id, tally.last_at)
        for day, count in tally.days.items():
            its = {"organisation_id": tally.organisation_id, "client_id": id, "day": day}
            kept = insert_into(session, "client_use").values(**its, requests=count.requests, refused=count.refused)
            session.execute(
                kept.on_conflict_do_update(
                    index_elements=list(its),
                    set_={
                        "requests": ClientUse.requests + kept.excluded.requests,
                        "refused": ClientUse.refused + kept.excluded.refused,
                    },
                )
            )
        _write_refusals(session, tally.organisation_id, id, tally.refusals)
    for day, number in sorted(taken.unknown.items()):
        known = insert_into(session, "unknown_key_use").values(day=day, requests=number)
        added = {"requests": UnknownKeyUse.requests + known.excluded.requests}
        session.execute(known.on_conflict_do_update(index_elements=["day"], set_=added))


def _write_last_use(session: Session, id: int, at: datetime) -> None:
    is_later = or_(StoreClient.last_used_at.is_(None), StoreClient.last_used_at < at)
    session.execute(
        update(StoreClient)
        .where(StoreClient.id == id)
        .values(last_used_at=case((is_later, at), else_=StoreClient.last_used_at))
        .execution_options(synchronize_session=False)
    )


def _write_refusals(session: Session, organisation_id: int, id: int, refusals: Sequence[Refusal]) -> None:
    if not refusals:
        return
    rows = [
        {
            "organisation_id": organisation_id,
            "client_id": id,
            "at": refusal.at,
            "method": _kept(refusal.method),
            "resource": _kept(refusal.resource),
            "status": refusal.status,
            "reason": _kept(refusal.reason),
        }
        for refusal in refusals
    ]
    # Two of the same microsecond are as good as one.
    session.execute(insert_into(session, "client_refusal").values(rows).on_conflict_do_nothing())
    its = (ClientRefusal.organisation_id == organisation_id, ClientRefusal.client_id == id)
    newest_first = select(ClientRefusal.at).where(*its).order_by(ClientRefusal.at.desc())
    last_kept = newest_first.offset(KEPT - 1).limit(1).scalar_subquery()
    session.execute(delete(ClientRefusal).where(*its, ClientRefusal.at < last_kept))


def _kept(text: str) -> str:
    """Cut, and without what a request can hold and a database cannot."""
    return text[:LONGEST].encode("utf-8", "replace").decode().replace("\x00", "?")


def since(session: Session, organisation_id: int, day: date) -> Mapping[int, Mapping[date, Count]]:
    """What an organisation's clients have done from that day on: by client and day."""
    found: dict[int, dict[date, Count]] = {}
    rows = session.scalars(select(ClientUse).where(ClientUse.organisation_id == organisation_id, ClientUse.day >= day))
    for row in rows:
        found.setdefault(row.client_id, {})[row.day] = Count(row.requests, row.refused)
    return found


def refusals(session: Session, client: StoreClient) -> Sequence[ClientRefusal]:
    """The last ones, newest first."""
    return session.scalars(
        select(ClientRefusal)
        .where(ClientRefusal.organisation_id == client.organisation_id, ClientRefusal.client_id == client.id)
        .order_by(ClientRefusal.at.desc())
        .limit(KEPT)
    ).all()


def with_unknown_keys(session: Session, day: date) -> int:
    """How many requests have come with a key that nobody has, from that day on."""
    total = select(func.coalesce(func.sum(UnknownKeyUse.requests), 0)).where(UnknownKeyUse.day >= day)
    return int(session.scalar(total) or 0)

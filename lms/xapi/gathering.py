"""Requests that come at the same time are stored in one transaction, which costs them one wait for the disk.

Whoever comes first leads: it waits for the organisation's turn, then stores what has come by then, its own and
others'. Those who come while it does so wait, and one of them leads next. Nobody waits for company, so a request
that comes alone is not slower for it.
"""

from collections import deque
from datetime import datetime
from threading import Lock
from typing import Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from lms import clock
from lms.xapi.arriving import Batch
from lms.xapi.storing import Turn

# So many statements are enough for one transaction: more would only make those who brought few wait.
ENOUGH: Final = 500


class _Request:
    def __init__(self, organisation_id: int, batch: Batch) -> None:
        self.organisation_id, self.batch = organisation_id, batch
        self.leads = False
        self.last: datetime | None = None
        self.error: BaseException | None = None
        self._called = Lock()
        self._called.acquire()

    def answer(self) -> datetime:
        if self.last is None or self.error is not None:
            raise self.error or RuntimeError("The transaction has ended without a word.")
        return self.last

    def wait(self) -> None:
        self._called.acquire()

    def call(self) -> None:
        self._called.release()


class Gathering:
    """What one process is about to store."""

    def __init__(self, database: SQLAlchemy) -> None:
        self._database = database
        self._lock = Lock()
        self._waiting: deque[_Request] = deque()
        self._is_led = False

    def store(self, organisation_id: int, batch: Batch) -> datetime:
        """Store a request's statements, and commit; return when the organisation's last statement was stored.

        Raises Conflict, as if it had come alone, or what has kept the whole transaction from being. The thread
        must not have a transaction of its own open: on SQLite the others would wait for it.
        """
        own = _Request(organisation_id, batch)
        if not batch.is_held:
            self._store([own], is_open=False)
        elif self._is_to_lead(own):
            group = [own]
            try:
                self._store(group, is_open=True)
            finally:
                self._hand_over()
                for other in group[1:]:
                    other.call()
        return own.answer()

    def _is_to_lead(self, own: _Request) -> bool:
        """At once, or when called to; those who are stored by another are called when that is done."""
        with self._lock:
            own.leads = not self._is_led
            self._is_led = True
            if not own.leads:
                self._waiting.append(own)
        if not own.leads:
            own.wait()
        return own.leads

    def _hand_over(self) -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._waiting:
                following = self._waiting.popleft()
                following.leads = True
                following.call()

    def _store(self, group: list[_Request], *, is_open: bool) -> None:
        """In one transaction; others may join a group that is open."""
        try:
            with Session(self._database.engine, join_transaction_mode="create_savepoint") as session:
                self._write(session, group, is_open)
                session.commit()
        except BaseException as error:
            for one in group:
                one.error = error
            if not isinstance(error, Exception):
                raise

    def _write(self, session: Session, group: list[_Request], is_open: bool) -> None:
        """Organisations in the order of their ids, as everyone takes them who stores for several."""
        organisation_id: int | None = group[0].organisation_id
        while organisation_id is not None:
            turn = Turn(session, organisation_id)
            if is_open:
                self._join(group, organisation_id)
            requests = [one for one in group if one.organisation_id == organisation_id]
            refused = turn.store([one.batch for one in requests], clock.now())
            for one, conflict in zip(requests, refused, strict=True):
                one.last, one.error = turn.last, conflict
            organisation_id = self._following(group, organisation_id) if is_open else None
        if not is_open and group[0].error is not None:
            # Parts of it may be there.
            session.rollback()

    def _join(self, group: list[_Request], organisation_id: int) -> None:
        with self._lock:
            for one in [one for one in self._waiting if one.organisation_id == organisation_id]:
                if _count(group) + len(one.batch.ids) <= ENOUGH:
                    self._waiting.remove(one)
                    group.append(one)

    def _following(self, group: list[_Request], organisation_id: int) -> int | None:
        """The organisation to go on with."""
        with self._lock:
            room = ENOUGH - _count(group)
            waiting = [one for one in self._waiting if len(one.batch.ids) <= room]
            return min((one.organisation_id for one in waiting if one.organisation_id > organisation_id), default=None)


def _count(group: list[_Request]) -> int:
    return sum(len(one.batch.ids) for one in group)

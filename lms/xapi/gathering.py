"""Requests that come at the same time are stored in one transaction, which costs them one wait for the disk.

Whoever comes first stores what is there; those who come while it does so wait, and one of them then stores what
they have all brought. Nobody waits for company, so a request that comes alone is not slower for it.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from threading import Lock
from typing import Final

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from lms import clock
from lms.xapi.arriving import Batch
from lms.xapi.storing import store

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
        if batch.is_held:
            self._store_with_others(own)
        else:
            self._store([own])
        return own.answer()

    def _store_with_others(self, own: _Request) -> None:
        with self._lock:
            self._waiting.append(own)
            own.leads = not self._is_led
            self._is_led = True
        if not own.leads:
            own.wait()
        # It may have been called to lead those who have come since.
        if own.leads:
            group = self._take()
            try:
                self._store(group)
            finally:
                self._hand_over()
                for other in group:
                    if other is not own:
                        other.call()

    def _take(self) -> list[_Request]:
        """The leader, who is the first, and as many more as go together."""
        with self._lock:
            group = [self._waiting.popleft()]
            count = len(group[0].batch.ids)
            while self._waiting and count + len(self._waiting[0].batch.ids) <= ENOUGH:
                group.append(self._waiting.popleft())
                count += len(group[-1].batch.ids)
            return group

    def _hand_over(self) -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].call()

    def _store(self, group: Sequence[_Request]) -> None:
        try:
            with Session(self._database.engine, join_transaction_mode="create_savepoint") as session:
                _write(session, group, clock.now())
                session.commit()
        except BaseException as error:
            for one in group:
                one.error = error
            if not isinstance(error, Exception):
                raise


def _write(session: Session, group: Sequence[_Request], at: datetime) -> None:
    """Organisations in the order of their ids, as everyone takes them who stores for several."""
    for organisation_id, some in groupby(sorted(group, key=_organisation), key=_organisation):
        requests = list(some)
        outcome = store(session, organisation_id, [one.batch for one in requests], at)
        for one, refused in zip(requests, outcome.refused, strict=True):
            one.last, one.error = outcome.last, refused
            if refused is not None and not one.batch.is_held:
                # It came alone, and parts of it may be there.
                session.rollback()


def _organisation(request: _Request) -> int:
    return request.organisation_id

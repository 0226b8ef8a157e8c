"""Background work. The ledger rows are the truth; a job only goes through those that are due.

A sweep takes (session, settings, at), deals with what is due and returns how many it dealt with. `wake` is called
after the commit that caused the work. Inline, the sweep runs at once in a transaction of its own; otherwise Huey
hands it to `flask worker`, which also runs every sweep once a minute, so that nothing depends on a wake-up that was
lost.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from lms import clock

logger = logging.getLogger(__name__)

Sweep = Callable[[Session, Mapping[str, Any], datetime], int]


class Jobs:
    def __init__(self, database: SQLAlchemy, settings: Mapping[str, Any], sweeps: Mapping[str, Sweep]) -> None:
        self._database, self._settings, self._sweeps = database, settings, sweeps

    def wake(self, name: str) -> None:
        """The work called `name` has something to do."""
        self.run(name)

    def run(self, name: str) -> int:
        """One sweep, in a session of its own: what its caller has loaded stays as it is."""
        with Session(self._database.engine, join_transaction_mode="create_savepoint") as session:
            done = self._sweeps[name](session, self._settings, clock.now())
            session.commit()
        if done:
            logger.info("Sweep %s dealt with %d", name, done)
        return done

    def run_all(self) -> dict[str, int]:
        return {name: self.run(name) for name in self._sweeps}

    def work(self) -> None:
        """Do what is queued as it comes, until stopped."""
        raise LookupError("JOBS_URL is inline: there is no queue to work on. Set it to sqlite:// or redis://.")

"""Background work that `flask worker` does, in a process of its own."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_sqlalchemy import SQLAlchemy
from huey import Huey, RedisHuey, SqliteHuey, crontab

from lms.jobs import Jobs, Sweep

WORKERS = 2


class QueuedJobs(Jobs):
    def __init__(
        self,
        database: SQLAlchemy,
        settings: Mapping[str, Any],
        sweeps: Mapping[str, Sweep],
        within: Callable[[], Any],
    ) -> None:
        super().__init__(database, settings, sweeps)
        self._huey = _queue(settings["JOBS_URL"])

        def perform(name: str) -> int:
            with within():
                return self.run(name)

        def perform_all() -> None:
            with within():
                self.run_all()

        self._perform = self._huey.task(name="sweep")(perform)
        self._huey.periodic_task(crontab(minute="*"), name="sweep_all")(perform_all)

    def wake(self, name: str) -> None:
        self._perform(name)

    def work(self) -> None:
        self._huey.create_consumer(workers=WORKERS).run()


def _queue(url: str) -> Huey:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return SqliteHuey("kunna", filename=parts.path, fsync=True)
    if parts.scheme == "redis":
        return RedisHuey("kunna", url=url)
    raise ValueError(f"JOBS_URL must be inline, sqlite:///path or redis://…, not {url!r}.")

"""A statement in the store, as it is told of and read back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row

from lms.xapi.reading import read_stored
from lms.xapi.statement import Activity, Statement, StatementRef


class Recorded(Struct, frozen=True, gc=False):
    organisation_id: int
    id: UUID
    # When we got to know, and when it happened.
    stored: datetime
    timestamp: datetime
    text: str
    # What is in the text.
    statement: Statement

    @property
    def agent(self) -> str:
        """The actor's identifier, such as “account|<homePage>|<name>”; empty for a group without one."""
        return self.statement.actor.key

    @property
    def authority(self) -> str:
        """Who asserts it; empty if nobody is said to."""
        asserting = self.statement.authority
        return asserting.key if asserting is not None else ""

    @property
    def verb(self) -> str:
        return self.statement.verb.id

    @property
    def activity(self) -> str | None:
        """The object, when it is an activity."""
        target = self.statement.object
        return target.id if isinstance(target, Activity) else None

    @property
    def registration(self) -> UUID | None:
        context = self.statement.context
        return UUID(context.registration) if context is not None and context.registration is not None else None

    @property
    def target(self) -> UUID | None:
        """The statement that is this one's object."""
        ref = self.statement.object
        return UUID(ref.id) if isinstance(ref, StatementRef) else None

    @property
    def voids(self) -> UUID | None:
        """The statement that this one voids."""
        return self.target if self.statement.voids else None


def recorded(organisation_id: int, id: UUID, stored: datetime, timestamp: datetime, text: str) -> Recorded:
    return Recorded(organisation_id, id, stored, timestamp, text, read_stored(text))


def from_rows(rows: Iterable[Row[tuple[int, UUID, datetime, datetime, str]]]) -> list[Recorded]:
    return [recorded(*row) for row in rows]

"""A statement in the store, as it is told of and read back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row

from lms.xapi.reading import read_stored
from lms.xapi.statement import Activity, Statement, StatementRef


@dataclass(frozen=True, slots=True)
class Recorded:
    organisation_id: int
    id: UUID
    # When we got to know, and when it happened.
    stored: datetime
    timestamp: datetime
    # The actor's identifier, such as “account|<homePage>|<name>”; empty for a group without one.
    agent: str
    verb: str
    # The object, when it is an activity.
    activity: str | None
    registration: UUID | None
    statement: Statement
    text: str

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
    statement = read_stored(text)
    target, context = statement.object, statement.context
    return Recorded(
        organisation_id=organisation_id,
        id=id,
        stored=stored,
        timestamp=timestamp,
        agent=statement.actor.key,
        verb=statement.verb.id,
        activity=target.id if isinstance(target, Activity) else None,
        registration=UUID(context.registration) if context and context.registration else None,
        statement=statement,
        text=text,
    )


def from_rows(rows: Iterable[Row[tuple[int, UUID, datetime, datetime, str]]]) -> list[Recorded]:
    return [recorded(*row) for row in rows]

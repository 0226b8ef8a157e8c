"""What has happened, for those on other floors who must act on it in the same transaction.

Sender is always the database session. Receivers read and write in it, never commit.
"""

from blinker import signal

# Statements have been stored and none of them is voided.  entries: Sequence[lms.xapi.storing.Recorded]
statements_recorded = signal("kunna.statements-recorded")

# Statements that were stored, and told of, earlier are now voided.  entries: Sequence[Recorded]
statements_voided = signal("kunna.statements-voided")

# A person's link to the records is to be removed; what is kept about the person goes.  person_uuid: UUID
person_erased = signal("kunna.person-erased")

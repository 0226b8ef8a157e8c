"""What a rule must still read of what came before it, and what must still end with one that has ended.

What is to be read is found by what the traffic was about, and nothing else is read. `catching_up` does it.
"""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.competence.outside.models import OutsideBacklog, OutsideEnding, OutsideTraffic
from lms.competence.outside.rule import Says, Verdict, kind
from lms.xapi.storing import MICROSECOND


def begin(session: Session, organisation_id: int, version_id: int, says: Says, last: datetime) -> None:
    """All that has been stored until `last` of what the rule is about is to be read."""
    columns = (
        OutsideTraffic.activity, OutsideTraffic.verb, OutsideTraffic.client, OutsideTraffic.activity_id,
        OutsideTraffic.verb_id,
    )  # fmt: skip
    found = session.execute(select(*columns).where(OutsideTraffic.organisation_id == organisation_id))
    rows = [
        {**row._mapping, "organisation_id": organisation_id, "version_id": version_id, "until": last + MICROSECOND}
        for row in found
        if kind(says, row.activity_id, row.verb_id, row.client) is Verdict.MEETS
    ]
    if rows:
        session.execute(insert(OutsideBacklog), rows)


def end(session: Session, organisation_id: int, version_id: int) -> None:
    session.add(OutsideEnding(organisation_id=organisation_id, version_id=version_id, reached=b""))


def again(session: Session, organisation_id: int, version_id: int) -> None:
    """All that a version shows is to be worked out once more: where it counts has changed."""
    session.merge(OutsideEnding(organisation_id=organisation_id, version_id=version_id, reached=b""))


def left(session: Session, organisation_id: int) -> int:
    """How many kinds of statements have not been read to the end, and how many versions not been ended."""
    reading = select(func.count()).where(OutsideBacklog.organisation_id == organisation_id)
    ending = select(func.count()).where(OutsideEnding.organisation_id == organisation_id)
    return (session.scalar(reading) or 0) + (session.scalar(ending) or 0)

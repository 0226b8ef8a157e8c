"""The files of a statement: what it calls them, and whether their content is here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.i18n import gettext
from lms.xapi import attachments
from lms.xapi.attachments import Kept
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Attachment, SubStatement


@dataclass(frozen=True, slots=True)
class File:
    attachment: Attachment
    is_here: bool


def of(session: Session, entry: Recorded) -> Sequence[File]:
    here = {kept.sha2 for kept in attachments.of(session, [entry])}
    target = entry.statement.object
    within = target.attachments if isinstance(target, SubStatement) else None
    carried = (*(entry.statement.attachments or ()), *(within or ()))
    return [File(one, one.sha2 in here) for one in carried]


def get(session: Session, entry: Recorded, sha2: str) -> Kept:
    """Content that came with this very statement."""
    for kept in attachments.of(session, [entry]):
        if kept.sha2 == sha2:
            return kept
    raise NotFound(gettext("There is no such file."))

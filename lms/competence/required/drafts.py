"""What somebody is about to decide: kept as typed, and never over what somebody else has typed meanwhile."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from lms.competence.models import Drafted
from lms.errors import Conflict, Invalid, Problem
from lms.i18n import gettext

Draft = TypeVar("Draft", bound=Drafted)

LONGEST_NOTE: Final = 2000


def seen(draft: Drafted | None) -> str:
    """For a form: which draft it was filled in from."""
    return f"{draft.changed_at.isoformat()} {draft.changed_by_id}" if draft is not None else ""


def save(draft: Draft, filled: Mapping[str, str], *, by: int, at: datetime, seen_at: str) -> Draft:
    """Onto a draft that exists or is new. Raises Conflict if another person has changed it since it was shown."""
    if draft.changed_at is not None and draft.changed_by_id != by and seen(draft) != seen_at:
        raise Conflict(
            gettext(
                "Somebody else has changed this since you opened it. What you typed is still here and has not been "
                "saved: look at theirs in another window, then save once more to replace it."
            )
        )
    draft.filled, draft.changed_by_id, draft.changed_at = dict(filled), by, at
    return draft


def parse_day(form: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(form.get("valid_from", ""))
    except ValueError as error:
        raise Invalid([Problem("valid_from", gettext("Enter a day, such as 2027-01-01."))]) from error


def parse_note(form: Mapping[str, str]) -> str:
    note = form.get("note", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid([Problem("note", gettext("Write at most %(number)d characters.", number=LONGEST_NOTE))])
    return note

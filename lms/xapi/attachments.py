"""Files that statements carry (Data 2.4.11, Communication 1.5.2).

Their content goes on a shelf and a row says so. The row is there first: content without it would lie on the
shelf for ever, with nobody to know that no statement came to have it. So:

1. `needed`, and `announce` it, and commit;
2. `put` it on the shelf, with no transaction open: that can take seconds;
3. `storing.record` with the same files, which notes which statements have it, and commit.

What was put for statements that then were refused waits for a day, and `collect` takes it away; likewise what
`forget` has taken from its statements.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from lms.db import Base
from lms.errors import Invalid, NotFound, Problem, Unavailable
from lms.xapi import signatures
from lms.xapi.files import Files, Received
from lms.xapi.models import StatementAttachment, StoredAttachment, StoredStatement, insert_into
from lms.xapi.multipart import essence
from lms.xapi.recorded import Recorded
from lms.xapi.shelf import Shelf, shelf
from lms.xapi.statement import Attachment, Statement, SubStatement
from lms.xapi.vocabulary import SIGNATURE

logger = logging.getLogger(__name__)

# So long may a request take; content that still waits then waits for nothing.
WAITS: Final = timedelta(days=1)
# In one transaction: whoever brings one of them again waits for it.
COLLECTED_AT_A_TIME: Final = 100
# A bucket is asked about many files at once: each answer takes as long as the way there.
ASKED_AT_ONCE: Final = 8

_TABLES: Final = Base.metadata.tables


@dataclass(frozen=True, slots=True)
class Kept:
    """Content that a statement has."""

    organisation_id: int
    # As the statement writes it.
    sha2: str
    # None if statements that have it say different things of it.
    content_type: str | None
    length: int

    @property
    def name(self) -> str:
        """On the shelf."""
        return _name(self.organisation_id, self.sha2)


def check(where: str, statement: Statement, text: bytes, files: Files | None, *, strict: bool) -> None:
    """Each has its content with it, or says where that is. Raises Invalid."""
    problems = [problem for place, one in _each(where, statement) for problem in _problems(place, one, files)]
    if problems:
        raise Invalid(problems)
    for place, one in _each(where, statement):
        if one.usage_type == SIGNATURE:
            _check_signature(place, one, text, files, strict)


def check_all_meant(statements: Iterable[Statement], files: Files) -> None:
    """No part is without a statement that it belongs to. Raises Invalid."""
    meant = set(needed(statements, files).values())
    alone = [file for file in files.each() if file not in meant]
    if alone:
        raise Invalid(
            [Problem(file.where, "is not an attachment of any statement: none has its hash.") for file in alone]
        )


def needed(statements: Iterable[Statement], files: Files) -> dict[str, Received]:
    """The content that these statements have, each under the hash that they call it by."""
    found = {
        one.sha2.lower(): files.find(one.sha2) for statement in statements for _, one in _each("statement", statement)
    }
    return {sha2: file for sha2, file in sorted(found.items()) if file is not None}


def announce(session: Session, organisation_id: int, content: Mapping[str, Received], at: datetime) -> None:
    """Note that it is about to be put on the shelf."""
    insertion = insert_into(session, StoredAttachment.__tablename__)
    rows = [
        {"organisation_id": organisation_id, "sha2": sha2, "length": file.length, "waiting_since": at}
        for sha2, file in content.items()
    ]
    # Row by row, in the order of their hashes, so that nobody waits for someone who waits for them.
    for row in rows:
        session.execute(
            insertion.values(row).on_conflict_do_update(
                index_elements=["organisation_id", "sha2"],
                set_={"waiting_since": at},
                where=StoredAttachment.waiting_since.is_not(None),
            )
        )


def put(place: Shelf, organisation_id: int, content: Mapping[str, Received]) -> None:
    for sha2, file in content.items():
        place.put(_name(organisation_id, sha2), file.opened(), file.length)


def keep(session: Session, organisation_id: int, made: Iterable[tuple[Sequence[Recorded], Files | None]]) -> None:
    """Note which content these statements, just stored, have of the files they came with: it stays from now on."""
    links = sorted({link for entries, files in made if files is not None for link in _links(entries, files)})
    if not links:
        return
    hashes = {sha2 for _, sha2 in links}
    there = select(StoredAttachment.sha2).where(
        StoredAttachment.organisation_id == organisation_id, StoredAttachment.sha2.in_(hashes)
    )
    # Held until the commit, so that it cannot be collected meanwhile; in the same order as when it is announced.
    held = set(session.scalars(there.order_by(StoredAttachment.sha2).with_for_update()))
    if missing := hashes - held:
        raise RuntimeError(f"{', '.join(missing)} must be announced and put on the shelf before it is kept.")
    claim = update(StoredAttachment).where(
        StoredAttachment.organisation_id == organisation_id,
        StoredAttachment.sha2.in_(hashes),
        StoredAttachment.waiting_since.is_not(None),
    )
    session.execute(claim.values(waiting_since=None), execution_options={"synchronize_session": False})
    session.execute(
        insert(_TABLES["statement_attachment"]),
        [{"organisation_id": organisation_id, "stored": stored, "sha2": sha2} for stored, sha2 in links],
    )


def _links(entries: Iterable[Recorded], files: Files) -> Iterator[tuple[datetime, str]]:
    for entry in entries:
        for _, one in _each("", entry.statement):
            if files.find(one.sha2) is not None:
                yield entry.stored, one.sha2.lower()


def forget(session: Session, organisation_id: int, statements: Collection[UUID], at: datetime) -> None:
    """Take away the content of these statements; they still tell its hash. What nobody else has is collected."""
    its = select(StoredStatement.stored).where(
        StoredStatement.organisation_id == organisation_id, StoredStatement.id.in_(statements)
    )
    links = (StatementAttachment.organisation_id == organisation_id, StatementAttachment.stored.in_(its))
    hashes = select(StatementAttachment.sha2).where(*links)
    content = (StoredAttachment.organisation_id == organisation_id, StoredAttachment.sha2.in_(hashes))
    # Held and in the same order as where it is kept, so that nobody can come to have it meanwhile.
    held = session.scalars(
        select(StoredAttachment.sha2).where(*content).order_by(StoredAttachment.sha2).with_for_update()
    ).all()
    session.execute(delete(StatementAttachment).where(*links), execution_options={"synchronize_session": False})
    others = select(StatementAttachment.sha2).where(
        StatementAttachment.organisation_id == organisation_id, StatementAttachment.sha2.in_(held)
    )
    alone = set(held) - set(session.scalars(others))
    waiting = update(StoredAttachment).where(
        StoredAttachment.organisation_id == organisation_id, StoredAttachment.sha2.in_(alone)
    )
    session.execute(waiting.values(waiting_since=at), execution_options={"synchronize_session": False})


def of(session: Session, entries: Iterable[Recorded]) -> list[Kept]:
    """The content that these statements have, each once; not what they only tell the address of."""
    carrying = [entry for entry in entries if any(_each("", entry.statement))]
    found: dict[str, Kept] = {}
    for organisation_id, group in groupby(sorted(carrying, key=_organisation), key=_organisation):
        own = list(group)
        lengths = _lengths(session, organisation_id, own)
        for entry in own:
            for _, one in _each("", entry.statement):
                length = lengths.get((entry.stored, one.sha2.lower()))
                if length is not None:
                    _add(found, Kept(organisation_id, one.sha2, one.content_type, length))
    return list(found.values())


def check_there(place: Shelf, content: Sequence[Kept]) -> None:
    """Whoever is sent content is sent all of it: before the first byte leaves, each file must be there."""
    with ThreadPoolExecutor(ASKED_AT_ONCE) as asking:
        lengths = asking.map(place.length, [one.name for one in content])
        lost = [one for one, length in zip(content, lengths, strict=True) if length != one.length]
    for one in lost:
        logger.error("The content of attachment %s is lost: it should be on the shelf", one.name)
    if lost:
        hashes = ", ".join(one.sha2 for one in lost)
        raise Unavailable(f"The content of attachments is lost, and whoever runs the store can see which: {hashes}.")


def open_attachment(
    session: Session, place: Shelf, organisations: Sequence[int], sha2: str
) -> tuple[int, Iterator[bytes]]:
    """How long it is, and its content, if a statement of one of these organisations has it."""
    wanted = select(StoredAttachment.organisation_id, StoredAttachment.length).where(
        StoredAttachment.organisation_id.in_(organisations),
        StoredAttachment.sha2 == sha2.lower(),
        StoredAttachment.waiting_since.is_(None),
    )
    found = session.execute(wanted.order_by(StoredAttachment.organisation_id).limit(1)).one_or_none()
    if found is None:
        raise NotFound("There is no such attachment.")
    kept = Kept(found.organisation_id, sha2, None, found.length)
    check_there(place, [kept])
    return kept.length, place.read(kept.name)


def collect(session: Session, settings: Mapping[str, Any], at: datetime) -> int:
    """Take away content that has waited for its statement in vain, and files whose writer was killed.

    A row that is being taken away is locked, so whoever announces the same content waits, and puts it again.
    """
    place = shelf(settings["ATTACHMENTS_URL"])
    collected = 0
    # What cannot be reached now is in the log, and waits for the next time.
    with suppress(Unavailable):
        collected += place.tidy(at - WAITS)
        for row in session.execute(_waiting(at - WAITS)).all():
            place.remove(_name(row.organisation_id, row.sha2))
            gone = delete(StoredAttachment).where(
                StoredAttachment.organisation_id == row.organisation_id, StoredAttachment.sha2 == row.sha2
            )
            session.execute(gone, execution_options={"synchronize_session": False})
            collected += 1
    return collected


def _waiting(before: datetime) -> Select[tuple[int, str]]:
    return (
        select(StoredAttachment.organisation_id, StoredAttachment.sha2)
        .where(StoredAttachment.waiting_since < before)
        .order_by(StoredAttachment.waiting_since)
        .limit(COLLECTED_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )


def _each(where: str, statement: Statement) -> Iterator[tuple[str, Attachment]]:
    """Every attachment, and where it stands."""
    for index, one in enumerate(statement.attachments or ()):
        yield f"{where}.attachments[{index}]", one
    if isinstance(statement.object, SubStatement):
        for index, one in enumerate(statement.object.attachments or ()):
            yield f"{where}.object.attachments[{index}]", one


def _problems(where: str, one: Attachment, files: Files | None) -> Iterator[Problem]:
    file = files.find(one.sha2) if files else None
    if file is not None:
        yield from _mismatches(where, one, file)
    elif one.file_url is None and files is None:
        # 1.5.2: “MUST be of type application/json and include a fileUrl for every Attachment”, or be multipart.
        yield Problem(f"{where}.fileUrl", "is missing, and so is the file: it comes in a multipart/mixed request.")
    elif one.file_url is None:
        yield Problem(f"{where}.sha2", "is not the hash of any part of the request, and there is no fileUrl.")


def _mismatches(where: str, one: Attachment, file: Received) -> Iterator[Problem]:
    """1.5.2: where “both the parameter and property are specified for a given Attachment, the value of these
    parameters and properties MUST match.”

    Of media types that is what stands before the parameters: the standard's own example leaves them out of one.
    """
    if file.types and essence(one.content_type) not in map(essence, file.types):
        yield Problem(f"{where}.contentType", f"must be the Content-Type of {file.where}.")
    if file.has_told_length and one.length != file.length:
        yield Problem(f"{where}.length", f"must be the Content-Length of {file.where}: {file.length}.")


def _check_signature(where: str, one: Attachment, text: bytes, files: Files | None, strict: bool) -> None:
    file = files.find(one.sha2) if files else None
    if ".object." in where:
        raise Invalid([Problem(where, "signs, and must be among the attachments of the statement itself.")])
    if file is None:
        raise Invalid([Problem(where, "is a signature, which must come with the request to be looked at.")])
    if essence(one.content_type) != "application/octet-stream":
        raise Invalid([Problem(f"{where}.contentType", "must be application/octet-stream: it is a signature.")])
    if file.length > signatures.MAX_LENGTH:
        raise Invalid([Problem(where, f"must be a signature of at most {signatures.MAX_LENGTH} bytes.")])
    signatures.check(where, file.opened().read(), text, strict=strict)


def _organisation(entry: Recorded) -> int:
    return entry.organisation_id


def _lengths(session: Session, organisation_id: int, entries: Sequence[Recorded]) -> dict[tuple[datetime, str], int]:
    wanted = (
        select(StatementAttachment.stored, StatementAttachment.sha2, StoredAttachment.length)
        .join(
            StoredAttachment,
            (StoredAttachment.organisation_id == StatementAttachment.organisation_id)
            & (StoredAttachment.sha2 == StatementAttachment.sha2),
        )
        .where(
            StatementAttachment.organisation_id == organisation_id,
            StatementAttachment.stored.in_([entry.stored for entry in entries]),
        )
    )
    return {(row.stored, row.sha2): row.length for row in session.execute(wanted)}


def _add(found: dict[str, Kept], one: Kept) -> None:
    known = found.setdefault(one.sha2.lower(), one)
    if known.content_type != one.content_type:
        found[one.sha2.lower()] = Kept(known.organisation_id, known.sha2, None, known.length)


def _name(organisation_id: int, sha2: str) -> str:
    return f"{organisation_id}/{sha2.lower()}"

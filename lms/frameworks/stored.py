"""Frameworks of an organisation's own, beside those that are shipped.

What is published is frozen. A framework of somebody else's that comes in a new version comes with a new key; only an
organisation's own may get more competences under the key it has, and then keeps every one that it had as it was.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from lms.errors import Conflict, Invalid, Problem
from lms.frameworks.formats import ours
from lms.frameworks.framework import Framework, Frameworks
from lms.frameworks.models import StoredFramework
from lms.i18n import gettext
from lms.identity.models import Organisation

logger = logging.getLogger(__name__)

# Sets of frameworks that are kept in memory: a project with more organisations than this that each have some of their
# own reads them again now and then.
KEPT: Final = 64


class Known:
    """Which frameworks an organisation can use: those that are shipped, its own, and those of the ones above it.

    Asks the database every time which those are, and reads them only when it has not read the same before.
    """

    def __init__(self, shipped: Frameworks) -> None:
        self.shipped = shipped
        self._read: OrderedDict[tuple[UUID, ...], Frameworks] = OrderedDict()

    def at(self, session: Session, organisation_id: int) -> Frameworks:
        found = tuple(session.scalars(_newest(organisation_id)))
        if not found:
            return self.shipped
        known = self._read.pop(found, None) or self._load(session, found)
        self._read[found] = known
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        return known

    def _load(self, session: Session, uuids: Sequence[UUID]) -> Frameworks:
        rows = session.scalars(select(StoredFramework).where(StoredFramework.uuid.in_(uuids)))
        own = sorted((framework_of(row) for row in rows), key=lambda framework: framework.key)
        # One that has been shipped since an organisation brought it in stands before theirs.
        shipped = {framework.key for framework in self.shipped.all}
        return Frameworks([*self.shipped.all, *(one for one in own if one.key not in shipped)])


def framework_of(row: StoredFramework) -> Framework:
    return ours.read(msgspec.json.encode(row.data))


def _newest(organisation_id: int) -> Select[tuple[UUID]]:
    """What tells the newest state of each framework that serves an organisation, in order."""
    above = select(Organisation.id, Organisation.parent_id).where(Organisation.id == organisation_id)
    line = above.cte(recursive=True)
    line = line.union_all(
        select(Organisation.id, Organisation.parent_id).join(line, Organisation.id == line.c.parent_id)
    )
    later = aliased(StoredFramework)
    is_newest = (
        ~select(later.id).where(later.key == StoredFramework.key, later.number > StoredFramework.number).exists()
    )
    serving = StoredFramework.organisation_id.in_(select(line.c.id))
    return select(StoredFramework.uuid).where(serving, is_newest).order_by(StoredFramework.id)


def listed(session: Session, organisation_id: int) -> Sequence[StoredFramework]:
    """The newest state of each that serves an organisation, its own and those of the ones above."""
    uuids = _newest(organisation_id).order_by(None)
    return session.scalars(
        select(StoredFramework).where(StoredFramework.uuid.in_(uuids)).order_by(StoredFramework.key)
    ).all()


def check(session: Session, shipped: Frameworks, framework: Framework) -> None:
    """Whether it could be published. Raises Invalid."""
    taken = framework.key in {one.key for one in shipped.all}
    if taken or session.scalars(select(StoredFramework.id).where(StoredFramework.key == framework.key)).first():
        raise Invalid([Problem("key", _taken(framework.key))])


def _taken(key: str) -> str:
    return gettext("There is a framework with the key “%(key)s”. A new version needs a key of its own.", key=key)


def publish(
    session: Session,
    shipped: Frameworks,
    organisation_id: int,
    framework: Framework,
    *,
    at: datetime,
    by: int | None = None,
    is_written_here: bool = False,
) -> StoredFramework:
    """A framework that nobody here has had. `by` is a person's id. Raises Invalid."""
    check(session, shipped, framework)
    return _store(session, organisation_id, framework, 1, at, by, is_written_here=is_written_here)


def written_here(session: Session, organisation_id: int) -> Sequence[StoredFramework]:
    """Every state of what the organisation writes itself, the newest first."""
    its = select(StoredFramework).where(
        StoredFramework.organisation_id == organisation_id, StoredFramework.is_written_here
    )
    return session.scalars(its.order_by(StoredFramework.number.desc())).all()


def go_on(
    session: Session, last: StoredFramework, after: Framework, *, at: datetime, by: int | None
) -> StoredFramework:
    """The next state of what an organisation writes itself. Raises Invalid unless all it had is there unchanged."""
    kept = {one.code: one for one in after.competences}
    changed = [one for one in framework_of(last).competences if kept.get(one.code) != one]
    if changed:
        raise Invalid([Problem(one.key, gettext("has been published and cannot be changed.")) for one in changed])
    return _store(session, last.organisation_id, after, last.number + 1, at, by, is_written_here=True)


def _store(
    session: Session,
    organisation_id: int,
    framework: Framework,
    number: int,
    at: datetime,
    by: int | None,
    *,
    is_written_here: bool,
) -> StoredFramework:
    row = StoredFramework(
        organisation_id=organisation_id,
        key=framework.key,
        number=number,
        data=msgspec.json.decode(ours.write(framework)),
        published_at=at,
        published_by_id=by,
        is_written_here=is_written_here,
    )
    try:
        # Two who publish at once would both take the key.
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if number == 1:
            raise Conflict(_taken(framework.key)) from error
        raise Conflict(gettext("Somebody else has just published. Look at what is there now.")) from error
    logger.info("Framework %s state %s published at organisation %s by %s", row.key, number, organisation_id, by)
    return row

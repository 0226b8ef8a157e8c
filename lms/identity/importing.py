"""A file with people, brought in by an administrator: looked through first, then all of it or nothing.

Between the two steps the rows wait in the database for an hour, for that administrator only.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from lms.errors import Invalid, NotFound
from lms.i18n import gettext
from lms.identity import headings, memberships, organisations, periods, roster, sheet
from lms.identity.access import Viewer, current
from lms.identity.headings import Line
from lms.identity.models import Kind, Membership, Organisation, PeopleDraft, Person
from lms.identity.roster import Entry, House, Member, Plan

logger = logging.getLogger(__name__)

DRAFT_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class Brought:
    """What a list has changed."""

    new: Sequence[Membership]
    changed: int
    left: int


def keep_draft(
    session: Session, viewer: Viewer, file_name: str, content: bytes, at: datetime
) -> tuple[PeopleDraft, list[str]]:
    """The rows of a file, kept until they are agreed to, and the headings not read. Raises Invalid."""
    lines, unread = headings.lines(sheet.read(content))
    mine = PeopleDraft.organisation_id == viewer.organisation_id, PeopleDraft.person_id == viewer.person_id
    session.execute(delete(PeopleDraft).where(*mine))
    session.execute(delete(PeopleDraft).where(PeopleDraft.expires_at <= at))
    draft = PeopleDraft(
        organisation_id=viewer.organisation_id,
        person_id=viewer.person_id,
        uuid=uuid4(),
        file_name=file_name,
        rows=lines,
        expires_at=at + timedelta(minutes=DRAFT_MINUTES),
    )
    session.add(draft)
    return draft, unread


def draft_of(session: Session, viewer: Viewer, uuid: UUID, at: datetime) -> PeopleDraft:
    draft = session.get(PeopleDraft, (viewer.organisation_id, viewer.person_id))
    if draft is None or draft.uuid != uuid or draft.expires_at <= at:
        raise NotFound(
            gettext("The file has been waiting too long, or another has been chosen since. Choose it again.")
        )
    return draft


def house(session: Session, organisation: Organisation, profiles: Mapping[str, str], bringer: str) -> House:
    belonging = session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation.id, current())
        .options(joinedload(Membership.person), joinedload(Membership.manager).joinedload(Membership.person))
    )
    units = session.scalars(organisations.units_of(organisation.id)).all()
    same_name = Counter(unit.name.casefold() for unit in units)
    # A name that two units share says nothing; their keys do.
    unit_ids = {unit.name.casefold(): unit.id for unit in units if same_name[unit.name.casefold()] == 1}
    return House(
        kind=Kind(organisation.kind),
        members={m.person.email: _member(m) for m in belonging if m.person.email},
        units={unit.id: unit.name for unit in units},
        unit_ids=unit_ids | {unit.key: unit.id for unit in units},
        profiles=profiles,
        bringer=bringer,
    )


def _member(membership: Membership) -> Member:
    return Member(
        name=membership.person.name,
        roles=membership.roles,
        unit_id=membership.unit_id,
        profile=membership.role_profile_key,
        manager=membership.manager.person.email if membership.manager else None,
    )


def plan(
    session: Session,
    organisation: Organisation,
    lines: Sequence[Line],
    profiles: Mapping[str, str],
    bringer: str,
) -> Plan:
    return roster.plan(lines, house(session, organisation, profiles, bringer))


def carry_out(session: Session, organisation: Organisation, agreed: Plan, at: datetime) -> Brought:
    """All that the plan says, or nothing. Raises Invalid if there is something wrong with it."""
    if agreed.faults:
        raise Invalid(gettext("There is something wrong in the file. Nothing has been changed."))
    people = _people(session, [entry.email for entry in agreed.entries])
    held = _memberships(session, organisation)
    new = []
    for entry in agreed.new:
        person = people.get(entry.email) or _person(session, entry, at)
        membership = memberships.begin(session, held.get(entry.email), person, organisation, at)
        held[entry.email] = membership
        new.append(membership)
    # Managers are told by their memberships' ids.
    session.flush()
    with periods.taking_effect(session, at):
        for entry in (*agreed.new, *agreed.changed):
            _settle(held[entry.email], entry.member, held)
    logger.info("%d people brought into organisation %s, %d changed", len(new), organisation.key, len(agreed.changed))
    return Brought(new, len(agreed.changed), len(agreed.left))


def _settle(membership: Membership, wanted: Member, held: Mapping[str, Membership]) -> None:
    membership.unit_id = wanted.unit_id
    membership.role_profile_key = wanted.profile
    membership.manager_id = held[wanted.manager].id if wanted.manager else None
    memberships.hold(membership, wanted.roles)


def _person(session: Session, entry: Entry, at: datetime) -> Person:
    person = Person(email=entry.email, name=entry.name, language=entry.language, session_epoch=0, created_at=at)
    session.add(person)
    return person


def _people(session: Session, emails: Sequence[str]) -> dict[str, Person]:
    """Those who are known, here or anywhere."""
    found: dict[str, Person] = {}
    for start in range(0, len(emails), 500):
        some = select(Person).where(Person.email.in_(emails[start : start + 500]))
        found |= {person.email: person for person in session.scalars(some) if person.email}
    return found


def _memberships(session: Session, organisation: Organisation) -> dict[str, Membership]:
    """All memberships of the organisation by address, those that have ended too."""
    rows = session.scalars(
        select(Membership).where(Membership.organisation_id == organisation.id).options(joinedload(Membership.person))
    )
    return {membership.person.email: membership for membership in rows if membership.person.email}
